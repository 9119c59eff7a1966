import { own, rfc } from '../../words/clause.js';
import type { ReasonEntry } from './entry.js';

export type SpfReason =
  | 'spf-fail'
  | 'spf-softfail'
  | 'spf-neutral'
  | 'spf-none'
  | 'spf-everyone'
  | 'spf-temperror'
  | 'spf-permerror'
  | 'spf-helo-fail'
  | 'mail-from-no-such-domain';

const AUTHORIZE =
  'Domain owner: if the server sends for you, add it to the SPF record; better, sign with DKIM, which survives forwarding.';

/** SPF (RFC 7208). */
export const SPF_REASONS: Readonly<Record<SpfReason, ReasonEntry>> = {
  'spf-fail': {
    title: 'SPF fails',
    text: 'The domain of MAIL FROM says that this server does not send for it.',
    clause: rfc('7208', '8.4'),
    severity: 'medium',
    why: 'An explicit statement of the domain owner; but forwarded mail fails too, so by default it warns and does not reject. Where something vouches for From it only informs.',
    fix: AUTHORIZE,
    warning: 'The server that sent this message is not permitted to send for the domain it uses.',
  },
  'spf-softfail': {
    title: 'SPF softfails',
    text: 'The domain of MAIL FROM says that this server probably does not send for it.',
    clause: rfc('7208', '8.5'),
    severity: 'low',
    why: 'A weak statement, on which RFC 7208 8.5 does not let a receiver reject.',
    fix: `${AUTHORIZE} When the record is complete, end it with "-all".`,
    warning: 'The server that sent this message is probably not permitted to send for the domain it uses.',
  },
  'spf-neutral': {
    title: 'SPF is neutral',
    text: 'The domain of MAIL FROM says nothing about this server.',
    clause: rfc('7208', '8.2'),
    severity: 'info',
    why: 'RFC 7208 8.2: neutral is treated exactly as none.',
    fix: AUTHORIZE,
  },
  'spf-none': {
    title: 'No SPF record',
    text: 'The domain of MAIL FROM publishes no SPF record, or there is no domain to ask.',
    clause: rfc('7208', '8.1'),
    severity: 'info',
    why: 'SPF has nothing to say.',
    fix: 'Domain owner: publish an SPF record; "v=spf1 -all" for a domain that sends no mail.',
  },
  'spf-everyone': {
    title: 'SPF lets everyone send',
    text: 'SPF passes through a mechanism that stands for every address of the Internet, or for so many that no organization owns them.',
    clause: rfc('7208', '5.1'),
    severity: 'medium',
    why: 'A pass that everyone gets vouches for nobody, even where it makes DMARC pass.',
    fix: 'Owner of the domain in MAIL FROM: list your servers in the SPF record and end it with "-all" or "~all".',
    warning:
      'The domain that sent this message lets any server in the world send for it, so nothing shows that it is real.',
  },
  'spf-temperror': {
    title: 'SPF not decided',
    text: 'DNS did not answer a question that SPF depends on.',
    clause: rfc('7208', '8.6'),
    severity: 'low',
    why: 'It counts only where an SPF failure would have counted.',
    fix: 'Domain owner: see why the DNS lookup fails.',
    warning: 'The server that sent this message could not be checked because of a technical problem.',
  },
  'spf-permerror': {
    title: 'SPF record not usable',
    text: 'The SPF record of the MAIL FROM domain is broken or asks for too many DNS lookups.',
    clause: rfc('7208', '8.7'),
    severity: 'low',
    why: 'A broken record neither authorizes nor forbids.',
    fix: 'Domain owner: correct the record. `truefrom spf` shows the term and what each costs.',
    warning: 'The domain that sent this message has a broken SPF record.',
  },
  'spf-helo-fail': {
    title: 'SPF of HELO fails',
    text: 'The name in HELO says that this server may not use it.',
    clause: rfc('7208', '2.3'),
    severity: 'info',
    why: 'Often a wrong setting of an honest server. It says nothing about the author.',
    fix: 'Server operator: use a HELO name of your own and publish SPF for it.',
  },
  'mail-from-no-such-domain': {
    title: 'MAIL FROM domain does not exist',
    text: 'The domain of MAIL FROM is not in DNS, so nothing can be sent back there.',
    clause: own('policy'),
    severity: 'medium',
    why: 'No honest sender uses a return address that cannot exist.',
    fix: 'Sender: use a MAIL FROM in a domain that exists.',
    warning: 'The return address of this message is in a domain that does not exist.',
  },
};
