import type { Attributes } from '../xforward.js';
import type { ContentDefect } from './content.js';
import type { MailParameters, RcptParameters } from './parameters.js';
import type { Path } from './path.js';

/**
 * What a client did, in order. Those marked "answer" hold the session until the caller has answered: nothing of what
 * the client sent after them is read before.
 */
export type ServerEvent =
  /** The client spoke before it was greeted. Told once; what to greet it with is the caller's affair. */
  | { readonly type: 'pregreet'; readonly bytes: number }
  /** Answer. */
  | { readonly type: 'hello'; readonly verb: 'HELO' | 'EHLO' | 'LHLO'; readonly name: string }
  /** Answer. */
  | { readonly type: 'mail'; readonly reversePath: Path | null; readonly parameters: MailParameters }
  /** Answer. */
  | { readonly type: 'rcpt'; readonly forwardPath: Path; readonly parameters: RcptParameters }
  /** Answer: 354 to go on, also for BDAT, where nothing is written for it. */
  | { readonly type: 'data'; readonly chunked: boolean }
  /** A piece of content, without the dots of transparency. Never empty. */
  | { readonly type: 'content'; readonly bytes: Buffer }
  /** Answer; for LMTP one reply for each accepted recipient, in order. */
  | {
      readonly type: 'end';
      /** Bytes of content. */
      readonly size: number;
      /** How many recipients were accepted. */
      readonly recipients: number;
      /** False only for BDAT: DATA could not carry this content as it is. */
      readonly endsWithLine: boolean;
    }
  /** The content was refused, and the client told so: throw away what came of it. The transaction is over. */
  | { readonly type: 'refused'; readonly defect: ContentDefect }
  /** The transaction is over without a message. */
  | { readonly type: 'reset' }
  /** Start TLS now, then call `tlsStarted`. `discarded`: bytes the client sent behind the command, thrown away. */
  | { readonly type: 'starttls'; readonly discarded: number }
  /** Answer, or `challenge`. `initialResponse` is base64, or `=` for an empty one. */
  | { readonly type: 'auth'; readonly mechanism: string; readonly initialResponse?: string }
  /** Answer, or `challenge`. Base64, may be empty. */
  | { readonly type: 'auth-response'; readonly text: string }
  /** The client gave up the AUTH exchange, or sent what is no base64; it has been told. */
  | { readonly type: 'auth-cancelled' }
  /** Answer. */
  | { readonly type: 'xclient' | 'xforward'; readonly attributes: Attributes }
  /** Write what there is to write, then close. The last event. An open transaction is over without a message. */
  | { readonly type: 'close'; readonly reason: CloseReason };

export type CloseReason =
  | 'quit'
  /** A bare CR or LF, or a line too long, where a command was due; or a BDAT without size. */
  | 'framing'
  /** Sent more behind a command that has to be the last of its group (RFC 2920 3.1). */
  | 'talks-early'
  | 'http'
  | 'errors'
  | 'refusals'
  | 'idle-commands'
  /** More input than we hold while an answer is due. */
  | 'overflow'
  /** The caller answered 421, greeted with a refusal, or called `close`. */
  | 'caller';
