import { rfc, type Clause } from '@truefrom/core';
import { type Attributes, parseAttributes } from '../xforward.js';
import {
  type MailParameters,
  type ParameterOffers,
  parseMailParameters,
  parseRcptParameters,
  type RcptParameters,
} from './parameters.js';
import { parsePath, type Path, type PathFault } from './path.js';
import { refusal, type Refusal } from './reply.js';

/** One command of a client, as it was understood. */
export type Command =
  | { readonly verb: 'HELO' | 'EHLO' | 'LHLO'; readonly name: string }
  | { readonly verb: 'MAIL'; readonly reversePath: Path | null; readonly parameters: MailParameters }
  | { readonly verb: 'RCPT'; readonly forwardPath: Path; readonly parameters: RcptParameters }
  | { readonly verb: 'BDAT'; readonly size: number; readonly last: boolean }
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initialResponse?: string }
  | { readonly verb: 'XCLIENT' | 'XFORWARD'; readonly attributes: Attributes }
  | { readonly verb: 'DATA' | 'RSET' | 'QUIT' | 'STARTTLS' }
  | { readonly verb: 'NOOP' | 'HELP' | 'VRFY' | 'EXPN'; readonly text: string };

export type ReadCommand =
  | { readonly ok: true; readonly command: Command }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** What follows may be no command: nobody can tell where the next one starts. */
      readonly lost?: 'bdat' | 'http';
    };

/** Longest name of HELO, EHLO and LHLO (RFC 5321 4.5.3.1.2). */
export const MAX_HELLO_NAME = 255;
/** RFC 4422 3.1: a SASL mechanism name has 1 to 20 characters. */
export const MAX_MECHANISM = 20;
/** A chunk size of more digits is no number we could count to. */
const MAX_CHUNK_DIGITS = 15;

const RFC5321_4_1_1 = rfc('5321', '4.1.1');
const RFC5321_4_1_1_1 = rfc('5321', '4.1.1.1');
const RFC5321_4_1_1_2 = rfc('5321', '4.1.1.2');
const RFC5321_4_1_1_3 = rfc('5321', '4.1.1.3');
const RFC5321_4_2_4 = rfc('5321', '4.2.4');
const RFC6531_3_3 = rfc('6531', '3.3');
const RFC3030_2 = rfc('3030', '2');
const RFC4954_4 = rfc('4954', '4');

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// Line ends of any kind (NEL, U+2028, U+2029 too) and control characters have no place in a command.
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
const HTTP = /^(?:GET|POST|PUT|HEAD|OPTIONS|CONNECT|DELETE|PATCH|TRACE|PRI)$/;

/**
 * Reads one command line (RFC 5321 4.1), without its CRLF. Verbs and keywords without regard to case; spaces at the
 * end are passed over (4.1.1).
 * @param offers what the last reply to EHLO offered; another parameter gets 555
 */
export function parseCommand(line: Buffer, offers: ParameterOffers): ReadCommand {
  const text = decode(line);
  if (text === undefined || CONTROL.test(text))
    return bad(RFC5321_4_1_1, 500, '5.5.2', 'command has bytes that no command can have');
  const space = text.indexOf(' ');
  const verb = (space < 0 ? text : text.slice(0, space)).toUpperCase();
  const argument = space < 0 ? '' : text.slice(space + 1).trimEnd();
  switch (verb) {
    case 'HELO':
    case 'EHLO':
    case 'LHLO':
      return hello(verb, argument);
    case 'MAIL':
      return mail(argument, offers);
    case 'RCPT':
      return rcpt(argument, offers);
    case 'BDAT':
      return bdat(argument);
    case 'AUTH':
      return auth(argument);
    case 'XCLIENT':
    case 'XFORWARD':
      return attributes(verb, argument);
    case 'DATA':
    case 'RSET':
    case 'QUIT':
    case 'STARTTLS':
      if (argument !== '') return bad(RFC5321_4_1_1, 501, '5.5.4', `${verb} has no parameters`);
      return { ok: true, command: { verb } };
    case 'NOOP':
    case 'HELP':
    case 'VRFY':
    case 'EXPN':
      return { ok: true, command: { verb, text: argument } };
    default:
      // A browser, or a web service made to talk to us: every line of it would be tried as a command.
      if (HTTP.test(verb)) return { ...bad(RFC5321_4_2_4, 500, '5.5.1', 'this is SMTP'), lost: 'http' };
      return bad(RFC5321_4_2_4, 500, '5.5.1', 'command not recognised');
  }
}

