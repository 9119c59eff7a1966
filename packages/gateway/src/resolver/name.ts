/** Longest name on the wire, with its length bytes and the root (RFC 1035 2.3.4). */
export const MAX_NAME_BYTES = 255;
/** Longest label (RFC 1035 2.3.4). */
export const MAX_LABEL_BYTES = 63;

const DOT = 0x2e;
const BACKSLASH = 0x5c;
const UTF8 = new TextEncoder();

/**
 * A name in text to its wire form, the case kept. `\DDD` and `\c` are read as RFC 1035 5.1 has them; characters
 * beyond ASCII stand for their UTF-8 bytes (local parts in SPF macros); one final dot is allowed; "" is the root.
 *
 * @returns undefined where no such name can exist: an empty label, a label over 63 bytes, a name over 255,
 *   a backslash with nothing sound behind it
 */
export function encodeName(text: string): Uint8Array | undefined {
  if (text === '' || text === '.') return new Uint8Array(1);
  // Four characters can stand for one byte; more than that never fits.
  if (text.length > MAX_NAME_BYTES * 4) return undefined;
  const source = UTF8.encode(text);
  const out = new Uint8Array(MAX_NAME_BYTES);
  let labelAt = 0;
  let end = 1;
  for (let i = 0; i < source.length; i++) {
    let byte = source[i] ?? 0;
    if (byte === DOT) {
      const length = end - labelAt - 1;
      if (length === 0 || length > MAX_LABEL_BYTES || end >= MAX_NAME_BYTES) return undefined;
      out[labelAt] = length;
      labelAt = end++;
      continue;
    }
    if (byte === BACKSLASH) {
      const escaped = readEscape(source, i + 1);
      if (escaped === undefined) return undefined;
      byte = escaped.byte;
      i += escaped.length;
    }
    if (end >= MAX_NAME_BYTES) return undefined;
    out[end++] = byte;
  }
  const length = end - labelAt - 1;
  if (length > MAX_LABEL_BYTES || end + (length > 0 ? 1 : 0) > MAX_NAME_BYTES) return undefined;
  out[labelAt] = length;
  // After a final dot the byte that would have held the next length is the root.
  if (length > 0) out[end++] = 0;
  return out.slice(0, end);
}

function readEscape(source: Uint8Array, at: number): { byte: number; length: number } | undefined {
  const first = source[at];
  if (first === undefined) return undefined;
  if (!isDigit(first)) return { byte: first, length: 1 };
  const second = source[at + 1];
  const third = source[at + 2];
  if (second === undefined || third === undefined || !isDigit(second) || !isDigit(third)) return undefined;
  const byte = (first - 0x30) * 100 + (second - 0x30) * 10 + third - 0x30;
  return byte > 255 ? undefined : { byte, length: 3 };
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/**
 * One label as text, lower case. A dot or backslash inside a label, and every byte that is not printable ASCII,
 * becomes `\DDD`: never `\.`, because then a label "a.example" under "com" would end in ".example.com" for
 * everyone who compares names as text.
 */
export function labelText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x41 && byte <= 0x5a) text += String.fromCharCode(byte + 0x20);
    else if (byte <= 0x20 || byte >= 0x7f || byte === DOT || byte === BACKSLASH)
      text += `\\${String(byte).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}

/** The one text of a wire name without pointers (from `encodeName`): lower case, no final dot, odd bytes as `\DDD`. */
export function nameText(wire: Uint8Array): string {
  let text = '';
  for (let at = 0; ;) {
    const length = wire[at] ?? 0;
    if (length === 0) return text;
    if (at > 0) text += '.';
    text += labelText(wire, at + 1, at + 1 + length);
    at += 1 + length;
  }
}
