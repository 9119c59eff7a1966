const MARK = /^\p{M}$/u;

/** Columns the text takes on a terminal: two for East Asian wide characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  const c = character.codePointAt(0) ?? 0;
  if (c < 0x300) return 1;
  if (MARK.test(character)) return 0;
  return isWide(c) ? 2 : 1;
}

// The blocks of Unicode TR11 that terminals draw two columns wide.
function isWide(c: number): boolean {
  return (
    (c >= 0x1100 && c <= 0x115f) ||
    (c >= 0x2e80 && c <= 0x303e) ||
    (c >= 0x3041 && c <= 0xa4cf) ||
    (c >= 0xa960 && c <= 0xa97f) ||
    (c >= 0xac00 && c <= 0xd7a3) ||
    (c >= 0xf900 && c <= 0xfaff) ||
    (c >= 0xfe30 && c <= 0xfe6f) ||
    (c >= 0xff00 && c <= 0xff60) ||
    (c >= 0xffe0 && c <= 0xffe6) ||
    (c >= 0x1f300 && c <= 0x1faff) ||
    (c >= 0x20000 && c <= 0x3fffd)
  );
}

/** The text with blanks up to `columns`; longer text stays whole. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** The text cut to `columns`, the cut marked. */
export function truncate(text: string, columns: number, mark = '…'): string {
  if (displayWidth(text) <= columns) return text;
  let out = '';
  let width = displayWidth(mark);
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) break;
    out += character;
  }
  return out + mark;
}

/** Breaks text at blanks into lines of at most `columns`; a longer word is cut where it must be. Never empty. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    const joined = line === '' ? rest : `${line} ${rest}`;
    if (displayWidth(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (displayWidth(rest) > columns) {
      const head = truncate(rest, columns, '');
      // One character wider than the column would loop for ever.
      if (head === '') break;
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = rest;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
