/** Lets so many in at a time; the rest wait in order. Keeps a burst of mail from using up the sockets. */
export class Gate {
  readonly #places: number;
  /** Each is called with true when a place is handed to it. */
  readonly #queue = new Set<(place: boolean) => void>();
  #inside = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** Waits for a place. @returns how to leave it, to be called once; undefined where the signal aborted first */
  async enter(signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    if (this.#inside < this.#places) {
      this.#inside++;
      return this.#leave;
    }
    const place = await new Promise<boolean>((resolve) => {
      const settle = (got: boolean): void => {
        this.#queue.delete(settle);
        signal.removeEventListener('abort', giveUp);
        resolve(got);
      };
      const giveUp = (): void => settle(false);
      this.#queue.add(settle);
      signal.addEventListener('abort', giveUp, { once: true });
    });
    return place ? this.#leave : undefined;
  }

  /** The place goes straight to the next in line, so that nobody who comes in between can take it. */
  readonly #leave = (): void => {
    const [next] = this.#queue;
    if (next === undefined) this.#inside--;
    else next(true);
  };
}
