import { rfc, type Clause } from '../../words/clause.js';
import { failed, parsed, type Parsed } from '../../words/parsed.js';
import { problem } from '../../words/problem.js';

/** RFC 7208 7.2, lower case; `c`, `r` and `t` only in explanation text. */
export type MacroLetter = 's' | 'l' | 'o' | 'd' | 'i' | 'p' | 'v' | 'h' | 'c' | 'r' | 't';

/** One `%{...}`. */
export interface MacroExpand {
  readonly letter: MacroLetter;
  /** The letter stood in upper case: the value is URL-escaped (RFC 7208 7.3). */
  readonly urlEscape: boolean;
  /** Right-hand parts kept; 0: all. */
  readonly keep: number;
  readonly reverse: boolean;
  /** Characters the value is split at; empty: none were given, "." is meant. */
  readonly delimiters: string;
}

/** A macro-string: literal text (`%%`, `%_`, `%-` already replaced) and macros, in order. */
export interface MacroString {
  readonly parts: readonly (string | MacroExpand)[];
  /** The whole text, where there is nothing to expand. */
  readonly literal: string | undefined;
  /** Holds `%{p}`, whose value costs DNS questions. */
  readonly usesValidatedName: boolean;
  /** Holds `%{s}` or `%{l}`, which no address with a non-ASCII local part can fill (RFC 8616 4). */
  readonly usesLocalPart: boolean;
  /** Offset in the parsed text behind the last `%` construct; where the string began, when there is none. */
  readonly tailStart: number;
}

/** Where a macro-string stands decides which letters it may hold, and whether a blank is text. */
export type MacroPlace = 'domain-spec' | 'modifier' | 'explanation';

const RFC7208_7_1 = rfc('7208', '7.1');
const RFC7208_7_2 = rfc('7208', '7.2');
const RFC7208_7_3 = rfc('7208', '7.3');

// RFC 7208 7.3: "at least a value of 127"; more keeps every part there can be.
const MAX_KEEP = 1_000_000;

const PERCENT = 0x25;

/**
 * Reads `text[start, end)` as a macro-string (RFC 7208 7.1), or as an explain-string in place `explanation`.
 * Errors, with the offset in `text`: `spf/macro-syntax`, `spf/macro-character`.
 */
export function parseMacroString(
  text: string,
  start: number,
  end: number,
  place: MacroPlace,
): Parsed<MacroString> {
  const parts: (string | MacroExpand)[] = [];
  let usesValidatedName = false;
  let usesLocalPart = false;
  let tailStart = start;
  let pending = '';
  let literalStart = start;
  let at = start;
  while (at < end) {
    const c = text.charCodeAt(at);
    if (c !== PERCENT) {
      // macro-literal is every visible character but "%"; explain-string adds SP (6.2).
      if (c <= 0x20 || c >= 0x7f) {
        if (c !== 0x20 || place !== 'explanation')
          return bad(
            at,
            RFC7208_7_1,
            'spf/macro-character',
            'a character that is not visible ASCII stands in a macro-string',
          );
      }
      at++;
      continue;
    }
    pending += text.slice(literalStart, at);
    const next = at + 1 < end ? text.charAt(at + 1) : '';
    if (next === '{') {
      const macro = parseExpand(text, at, end, place);
      if (!macro.ok) return macro;
      if (pending !== '') parts.push(pending);
      pending = '';
      parts.push(macro.value.macro);
      usesValidatedName ||= macro.value.macro.letter === 'p';
      usesLocalPart ||= macro.value.macro.letter === 's' || macro.value.macro.letter === 'l';
      at = macro.value.end;
    } else {
      if (next === '%') pending += '%';
      else if (next === '_') pending += ' ';
      else if (next === '-') pending += '%20';
      else
        return bad(at, RFC7208_7_1, 'spf/macro-syntax', '"%" is followed by none of "{", "%", "_" and "-"');
      at += 2;
    }
    literalStart = at;
    tailStart = at;
  }
  pending += text.slice(literalStart, end);
  if (pending !== '') parts.push(pending);
  const [only = ''] = parts;
  const literal = parts.length < 2 && typeof only === 'string' ? only : undefined;
  return parsed({ parts, literal, usesValidatedName, usesLocalPart, tailStart });
}

function parseExpand(
  text: string,
  percent: number,
  end: number,
  place: MacroPlace,
): Parsed<{ readonly macro: MacroExpand; readonly end: number }> {
  let at = percent + 2;
  const given = at < end ? text.charAt(at) : '';
  const letter = macroLetter(given.toLowerCase());
  if (letter === undefined)
    return bad(at, RFC7208_7_2, 'spf/macro-syntax', `"${printable(given)}" is no macro letter`);
  if (place === 'domain-spec' && (letter === 'c' || letter === 'r' || letter === 't'))
    return bad(at, RFC7208_7_2, 'spf/macro-syntax', `%{${letter}} is allowed only in explanation text`);
  at++;
  let keep = 0;
  const digitsStart = at;
  for (; at < end && isDigit(text.charCodeAt(at)); at++)
    keep = Math.min(MAX_KEEP, keep * 10 + text.charCodeAt(at) - 0x30);
  if (at > digitsStart && keep === 0)
    return bad(digitsStart, RFC7208_7_3, 'spf/macro-syntax', 'the number of parts to keep is zero');
  const reverse = at < end && (text.charCodeAt(at) | 0x20) === 0x72;
  if (reverse) at++;
  const delimitersStart = at;
  while (at < end && isDelimiter(text.charCodeAt(at))) at++;
  if (at >= end || text.charAt(at) !== '}')
    return bad(
      at,
      RFC7208_7_1,
      'spf/macro-syntax',
      'a macro holds something after letter, digits, "r" and delimiters',
    );
  const macro: MacroExpand = {
    letter,
    urlEscape: given !== letter,
    keep,
    reverse,
    delimiters: text.slice(delimitersStart, at),
  };
  return parsed({ macro, end: at + 1 });
}

function macroLetter(c: string): MacroLetter | undefined {
  switch (c) {
    case 's':
    case 'l':
    case 'o':
    case 'd':
    case 'i':
    case 'p':
    case 'v':
    case 'h':
    case 'c':
    case 'r':
    case 't':
      return c;
    default:
      return undefined;
  }
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

// RFC 7208 7.1: delimiter = "." / "-" / "+" / "," / "/" / "_" / "="
function isDelimiter(c: number): boolean {
  return (c >= 0x2b && c <= 0x2f) || c === 0x5f || c === 0x3d;
}

function printable(c: string): string {
  return c > ' ' && c < '\x7f' ? c : '?';
}

function bad(
  at: number,
  clause: Clause,
  code: 'spf/macro-syntax' | 'spf/macro-character',
  message: string,
): Parsed<never> {
  return failed(problem(code, at, clause, message));
}
