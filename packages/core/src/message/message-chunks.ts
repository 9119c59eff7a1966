/**
 * The pieces of a streamed message, until its end, `close` or the signal. However it ends early, the source is told
 * (`return` of its iterator), so that it can let go of its file or socket.
 */
export class MessageChunks {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#abort();
  #rejectWaiting: ((reason: unknown) => void) | undefined;
  #received = 0;
  #done = false;

  /** @throws `signal.reason` where it is aborted already */
  constructor(source: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
    signal?.throwIfAborted();
    this.#iterator = source[Symbol.asyncIterator]();
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Bytes received so far. */
  get received(): number {
    return this.#received;
  }

  /**
   * The next piece; undefined at the end.
   * @throws what the source throws; `signal.reason` when aborted, without waiting for the source; TypeError where the
   *   source hands out anything but bytes
   */
  async next(): Promise<Uint8Array | undefined> {
    this.#signal?.throwIfAborted();
    if (this.#done) return undefined;
    let step: IteratorResult<Uint8Array>;
    try {
      step = await this.#orAborted(this.#iterator.next());
    } catch (error) {
      this.#finish();
      throw error;
    }
    if (step.done === true) {
      this.#finish();
      return undefined;
    }
    // A stream that decodes hands out strings: what it has lost by then would be missing from every hash.
    if (!(step.value instanceof Uint8Array)) {
      this.close();
      throw new TypeError('mail is bytes: the source of a message must yield Uint8Array');
    }
    this.#received += step.value.length;
    return plainBytes(step.value);
  }

  /** Lets go of the source. Nobody waits for it, or hears what goes wrong while it closes. */
  close(): void {
    if (this.#done) return;
    this.#finish();
    this.#iterator.return?.().then(undefined, () => undefined);
  }

  #orAborted<T>(step: Promise<T>): Promise<T> {
    if (this.#signal === undefined) return step;
    return new Promise((resolve, reject) => {
      this.#rejectWaiting = reject;
      step.then(resolve, reject);
    });
  }

  #abort(): void {
    this.close();
    this.#rejectWaiting?.(this.#signal?.reason);
  }

  #finish(): void {
    this.#done = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** A subclass (Buffer) brings its own, slower subarray and indexOf. Same memory, no copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
