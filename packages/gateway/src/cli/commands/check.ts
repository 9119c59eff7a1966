import type { Policy, SiteFacts } from '@truefrom/core';
import { openBatch } from '../batch/batch-items.js';
import { runBatch } from '../batch/run-batch.js';
import { checkMessage } from '../check/check-message.js';
import type { CheckedMessage } from '../check/checked-message.js';
import { createEngineContext, type EngineContext, type WorldOptions } from '../check/engine-context.js';
import { openMessage } from '../check/open-message.js';
import { sessionFromOptions, type Assumption, type MessageSession } from '../check/session.js';
import { siteFromOptions, type SessionOptions } from '../check/session-options.js';
import { readPolicyFile } from '../files/policy-file.js';
import { EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';
import { checkView } from '../view/check-view.js';
import { renderHtml } from '../view/render-html.js';
import { renderText } from '../view/render-text.js';
import { renderTrace } from '../view/render-trace.js';

/** Everything `check` can be told on the command line. */
export interface CheckOptions extends SessionOptions, WorldOptions {
  readonly policy?: string;
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly html?: string;
  readonly batch?: string;
  readonly progress?: boolean;
}

/** `truefrom check`: one message, or with `--batch` many. */
export async function runCheck(io: Io, file: string | undefined, options: CheckOptions): Promise<ExitCode> {
  if (options.batch !== undefined && file !== undefined)
    throw usageError(`--batch ${options.batch} and ${file}: give one of them`);
  const site = siteFromOptions(options, io);
  const policy = await readPolicyFile(io, options.policy);
  const context = await createEngineContext(io, options);
  try {
    if (options.batch !== undefined) {
      const { kind, items, total } = await openBatch(io, options.batch, options, site);
      return await runBatch(io, items, {
        site,
        policy,
        context,
        json: kind === 'lines' || options.json === true,
        progress: options.progress === true,
        ...(total !== undefined && { total }),
      });
    }
    return await checkOne(io, file ?? '-', options, { site, policy, context });
  } finally {
    await context.close();
  }
}

interface Engine {
  readonly site: SiteFacts;
  readonly policy: Policy;
  readonly context: EngineContext;
}

async function checkOne(io: Io, file: string, options: CheckOptions, engine: Engine): Promise<ExitCode> {
  const message = await openMessage(io, file);
  const session = sessionFromOptions(options, message.head);
  const { site, policy, context } = engine;
  const checked = await checkMessage(message.body, session.envelope, site, policy, context);
  const assumptions: Assumption[] = [...session.assumptions];
  if (message.unixLineEnds)
    assumptions.push({
      what: 'lineEnds',
      text: 'the file has Unix line ends; it was read with the CRLF of mail',
    });
  await print(io, checked, { title: message.name, options, session, assumptions, site });
  return exitCodeOf(checked);
}

interface Printed {
  readonly title: string;
  readonly options: CheckOptions;
  readonly session: MessageSession;
  readonly assumptions: readonly Assumption[];
  readonly site: SiteFacts;
}

async function print(io: Io, checked: CheckedMessage, printed: Printed): Promise<void> {
  const { options, session, assumptions, site, title } = printed;
  if (options.json === true) {
    const assumed = assumptions.length === 0 ? {} : { assumed: assumptions };
    await io.stdout.write(`${JSON.stringify({ id: title, ...checked, ...assumed })}\n`);
    return;
  }
  const notices = assumptions.map((assumption) => assumption.text);
  const view = checkView(checked, {
    title,
    site,
    notices,
    envelope: session.envelope,
    clientKnown: session.clientKnown,
  });
  if (options.html !== undefined) {
    const page = renderHtml(view, {
      verification: checked.verification,
      headers: checked.headers,
      createdAt: io.now(),
    });
    if (options.html === '-') await io.stdout.write(page);
    else {
      await io.files.write(options.html, page);
      await new Screen(io, io.stderr).line(`truefrom: ${view.action}; report written to ${options.html}`);
    }
    return;
  }
  const screen = new Screen(io, io.stdout);
  await renderText(screen, view);
  if (options.explain === true) await renderTrace(screen, checked.verification);
}

function exitCodeOf(checked: CheckedMessage): ExitCode {
  switch (checked.decision.action) {
    case 'accept':
      return EXIT.accept;
    case 'defer':
      return EXIT.temporary;
    case 'flag':
    case 'quarantine':
    case 'reject':
    case 'discard':
      return EXIT.flagged;
  }
}
