const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

// 255: not in the alphabet; 254: white space; 253: padding.
const VALUES = new Uint8Array(256).fill(255);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;
for (const c of [0x09, 0x0a, 0x0d, 0x20]) VALUES[c] = 254;
VALUES[0x3d] = 253;

/**
 * Base64 of RFC 4648 4, white space allowed anywhere (RFC 6376 3.2 base64string).
 * @returns undefined where a character is outside the alphabet, padding is in the middle, or a lone sextet is left over.
 *   Missing padding is let through: it changes no byte.
 */
export function decodeBase64(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): Uint8Array | undefined {
  const out = new Uint8Array(((end - start) * 3) >> 2);
  let length = 0;
  let bits = 0;
  let count = 0;
  let padding = 0;
  for (let i = start; i < end; i++) {
    if (count === 0 && padding === 0) {
      const decoded = decodeGroups(bytes, i, end, out, length);
      i += (decoded / 3) * 4;
      length += decoded;
      if (i >= end) break;
    }
    const value = VALUES[bytes[i] ?? 0] ?? 255;
    if (value < 64) {
      if (padding > 0) return undefined;
      bits = (bits << 6) | value;
      if (++count === 4) {
        out[length++] = bits >> 16;
        out[length++] = bits >> 8;
        out[length++] = bits;
        bits = 0;
        count = 0;
      }
    } else if (value === 253) {
      if (++padding > 2) return undefined;
    } else if (value === 255) return undefined;
  }
  if (count === 1) return undefined;
  if (padding > 0 && count + padding !== 4) return undefined;
  if (count === 2) out[length++] = bits >> 4;
  if (count === 3) {
    out[length++] = bits >> 10;
    out[length++] = bits >> 2;
  }
  return length === out.length ? out : out.subarray(0, length);
}

/** Decodes as many groups of four as stand together without white space or padding; answers how many bytes that made. */
function decodeGroups(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  let length = at;
  for (let i = start; i + 4 <= end; i += 4) {
    const a = VALUES[bytes[i] ?? 0] ?? 255;
    const b = VALUES[bytes[i + 1] ?? 0] ?? 255;
    const c = VALUES[bytes[i + 2] ?? 0] ?? 255;
    const d = VALUES[bytes[i + 3] ?? 0] ?? 255;
    if ((a | b | c | d) > 63) break;
    out[length++] = (a << 2) | (b >> 4);
    out[length++] = (b << 4) | (c >> 2);
    out[length++] = (c << 6) | d;
  }
  return length - at;
}

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET.charAt(word >> 18) + ALPHABET.charAt((word >> 12) & 63);
    text += i + 1 < bytes.length ? ALPHABET.charAt((word >> 6) & 63) : '=';
    text += i + 2 < bytes.length ? ALPHABET.charAt(word & 63) : '=';
  }
  return text;
}
