import type { Time } from './time.js';

/** How long one try may take, and who may end it early. One wait belongs to one socket. */
export class Wait {
  readonly #time: Time;
  readonly #ms: number;
  readonly #signal: AbortSignal;
  ended = false;

  constructor(time: Time, ms: number, signal: AbortSignal) {
    this.#time = time;
    this.#ms = ms;
    this.#signal = signal;
  }

  /**
   * Starts the wait. The function it answers ends it with an outcome; time running out and the signal end it with
   * `late()`. The first end counts: `release` runs once, then `resolve`.
   */
  start<T>(release: () => void, resolve: (outcome: T) => void, late: () => T): (outcome: T) => void {
    const onLate = (): void => finish(late());
    const finish = (outcome: T): void => {
      if (this.ended) return;
      this.ended = true;
      takeBack();
      this.#signal.removeEventListener('abort', onLate);
      release();
      resolve(outcome);
    };
    const takeBack = this.#time.after(this.#ms, onLate);
    if (this.#signal.aborted) onLate();
    else this.#signal.addEventListener('abort', onLate, { once: true });
    return finish;
  }
}
