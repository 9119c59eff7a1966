import { rfc } from '../../words/clause.js';
import type { ReasonEntry } from './entry.js';

export type DkimReason =
  | 'dkim-none'
  | 'dkim-fail'
  | 'dkim-not-accepted'
  | 'dkim-permerror'
  | 'dkim-expired'
  | 'dkim-temperror'
  | 'dkim-testing'
  | 'dkim-partial-body';

const UNSIGNED = 'RFC 6376 6.1: a signature that does not verify is treated as if it were not there.';

/** DKIM (RFC 6376, 8301, 8463). None of these counts against a message by itself. */
export const DKIM_REASONS: Readonly<Record<DkimReason, ReasonEntry>> = {
  'dkim-none': {
    title: 'Not signed',
    text: 'The message has no DKIM signature.',
    clause: rfc('6376', '6.1'),
    severity: 'info',
    why: 'Most mail that is not signed is honest.',
    fix: 'Domain owner: sign with DKIM; it survives forwarding, where SPF does not.',
  },
  'dkim-fail': {
    title: 'DKIM signature broken',
    text: 'The message was changed after it was signed, or was never signed by that key.',
    clause: rfc('6376', '6.1'),
    severity: 'info',
    why: `${UNSIGNED} Lists and gateways break signatures of honest mail.`,
    fix: 'Whoever changes mail on the way: do not, or sign again. `truefrom dkim explain` says which change broke it.',
  },
  'dkim-not-accepted': {
    title: 'DKIM signature not accepted',
    text: 'The signature is not accepted by local policy: weak or oversized key, SHA-1, too many signatures, too long a body.',
    clause: rfc('8301', '3'),
    severity: 'info',
    why: `${UNSIGNED} RFC 8301 asks to refuse rsa-sha1 and keys under 1024 bits.`,
    fix: 'Signer: use rsa-sha256 with 2048 bits or ed25519-sha256, no l= tag, and one signature for each key.',
  },
  'dkim-permerror': {
    title: 'DKIM signature not usable',
    text: 'The signature or its key record is malformed, revoked, or does not fit the other.',
    clause: rfc('6376', '6.1.1'),
    severity: 'info',
    why: UNSIGNED,
    fix: 'Signer: correct the signature or publish the key record it names.',
  },
  'dkim-expired': {
    title: 'DKIM signature not in force',
    text: 'The signature has expired (x=) or is dated in the future (t=).',
    clause: rfc('6376', '3.5'),
    severity: 'info',
    why: `${UNSIGNED} An old signature on new mail may be a replay.`,
    fix: 'Signer: choose x= longer than mail may wait in queues; correct the clock.',
  },
  'dkim-temperror': {
    title: 'DKIM key could not be fetched',
    text: 'DNS did not answer the question for the key.',
    clause: rfc('6376', '6.1.2'),
    severity: 'info',
    why: 'It matters where the signature would be aligned and DMARC fails without it; then the DMARC reason says so.',
    fix: 'Signer: see why the lookup of the key fails.',
  },
  'dkim-testing': {
    title: 'DKIM key in test mode',
    text: 'The key record says t=y: the signer is testing.',
    clause: rfc('6376', '3.6.1'),
    severity: 'info',
    why: 'RFC 6376 3.6.1: such mail is treated like unsigned mail, whether the signature verifies or not; it carries no rung of the ladder.',
    fix: 'Signer: remove t=y from the key record when signing works.',
  },
  'dkim-partial-body': {
    title: 'Body signed in part',
    text: 'The signature passes but has l= and leaves bytes at the end of the body unsigned.',
    clause: rfc('6376', '8.2'),
    severity: 'info',
    why: 'Anybody can append text to such a message, and with HTML hide what was signed. It does not vouch for From.',
    fix: 'Signer: remove l= from the signatures.',
  },
};
