/** One line of input, or the fact that it was longer than allowed. `number` counts from 1. */
export type Line =
  | { readonly kind: 'line'; readonly number: number; readonly bytes: Uint8Array }
  | { readonly kind: 'too-long'; readonly number: number };

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits a stream at LF (a CR before it is dropped). A line over `maxBytes` is passed over without being kept, so
 * that memory stays bounded whatever comes in. Empty lines are counted, not handed on.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Line, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 1;

  const finish = (): Line | undefined => {
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts, Math.min(length, maxBytes + 1));
    const tooLong = length > maxBytes;
    parts = [];
    length = 0;
    const current = number++;
    if (tooLong) return { kind: 'too-long', number: current };
    if (bytes === undefined) return undefined;
    const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
    return line.length === 0 ? undefined : { kind: 'line', number: current, bytes: line };
  };
  const keep = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > maxBytes) parts = [];
    else if (piece.length > 0) parts.push(piece);
  };

  for await (const chunk of source) {
    let start = 0;
    for (let lf = chunk.indexOf(LF); lf >= 0; lf = chunk.indexOf(LF, start)) {
      keep(chunk.subarray(start, lf));
      start = lf + 1;
      const line = finish();
      if (line !== undefined) yield line;
    }
    keep(chunk.subarray(start));
  }
  if (length > 0) {
    const line = finish();
    if (line !== undefined) yield line;
  }
}
