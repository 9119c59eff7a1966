import { checkArc, type ArcResult } from '@truefrom/core';
import { createEngineContext, type WorldOptions } from '../check/engine-context.js';
import { openMessage } from '../check/open-message.js';
import { readDomains } from '../check/read-values.js';
import { EXIT, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';
import { padEnd } from '../text/width.js';
import { describeArc } from '../view/describe-dmarc.js';
import { renderFinding } from '../view/render-findings.js';
import { renderSteps } from '../view/render-trace.js';

/** Flags of `arc`. */
export interface ArcOptions extends WorldOptions {
  readonly trustedSealer?: readonly string[];
  readonly json?: boolean;
  readonly explain?: boolean;
}

/** `truefrom arc FILE`: the chain of a message, set by set. Exit: 0 it is whole or there is none, 1 broken, 75 DNS failed. */
export async function runArc(io: Io, file: string, options: ArcOptions): Promise<ExitCode> {
  const trustedSealers = readDomains(options.trustedSealer ?? [], '--trusted-sealer');
  const context = await createEngineContext(io, options);
  try {
    const message = await openMessage(io, file);
    const arc = await checkArc(message.body, { trustedSealers }, context);
    if (options.json === true) await io.stdout.write(`${JSON.stringify({ id: message.name, arc })}\n`);
    else await print(new Screen(io, io.stdout), arc, options.explain === true);
    if (arc.status === 'temperror') return EXIT.temporary;
    return arc.status === 'fail' ? EXIT.flagged : EXIT.accept;
  } finally {
    await context.close();
  }
}

async function print(screen: Screen, arc: ArcResult, explain: boolean): Promise<void> {
  await renderFinding(screen, describeArc(arc));
  for (const set of arc.sets) {
    const trust = set.trusted ? ', trusted here' : '';
    await screen.line();
    await screen.line(
      { text: padEnd(`i=${set.instance}`, 6), tone: 'strong' },
      `sealed by ${set.sealedBy} (selector ${set.selector})${trust}; it found the chain before it: ${set.chainValidation}`,
    );
    await screen.hanging(['      ', { text: 'it saw  ', tone: 'dim' }], set.authenticationResults);
  }
  if (!explain) return;
  await screen.line();
  await renderSteps(screen, 'How the chain was checked', arc.trace);
}
