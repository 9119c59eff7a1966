// C0, DEL, C1, soft hyphen, direction marks, zero-width and other format characters, separators, tags, lone surrogates.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

/**
 * Text of strangers, safe on a terminal and honest to the eye: what would move the cursor, change colours, turn the
 * reading direction or not show at all becomes `<U+001B>`. Line ends too: one line of input stays one line.
 */
export function visible(text: string): string {
  return text.replace(
    HIDDEN,
    (c) => `<U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}
