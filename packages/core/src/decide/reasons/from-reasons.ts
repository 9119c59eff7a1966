import { own, rfc } from '../../words/clause.js';
import type { ReasonEntry } from './entry.js';

export type FromReason =
  | 'from-missing'
  | 'from-unreadable'
  | 'from-several-fields'
  | 'from-several-domains'
  | 'from-several-mailboxes'
  | 'from-parsers-disagree'
  | 'from-invisible-characters'
  | 'message-over-limits'
  | 'message-malformed'
  | 'display-name-address'
  | 'protected-name'
  | 'lookalike-domain'
  | 'reply-to-elsewhere'
  | 'sender-elsewhere';

/** What is wrong with the From a person sees. */
export const FROM_REASONS: Readonly<Record<FromReason, ReasonEntry>> = {
  'from-missing': {
    title: 'No From field',
    text: 'The message has no From field, so it claims no author that anything could vouch for.',
    clause: rfc('5322', '3.6'),
    severity: 'high',
    why: 'RFC 5322 asks for exactly one From. Mail programs fill the gap with something else, such as MAIL FROM, which nobody has compared with anything; DMARC does not apply at all.',
    fix: 'Sender: write one From field with the address of the author.',
    warning: 'This message does not say who wrote it.',
  },
  'from-unreadable': {
    title: 'From cannot be read',
    text: 'The From field is not an address, or names no domain.',
    clause: rfc('9989', '11.5'),
    severity: 'high',
    why: 'Without one author domain DMARC does not apply. If that meant "accept", a stray character would be a way around every DMARC policy.',
    fix: 'Sender: write From as RFC 5322 3.6.2 has it: an optional name, then one address in angle brackets.',
    warning: 'The author of this message is written in a way that cannot be checked.',
  },
  'from-several-fields': {
    title: 'Several From fields',
    text: 'The message has more than one From field; which of them a person sees depends on the mail program.',
    clause: rfc('5322', '3.6'),
    severity: 'high',
    why: 'One field for the check and another for the reader is an attack, and no honest mail program writes two.',
    fix: 'Sender: write one From field. A gateway that adds a second one must replace the first instead.',
    warning: 'This message names more than one author, and only one of them may be shown to you.',
  },
  'from-several-domains': {
    title: 'Authors in several domains',
    text: 'The From field names authors in more than one domain.',
    clause: rfc('9989', '11.5'),
    severity: 'high',
    why: 'Allowed by RFC 5322, yet DMARC cannot judge it, and experience shows that most such messages are abuse (RFC 9989 11.5).',
    fix: 'Sender: name one author in From, the others in Cc or Reply-To.',
    warning: 'This message names authors in several organizations; none of them is confirmed.',
  },
  'from-several-mailboxes': {
    title: 'Several authors',
    text: 'The From field names more than one author.',
    clause: rfc('5322', '3.6.2'),
    severity: 'medium',
    why: 'RFC 5322 then asks for a Sender field; a reader may be shown only one of the authors, and not the one that was checked.',
    fix: 'Sender: name one author in From, or add a Sender field.',
    warning: 'This message names more than one author.',
  },
  'from-parsers-disagree': {
    title: 'From can be read in two ways',
    text: 'Read by the letter of RFC 5322 and read as a lenient mail program would, From names different authors.',
    clause: rfc('5322', '3.6.2'),
    severity: 'high',
    why: 'The address that was checked may not be the address that is shown. Forged senders have been made in just this way (CVE-2024-49040).',
    fix: 'Sender: put names with special characters in quotes and the address in angle brackets.',
    warning:
      'The author of this message is written in a way that may show you another address than the one checked.',
  },
  'from-invisible-characters': {
    title: 'Invisible characters in From',
    text: 'The From field holds characters that are not seen or that turn text around.',
    clause: rfc('9989', '11.4'),
    severity: 'medium',
    why: 'They serve to make one name look like another.',
    fix: 'Sender: write names without control, zero-width and direction characters.',
    warning: 'The name of the author holds hidden characters.',
  },
  'message-over-limits': {
    title: 'Header larger than is read',
    text: 'The header is larger than the limits, so fields after the limit were not read.',
    clause: own('policy'),
    severity: 'medium',
    why: 'A second From field could hide behind the limit, where a mail program with other limits would find it.',
    fix: 'Sender: shorten the header. Receiver: raise `headerBytes` or `headerFields` if the mail is wanted.',
    warning: 'This message is too large to be checked completely.',
  },
  'message-malformed': {
    title: 'Header not well-formed',
    text: 'The header breaks the format of mail; how each defect is read is defined in docs/message-reading.md.',
    clause: rfc('5322', '2.2'),
    severity: 'low',
    why: 'Programs differ in how they read such mail. It does not count against a message by itself.',
    fix: 'Sender: correct the program that writes the header.',
  },
  'display-name-address': {
    title: 'Another address in the display name',
    text: 'The name beside the From address looks like an address, and a different one.',
    clause: rfc('9989', '11.4'),
    severity: 'high',
    why: 'Many mail programs show only the name. SPF, DKIM and DMARC say nothing about it (RFC 9989 11.4).',
    fix: 'Reader: trust the address in angle brackets, not the name before it. Sender: take the address out of the display name of From.',
    warning: 'The name of the author shows an address that is not the real one.',
  },
  'protected-name': {
    title: 'Name of a protected person',
    text: 'The display name is that of one of your people, the address is not theirs.',
    clause: own('impersonation'),
    severity: 'high',
    why: 'Orders in the name of the director come this way, from an address that passes every check of its own.',
    fix: 'Receiver: ask the person by another way than answering. If they really write from there, add the address to the entry of `protectedUsers`.',
    warning: 'The author bears the name of somebody in your organization but writes from another address.',
  },
  'lookalike-domain': {
    title: 'Look-alike domain',
    text: 'The domain of an address in From, Reply-To or Sender resembles one of your own or protected domains.',
    clause: own('impersonation'),
    severity: 'high',
    why: 'A look-alike has a real owner, so SPF, DKIM and DMARC pass for it.',
    fix: 'Reader: compare the domain letter by letter with the one you know. Receiver: if the domain is yours or you know its owner, add it to `ownDomains` or `protectedDomains`.',
    warning: 'The address of the author imitates a domain you know.',
  },
  'reply-to-elsewhere': {
    title: 'Replies go elsewhere',
    text: 'Reply-To leads to another organization than From.',
    clause: rfc('5322', '3.6.2'),
    severity: 'low',
    why: 'Usual for forms and ticket systems; also the way a forged From gets its answer. Under an aligned DKIM signature that covers Reply-To it weighs one step less: the domain of the author wrote it.',
    fix: 'Reader: look where the answer goes before you send it.',
    warning: 'An answer to this message goes to another organization than the one it claims to come from.',
  },
  'sender-elsewhere': {
    title: 'Sender field of another organization',
    text: 'The Sender field names another organization than From.',
    clause: rfc('5322', '3.6.2'),
    severity: 'low',
    why: 'Usual for services that write in the name of others; some mail programs show Sender in place of From. Under an aligned DKIM signature that covers Sender it only informs.',
    fix: 'Sender: sign with DKIM as the domain of From, so that somebody vouches for it.',
    warning: 'Another organization than that of the author sent this message.',
  },
};
