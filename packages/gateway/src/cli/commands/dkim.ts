import { checkDkim, type DkimResult } from '@truefrom/core';
import { createEngineContext, type WorldOptions } from '../check/engine-context.js';
import { openMessage } from '../check/open-message.js';
import { EXIT, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';
import { describeDkim } from '../view/describe-dkim.js';
import { renderFinding } from '../view/render-findings.js';
import { renderSteps } from '../view/render-trace.js';

/** Flags of `dkim verify`. */
export interface DkimOptions extends WorldOptions {
  readonly json?: boolean;
  readonly explain?: boolean;
}

/**
 * `truefrom dkim verify`: every signature of a message with its own result. Exit: 0 one passes, 75 none does but DNS
 * failed for one, else 1.
 */
export async function runDkimVerify(io: Io, file: string, options: DkimOptions): Promise<ExitCode> {
  const context = await createEngineContext(io, options);
  try {
    const message = await openMessage(io, file);
    const results = await checkDkim(message.body, context);
    if (options.json === true)
      await io.stdout.write(`${JSON.stringify({ id: message.name, dkim: results })}\n`);
    else await print(new Screen(io, io.stdout), results, options.explain === true);
    if (results.some((dkim) => dkim.status === 'pass')) return EXIT.accept;
    return results.some((dkim) => dkim.status === 'temperror') ? EXIT.temporary : EXIT.flagged;
  } finally {
    await context.close();
  }
}

async function print(screen: Screen, results: readonly DkimResult[], explain: boolean): Promise<void> {
  if (results.length === 0) await screen.line('none       the message is not signed');
  for (const [i, dkim] of results.entries()) {
    const { canonicalization: c } = dkim;
    await renderFinding(screen, { ...describeDkim(dkim), about: `signature ${i + 1}` }, [
      ['algorithm', dkim.algorithm],
      ['canonical form', c === undefined ? undefined : `${c.header}/${c.body}`],
      ['signed fields', dkim.signedFields?.join(' ')],
      ['key', dkim.status === 'pass' ? `${dkim.keyBits} bits, DNSSEC ${dkim.dnssec}` : undefined],
      [
        'not signed',
        dkim.status === 'pass' && dkim.unsignedFields.length > 0 ? dkim.unsignedFields.join(' ') : undefined,
      ],
      ['dated', dkim.timestamp === undefined ? undefined : isoTime(dkim.timestamp)],
      ['expires', dkim.expiration === undefined ? undefined : isoTime(dkim.expiration)],
    ]);
    if (explain) {
      await screen.line();
      await renderSteps(screen, `DKIM, signature ${i + 1}`, dkim.trace);
    }
  }
}

// The last second Date can tell; t= may say more (RFC 6376 3.5 allows twelve digits and beyond).
const MAX_DATE_SECONDS = 8_640_000_000_000;

function isoTime(seconds: number): string {
  return seconds <= MAX_DATE_SECONDS
    ? new Date(seconds * 1000).toISOString()
    : `${seconds} seconds since 1970`;
}
