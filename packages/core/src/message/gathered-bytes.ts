/**
 * Bytes that arrive in pieces, as one view. Grows by doubling, so that pieces of one byte cost no more than large ones;
 * a single piece is not copied at all.
 */
export class GatheredBytes {
  readonly #expected: number;
  #buffer = new Uint8Array(0);
  #length = 0;

  /** @param expected most bytes usually gathered: doubling stops there */
  constructor(expected: number) {
    this.#expected = expected;
  }

  get length(): number {
    return this.#length;
  }

  /** What was gathered, good until more is. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  append(piece: Uint8Array): void {
    const before = this.#length;
    const needed = before + piece.length;
    if (before === 0) this.#buffer = piece as Uint8Array<ArrayBuffer>;
    else {
      if (needed > this.#buffer.length) {
        const grown = new Uint8Array(Math.max(needed, Math.min(needed * 2, this.#expected)));
        grown.set(this.bytes);
        this.#buffer = grown;
      }
      this.#buffer.set(piece, before);
    }
    this.#length = needed;
  }

  /** Puts other bytes in the place of all that was gathered. */
  replace(bytes: Uint8Array): void {
    this.#length = 0;
    this.append(bytes);
  }
}
