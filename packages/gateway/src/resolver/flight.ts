/**
 * One piece of work that several callers wait for. A caller whose signal aborts leaves alone; when the last has left,
 * the work is cancelled.
 */
export class Flight<T> {
  readonly #promise: Promise<T>;
  readonly #cancel: () => void;
  #waiting = 0;

  /** @param cancel called once, when nobody waits any more */
  constructor(promise: Promise<T>, cancel: () => void) {
    this.#promise = promise;
    this.#cancel = cancel;
  }

  /** Waits for the result. @throws `signal.reason` when aborted */
  join(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting++;
    if (signal === undefined) return this.#promise;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own reason, whatever it is
        reject(signal.reason);
        if (--this.#waiting === 0) this.#cancel();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#promise.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject);
    });
  }
}
