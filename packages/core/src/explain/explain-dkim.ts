import type { Context } from '../checks/context.js';
import { beginDkim } from '../checks/dkim/verify.js';
import type { DkimResult } from '../checks/results.js';
import { fieldsNamed } from '../message/header-block.js';
import { openMessage, type MessageSource } from '../message/source.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { concat } from '../syntax/bytes.js';
import { withLimits } from '../words/limits.js';
import { unreachable } from '../words/unreachable.js';
import { CAUSES, type DkimCause } from './cause.js';
import { explainBody } from './explain-body.js';
import { explainHeader } from './explain-header.js';
import { EXPLAIN_LIMITS, Work, type ExplainLimits } from './work.js';

/** One thing that was done to a message, or is wrong with a signature. */
export interface DkimFinding {
  readonly cause: DkimCause;
  /** What was changed. */
  readonly change: string;
  /** What came out right once the change was undone; `result`: the verdict itself names the cause. */
  readonly proof: 'body-hash' | 'header-signature' | 'result';
  /** Who usually does this. */
  readonly by: string;
  readonly fix: string;
}

/** Why one signature does not pass. */
export interface DkimExplanation {
  readonly result: Exclude<DkimResult, { readonly status: 'pass' }>;
  /** Whether the body is what was signed; absent where it was not compared. */
  readonly body?: 'unchanged' | 'explained' | 'unexplained';
  /** The same for the signed header fields. `wrong-key`: the signature was not made with the published key. */
  readonly header?: 'unchanged' | 'explained' | 'unexplained' | 'wrong-key';
  /** Proved changes; all of them together make the signature verify, where neither half is unexplained. */
  readonly findings: readonly DkimFinding[];
  readonly work: {
    readonly hypotheses: number;
    readonly hashedBytes: number;
    readonly verifications: number;
    /** There was more to try than the bounds allow. */
    readonly exhausted: boolean;
  };
}

/** What a search found, before its cause is put into words. */
export type Found = Pick<DkimFinding, 'cause' | 'change' | 'proof'>;

/**
 * Explains every signature that does not pass: undoes the usual changes one by one and says which of them makes the
 * hashes match. Keeps the whole message in memory, up to `limits.messageBytes`; the work has bounds of its own.
 *
 * @returns one explanation per signature that does not pass, from the top; mail and DNS trouble never reject
 * @throws `context.signal.reason` when aborted, and what a streaming source throws
 */
export async function explainDkim(
  source: MessageSource,
  context: Context,
  bounds: Partial<ExplainLimits> = {},
): Promise<readonly DkimExplanation[]> {
  const limits = withLimits(context.limits);
  const message = await openMessage(await whole(source, limits.messageBytes), limits);
  const { head } = message;
  const bodies = new BodyHashes(context.crypto, limits.bodyHashes);
  const run = beginDkim(head, { bodies, context, limits });
  await message.readBody(bodies);
  const explanations: DkimExplanation[] = [];
  for (const result of await run.finish()) {
    context.signal?.throwIfAborted();
    if (result.status === 'pass') continue;
    const field = fieldsNamed(head, 'dkim-signature')[result.index];
    const work = new Work({ ...EXPLAIN_LIMITS, ...bounds });
    const findings: Found[] = [...namedByResult(result)];
    let halves: Pick<DkimExplanation, 'body' | 'header'> = {};
    if (result.status === 'fail' && field !== undefined) {
      const target = { head, field, context, limits, work };
      const body = explainBody(target);
      const header = await explainHeader(target, body.parts);
      findings.push(...body.found, ...header.found);
      halves = { body: body.state, header: header.state };
    }
    const { hypotheses, hashedBytes, verifications, exhausted } = work;
    explanations.push({
      result,
      ...halves,
      findings: findings.map((found) => ({ ...found, ...CAUSES[found.cause] })),
      work: { hypotheses, hashedBytes, verifications, exhausted },
    });
  }
  return explanations;
}

/** Results that say by themselves what is wrong. */
function namedByResult(result: DkimExplanation['result']): readonly Found[] {
  const because = (cause: DkimCause): readonly Found[] => [
    { cause, change: result.trace.at(-1)?.text ?? result.reason, proof: 'result' },
  ];
  // Not computed, or not believed, by a rule of ours or of RFC 8301.
  if (result.status === 'policy')
    return because(result.reason === 'sha1' || result.reason === 'weak-key' ? 'weak-crypto' : 'our-bounds');
  switch (result.reason) {
    case 'body-hash':
    case 'signature':
      return [];
    case 'expired':
    case 'not-yet-valid':
    case 'dns':
      return because(result.reason);
    case 'key-missing':
    case 'key-syntax':
    case 'key-revoked':
      return because('key-record');
    case 'key-mismatch':
    case 'key-service':
    case 'key-hash':
    case 'key-strict':
      return because('key-restricted');
    case 'syntax':
    case 'version':
    case 'unsupported-algorithm':
    case 'unsupported-canonicalization':
    case 'unsupported-query':
    case 'domain-mismatch':
    case 'from-not-signed':
      return because('signature-syntax');
    default:
      return unreachable(result);
  }
}

// A byte more than the bound is kept, so that the reader sees that the message is too long.
async function whole(source: MessageSource, most: number): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    chunks.push(chunk.slice());
    bytes += chunk.length;
    if (bytes > most) break;
  }
  return concat(chunks);
}
