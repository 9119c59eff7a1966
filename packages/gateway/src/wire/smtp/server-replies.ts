import { type Reply, reply } from './reply.js';
import type { ServerEvent } from './server-events.js';
import type { ServerOptions } from './server-options.js';

// Every reply that the session gives by itself. 521 5.5.2 before a close of our own: the fault is permanent, and 421
// would have the client send the same again (as Postfix answers a bare newline).

export const OK: Reply = reply(250, '2.0.0', 'ok');
export const READY_FOR_TLS: Reply = reply(220, '2.0.0', 'ready to start TLS');
export const BAD_SEQUENCE: Reply = reply(503, '5.5.1', 'bad sequence of commands');
export const HELLO_FIRST: Reply = reply(503, '5.5.1', 'say EHLO first');
export const MAIL_FIRST: Reply = reply(503, '5.5.1', 'MAIL first');
export const NO_RECIPIENTS: Reply = reply(503, '5.5.1', 'no valid recipients');
export const NOT_OFFERED: Reply = reply(502, '5.5.1', 'command not offered');
export const NOT_LMTP: Reply = reply(500, '5.5.1', 'this is SMTP: say EHLO');
export const LMTP: Reply = reply(500, '5.5.1', 'this is LMTP: say LHLO');
export const TLS_FIRST: Reply = reply(530, '5.7.0', 'must issue a STARTTLS command first');
export const LINE_TOO_LONG: Reply = reply(500, '5.5.2', 'line too long');
export const TOO_BIG: Reply = reply(552, '5.3.4', 'message is too big');
export const TOO_MANY_RECIPIENTS: Reply = reply(452, '4.5.3', 'too many recipients');
export const NEEDS_UTF8: Reply = reply(553, '5.6.7', 'this address needs SMTPUTF8');
export const NO_MECHANISM: Reply = reply(504, '5.5.4', 'mechanism not offered');
export const AUTH_CANCELLED: Reply = reply(501, '5.7.0', 'authentication cancelled');
export const NOT_BASE64: Reply = reply(501, '5.5.2', 'not base64');
export const TALKS_EARLY: Reply = reply(521, '5.5.0', 'commands sent before the reply they had to wait for');
export const TOO_MUCH: Reply = reply(421, '4.7.0', 'too many commands at once');
export const TOO_MANY_ERRORS: Reply = reply(421, '4.7.0', 'too many errors');
export const TOO_MANY_COMMANDS: Reply = reply(421, '4.7.0', 'too many commands without a message');

/** RFC 5321 3.5.3: 252 says neither yes nor no. */
export const HARMLESS: Readonly<Record<'NOOP' | 'HELP' | 'VRFY' | 'EXPN', Reply>> = {
  NOOP: OK,
  HELP: reply(214, '2.0.0', 'see RFC 5321'),
  VRFY: reply(252, '2.0.0', 'send some mail, and see'),
  EXPN: reply(502, '5.5.1', 'command not offered'),
};

export function greeting(options: ServerOptions): Reply {
  return { code: 220, lines: [`${options.hostName} ${options.protocol === 'lmtp' ? 'LMTP' : 'ESMTP'}`] };
}

export function bye(options: ServerOptions): Reply {
  return reply(221, '2.0.0', `${options.hostName} closing`);
}

/** Commands end with CRLF; nobody can tell where the next one starts, so the session ends too. */
export function lineFault(kind: 'bare-lf' | 'bare-cr' | 'too-long'): Reply {
  switch (kind) {
    case 'bare-lf':
      return reply(521, '5.5.2', 'bare LF in a command: lines end with CRLF');
    case 'bare-cr':
      return reply(521, '5.5.2', 'bare CR in a command: lines end with CRLF');
    case 'too-long':
      return reply(521, '5.5.2', 'line too long');
  }
}

/** The yes to each event that waits for one. */
export function acceptance(
  type: Exclude<ServerEvent['type'], 'pregreet' | 'hello' | 'content'>,
  options: ServerOptions,
): Reply {
  switch (type) {
    case 'data':
      return { code: 354, lines: ['end with <CRLF>.<CRLF>'] };
    case 'auth':
    case 'auth-response':
      return reply(235, '2.7.0', 'authentication successful');
    case 'xclient':
      return greeting(options);
    default:
      return OK;
  }
}
