import { rfc, type Clause } from '../words/clause.js';
import { parseDomain } from '../words/domain.js';
import { DEFAULT_LIMITS, type Limits } from '../words/limits.js';
import type { ReversePath } from '../words/mailbox.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem, type Problem, type ProblemCode } from '../words/problem.js';

const RFC5321_4_1_2 = rfc('5321', '4.1.2');
const RFC5321_4_5_3_1 = rfc('5321', '4.5.3.1');
const RFC5321_C = rfc('5321', 'C');

/**
 * Reads the reverse-path of SMTP (RFC 5321 4.1.2, RFC 6531 3.3): `user@example.com`, `<user@example.com>`; `<>` and
 * the empty text are the null sender. White space around it is let through.
 *
 * A source route is stripped, as RFC 5321 appendix C asks: warning `address/source-route`. A local part with dots at
 * its ends or in a row, as some providers hand out, is read as it stands: warning `address/dot`. An address literal,
 * `<user@[192.0.2.1]>`, names no domain: error `address/domain-literal`; other errors are `address/...` too.
 */
export function parseMailFrom(
  text: string,
  limits: Pick<Limits, 'addressBytes' | 'localPartBytes'> = DEFAULT_LIMITS,
): Parsed<ReversePath> {
  const trimmed = text.length > limits.addressBytes ? text : text.trim();
  if (trimmed.length > limits.addressBytes)
    return bad('address/too-long', 0, 'the path is too long', RFC5321_4_5_3_1);
  let start = 0;
  let end = trimmed.length;
  if (trimmed.startsWith('<')) {
    if (!trimmed.endsWith('>')) return bad('address/unterminated-angle', 0, '"<" is not closed');
    start++;
    end--;
  }
  if (start === end) return parsed(null);
  const warnings: Problem[] = [];
  if (trimmed[start] === '@') {
    const colon = trimmed.indexOf(':', start);
    if (colon < 0) return bad('address/source-route', start, 'a source route without an address');
    warnings.push(problem('address/source-route', start, RFC5321_C, 'a source route was stripped'));
    start = colon + 1;
  }
  const local = trimmed[start] === '"' ? readQuoted(trimmed, start, end) : readDotString(trimmed, start, end);
  if (!local.ok) return local;
  if (local.value.text.length > limits.localPartBytes)
    return bad('address/too-long', start, 'the local part is too long', RFC5321_4_5_3_1);
  if (trimmed[local.value.end] !== '@' || local.value.end >= end)
    return bad('address/no-at-sign', local.value.end, 'a path without "@"');
  const at = local.value.end + 1;
  if (trimmed[at] === '[') return bad('address/domain-literal', at, 'an address literal is no domain name');
  const domain = parseDomain(trimmed.slice(at, end));
  if (!domain.ok) return failed({ ...domain.problem, at: Math.min(at + domain.problem.at, end) });
  return parsed({ localPart: local.value.text, domain: domain.value }, [...warnings, ...local.warnings]);
}

interface Local {
  readonly text: string;
  /** Offset of what follows. */
  readonly end: number;
}

function readDotString(text: string, start: number, end: number): Parsed<Local> {
  let at = start;
  let odd = -1;
  for (; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x40) break;
    if (c === 0x2e && (at === start || text[at - 1] === '.' || text[at + 1] === '@')) odd = at;
    else if (c !== 0x2e && !isAtextCode(c))
      return bad('address/syntax', at, 'a character that must be quoted in a local part');
  }
  if (at === start) return bad('address/no-local-part', at, 'nothing stands before "@"');
  const local = { text: text.slice(start, at), end: at };
  if (odd < 0) return parsed(local);
  return parsed(local, [
    problem('address/dot', odd, RFC5321_4_1_2, 'a dot at an end of the local part, or two in a row'),
  ]);
}

// Quoted-string of RFC 5321: no folds, no controls; quoted-pairs of printable characters.
function readQuoted(text: string, start: number, end: number): Parsed<Local> {
  let out = '';
  for (let at = start + 1; at < end; at++) {
    const c = text.charAt(at);
    if (c === '"' && out === '') return bad('address/no-local-part', start, 'the local part is empty');
    if (c === '"') return parsed({ text: out, end: at + 1 });
    const taken = c === '\\' ? text.charAt(++at) : c;
    if (at >= end || taken < ' ' || taken === '\x7f')
      return bad('address/control', Math.min(at, end), 'a control character in a quoted local part');
    out += taken;
  }
  return bad('address/unterminated-quote', start, 'a quoted local part is not closed');
}

function isAtextCode(c: number): boolean {
  if (c >= 0x80) return true;
  return c > 0x20 && c < 0x7f && !'"(),:;<>@[\\].'.includes(String.fromCharCode(c));
}

function bad(code: ProblemCode, at: number, message: string, clause: Clause = RFC5321_4_1_2): Parsed<never> {
  return failed(problem(code, at, clause, message));
}
