// Mail is bytes (style rule 7). These are the few moves every parser needs.

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;

const UTF8 = new TextDecoder('utf-8');
const UTF8_EXACT = new TextDecoder('utf-8', { ignoreBOM: true });
const ENCODER = new TextEncoder();

/** Below this many bytes a loop beats a call into the platform. */
const SHORT_BYTES = 24;

/** The bytes as text, one character per byte: loses nothing and never fails. */
export function latin1(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  const length = end - start;
  if (length < SHORT_BYTES) return perByte(bytes, start, end);
  const text = UTF8_EXACT.decode(bytes.subarray(start, end));
  // As many characters as bytes and none of them a replacement: all of it was ASCII.
  return text.length === length && !text.includes('\ufffd') ? text : perByte(bytes, start, end);
}

function perByte(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let i = start;
  for (; i + 4 <= end; i += 4)
    text += String.fromCharCode(bytes[i] ?? 0, bytes[i + 1] ?? 0, bytes[i + 2] ?? 0, bytes[i + 3] ?? 0);
  for (; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** The bytes as UTF-8 for people to read; what is not UTF-8 becomes U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

export function encodeUtf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** One byte per character; characters above U+00FF lose their upper bits, so only for text known to be Latin-1. */
export function encodeLatin1(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

export function isWsp(byte: number | undefined): boolean {
  return byte === SP || byte === TAB;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
