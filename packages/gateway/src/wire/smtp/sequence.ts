import type { Capabilities } from './capabilities.js';
import type { Command } from './command.js';
import type { Reply } from './reply.js';
import * as say from './server-replies.js';

/** How far a session has come, as far as it decides which commands may follow. */
export interface Place {
  readonly protocol: 'smtp' | 'lmtp';
  /** TLS is demanded and not on. */
  readonly tlsMissing: boolean;
  readonly secure: boolean;
  readonly authenticated: boolean;
  /** HELO, EHLO or LHLO was accepted. */
  readonly greeted: boolean;
  readonly offered: Capabilities;
  /** MAIL was accepted. */
  readonly transaction: boolean;
  /** Accepted recipients. */
  readonly recipients: number;
  /** The content has begun, by BDAT. */
  readonly chunks: boolean;
}

type TransactionVerb = 'MAIL' | 'RCPT' | 'DATA' | 'BDAT';
type ExtensionVerb = 'AUTH' | 'XCLIENT' | 'XFORWARD' | 'STARTTLS';

/** Why a command cannot come here (RFC 5321 4.1.4); undefined where it can. */
export function outOfPlace(verb: Command['verb'], place: Place): Reply | undefined {
  switch (verb) {
    case 'LHLO':
      return place.protocol === 'lmtp' ? undefined : say.NOT_LMTP;
    case 'HELO':
    case 'EHLO':
      // RFC 2033 4.1: an LMTP server must not take HELO or EHLO.
      return place.protocol === 'lmtp' ? say.LMTP : undefined;
    case 'NOOP':
    case 'QUIT':
    case 'RSET':
    case 'HELP':
      return undefined;
    case 'STARTTLS':
      return extensionOutOfPlace(verb, place);
    default:
      // RFC 3207 4: 530 for every other command.
      if (place.tlsMissing) return say.TLS_FIRST;
  }
  switch (verb) {
    case 'VRFY':
    case 'EXPN':
      return undefined;
    case 'AUTH':
    case 'XCLIENT':
    case 'XFORWARD':
      return extensionOutOfPlace(verb, place);
    default:
      return transactionOutOfPlace(verb, place);
  }
}

function transactionOutOfPlace(verb: TransactionVerb, place: Place): Reply | undefined {
  if (verb === 'BDAT' && !place.offered.chunking) return say.NOT_OFFERED;
  if (verb === 'MAIL') {
    if (!place.greeted) return say.HELLO_FIRST;
    return place.transaction ? say.BAD_SEQUENCE : undefined;
  }
  if (!place.transaction) return say.MAIL_FIRST;
  // RFC 3030 2: DATA and BDAT cannot be mixed in one transaction, and chunks end the list of recipients.
  if (place.chunks && verb !== 'BDAT') return say.BAD_SEQUENCE;
  return verb !== 'RCPT' && place.recipients === 0 ? say.NO_RECIPIENTS : undefined;
}

function extensionOutOfPlace(verb: ExtensionVerb, place: Place): Reply | undefined {
  const { offered } = place;
  const isOffered = {
    AUTH: offered.auth.length > 0,
    XCLIENT: offered.xclient.length > 0,
    XFORWARD: offered.xforward.length > 0,
    STARTTLS: offered.startTls && !place.secure,
  }[verb];
  if (!isOffered) return say.NOT_OFFERED;
  // RFC 4954 4: one AUTH, and none within a transaction. The others change who sends, so neither.
  if (place.transaction || (verb === 'AUTH' && place.authenticated)) return say.BAD_SEQUENCE;
  return undefined;
}
