import type { Envelope } from '../checks/context.js';
import type { Assurance, Decision } from '../decide/decision.js';
import { formatHeaderField } from '../message/header-writer.js';
import type { Verification } from '../verify/verification.js';
import { formatAuthenticationResults } from './authentication-results.js';
import { formatPrivateResults } from './private-results.js';
import { formatReceivedSpf } from './received-spf.js';

/**
 * Our own fields, each with CRLF: one plain word or a list of codes, for filters.
 *
 * - `X-TrueFrom-Action`: what was decided (`accept`, `flag`, `quarantine`, `reject`, `defer`, `discard`)
 * - `X-TrueFrom-Rung`: who vouches for From (`none`, `server`, `domain`, `user`, `author`)
 * - `X-TrueFrom-Reasons`: reason codes, most serious first; absent without reasons
 */
export function formatTruefromFields(assurance: Assurance, decision: Decision): readonly string[] {
  const fields = [
    formatHeaderField({ name: 'X-TrueFrom-Action', value: decision.action }),
    formatHeaderField({ name: 'X-TrueFrom-Rung', value: assurance.rung }),
  ];
  const codes = [...new Set(decision.reasons.map((reason) => reason.code))];
  if (codes.length > 0)
    fields.push(formatHeaderField({ name: 'X-TrueFrom-Reasons', value: codes.join(', ') }));
  return fields;
}

/**
 * Every field we put on a message, in order from the top, each with CRLF: Authentication-Results (the registered
 * methods, then our own), Received-SPF of the MAIL FROM check, X-TrueFrom-*. Remove forged copies first (`forgedTrustFields`).
 *
 * @throws TypeError for an empty authserv-id
 */
export function headersFor(
  authservId: string,
  verification: Verification,
  assurance: Assurance,
  decision: Decision,
  envelope: Envelope,
): readonly string[] {
  return [
    formatAuthenticationResults(authservId, verification, envelope),
    formatPrivateResults(authservId, verification),
    formatReceivedSpf(verification.spf, envelope, envelope.receiver ?? authservId),
    ...formatTruefromFields(assurance, decision),
  ];
}
