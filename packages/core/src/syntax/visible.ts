// Control characters, invisible characters and those that turn text around: a terminal or a reader would obey them.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu;

/** Nearly all text, and quicker to ask. */
const PLAIN = /^[ -~]*$/;

/**
 * Text of a stranger for people to read: what a terminal would obey or an eye would miss is spelled out, `\x1b`,
 * `\u{202e}`. Line ends too: what comes back is one line.
 */
export function visibleText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
