import { decodeBase64 } from '../syntax/base64.js';
import { concat, encodeUtf8 } from '../syntax/bytes.js';

/** Longest text decoded, in characters; a longer one stays as it is. Address fields are never longer. */
const MAX_TEXT = 65_536;
/** Longest charset label looked at, in characters; RFC 2047 2 bounds the whole word to 75. */
const MAX_CHARSET = 40;
const MAX_DECODERS = 32;

interface EncodedWord {
  readonly charset: string;
  readonly bytes: Uint8Array;
  /** First character after `?=`. */
  readonly end: number;
}

/**
 * Shows text with the encoded-words of RFC 2047 decoded, as a mail client would. More tolerant than the RFC where
 * clients are: also inside quoted strings, next to other text, and longer than 75 characters. A word whose charset
 * or encoding cannot be read stays as written. White space between two encoded-words is not shown (RFC 2047 6.2);
 * neighbours of one charset are joined before decoding, since senders split characters between them.
 * @param wrap applied to each decoded run, for readers that must know where decoded text came from
 */
export function decodeEncodedWords(text: string, wrap: (decoded: string) => string = asItIs): string {
  let at = text.indexOf('=?');
  if (at < 0 || text.length > MAX_TEXT) return text;
  let out = '';
  let copied = 0;
  while (at >= 0) {
    const word = readWord(text, at);
    if (word === undefined) {
      at = text.indexOf('=?', at + 2);
      continue;
    }
    out += text.slice(copied, at);
    let run = word;
    const parts = [word.bytes];
    // RFC 2047 6.2
    for (;;) {
      const next = readWord(text, skipSpace(text, run.end));
      if (next === undefined) break;
      if (next.charset !== run.charset) {
        out += wrap(decodeBytes(run.charset, parts));
        parts.length = 0;
      }
      parts.push(next.bytes);
      run = next;
    }
    out += wrap(decodeBytes(run.charset, parts));
    copied = run.end;
    at = text.indexOf('=?', copied);
  }
  return out + text.slice(copied);
}

function asItIs(decoded: string): string {
  return decoded;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (
    at < text.length &&
    (text[at] === ' ' || text[at] === '\t' || text[at] === '\r' || text[at] === '\n')
  )
    at++;
  return at;
}

// encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?=" (RFC 2047 2, RFC 2231 5).
function readWord(text: string, at: number): EncodedWord | undefined {
  if (text.charCodeAt(at) !== 0x3d || text.charCodeAt(at + 1) !== 0x3f) return undefined;
  const charsetEnd = text.indexOf('?', at + 2);
  if (charsetEnd < 0 || charsetEnd - at - 2 > MAX_CHARSET || text[charsetEnd + 2] !== '?') return undefined;
  const encoding = text[charsetEnd + 1];
  const start = charsetEnd + 3;
  // The text of a word has no "?" of its own, so this looks at each character once.
  const end = text.indexOf('?', start);
  if (end < 0 || text[end + 1] !== '=') return undefined;
  const label = text.slice(at + 2, charsetEnd).toLowerCase();
  const star = label.indexOf('*');
  const charset = star < 0 ? label : label.slice(0, star);
  if (charset === '' || decoderFor(charset) === undefined) return undefined;
  const encoded = encodeUtf8(text.slice(start, end));
  let bytes: Uint8Array | undefined;
  if (encoding === 'B' || encoding === 'b') bytes = decodeBase64(encoded);
  else if (encoding === 'Q' || encoding === 'q') bytes = decodeQ(encoded);
  return bytes === undefined ? undefined : { charset, bytes, end: end + 2 };
}

// RFC 2047 4.2: "_" is 0x20, "=XX" a byte; a "=" that starts no byte is shown as it is.
function decodeQ(encoded: Uint8Array): Uint8Array {
  const out = new Uint8Array(encoded.length);
  let length = 0;
  for (let i = 0; i < encoded.length; i++) {
    const b = encoded[i] ?? 0;
    if (b === 0x5f) out[length++] = 0x20;
    else if (b === 0x3d) {
      const high = hexValue(encoded[i + 1]);
      const low = hexValue(encoded[i + 2]);
      if (high < 0 || low < 0) out[length++] = b;
      else {
        out[length++] = high * 16 + low;
        i += 2;
      }
    } else out[length++] = b;
  }
  return out.subarray(0, length);
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function decodeBytes(charset: string, parts: readonly Uint8Array[]): string {
  const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : concat(parts);
  return decoderFor(charset)?.decode(bytes) ?? '';
}

interface Decoder {
  decode(bytes: Uint8Array): string;
}

const decoders = new Map<string, Decoder | null>();

/** A decoder for a charset, where there is one; bounded, since strangers choose the labels. */
function decoderFor(charset: string): Decoder | undefined {
  let decoder = decoders.get(charset);
  if (decoder === undefined) {
    decoder = WESTERN.has(charset) ? WINDOWS_1252 : platformDecoder(charset);
    if (decoders.size >= MAX_DECODERS) decoders.clear();
    decoders.set(charset, decoder);
  }
  return decoder ?? undefined;
}

function platformDecoder(charset: string): Decoder | null {
  try {
    return new TextDecoder(charset);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

// Clients show ISO-8859-1 as windows-1252 (WHATWG Encoding 4.2). Our own, since Node's decoder of that name leaves
// 0x80 to 0x9f as control characters in some versions.
const WESTERN: ReadonlySet<string> = new Set(['iso-8859-1', 'latin1', 'windows-1252', 'cp1252']);
const UPPER_C1 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';
const WINDOWS_1252: Decoder = {
  decode(bytes) {
    let text = '';
    for (const b of bytes) text += b >= 0x80 && b < 0xa0 ? UPPER_C1.charAt(b - 0x80) : String.fromCharCode(b);
    return text;
  },
};
