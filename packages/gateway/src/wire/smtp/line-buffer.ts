/** What stands next in the input: a line without its CRLF, or why there can be none. */
export type Line =
  | { readonly kind: 'line'; readonly bytes: Buffer }
  | { readonly kind: 'bare-lf' }
  | { readonly kind: 'bare-cr' }
  | { readonly kind: 'too-long' };

/** Chunks held before they are joined. */
const MAX_WAITING = 1024;
const NOTHING = Buffer.alloc(0);
const LF = 0x0a;
const CR = 0x0d;

/**
 * Input that is read by lines and by blocks. Only CRLF ends a line (RFC 5321 2.3.8): a CR or LF alone is told, never
 * read as an end. Each byte is looked at once, however the input was cut into chunks.
 */
export class LineBuffer {
  #bytes: Buffer = NOTHING;
  #at = 0;
  /** Pushed, not joined yet. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Up to here there is no end of line. */
  #scanned = 0;

  /** Bytes not taken yet. */
  get length(): number {
    return this.#bytes.length - this.#at + this.#waitingBytes;
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    // A flood of tiny chunks would cost more in objects than in bytes.
    if (this.#waiting.length > MAX_WAITING) this.#gather();
  }

  /**
   * The next line; undefined until it is whole. After anything but a line nothing more should be read as lines.
   * @param maxBytes longest line, with its CRLF
   */
  line(maxBytes: number): Line | undefined {
    this.#gather();
    const bytes = this.#bytes;
    for (let i = this.#scanned; i < bytes.length; i++) {
      const byte = bytes[i];
      if (byte !== CR && byte !== LF) continue;
      if (i + 2 - this.#at > maxBytes) return { kind: 'too-long' };
      if (byte === LF) return { kind: 'bare-lf' };
      if (i + 1 === bytes.length) {
        this.#scanned = i;
        return undefined;
      }
      if (bytes[i + 1] !== LF) return { kind: 'bare-cr' };
      const line = bytes.subarray(this.#at, i);
      this.#at = i + 2;
      this.#scanned = this.#at;
      // An idle connection must not hold on to the chunk it last sent.
      if (this.#at === bytes.length) this.#clear();
      return { kind: 'line', bytes: line };
    }
    this.#scanned = bytes.length;
    return this.length + 2 > maxBytes ? { kind: 'too-long' } : undefined;
  }

  /** All that is there, to be read as a block; what of it is left over is given back by `push`. */
  take(): Buffer {
    this.#gather();
    const rest = this.#bytes.subarray(this.#at);
    this.#clear();
    return rest;
  }

  #clear(): void {
    this.#bytes = NOTHING;
    this.#at = 0;
    this.#scanned = 0;
  }

  #gather(): void {
    const [only] = this.#waiting;
    if (only === undefined) return;
    const rest = this.#bytes.subarray(this.#at);
    this.#bytes =
      rest.length === 0 && this.#waiting.length === 1 ? only : Buffer.concat([rest, ...this.#waiting]);
    this.#scanned -= this.#at;
    this.#at = 0;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
