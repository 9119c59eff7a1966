import type { Action, Rung } from '@truefrom/core';
import type { CheckedMessage } from '../check/checked-message.js';
import { EXIT, type ExitCode } from '../io/cli-error.js';
import type { Screen, Tone } from '../text/screen.js';
import { padEnd } from '../text/width.js';

const ACTIONS: readonly (readonly [Action, Tone])[] = [
  ['accept', 'good'],
  ['flag', 'warn'],
  ['quarantine', 'warn'],
  ['reject', 'bad'],
  ['defer', 'warn'],
  ['discard', 'bad'],
];
const RUNGS: readonly Rung[] = ['author', 'user', 'domain', 'server', 'none'];
const TOP_REASONS = 10;
const MAX_CODES = 1000;

/** Counts of a batch: by decision, by rung, by reason. Holds no messages. */
export class Summary {
  readonly #actions = new Map<Action, number>();
  readonly #rungs = new Map<Rung, number>();
  readonly #reasons = new Map<string, number>();
  messages = 0;
  errors = 0;
  spfOnly = 0;

  add(checked: CheckedMessage): void {
    this.messages++;
    bump(this.#actions, checked.decision.action);
    bump(this.#rungs, checked.assurance.rung);
    for (const { code } of checked.decision.reasons)
      if (this.#reasons.has(code) || this.#reasons.size < MAX_CODES) bump(this.#reasons, code);
  }

  addError(): void {
    this.errors++;
  }

  addSpfOnly(): void {
    this.spfOnly++;
  }

  /** 65 where a line or file could not be read, else 1 where any is flagged or worse, else 75 where any must wait, else 0. */
  exitCode(): ExitCode {
    if (this.errors > 0) return EXIT.unreadable;
    const worse = ACTIONS.filter(([action]) => action !== 'accept' && action !== 'defer');
    if (worse.some(([action]) => this.#actions.has(action))) return EXIT.flagged;
    return this.#actions.has('defer') ? EXIT.temporary : EXIT.accept;
  }

  async render(screen: Screen): Promise<void> {
    const total = this.messages;
    await screen.heading(`${total} message${total === 1 ? '' : 's'}`);
    await screen.line({ text: '  By decision', tone: 'dim' });
    for (const [action, tone] of ACTIONS)
      await bar(screen, action, this.#actions.get(action) ?? 0, total, tone);
    await screen.line();
    await screen.line({ text: '  By who vouches for the From', tone: 'dim' });
    for (const rung of RUNGS)
      await bar(screen, rung, this.#rungs.get(rung) ?? 0, total, rung === 'none' ? 'bad' : 'info');
    const reasons = [...this.#reasons].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    if (reasons.length > 0) {
      await screen.line();
      await screen.line({ text: '  Most frequent reasons', tone: 'dim' });
      for (const [code, count] of reasons.slice(0, TOP_REASONS))
        await screen.line(`  ${String(count).padStart(7)}  ${code}`);
    }
    if (this.errors > 0) {
      await screen.line();
      await screen.line({
        text: `  ${this.errors} could not be read (listed on standard error)`,
        tone: 'bad',
      });
    }
  }
}

function bump<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const BAR_COLUMNS = 40;

async function bar(screen: Screen, label: string, count: number, total: number, tone: Tone): Promise<void> {
  if (count === 0) return;
  const share = count / total;
  const length = Math.max(1, Math.round(share * BAR_COLUMNS));
  const percent = `${Math.round(share * 100)}%`.padStart(5);
  await screen.line(
    `  ${String(count).padStart(7)}  ${padEnd(label, 11)}`,
    {
      text: screen.glyph('█', '#').repeat(length),
      tone,
    },
    { text: percent, tone: 'dim' },
  );
}