function decode(line: Buffer): string | undefined {
  const text = line.toString('latin1');
  if (!/[\x80-\xff]/.test(text)) return text;
  try {
    return UTF8.decode(line);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function bad(clause: Clause, code: number, enhanced: string, text: string): ReadCommand & { ok: false } {
  return { ok: false, refusal: refusal(clause, code, enhanced, text) };
}

function hello(verb: 'HELO' | 'EHLO' | 'LHLO', name: string): ReadCommand {
  // Names that are no domain are let through: too many honest clients have one. What they prove is the engine's affair.
  if (!/^[\x21-\x7e]+$/.test(name) || name.length > MAX_HELLO_NAME)
    return bad(RFC5321_4_1_1_1, 501, '5.5.4', `${verb} needs one host name`);
  return { ok: true, command: { verb, name } };
}

function mail(argument: string, offers: ParameterOffers): ReadCommand {
  const start = pathStart(argument, 'FROM:');
  const read = parsePath(argument, start);
  if (start < 0 || !read.ok || !atBoundary(argument, read.end))
    return badPath('MAIL FROM', RFC5321_4_1_1_2, read.ok ? 'brackets' : read.fault);
  const parameters = parseMailParameters(argument.slice(read.end), offers);
  if (!parameters.ok) return parameters;
  const reversePath = read.path;
  if (reversePath?.domain === undefined && reversePath?.literal === undefined && reversePath !== null)
    return badPath('MAIL FROM', RFC5321_4_1_1_2, 'domain');
  if (reversePath?.international === true && parameters.value.smtpUtf8 !== true)
    return bad(RFC6531_3_3, 553, '5.6.7', 'this address needs SMTPUTF8');
  return { ok: true, command: { verb: 'MAIL', reversePath, parameters: parameters.value } };
}

function rcpt(argument: string, offers: ParameterOffers): ReadCommand {
  const start = pathStart(argument, 'TO:');
  const read = parsePath(argument, start);
  if (start < 0 || !read.ok || !atBoundary(argument, read.end))
    return badPath('RCPT TO', RFC5321_4_1_1_3, read.ok ? 'brackets' : read.fault);
  if (read.path === null) return badPath('RCPT TO', RFC5321_4_1_1_3, 'local-part');
  const parameters = parseRcptParameters(argument.slice(read.end), offers);
  if (!parameters.ok) return parameters;
  return { ok: true, command: { verb: 'RCPT', forwardPath: read.path, parameters: parameters.value } };
}

/** Where the path starts; RFC 5321 3.3 has no space after the colon, but so many clients write one that we read it. */
function pathStart(argument: string, keyword: string): number {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return -1;
  let at = keyword.length;
  while (argument[at] === ' ') at++;
  return at;
}

function atBoundary(argument: string, end: number): boolean {
  return end === argument.length || argument[end] === ' ';
}

const FAULT_TEXT: Readonly<Record<PathFault, string>> = {
  brackets: 'needs an address in angle brackets',
  route: 'has a source route with a syntax error',
  'local-part': 'has a local part with a syntax error',
  domain: 'has no valid domain',
  literal: 'has no valid address literal',
  length: 'has an address that is too long',
};

function badPath(command: 'MAIL FROM' | 'RCPT TO', clause: Clause, fault: PathFault): ReadCommand {
  // RFC 3463 3.2: X.1.7 is a sender's address, X.1.3 a recipient's.
  const enhanced = command === 'MAIL FROM' ? '5.1.7' : '5.1.3';
  return bad(clause, 501, fault === 'brackets' ? '5.5.4' : enhanced, `${command} ${FAULT_TEXT[fault]}`);
}

function bdat(argument: string): ReadCommand {
  const match = /^(\d+)(?: +(LAST))?$/i.exec(argument);
  if (match?.[1] === undefined || match[1].length > MAX_CHUNK_DIGITS)
    // RFC 3030 2: the chunk follows at once. Without its size nobody knows where it ends.
    return { ...bad(RFC3030_2, 501, '5.5.4', 'BDAT needs a size'), lost: 'bdat' };
  return { ok: true, command: { verb: 'BDAT', size: Number(match[1]), last: match[2] !== undefined } };
}

function auth(argument: string): ReadCommand {
  const match = /^([A-Za-z0-9_-]+)(?: (=|[A-Za-z0-9+/]+={0,2}))?$/.exec(argument);
  const mechanism = match?.[1]?.toUpperCase();
  if (mechanism === undefined || mechanism.length > MAX_MECHANISM)
    return bad(RFC4954_4, 501, '5.5.2', 'AUTH needs a mechanism, and base64 if anything');
  const initialResponse = match?.[2];
  if (initialResponse === undefined) return { ok: true, command: { verb: 'AUTH', mechanism } };
  return { ok: true, command: { verb: 'AUTH', mechanism, initialResponse } };
}

function attributes(verb: 'XCLIENT' | 'XFORWARD', argument: string): ReadCommand {
  const read = parseAttributes(verb, argument);
  if (!read.ok) return bad(RFC5321_4_1_1, 501, '5.5.4', `${verb}: ${read.problem}`);
  return { ok: true, command: { verb, attributes: read.attributes } };
}
