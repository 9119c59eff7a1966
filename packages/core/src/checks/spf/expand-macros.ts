import { encodeUtf8 } from '../../syntax/bytes.js';
import type { MacroExpand, MacroString } from './macro-string.js';

/** What the macros of one check stand for (RFC 7208 7.2). */
export interface MacroValues {
  /** `<local-part>` of `<sender>`; "postmaster" where there was none. */
  readonly localPart: string;
  /** Domain of `<sender>`, A-labels. */
  readonly senderDomain: string;
  /** HELO as received, or its A-labels. */
  readonly helo: string;
  /** `<ip>` in text form (`c`). */
  readonly clientText: string;
  /** `<ip>` as `i` wants it: dotted quad, or 32 nibbles with dots. */
  readonly clientDotted: string;
  readonly isIpv4: boolean;
  readonly receiver: string;
  readonly timestampSeconds: () => number;
}

/**
 * Expands a macro-string (RFC 7208 7.3).
 * @param domain `<domain>` of the record that holds the string: inside an include the included one, never the sender's
 * @param validatedName value of `p`; only strings that use it look at it
 * @param maxLength longest text, in characters
 * @returns undefined past that length
 */
export function expandMacros(
  macros: MacroString,
  values: MacroValues,
  domain: string,
  validatedName: string,
  maxLength: number,
): string | undefined {
  let out = '';
  for (const part of macros.parts) {
    if (typeof part === 'string') out += part;
    else {
      const value = letterValue(part, values, domain, validatedName);
      // Checked before splitting: a HELO of any length comes from a stranger.
      if (value.length > maxLength) return undefined;
      const transformed = transform(part, value);
      out += part.urlEscape ? urlEscape(transformed) : transformed;
    }
    if (out.length > maxLength) return undefined;
  }
  return out;
}

function letterValue(macro: MacroExpand, values: MacroValues, domain: string, validatedName: string): string {
  switch (macro.letter) {
    case 's':
      return `${values.localPart}@${values.senderDomain}`;
    case 'l':
      return values.localPart;
    case 'o':
      return values.senderDomain;
    case 'd':
      return domain;
    case 'i':
      return values.clientDotted;
    case 'p':
      return validatedName;
    case 'v':
      return values.isIpv4 ? 'in-addr' : 'ip6';
    case 'h':
      return values.helo;
    case 'c':
      return values.clientText;
    case 'r':
      return values.receiver;
    case 't':
      return String(values.timestampSeconds());
  }
}

// RFC 7208 7.3: split, reverse, keep right-hand parts, join with ".". Empty parts are parts.
function transform(macro: MacroExpand, value: string): string {
  if (macro.keep === 0 && !macro.reverse && macro.delimiters === '') return value;
  const delimiters = macro.delimiters === '' ? '.' : macro.delimiters;
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < value.length; i++) {
    if (!delimiters.includes(value.charAt(i))) continue;
    parts.push(value.slice(start, i));
    start = i + 1;
  }
  parts.push(value.slice(start));
  if (macro.reverse) parts.reverse();
  return (macro.keep > 0 && macro.keep < parts.length ? parts.slice(-macro.keep) : parts).join('.');
}

// RFC 7208 7.3: everything outside "unreserved" of RFC 3986 2.3 is escaped, non-ASCII text as UTF-8.
function urlEscape(value: string): string {
  let out = '';
  for (const c of value) {
    if (isUnreserved(c)) out += c;
    else if (c < '\x80') out += `%${hex(c.charCodeAt(0))}`;
    else for (const byte of encodeUtf8(c)) out += `%${hex(byte)}`;
  }
  return out;
}

function isUnreserved(c: string): boolean {
  return (
    (c >= 'a' && c <= 'z') ||
    (c >= 'A' && c <= 'Z') ||
    (c >= '0' && c <= '9') ||
    c === '-' ||
    c === '.' ||
    c === '_' ||
    c === '~'
  );
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
