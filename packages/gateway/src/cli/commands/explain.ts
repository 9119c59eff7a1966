import { formatClause, isReasonCode, REASONS, type ReasonCode } from '@truefrom/core';
import { EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { suggestion } from '../text/did-you-mean.js';
import { Screen } from '../text/screen.js';
import { padEnd } from '../text/width.js';

/** `truefrom explain CODE`: what a reason means and what to do about it; without a code, the list of them. */
export async function runExplain(
  io: Io,
  code: string | undefined,
  options: { readonly json?: boolean },
): Promise<ExitCode> {
  if (code !== undefined && !isReasonCode(code))
    throw usageError(
      `explain: unknown reason "${code}"${suggestion(code, codes()) || '; truefrom explain lists them'}`,
    );
  if (options.json === true) {
    await io.stdout.write(`${JSON.stringify(code === undefined ? REASONS : { code, ...REASONS[code] })}\n`);
    return EXIT.accept;
  }
  const screen = new Screen(io, io.stdout);
  if (code === undefined) await list(screen);
  else await one(screen, code);
  return EXIT.accept;
}

function codes(): ReasonCode[] {
  return Object.keys(REASONS).filter(isReasonCode);
}

async function list(screen: Screen): Promise<void> {
  const width = Math.max(...codes().map((code) => code.length)) + 2;
  for (const code of codes())
    await screen.hanging([{ text: padEnd(code, width), tone: 'info' }], REASONS[code].title);
}

async function one(screen: Screen, code: ReasonCode): Promise<void> {
  const { title, text, clause, severity, why, fix, warning } = REASONS[code];
  await screen.line({ text: code, tone: 'strong' }, `   ${title}`);
  await screen.line();
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['seen', text],
    ['weight', severity],
    ['why', why],
    ['do', fix],
    ['warning', warning],
    ['clause', formatClause(clause)],
  ];
  for (const [label, value] of rows)
    if (value !== undefined) await screen.hanging(['  ', { text: padEnd(label, 10), tone: 'dim' }], value);
}
