import type { Clause } from '../words/clause.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem, type ProblemCode } from '../words/problem.js';
import { CR, isWsp, latin1, LF } from './bytes.js';

/** One `name=value`, by byte offsets; white space around both is outside the offsets. */
export interface Tag {
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** First byte after the equals sign; white space may lie between it and the value. */
  readonly outerStart: number;
  /** The closing semicolon, or the end of the list. */
  readonly outerEnd: number;
}

export interface TagListNames {
  /** `dkim` or `arc`: the prefix of the problem codes. */
  readonly area: 'dkim' | 'arc';
  readonly clause: Clause;
}

const FWS = /[ \t\r\n]/;
const ALL_FWS = /[ \t\r\n]+/g;
const EQUALS = 0x3d;
const SEMICOLON = 0x3b;

/**
 * A tag-list (RFC 6376 3.2): `name=value` separated by semicolons, the last one optional, white space and folds anywhere
 * around. A name that stands twice makes the whole list invalid.
 * Errors: `<area>/tag-syntax`, `<area>/duplicate-tag`.
 */
export function parseTagList(
  bytes: Uint8Array,
  start: number,
  end: number,
  names: TagListNames,
): Parsed<ReadonlyMap<string, Tag>> {
  const tags = new Map<string, Tag>();
  const bad = (what: 'tag-syntax' | 'duplicate-tag', at: number, message: string): Parsed<never> =>
    failed(problem(`${names.area}/${what}` satisfies ProblemCode, at, names.clause, message));
  let at = start;
  for (;;) {
    at = skipFws(bytes, at, end);
    if (at >= end) return parsed(tags);
    const nameStart = at;
    while (at < end && isNameByte(bytes[at] ?? 0)) at++;
    const nameEnd = at;
    at = skipFws(bytes, at, end);
    if (nameEnd === nameStart || !isLetter(bytes[nameStart] ?? 0) || bytes[at] !== EQUALS || at >= end)
      return bad(
        'tag-syntax',
        nameStart,
        `"${latin1(bytes, nameStart, Math.min(end, nameStart + 20))}" is not name=value`,
      );
    const outerStart = at + 1;
    const valueStart = skipFws(bytes, outerStart, end);
    at = valueStart;
    let valueEnd = valueStart;
    for (; at < end; at++) {
      const b = bytes[at] ?? 0;
      if (b === SEMICOLON) break;
      if (b > 0x20 && b !== 0x7f) valueEnd = at + 1;
      else if (!isFwsByte(b)) return bad('tag-syntax', at, 'a control character in a tag');
    }
    const name = latin1(bytes, nameStart, nameEnd);
    if (tags.has(name)) return bad('duplicate-tag', nameStart, `${name}= stands twice`);
    tags.set(name, { name, start: nameStart, valueStart, valueEnd, outerStart, outerEnd: at });
    at++;
  }
}

/** The value as text, white space and folds taken out (for the values whose syntax allows them inside). */
export function compactText(bytes: Uint8Array, tag: Tag): string {
  const text = tagText(bytes, tag);
  return FWS.test(text) ? text.replace(ALL_FWS, '') : text;
}

/** The value as text, as it stands. */
export function tagText(bytes: Uint8Array, tag: Tag): string {
  return latin1(bytes, tag.valueStart, tag.valueEnd);
}

function skipFws(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isFwsByte(bytes[at] ?? 0)) at++;
  return at;
}

function isFwsByte(byte: number): boolean {
  return isWsp(byte) || byte === CR || byte === LF;
}

// RFC 6376 3.2: tag-name = ALPHA *ALNUMPUNC.
function isNameByte(b: number): boolean {
  return isLetter(b) || (b >= 0x30 && b <= 0x39) || b === 0x5f;
}

function isLetter(b: number): boolean {
  return (b >= 0x61 && b <= 0x7a) || (b >= 0x41 && b <= 0x5a);
}
