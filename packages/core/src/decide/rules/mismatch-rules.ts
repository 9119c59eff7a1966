import { passesEveryone } from '../../checks/passes-everyone.js';
import type { EnvelopeShape, MismatchResult } from '../../checks/results.js';
import { isWithin } from '../../words/domain.js';
import { unreachable } from '../../words/unreachable.js';
import { concern, type Finding, note } from '../finding.js';
import type { Case } from './case.js';

type Different = Extract<MismatchResult, { status: 'different' }>;

// VERP and BATV are ways to write a return address, not reasons for one in another organization.
const EXCUSING: ReadonlySet<EnvelopeShape> = new Set(['srs', 'list', 'esp']);

/** "MAIL FROM is not From" (docs/policy.md). */
export function mismatchRules(c: Case): readonly Finding[] {
  const { mismatch } = c.v;
  switch (mismatch.status) {
    case 'same':
    case 'same-organization':
      return [];
    case 'not-applicable':
      // No From and several are findings of their own; the null sender is how bounces look (RFC 5321 4.5.5).
      return [];
    case 'different':
      return [different(c, mismatch)];
    default:
      return unreachable(mismatch);
  }
}

function different(c: Case, mismatch: Different): Finding {
  const text = `MAIL FROM is in ${mismatch.mailFrom}, From in ${mismatch.from}`;
  const evidence = `MAIL FROM: ${mismatch.mailFrom}, spf=${c.v.spf.status}; From: ${mismatch.from}`;
  if (mismatch.excusedBy !== undefined)
    return note('mail-from-differs-explained', `${text}; ${excuseText(mismatch.excusedBy)}`, evidence);
  const shape = mismatch.shapes.find((s) => EXCUSING.has(s)) ?? mismatch.shapes[0];
  // A shape is easily imitated; it excuses only somebody who answers for his own domain.
  if (shape !== undefined && EXCUSING.has(shape) && envelopeAnswersFor(c, mismatch))
    return note('mail-from-differs-explained', `${text}; ${shapeText(shape)}`, evidence);
  return concern(
    'mail-from-differs',
    c.policy.mismatch,
    shape === undefined
      ? text
      : EXCUSING.has(shape)
        ? `${text}; ${shapeText(shape)}, but nothing authenticates ${mismatch.mailFrom}`
        : `${text}; ${shapeText(shape)}, which does not say why it is of another organization`,
    evidence,
    `This message was sent by ${mismatch.mailFrom}, not by ${mismatch.from}, which you see as its author.`,
  );
}

/** Does SPF or DKIM pass for the domain of MAIL FROM? */
function envelopeAnswersFor({ v }: Case, { mailFrom }: Different): boolean {
  if (v.spf.status === 'pass' && v.spf.domain === mailFrom && !passesEveryone(v.spf)) return true;
  return v.dkim.some(
    (d) => d.status === 'pass' && (isWithin(d.domain, mailFrom) || isWithin(mailFrom, d.domain)),
  );
}

function excuseText(by: NonNullable<Different['excusedBy']>): string {
  switch (by) {
    case 'dkim':
      return 'a DKIM signature vouches for From';
    case 'dmarc':
      return 'DMARC passes for From';
    case 'arc':
      return 'a trusted forwarder vouches for From';
    case 'login':
      return 'the session was authenticated';
    default:
      return unreachable(by);
  }
}

function shapeText(shape: EnvelopeShape): string {
  switch (shape) {
    case 'srs':
      return 'rewritten by a forwarder (SRS)';
    case 'verp':
      return 'one return address for each recipient (VERP)';
    case 'batv':
      return 'a tagged return address (BATV)';
    case 'list':
      return 'as a mailing list does';
    case 'esp':
      return 'as a mailing service does';
    default:
      return unreachable(shape);
  }
}
