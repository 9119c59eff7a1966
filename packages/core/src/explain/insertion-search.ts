import type { CryptoProvider, Hasher } from '../crypto/provider.js';
import { equalBytes, LF } from '../syntax/bytes.js';
import type { DkimCause } from './cause.js';
import type { Work } from './work.js';

/** Where text was put into a canonical body. */
export interface Insertion {
  readonly cause: DkimCause;
  readonly change: string;
}

/** Longest inserted text looked for inside a body, in lines. */
const MAX_INSERTED_LINES = 40;
const DASH = 0x2d;

/**
 * Looks for text that was added to a canonical body: at the end (every line start is a possible cut, the hash of all of
 * them computed in one reading), at the beginning, or before or after a line that divides MIME parts.
 */
export function findInsertion(
  canonical: Uint8Array,
  wanted: Uint8Array,
  crypto: CryptoProvider,
  work: Work,
): Insertion | undefined {
  const lines = lineStarts(canonical);
  const last = lines.length - 1;
  const hasher = crypto.createHash('sha256');
  // Hashes of the text before each of the last lines read.
  const before: Hasher[] = [];
  if (!work.mayTry(canonical.length)) return undefined;
  for (let line = 0; line <= last; line++) {
    const start = lines[line] ?? 0;
    if (line < last && equalBytes(hasher.copy().digest(), wanted))
      return {
        cause: 'footer-added',
        change: `${last - line} lines were added at the end, from line ${line + 1} on`,
      };
    const inside = insertedBefore(canonical, { lines, line, before }, wanted, work);
    if (inside !== undefined) return inside;
    if (line === last) break;
    before.push(hasher.copy());
    if (before.length > MAX_INSERTED_LINES) before.shift();
    hasher.update(canonical.subarray(start, lines[line + 1]));
    if (line % 64 === 0 && !work.mayTry(0)) return undefined;
  }
  return undefined;
}

interface Place {
  readonly lines: readonly number[];
  readonly line: number;
  readonly before: readonly Hasher[];
}

// Text that ends before this line: where the line divides parts, or the text began right after such a line's header.
function insertedBefore(
  canonical: Uint8Array,
  { lines, line, before }: Place,
  wanted: Uint8Array,
  work: Work,
): Insertion | undefined {
  const rest = canonical.subarray(lines[line]);
  const divides = rest[0] === DASH && rest[1] === DASH;
  for (let back = 1; back <= before.length; back++) {
    const from = line - back;
    if (from !== 0 && !divides && !isEmptyLine(lines, from - 1)) continue;
    if (!work.mayTry(rest.length)) return undefined;
    const hash = before[before.length - back]?.copy();
    hash?.update(rest);
    if (hash !== undefined && equalBytes(hash.digest(), wanted)) {
      const change = `${back} lines were inserted, from line ${from + 1} on`;
      return { cause: 'text-inserted', change };
    }
  }
  return undefined;
}

function isEmptyLine(lines: readonly number[], line: number): boolean {
  return (lines[line + 1] ?? 0) - (lines[line] ?? 0) === 2;
}

/** Offsets of all line starts, and the end. */
function lineStarts(bytes: Uint8Array): readonly number[] {
  const starts = [0];
  for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) starts.push(lf + 1);
  return starts;
}
