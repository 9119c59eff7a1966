import { rfc } from '../words/clause.js';
import type { Limits } from '../words/limits.js';
import { problem, type Problem, type ProblemCode } from '../words/problem.js';
import { CR, isWsp, latin1, LF } from '../syntax/bytes.js';

/** One header field, by byte offsets into the block. Nothing is copied. */
export interface HeaderField {
  /** Lower case, without white space before the colon. */
  readonly name: string;
  /** First byte of the name. */
  readonly start: number;
  /** First byte after the colon. */
  readonly valueStart: number;
  /** First byte after the value: the line end that closes the field is not part of it. */
  readonly valueEnd: number;
  /** First byte after the closing line end. */
  readonly end: number;
}

/** The header block of one message: bytes, fields in order from the top, and what is wrong with it. */
export interface HeaderBlock {
  readonly bytes: Uint8Array;
  readonly fields: readonly HeaderField[];
  /** The same fields by name, each list from the top. */
  readonly byName: ReadonlyMap<string, readonly HeaderField[]>;
  /** Offset of the first body byte; equals `bytes.length` where there is no body. */
  readonly bodyStart: number;
  readonly problems: readonly Problem[];
}

const RFC5322_2_2 = rfc('5322', '2.2');
const RFC5322_2_3 = rfc('5322', '2.3');
const RFC5322_4_5 = rfc('5322', '4.5');
const RFC5321_2_3_8 = rfc('5321', '2.3.8');
const OUR_LIMIT = rfc('5321', '4.5.3');
const MAX_PROBLEMS = 20;
const NO_FIELDS: readonly HeaderField[] = [];

/**
 * Reads the header block at the start of `bytes` in one pass. Never fails; the documented readings
 * (docs/message-reading.md) of what is not RFC 5322:
 *
 * - a line that is neither a field nor a continuation ends nothing and belongs to no field: `message/no-colon`;
 * - a continuation line before any field belongs to no field: `message/leading-continuation`;
 * - white space before the colon is not part of the name (RFC 5322 4.5 obs): `message/space-before-colon`;
 * - LF alone ends a line here as CRLF does, so that nothing hides behind it: `message/bare-lf`;
 * - CR alone and NUL are ordinary bytes of a value: `message/bare-cr`, `message/nul`;
 * - a fold of white space only is part of its field, and without an empty line all is header;
 * - past `headerBytes` or `headerFields` nothing is read: `message/header-too-long`, `message/too-many-fields`.
 */
