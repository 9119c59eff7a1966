import { rfc } from '../../words/clause.js';
import type { ReasonEntry } from './entry.js';

export type DmarcReason =
  | 'dmarc-pass'
  | 'dmarc-reject'
  | 'dmarc-reject-indirect'
  | 'dmarc-quarantine'
  | 'dmarc-fail-monitored'
  | 'dmarc-testing'
  | 'dmarc-arc-override'
  | 'dmarc-undecided'
  | 'dmarc-none'
  | 'dmarc-record-invalid'
  | 'dmarc-suffix-list-differs'
  | 'arc-untrusted'
  | 'arc-fail'
  | 'arc-temperror';

/** DMARC (RFC 9989) and ARC (RFC 8617). */
export const DMARC_REASONS: Readonly<Record<DmarcReason, ReasonEntry>> = {
  'dmarc-pass': {
    title: 'DMARC passes',
    text: 'A passing SPF or DKIM identity aligns with the author domain.',
    clause: rfc('9989', '5.3.5'),
    severity: 'info',
    why: 'The domain owner has authorized this use of the domain; that says nothing about the content (RFC 9989 5.4).',
    fix: 'Nothing.',
  },
  'dmarc-reject': {
    title: 'DMARC fails, p=reject',
    text: 'Nothing aligned passes, the domain asks to reject, and nothing suggests a list or forwarder.',
    clause: rfc('9989', '5.3.6'),
    severity: 'high',
    why: 'RFC 9989 7.4 forbids to reject on p=reject alone. What is looked at besides: list fields, ARC sets, a broken signature of the author domain. None is there.',
    fix: 'Domain owner: sign this mail with DKIM as your domain, or add the server to SPF with an aligned MAIL FROM.',
    warning: 'The domain of the author asks to refuse messages like this one: it did not confirm it.',
  },
  'dmarc-reject-indirect': {
    title: 'DMARC fails, p=reject, perhaps through a list',
    text: 'Nothing aligned passes and the domain asks to reject, but the message bears the marks of a list or forwarder.',
    clause: rfc('9989', '7.4'),
    severity: 'high',
    why: 'Lists break signatures of honest mail, and rejecting it unsubscribes people. The marks can be forged, so the message is kept away from the inbox.',
    fix: 'List operator: rewrite From or leave the signed parts alone. Receiver: list the forwarder as trusted sealer if it writes ARC.',
    warning:
      'The domain of the author did not confirm this message; it may have been changed by a mailing list on its way.',
  },
  'dmarc-quarantine': {
    title: 'DMARC fails, p=quarantine',
    text: 'Nothing aligned passes and the domain asks to treat such mail as suspicious.',
    clause: rfc('9989', '5.3.6'),
    severity: 'high',
    why: 'The domain owner signs or authorizes its mail and knows this one is not.',
    fix: 'Domain owner: sign this mail with DKIM as your domain, or add the server to SPF with an aligned MAIL FROM.',
    warning: 'The domain of the author asks to treat messages like this one as suspicious.',
  },
  'dmarc-fail-monitored': {
    title: 'DMARC fails, p=none',
    text: 'Nothing aligned passes; the domain asks for reports only.',
    clause: rfc('9989', '5.4'),
    severity: 'low',
    why: 'p=none must not change how mail is handled (RFC 9989 5.4): only other findings can lead to more.',
    fix: 'Domain owner: find this source in the reports; authenticate it, then move to p=quarantine.',
    warning: 'The domain of the author did not confirm this message.',
  },
  'dmarc-testing': {
    title: 'DMARC record in test mode',
    text: 'The record says t=y, so the policy is applied one step lower than published.',
    clause: rfc('9989', '4.7'),
    severity: 'info',
    why: 'The domain owner asks for it while trying out a policy.',
    fix: 'Domain owner: remove t=y when the reports show that your mail passes.',
  },
  'dmarc-arc-override': {
    title: 'DMARC failure overridden by a trusted forwarder',
    text: 'DMARC fails now, but a trusted sealer recorded that it passed for this author domain before forwarding.',
    clause: rfc('8617', '7.2.1'),
    severity: 'info',
    why: 'Every hop from that sealer to here is trusted and the seals verify. The override belongs into the DMARC report (RFC 9989 5.4).',
    fix: 'Nothing. To stop it, take the sealer off the list or set `trustedArc` to `ignore`.',
  },
  'dmarc-undecided': {
    title: 'DMARC could not be decided',
    text: 'DNS did not answer something that the DMARC result depends on.',
    clause: rfc('9989', '5.3.6'),
    severity: 'medium',
    why: 'Such a message neither passes nor fails. A later attempt will tell; accepting it in silence would let an outage switch DMARC off.',
    fix: 'Sender: nothing, your server tries again. Domain owner or receiver: see why the DNS lookup fails.',
    warning: 'The author of this message could not be checked because of a technical problem.',
  },
  'dmarc-none': {
    title: 'No DMARC record',
    text: 'The author domain publishes no DMARC record.',
    clause: rfc('9989', '5.3.2'),
    severity: 'info',
    why: 'DMARC does not apply. The domain gives no advice about forgeries.',
    fix: 'Domain owner: publish a DMARC record, with p=none and a report address to begin with.',
  },
  'dmarc-record-invalid': {
    title: 'DMARC record not valid',
    text: 'The author domain publishes a DMARC record that cannot be used.',
    clause: rfc('9989', '4.7'),
    severity: 'low',
    why: 'A record that cannot be read asks for nothing; its owner believes to be protected.',
    fix: 'Domain owner: correct the record.',
    warning: 'The domain of the author has a broken protection against forgery.',
  },
  'dmarc-suffix-list-differs': {
    title: 'Receivers with a suffix list disagree',
    text: 'A receiver that finds the organizational domain by a public suffix list (RFC 7489) gets another result.',
    clause: rfc('9989', 'A.5'),
    severity: 'info',
    why: 'Both kinds of receivers exist, so the same message fares differently.',
    fix: 'Domain owner: publish a record at the author domain itself, or psd=n at the organizational domain.',
  },
  'arc-untrusted': {
    title: 'ARC chain of strangers',
    text: 'The ARC chain verifies, but no trusted sealer vouches for the author domain in it.',
    clause: rfc('8617', '9.4'),
    severity: 'info',
    why: 'Anybody can seal a chain of his own invention. It changes nothing.',
    fix: 'Receiver: list the sealer only if you trust what it writes about mail it got.',
  },
  'arc-fail': {
    title: 'ARC chain broken',
    text: 'The ARC chain does not verify.',
    clause: rfc('8617', '5.2'),
    severity: 'info',
    why: 'A broken chain says nothing: the message is judged as if it had none.',
    fix: 'Forwarder: seal after the last change to the message.',
  },
  'arc-temperror': {
    title: 'ARC chain not checked',
    text: 'A key of the ARC chain could not be fetched.',
    clause: rfc('8617', '5.2'),
    severity: 'info',
    why: 'It matters only where a trusted sealer could have overridden a DMARC failure.',
    fix: 'Forwarder: see why the key of the sealer cannot be fetched from DNS.',
  },
};
