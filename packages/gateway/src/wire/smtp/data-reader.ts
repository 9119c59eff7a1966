import {
  BARE_CR,
  BARE_LF,
  type ContentBounds,
  type ContentDefect,
  type ContentStep,
  DEFAULT_CONTENT_BOUNDS,
  LONG_LINE,
  NO_CONTENT,
  NUL,
  TOO_BIG,
  worstDefect,
} from './content.js';

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

/** Where in its line the next byte stands. Only CRLF starts a line. */
const LINE_START = 0;
const AFTER_DOT = 1;
const AFTER_DOT_CR = 2;
const IN_LINE = 3;
const AFTER_CR = 4;
const ENDED = 5;

const STATE = 7;
const DEFECT_SHIFT = 8;

/**
 * The content of one DATA command: removes the dots of transparency (RFC 5321 4.5.2) and finds the end, which is CRLF
 * "." CRLF and nothing else. Every other spelling that some server takes for an end has a bare LF, a bare CR or a NUL
 * in it; so a message with any of these is refused, at its real end. It is never cut there and never forwarded, so
 * that no server behind us can find two messages where we found one.
 *
 * Works through each chunk once; where no dot has to go, content is a view of the chunk.
 */
export class DataReader {
  readonly #bounds: ContentBounds;
  #state = LINE_START;
  #size = 0;
  #ended = false;
  #defects = 0;
  /** Bytes of the line so far, in the chunks before. */
  #lineBytes = 0;

  constructor(bounds: ContentBounds = DEFAULT_CONTENT_BOUNDS) {
    this.#bounds = bounds;
  }

  /** The end of data has been read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Once there is one, there is no more content. Final when `ended`. */
  get defect(): ContentDefect | undefined {
    return worstDefect(this.#defects);
  }

  /** Bytes of content so far. */
  get size(): number {
    return this.#size;
  }

  /** Reads on in `chunk` at `from`, to its end or behind the end of data. */
  read(chunk: Buffer, from = 0): ContentStep {
    if (this.#ended) return { content: NO_CONTENT, next: from };
    const { lineBytes } = this.#bounds;
    const length = chunk.length;
    let state = this.#state;
    let defects = this.#defects;
    // Content not yet in `kept` starts at `start`; `kept` is made when the first dot has to go.
    let start = from;
    let kept: Buffer | undefined;
    let keptBytes = 0;
    let lineStart = from - this.#lineBytes;
    let i = from;
    for (; i < length; i++) {
      let byte = chunk[i] as number;
      if (state === IN_LINE) {
        while (byte > CR && ++i < length) byte = chunk[i] as number;
        if (i === length) break;
      } else if (state === AFTER_DOT && byte !== CR) {
        // The dot was there for transparency: what stands before it and what follows it are content.
        if (i - 1 > start) {
          kept ??= Buffer.allocUnsafe(length - from);
          keptBytes = append(chunk, start, i - 1, kept, keptBytes);
        }
        start = i;
      }
      const next = advance(state, byte);
      if (next === ENDED) {
        this.#ended = true;
        i++;
        break;
      }
      state = next & STATE;
      defects |= next >> DEFECT_SHIFT;
      if (state === LINE_START) {
        if (i + 1 - lineStart > lineBytes) defects |= LONG_LINE;
        lineStart = i + 1;
      }
    }
    if (i - lineStart > lineBytes) defects |= LONG_LINE;
    this.#lineBytes = i - lineStart;
    this.#state = state;
    this.#defects = defects;
    if (defects !== 0) return { content: NO_CONTENT, next: i };
    // A dot, and a CR behind it, are held back: the next bytes tell whether they were the end of data.
    const end = Math.max(start, i - heldBack(state, this.#ended));
    if (kept === undefined) return this.#give(chunk.subarray(start, end), i);
    return this.#give(kept.subarray(0, append(chunk, start, end, kept, keptBytes)), i);
  }

  #give(content: Buffer, next: number): ContentStep {
    this.#size += content.length;
    if (this.#size <= this.#bounds.messageBytes) return { content, next };
    this.#defects |= TOO_BIG;
    return { content: NO_CONTENT, next };
  }
}

/** The state behind this byte, with the defects that it makes certain above `DEFECT_SHIFT`. */
function advance(state: number, byte: number): number {
  const afterCr = state === AFTER_CR || state === AFTER_DOT_CR;
  if (byte === LF) {
    if (state === AFTER_DOT_CR) return ENDED;
    return state === AFTER_CR ? LINE_START : IN_LINE | (BARE_LF << DEFECT_SHIFT);
  }
  const defects = (afterCr ? BARE_CR : 0) | (byte === 0 ? NUL : 0);
  if (byte === CR) return (state === AFTER_DOT ? AFTER_DOT_CR : AFTER_CR) | (defects << DEFECT_SHIFT);
  return (byte === DOT && state === LINE_START ? AFTER_DOT : IN_LINE) | (defects << DEFECT_SHIFT);
}

/** How many bytes before this place are a dot at a line start and what follows it. */
function heldBack(state: number, ended: boolean): number {
  if (ended) return 3;
  if (state === AFTER_DOT_CR) return 2;
  return state === AFTER_DOT ? 1 : 0;
}

/** Below this many bytes a loop beats a call into the platform: 1 MB of `..CRLF` is a quarter of a million copies. */
const SHORT = 32;

function append(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  if (end - start >= SHORT) {
    from.copy(to, at, start, end);
    return at + end - start;
  }
  for (let i = start; i < end; i++) to[at++] = from[i] as number;
  return at;
}