export function readHeaderBlock(
  bytes: Uint8Array,
  limits: Pick<Limits, 'headerBytes' | 'headerFields'>,
): HeaderBlock {
  const reader = new Reader(bytes, limits);
  return reader.read();
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #maxFields: number;
  readonly #fields: HeaderField[] = [];
  readonly #byName = new Map<string, HeaderField[]>();
  readonly #problems: Problem[] = [];
  readonly #seen = new Set<ProblemCode>();

  constructor(bytes: Uint8Array, limits: Pick<Limits, 'headerBytes' | 'headerFields'>) {
    this.#bytes = bytes;
    this.#end = Math.min(bytes.length, limits.headerBytes);
    this.#maxFields = limits.headerFields;
  }

  read(): HeaderBlock {
    const bytes = this.#bytes;
    const end = this.#end;
    // The field being read: its start and colon; -1 where the current line belongs to none.
    let fieldStart = -1;
    let colon = -1;
    let valueEnd = 0;
    let at = 0;
    while (at < end) {
      const lineStart = at;
      const lf = this.#lineEnd(at, end);
      const hasLf = lf < end;
      const contentEnd = hasLf && lf > lineStart && bytes[lf - 1] === CR ? lf - 1 : lf;
      at = hasLf ? lf + 1 : end;
      if (hasLf && contentEnd === lf)
        this.#note('message/bare-lf', lf, RFC5321_2_3_8, 'a line ends in LF without CR');
      if (contentEnd === lineStart && hasLf) {
        this.#push(fieldStart, colon, valueEnd, lineStart);
        return this.#done(at);
      }
      const first = bytes[lineStart];
      if (isWsp(first)) {
        if (fieldStart < 0)
          this.#note(
            'message/leading-continuation',
            lineStart,
            RFC5322_2_2,
            'a continuation line follows no field',
          );
        else valueEnd = contentEnd;
        continue;
      }
      this.#push(fieldStart, colon, valueEnd, lineStart);
      colon = findColon(bytes, lineStart, contentEnd);
      fieldStart = colon < 0 ? -1 : lineStart;
      valueEnd = contentEnd;
      // A line that our limit cut may have had its colon behind it.
      if (colon < 0 && (hasLf || end === bytes.length))
        this.#note('message/no-colon', lineStart, RFC5322_2_2, 'a header line has no field name and colon');
    }
    this.#push(fieldStart, colon, valueEnd, end);
    if (end < bytes.length)
      this.#note('message/header-too-long', end, OUR_LIMIT, `the header block is longer than ${end} bytes`);
    return this.#done(end);
  }

  #push(start: number, colon: number, valueEnd: number, end: number): void {
    if (start < 0) return;
    if (this.#fields.length >= this.#maxFields) {
      this.#note('message/too-many-fields', start, OUR_LIMIT, `more than ${this.#maxFields} header fields`);
      return;
    }
    const bytes = this.#bytes;
    let nameEnd = colon;
    while (nameEnd > start && isWsp(bytes[nameEnd - 1])) nameEnd--;
    if (nameEnd < colon)
      this.#note(
        'message/space-before-colon',
        nameEnd,
        RFC5322_4_5,
        'white space before the colon of a field',
      );
    const field = { name: lowerName(bytes, start, nameEnd), start, valueStart: colon + 1, valueEnd, end };
    this.#fields.push(field);
    const same = this.#byName.get(field.name);
    if (same === undefined) this.#byName.set(field.name, [field]);
    else same.push(field);
  }

  #done(bodyStart: number): HeaderBlock {
    return {
      bytes: this.#bytes,
      fields: this.#fields,
      byName: this.#byName,
      bodyStart,
      problems: this.#problems,
    };
  }

  // One look at each byte: the next LF, and on the way what is neither line end nor text. Lines are short, so a loop
  // beats a call into the platform.
  #lineEnd(start: number, end: number): number {
    const bytes = this.#bytes;
    let at = start;
    for (; at < end; at++) {
      const b = bytes[at] ?? 0;
      if (b > CR) continue;
      if (b === LF) break;
      if (b === CR && bytes[at + 1] !== LF)
        this.#note('message/bare-cr', at, RFC5322_2_3, 'the header holds a CR without LF');
      else if (b === 0) this.#note('message/nul', at, RFC5322_2_2, 'the header holds a NUL');
    }
    return at;
  }

  #note(code: ProblemCode, at: number, clause: typeof RFC5322_2_2, message: string): void {
    if (this.#seen.has(code) || this.#problems.length >= MAX_PROBLEMS) return;
    this.#seen.add(code);
    this.#problems.push(problem(code, at, clause, message));
  }
}

// RFC 5322 2.2: a name is printable ASCII without colon; trailing WSP is the obsolete form of 4.5.
function findColon(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const b = bytes[i] ?? 0;
    if (b === 0x3a) return i > start ? i : -1;
    if (b > 0x20 && b < 0x7f) continue;
    if (!isWsp(b)) return -1;
    let j = i;
    while (j < end && isWsp(bytes[j])) j++;
    return j < end && bytes[j] === 0x3a ? j : -1;
  }
  return -1;
}

// Names repeat from message to message: one string for all of them saves making it, and its hash, each time.
const knownNames: (string | undefined)[] = Array.from({ length: 512 }, () => undefined);

function lowerName(bytes: Uint8Array, start: number, end: number): string {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + lower(bytes[i] ?? 0)) | 0;
  const known = knownNames[hash & 511];
  if (known !== undefined && isName(known, bytes, start, end)) return known;
  let name = '';
  for (let i = start; i < end; i++) name += String.fromCharCode(lower(bytes[i] ?? 0));
  // Longer names are nobody's usual ones, and would let a stranger fill memory.
  if (name.length <= 64) knownNames[hash & 511] = name;
  return name;
}

function isName(name: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== lower(bytes[start + i] ?? 0)) return false;
  return true;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/**
 * Why the fields are not all there: the header is longer, or has more fields, than we read. Undefined where it was read
 * to its end. Without the end nobody can say which field is the lowest of its name, or the only one.
 */
export function unreadRest(head: Pick<HeaderBlock, 'problems'>): Problem | undefined {
  return head.problems.find(
    ({ code }) => code === 'message/header-too-long' || code === 'message/too-many-fields',
  );
}

/** The fields of one name, from the top. */
export function fieldsNamed(head: HeaderBlock, name: string): readonly HeaderField[] {
  return head.byName.get(name) ?? NO_FIELDS;
}

/** The value's bytes as they stand, folds included. */
export function valueBytes(head: HeaderBlock, field: HeaderField): Uint8Array {
  return head.bytes.subarray(field.valueStart, field.valueEnd);
}

/** The value unfolded (RFC 5322 2.2.3), trimmed, one character per byte. */
export function unfoldedValue(head: HeaderBlock, field: HeaderField): string {
  return latin1(head.bytes, field.valueStart, field.valueEnd)
    .replace(/\r?\n(?=[ \t])/g, '')
    .trim();
}
