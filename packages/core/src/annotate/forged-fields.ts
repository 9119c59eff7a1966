import { DEFAULT_LIMITS, type Limits } from '../words/limits.js';
import { CR, encodeUtf8, latin1, LF, SP } from '../syntax/bytes.js';
import { parseAuthenticationResults, parseAuthservId } from '../message/authentication-results.js';
import { normalizeAuthservId, sameAuthservId } from '../message/authserv-id.js';
import { valueBytes, type HeaderBlock, type HeaderField } from '../message/header-block.js';

const OPEN = 0x28;
const CLOSE = 0x29;
const SEMICOLON = 0x3b;
const COLON = 0x3a;
const DEL = 0x7f;
/** Quotes and the backslash. */
const QUOTING = [0x22, 0x27, 0x5c];

const RESULTS_FIELD = 'authentication-results';

/** Fields that claim our own word or that of the Exchange organization behind us; nobody outside may send them. */
const TRUST_PREFIXES = ['x-truefrom-', 'x-ms-exchange-organization-', 'x-ms-exchange-forest-'];

/**
 * Fields of an incoming message that claim to be ours, to be removed before anything reads the message:
 *
 * - Authentication-Results under our authserv-id (RFC 8601 5), compared as RFC 8601 2.5 has it, whatever version,
 *   comments, quotes or folds stand around it, and also where the field cannot be read but shows our id;
 * - Authentication-Results of a version we do not know (RFC 8601 5: MUST, from a stranger);
 * - `X-TrueFrom-*`, `X-MS-Exchange-Organization-*` and `X-MS-Exchange-Forest-*` (Exchange's header firewall);
 * - a field that hides one of these names behind a bare CR, where other software may see a line end.
 *
 * Names are compared without regard to case and without white space before the colon. Only for mail that comes from
 * outside the trust boundary: what a trusted server of ours wrote looks the same.
 */
export function forgedTrustFields(
  head: HeaderBlock,
  authservId: string,
  limits: Limits = DEFAULT_LIMITS,
): readonly HeaderField[] {
  const bareCr = head.problems.some((p) => p.code === 'message/bare-cr');
  return head.fields.filter(
    (field) =>
      TRUST_PREFIXES.some((prefix) => field.name.startsWith(prefix)) ||
      (field.name === RESULTS_FIELD && claimsId(valueBytes(head, field), authservId, limits)) ||
      (bareCr && hidesTrustField(head, field)),
  );
}

function claimsId(value: Uint8Array, authservId: string, limits: Limits): boolean {
  const id = parseAuthservId(value, { limits });
  if (id.ok && (id.value.version !== 1 || sameAuthservId(id.value.authservId, authservId))) return true;
  const ours = skeleton(encodeUtf8(normalizeAuthservId(authservId)));
  const semicolon = value.indexOf(SEMICOLON);
  const first = value.subarray(0, semicolon < 0 ? value.length : semicolon);
  // What a reader without the grammar takes for the id: comments cut out by a pattern, or left in and skipped over.
  if (isIdAndVersion(skeleton(first), ours) || isIdAndVersion(skeleton(first, true), ours)) return true;
  return skeleton(value).includes(ours) && !parseAuthenticationResults(value, { limits }).ok;
}

function isIdAndVersion(word: string, ours: string): boolean {
  return word.startsWith(ours) && /^\.?\d*$/.test(word.slice(ours.length));
}

/**
 * Nothing but the letters a careless reader would compare, in lower case: no white space, controls, quotes,
 * backslashes, parentheses. On request without what stands in parentheses; one that is not closed reaches to the end.
 */
function skeleton(bytes: Uint8Array, cutComments = false): string {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  let depth = 0;
  for (const b of bytes) {
    if (b === OPEN) depth++;
    else if (b === CLOSE) depth = Math.max(0, depth - 1);
    else if (b > SP && b !== DEL && !QUOTING.includes(b) && !(cutComments && depth > 0))
      kept[length++] = b >= 0x41 && b <= 0x5a ? b | 0x20 : b;
  }
  return latin1(kept, 0, length);
}

function hidesTrustField(head: HeaderBlock, field: HeaderField): boolean {
  const { bytes } = head;
  for (let cr = bytes.indexOf(CR, field.start); cr >= 0 && cr < field.end; cr = bytes.indexOf(CR, cr + 1)) {
    if (bytes[cr + 1] === LF) continue;
    const line = bytes.subarray(cr + 1, Math.min(cr + 80, field.end));
    const colon = line.indexOf(COLON);
    const name = colon < 0 ? '' : skeleton(line.subarray(0, colon));
    if (name === RESULTS_FIELD || TRUST_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  }
  return false;
}

/**
 * The message without some of its fields, as pieces of its own bytes in order; nothing is copied. The fields must be
 * of this block. Signatures that cover a removed field break: verify first.
 */
export function removeFields(head: HeaderBlock, fields: readonly HeaderField[]): readonly Uint8Array[] {
  if (fields.length === 0) return [head.bytes];
  const ranges = [...fields].sort((a, b) => a.start - b.start);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    if (start > at) pieces.push(head.bytes.subarray(at, start));
    at = Math.max(at, end);
  }
  if (at < head.bytes.length) pieces.push(head.bytes.subarray(at));
  return pieces;
}
