import { explainDkim, type DkimExplanation } from '@truefrom/core';
import { createEngineContext } from '../check/engine-context.js';
import { openMessage } from '../check/open-message.js';
import { EXIT, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';
import { describeDkim } from '../view/describe-dkim.js';
import { renderFinding } from '../view/render-findings.js';
import { renderSteps } from '../view/render-trace.js';
import type { DkimOptions } from './dkim.js';

const PROOF: Readonly<Record<DkimExplanation['findings'][number]['proof'], string>> = {
  'body-hash': 'undone, the body hash matches',
  'header-signature': 'undone, the signature over the header matches',
  result: 'the verdict itself',
};

const HALF: Readonly<Record<NonNullable<DkimExplanation['body'] | DkimExplanation['header']>, string>> = {
  unchanged: 'unchanged',
  explained: 'changed, and the change is known',
  unexplained: 'changed in a way none of the usual causes explains',
  'wrong-key': 'the signature was not made with the published key',
};

/**
 * `truefrom dkim explain`: for every signature that does not pass, what was changed, by whom, and the fix. Exit: 0 there
 * is nothing to explain, 75 DNS failed for all that is left, else 1.
 */
export async function runDkimExplain(io: Io, file: string, options: DkimOptions): Promise<ExitCode> {
  const context = await createEngineContext(io, options);
  try {
    const message = await openMessage(io, file);
    const explanations = await explainDkim(message.body, context);
    if (options.json === true)
      await io.stdout.write(`${JSON.stringify({ id: message.name, explanations })}\n`);
    else await print(new Screen(io, io.stdout), explanations, options.explain === true);
    if (explanations.length === 0) return EXIT.accept;
    return explanations.every(({ result }) => result.status === 'temperror') ? EXIT.temporary : EXIT.flagged;
  } finally {
    await context.close();
  }
}

async function print(
  screen: Screen,
  explanations: readonly DkimExplanation[],
  withTrace: boolean,
): Promise<void> {
  if (explanations.length === 0) await screen.line('nothing to explain: no signature fails');
  for (const [i, explanation] of explanations.entries()) {
    if (i > 0) await screen.line();
    const { result, work } = explanation;
    const about = `signature ${result.index + 1}`;
    await renderFinding(screen, { ...describeDkim(result), about }, [
      ['body', explanation.body === undefined ? undefined : HALF[explanation.body]],
      ['header', explanation.header === undefined ? undefined : HALF[explanation.header]],
    ]);
    for (const { cause, change, proof, by, fix } of explanation.findings) {
      await screen.line();
      await renderFinding(screen, { word: 'cause', tone: 'warn', text: change }, [
        ['kind', cause],
        ['proof', PROOF[proof]],
        ['usually by', by],
        ['what to do', fix],
      ]);
    }
    if (explanation.findings.length === 0 || work.exhausted) {
      await screen.line();
      const more = work.exhausted ? '; the bounds allow no more' : '';
      await screen.line(`${work.hypotheses} guesses were tried${more}`);
    }
    if (withTrace) {
      await screen.line();
      await renderSteps(screen, `DKIM, ${about}`, result.trace);
    }
  }
}
