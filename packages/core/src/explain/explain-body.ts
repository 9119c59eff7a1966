import type { Context } from '../checks/context.js';
import { unfoldedValue, fieldsNamed, type HeaderBlock, type HeaderField } from '../message/header-block.js';
import { BodyCanonicalizer } from '../signature/canonical-body.js';
import { parseSignatureTags, type Canonicalization } from '../signature/signature-tags.js';
import { concat, equalBytes } from '../syntax/bytes.js';
import type { Limits } from '../words/limits.js';
import { bodyEdits, innerParts, type InnerPart } from './body-edits.js';
import type { Found } from './explain-dkim.js';
import { findInsertion } from './insertion-search.js';
import type { Work } from './work.js';

/** The signature being explained, and the means. */
export interface Target {
  readonly head: HeaderBlock;
  readonly field: HeaderField;
  readonly context: Context;
  readonly limits: Limits;
  readonly work: Work;
}

export interface BodyExplanation {
  readonly state: 'unchanged' | 'explained' | 'unexplained';
  readonly found: readonly Found[];
  /** Parts of a multipart, which the search for header changes looks into as well. */
  readonly parts: readonly InnerPart[];
}

/** Finds out what was done to the body: which change, undone, gives the body hash of the signature. */
export function explainBody({ head, field, context, work }: Target): BodyExplanation {
  const read = parseSignatureTags(head.bytes, field.valueStart, field.valueEnd, 'dkim');
  const body = head.bytes.subarray(head.bodyStart);
  const parts = innerParts(body, boundaryOf(head));
  if (!read.ok) return { state: 'unexplained', found: [], parts };
  const { bodyHash, bodyCanonicalization, bodyLength } = read.value;
  const matches = (canonical: Uint8Array): boolean =>
    canonical.length >= (bodyLength ?? 0) &&
    work.mayTry(canonical.length) &&
    equalBytes(context.crypto.hash('sha256', canonical.subarray(0, bodyLength)), bodyHash);
  const explained = (...found: readonly Omit<Found, 'proof'>[]): BodyExplanation => ({
    state: 'explained',
    found: found.map((one) => ({ ...one, proof: 'body-hash' })),
    parts,
  });

  const asItIs = canonicalize(bodyCanonicalization, body);
  if (matches(asItIs)) return { state: 'unchanged', found: [], parts };
  const encoding = lastValue(head, 'content-transfer-encoding').toLowerCase();
  const edits = bodyEdits(body, encoding, parts);
  for (const { cause, change, body: make } of edits)
    if (matches(canonicalize(bodyCanonicalization, make()))) return explained({ cause, change });
  // After the changes of white space, which it would hide.
  const other = bodyCanonicalization === 'simple' ? 'relaxed' : 'simple';
  if (matches(canonicalize(other, body)))
    return explained({
      cause: 'body-canonicalization',
      change: `the body was hashed as ${other}, c= says ${bodyCanonicalization}`,
    });
  const insertion = findInsertion(asItIs, bodyHash, context.crypto, work);
  if (insertion !== undefined) return explained(insertion);
  // Two changes: one of the above, and text added after it.
  for (const { cause, change, body: make } of edits) {
    const inner = findInsertion(canonicalize(bodyCanonicalization, make()), bodyHash, context.crypto, work);
    if (inner !== undefined) return explained({ cause, change }, inner);
  }
  return { state: 'unexplained', found: [], parts };
}

function canonicalize(kind: Canonicalization, body: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  const canonicalizer = new BodyCanonicalizer(kind, (bytes) => pieces.push(bytes.slice()));
  canonicalizer.update(body);
  canonicalizer.finish();
  return concat(pieces);
}

function boundaryOf(head: HeaderBlock): string {
  const match = /boundary *= *(?:"([^"\r\n]{1,70})"|([^;"\s]{1,70}))/i.exec(lastValue(head, 'content-type'));
  return match?.[1] ?? match?.[2] ?? '\0';
}

function lastValue(head: HeaderBlock, name: string): string {
  const field = fieldsNamed(head, name).at(-1);
  return field === undefined ? '' : unfoldedValue(head, field);
}
