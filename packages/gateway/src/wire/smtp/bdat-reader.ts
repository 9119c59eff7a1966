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

/**
 * The content of one message that comes in BDAT chunks (RFC 3030 2). Its bytes are counted, so nothing in them can end
 * it; but they may go on by DATA, or to a server that writes them to a mailbox by lines. So the same defects are found
 * as in DATA: without BINARYMIME, which is not offered, RFC 3030 3 has content in lines that end with CRLF.
 */
export class BdatReader {
  readonly #bounds: ContentBounds;
  #remaining = 0;
  #last = false;
  #size = 0;
  #defects = 0;
  #lineBytes = 0;
  /** The byte before: 0 at the start. */
  #before = 0;

  constructor(bounds: ContentBounds = DEFAULT_CONTENT_BOUNDS) {
    this.#bounds = bounds;
  }

  /** A chunk was announced and not all of it has come. */
  get inChunk(): boolean {
    return this.#remaining > 0;
  }

  /** The last chunk was announced. */
  get last(): boolean {
    return this.#last;
  }

  /** The last chunk has been read. */
  get ended(): boolean {
    return this.#last && this.#remaining === 0;
  }

  get defect(): ContentDefect | undefined {
    return worstDefect(this.#defects);
  }

  /** Bytes announced so far, in all chunks. */
  get size(): number {
    return this.#size;
  }

  /** The content ends with CRLF, or is empty: DATA can carry it without another byte. */
  get endsWithLine(): boolean {
    return this.#lineBytes === 0;
  }

  /**
   * `BDAT size [LAST]` was read.
   * @throws TypeError within a chunk and after the last one
   */
  chunk(size: number, last: boolean): void {
    if (this.inChunk || this.#last) throw new TypeError('a chunk within a chunk, or after the last');
    this.#remaining = size;
    this.#last = last;
    this.#size += size;
    if (this.#size > this.#bounds.messageBytes) this.#defects |= TOO_BIG;
    if (this.ended) this.#finish();
  }

  /** Reads on in `chunk` at `from`, to its end or to that of the announced chunk. */
  read(chunk: Buffer, from = 0): ContentStep {
    const end = Math.min(chunk.length, from + this.#remaining);
    if (end === from) return { content: NO_CONTENT, next: from };
    this.#scan(chunk, from, end);
    this.#remaining -= end - from;
    if (this.ended) this.#finish();
    return { content: this.#defects === 0 ? chunk.subarray(from, end) : NO_CONTENT, next: end };
  }

  #scan(chunk: Buffer, from: number, end: number): void {
    const { lineBytes } = this.#bounds;
    let before = this.#before;
    let defects = this.#defects;
    let lineStart = from - this.#lineBytes;
    for (let i = from; i < end; i++) {
      const byte = chunk[i] as number;
      if (byte > CR && before !== CR) continue;
      if (byte === LF) {
        if (before !== CR) defects |= BARE_LF;
        else {
          if (i + 1 - lineStart > lineBytes) defects |= LONG_LINE;
          lineStart = i + 1;
        }
      } else if (before === CR) defects |= BARE_CR;
      if (byte === 0) defects |= NUL;
      before = byte;
    }
    if (end - lineStart > lineBytes) defects |= LONG_LINE;
    this.#before = chunk[end - 1] as number;
    this.#lineBytes = end - lineStart;
    this.#defects = defects;
  }

  #finish(): void {
    if (this.#before === CR) this.#defects |= BARE_CR;
  }
}
