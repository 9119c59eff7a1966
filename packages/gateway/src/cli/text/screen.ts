import type { Io, Output } from '../io/io.js';
import { visible } from './visible.js';
import { displayWidth, wrap } from './width.js';

/** How a piece of text is meant; what colour that is, is the screen's business. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'warn' | 'bad' | 'info';

/** A piece of text with its tone. Text may come from strangers: the screen makes it safe. */
export type Span = string | { readonly text: string; readonly tone: Tone };

const ESCAPES: Readonly<Record<Tone, readonly [string, string]>> = {
  plain: ['', ''],
  strong: ['\u001b[1m', '\u001b[22m'],
  dim: ['\u001b[2m', '\u001b[22m'],
  good: ['\u001b[32m', '\u001b[39m'],
  warn: ['\u001b[33m', '\u001b[39m'],
  bad: ['\u001b[31m', '\u001b[39m'],
  info: ['\u001b[36m', '\u001b[39m'],
};

const MAX_COLUMNS = 100;

/**
 * The one writer of text for people. Every span passes `visible()`, so nothing from mail or DNS reaches the terminal
 * as it came; colour is added after that, on a terminal only (NO_COLOR and TERM=dumb are respected).
 */
export class Screen {
  readonly columns: number;
  readonly #output: Output;
  readonly #colour: boolean;
  readonly #ascii: boolean;

  constructor(io: Pick<Io, 'env'>, output: Output) {
    this.#output = output;
    this.columns = output.isTty ? Math.min(Math.max(output.columns, 40), MAX_COLUMNS) : 80;
    this.#colour = wantsColour(io.env, output.isTty);
    this.#ascii = isAsciiLocale(io.env);
  }

  /** The drawing characters of this terminal: Unicode, or ASCII where the locale has no UTF-8. */
  glyph(unicode: string, ascii: string): string {
    return this.#ascii ? ascii : unicode;
  }

  async line(...spans: readonly Span[]): Promise<void> {
    await this.#output.write(
      `${spans
        .map((span) => this.#paint(span))
        .join('')
        .trimEnd()}\n`,
    );
  }

  /**
   * Text behind a label, broken at the right edge and hung under its first word.
   * @param indent the spans before the text; their width is the hanging indent
   */
  async hanging(indent: readonly Span[], text: Span): Promise<void> {
    const [words, tone] = typeof text === 'string' ? [text, 'plain' as const] : [text.text, text.tone];
    const width = indent.reduce((sum, span) => sum + displayWidth(visible(textOf(span))), 0);
    const lines = wrap(visible(words), Math.max(20, this.columns - width));
    for (const [i, line] of lines.entries())
      await this.line(...(i === 0 ? indent : [' '.repeat(width)]), { text: line, tone });
  }

  /** A heading with a rule to the right edge. */
  async heading(title: string): Promise<void> {
    const rule = this.glyph('─', '-').repeat(Math.max(0, this.columns - displayWidth(visible(title)) - 1));
    await this.line({ text: title, tone: 'strong' }, ' ', { text: rule, tone: 'dim' });
  }

  #paint(span: Span): string {
    const text = visible(textOf(span));
    if (typeof span === 'string' || !this.#colour) return text;
    const [on, off] = ESCAPES[span.tone];
    return `${on}${text}${off}`;
  }
}

function textOf(span: Span): string {
  return typeof span === 'string' ? span : span.text;
}

function wantsColour(env: Io['env'], isTty: boolean): boolean {
  // https://no-color.org: any non-empty value; FORCE_COLOR is the usual way to say the opposite.
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0') return true;
  return isTty && env['TERM'] !== 'dumb';
}

function isAsciiLocale(env: Io['env']): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((v) => v !== undefined && v !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}
