import { CR, isWsp, LF } from '../syntax/bytes.js';
import type { HeaderBlock } from './header-block.js';

/** More than this many hidden fields of one name are not collected: one is enough for the finding. */
const MAX_HIDDEN = 10;
/** Bytes looked at for a name and its colon; bounds the work where every byte of a header is a bare CR. */
const MAX_NAME = 80;

/**
 * Values of what only some readers take for a field of this name, so that the strict reading of the header holds no
 * such field: a line behind a bare CR, a first line that starts with white space, a name cut by a fold, by a control
 * character or by white space inside, a byte order mark before it. Asked only where the header has problems.
 */
export function findHiddenFields(head: HeaderBlock, name: string): readonly Uint8Array[] {
  const { bytes, fields, bodyStart } = head;
  const found: Uint8Array[] = [];
  // Inside fields: only a bare CR starts a line.
  for (let cr = bytes.indexOf(CR); cr >= 0 && cr < bodyStart; cr = bytes.indexOf(CR, cr + 1))
    if (bytes[cr + 1] !== LF) take(bytes, cr + 1, bodyStart, { name, found });
  // Between fields: every line that belongs to none.
  let at = 0;
  for (let i = 0; i <= fields.length; i++) {
    const gapEnd = fields[i]?.start ?? bodyStart;
    while (at < gapEnd) {
      take(bytes, at, bodyStart, { name, found });
      const lf = bytes.indexOf(LF, at);
      at = lf < 0 ? gapEnd : lf + 1;
    }
    at = Math.max(at, fields[i]?.end ?? at);
  }
  return found;
}

function take(
  bytes: Uint8Array,
  lineStart: number,
  end: number,
  to: { readonly name: string; readonly found: Uint8Array[] },
): void {
  if (to.found.length >= MAX_HIDDEN) return;
  let at = lineStart;
  let matched = 0;
  // Letters of the name in order; what is no letter, digit or hyphen between them is what a careless reader skips.
  const nameEnd = Math.min(end, lineStart + MAX_NAME);
  for (; at < nameEnd; at++) {
    const b = bytes[at] ?? 0;
    if (b === 0x3a) break;
    if (isSkipped(b)) {
      if (b === LF && matched < to.name.length) return;
      continue;
    }
    const lower = b >= 0x41 && b <= 0x5a ? b | 0x20 : b;
    if (matched >= to.name.length || lower !== to.name.charCodeAt(matched)) return;
    matched++;
  }
  if (at >= nameEnd || matched < to.name.length) return;
  const start = at + 1;
  to.found.push(bytes.subarray(start, valueEnd(bytes, start, end)));
}

// The value ends at a line end that no white space follows.
function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const b = bytes[i];
    if (b === LF && !isWsp(bytes[i + 1])) return bytes[i - 1] === CR ? i - 1 : i;
    if (b === CR && bytes[i + 1] !== LF) return i;
  }
  return end;
}

// White space, controls (line ends as well: a fold before the colon) and bytes above ASCII.
function isSkipped(b: number): boolean {
  return b <= 0x20 || b >= 0x7f;
}
