/** RFC 3461 4: `+` and two hexadecimal digits for what is no printable ASCII, `+` or `=`. UTF-8 beneath. */
export function encodeXtext(text: string): string {
  let out = '';
  for (const byte of Buffer.from(text, 'utf8'))
    out +=
      byte > 0x20 && byte < 0x7f && byte !== 0x2b && byte !== 0x3d
        ? String.fromCharCode(byte)
        : `+${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

const XTEXT = /^(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e]|\+[0-9A-F]{2})*$/;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function isXtext(text: string): boolean {
  return XTEXT.test(text);
}

/**
 * The text behind xtext; undefined for what is none, is not UTF-8, or decodes to a control character: a CR or LF from
 * here would go into commands, logs and header fields.
 */
export function decodeXtext(text: string): string | undefined {
  if (!isXtext(text)) return undefined;
  if (!text.includes('+')) return text;
  const bytes = Buffer.from(
    text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
  if (bytes.some((byte) => byte < 0x20 || byte === 0x7f)) return undefined;
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
