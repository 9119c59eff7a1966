import type { Context, Policy, SiteFacts } from '@truefrom/core';
import type { CheckedMessage } from '../check/checked-message.js';
import { checkMessage, checkSpfOnly } from '../check/check-message.js';
import type { ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';
import { inOrder, type InFlightBounds } from './in-order.js';
import { Progress } from './progress.js';
import type { BatchError, BatchItem } from './read-batch-line.js';
import { Summary } from './summary.js';

/** What a batch is judged by, where its items do not say otherwise. */
export interface BatchSettings {
  readonly site: SiteFacts;
  readonly policy: Policy;
  readonly context: Context;
  /** JSON lines on stdout; else a summary for people. */
  readonly json: boolean;
  /** Progress on stderr although it is no terminal. */
  readonly progress: boolean;
  /** How many items will come, where it is known. */
  readonly total?: number;
  readonly inFlight?: InFlightBounds;
}

type Outcome =
  | { readonly kind: 'checked'; readonly id: BatchItem['id']; readonly checked: CheckedMessage }
  | { readonly kind: 'spf'; readonly line: object }
  | { readonly kind: 'error'; readonly line: BatchError };

const IN_FLIGHT: InFlightBounds = { items: 64, bytes: 64 * 1024 * 1024 };

/** Checks a stream of items: answers in the order of the items, in bounded memory, whatever is wrong with some of them. */
export async function runBatch(
  io: Io,
  items: AsyncIterable<BatchItem | BatchError>,
  settings: BatchSettings,
): Promise<ExitCode> {
  const summary = new Summary();
  const progress =
    settings.progress || io.stderr.isTty
      ? new Progress(io.stderr, () => io.now().getTime(), settings.total)
      : undefined;
  const size = (item: BatchItem | BatchError): number => ('error' in item ? 0 : (item.message?.length ?? 0));
  const work = (item: BatchItem | BatchError): Promise<Outcome> => checkItem(item, settings);
  let done = 0;
  for await (const outcome of inOrder(items, settings.inFlight ?? IN_FLIGHT, size, work)) {
    await report(io, outcome, summary, settings.json);
    await progress?.update(++done);
  }
  await progress?.finish(done);
  if (!settings.json) await summary.render(new Screen(io, io.stdout));
  return summary.exitCode();
}

async function report(io: Io, outcome: Outcome, summary: Summary, json: boolean): Promise<void> {
  switch (outcome.kind) {
    case 'checked': {
      summary.add(outcome.checked);
      if (!json) return;
      const { id, checked } = outcome;
      await io.stdout.write(`${JSON.stringify({ id, ...checked })}\n`);
      return;
    }
    case 'spf':
      summary.addSpfOnly();
      if (json) await io.stdout.write(`${JSON.stringify(outcome.line)}\n`);
      return;
    case 'error': {
      summary.addError();
      if (json) await io.stdout.write(`${JSON.stringify(outcome.line)}\n`);
      else await new Screen(io, io.stderr).line(`truefrom: ${outcome.line.error.message}`);
      return;
    }
  }
}

async function checkItem(item: BatchItem | BatchError, settings: BatchSettings): Promise<Outcome> {
  if ('error' in item) return { kind: 'error', line: item };
  const { id, envelope, message, time } = item;
  const site = item.site ?? settings.site;
  const context: Context = {
    ...settings.context,
    ...(item.resolver !== undefined && { resolver: item.resolver }),
    ...(time !== undefined && { clock: { now: () => time } }),
  };
  if (message === undefined)
    return { kind: 'spf', line: { id, ...(await checkSpfOnly(envelope, site, context)) } };
  return {
    kind: 'checked',
    id,
    checked: await checkMessage(message, envelope, site, settings.policy, context),
  };
}
