import type { Verification } from '../verify/verification.js';
import type { Action, SmtpReply } from './decision.js';
import type { ReasonCode } from './reason-codes.js';

/**
 * What an SMTP client is told: code and status of RFC 5321, 3463 and 7372, words that a machine can tell apart, and the
 * reason code. Nothing from the message but domain names is repeated, so a reply is one short line of ASCII.
 * @returns undefined for actions that the client does not hear of (a discard is answered like an accept)
 */
export function replyFor(action: Action, code: ReasonCode, v: Verification): SmtpReply | undefined {
  switch (action) {
    case 'accept':
    case 'flag':
    case 'quarantine':
    case 'discard':
      return undefined;
    case 'defer':
      return {
        code: 451,
        enhanced: code === 'spf-temperror' ? '4.7.24' : '4.7.0',
        text: `Sender authentication cannot be checked now because of DNS, please try again later [${code}]`,
      };
    case 'reject':
      return refusal(code, v);
  }
}

function refusal(code: ReasonCode, v: Verification): SmtpReply {
  const author = v.authorDomain ?? 'the author';
  const envelope = v.spf.domain ?? 'MAIL FROM';
  // RFC 3463 3.7: X.6.0, something about the content; the group of reasons that a From of one address would cure.
  if (code.startsWith('from-') || code === 'message-over-limits')
    return reply('5.6.0', 'The message needs one From field with one address (RFC 5322 3.6.2)', code);
  if (code.startsWith('own-domain-'))
    return reply('5.7.1', 'This domain is ours: log in to send as it', code);
  if (code.startsWith('dmarc-'))
    return reply('5.7.26', `Refused by DMARC: neither SPF nor DKIM passes for ${author}`, code);
  switch (code) {
    case 'nobody-vouches':
      return reply('5.7.26', `Unauthenticated: neither SPF nor DKIM passes for ${author}`, code);
    case 'spf-fail':
    case 'spf-softfail':
      return reply('5.7.23', `SPF: ${envelope} does not let this server send`, code);
    case 'spf-temperror':
    case 'spf-permerror':
      return reply('5.7.24', `SPF: the record of ${envelope} cannot be used`, code);
    case 'mail-from-no-such-domain':
      return reply('5.1.8', `MAIL FROM: the domain ${envelope} does not exist`, code);
    case 'login-differs-from-author':
      return reply('5.7.1', 'Sender address rejected: not owned by the user logged in', code);
    default:
      return reply('5.7.1', 'Refused by the policy of this site', code);
  }
}

function reply(enhanced: string, text: string, code: ReasonCode): SmtpReply {
  return { code: 550, enhanced, text: `${text} [${code}]` };
}
