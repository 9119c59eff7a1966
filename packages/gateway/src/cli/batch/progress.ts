import type { Output } from '../io/io.js';

const INTERVAL_MS = 200;
const BAR_COLUMNS = 30;

/** How far a batch has come, redrawn on one line of stderr at most five times a second. */
export class Progress {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #total: number | undefined;
  readonly #startedAt: number;
  #drawnAt = 0;
  #drawn = false;

  /** @param total items to come, where it is known */
  constructor(output: Output, now: () => number, total?: number) {
    this.#output = output;
    this.#now = now;
    this.#total = total;
    this.#startedAt = now();
  }

  async update(done: number): Promise<void> {
    const now = this.#now();
    if (now - this.#drawnAt < INTERVAL_MS) return;
    this.#drawnAt = now;
    await this.#draw(done, now);
  }

  /** Draws the last state and, on a terminal, takes the line away again. */
  async finish(done: number): Promise<void> {
    if (this.#output.isTty) {
      if (this.#drawn) await this.#output.write('\r\u001b[K');
    } else await this.#draw(done, this.#now());
  }

  async #draw(done: number, now: number): Promise<void> {
    const seconds = Math.max((now - this.#startedAt) / 1000, 0.001);
    const rate = `${Math.round(done / seconds)}/s`;
    const text =
      this.#total === undefined
        ? `truefrom: ${done} messages, ${rate}`
        : `truefrom: ${bar(done / Math.max(1, this.#total))} ${done} of ${this.#total}, ${rate}`;
    this.#drawn = true;
    await this.#output.write(this.#output.isTty ? `\r\u001b[K${text}` : `${text}\n`);
  }
}

function bar(share: number): string {
  const full = Math.min(BAR_COLUMNS, Math.round(share * BAR_COLUMNS));
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_COLUMNS - full)}]`;
}
