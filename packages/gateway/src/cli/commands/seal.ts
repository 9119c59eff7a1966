import { sealMessage, type ArcSealing } from '@truefrom/core';
import { createEngineContext, type WorldOptions } from '../check/engine-context.js';
import { hasUnixLineEnds } from '../check/line-ends.js';
import { openMessage, readWhole } from '../check/open-message.js';
import { siteFromOptions } from '../check/session-options.js';
import { readSigners, type SigningOptions } from '../check/signing-keys.js';
import { CliError, EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';

/** Flags of `seal`. */
export interface SealCommandOptions extends SigningOptions, WorldOptions {
  readonly mta?: string;
  readonly authResults?: string;
  readonly headersOnly?: boolean;
}

/**
 * `truefrom seal`: writes the message with one more ARC set on top, or with `-o` the three fields alone. Exit: 0 sealed,
 * 1 not sealed because the chain has ended, 75 not sealed because DNS failed.
 */
export async function runSeal(io: Io, file: string, options: SealCommandOptions): Promise<ExitCode> {
  if (options.mta === undefined)
    throw usageError('seal needs the authserv-id whose results it seals: -m mx.example.com');
  const { authservId } = siteFromOptions(options, io);
  const [key, ...more] = await readSigners(io, options, 'seal');
  if (key === undefined || more.length > 0)
    throw usageError('seal takes one key: an ARC set has one seal (RFC 8617 4.1)');
  const context = await createEngineContext(io, options);
  try {
    const opened = await openMessage(io, file);
    const message = await readWhole(opened);
    const { authResults } = options;
    const sealing = await sealMessage(
      message,
      key,
      { authservId, ...(authResults !== undefined && { authenticationResults: authResults }) },
      context,
    );
    if (!sealing.ok)
      throw new CliError(EXIT.unreadable, `${opened.name}: not sealed: ${sealing.problem.message}`);
    for (const warning of sealing.warnings)
      await new Screen(io, io.stderr).line(`truefrom: ${opened.name}: ${warning.message}`);
    return await write(io, message, sealing.value, options.headersOnly === true);
  } finally {
    await context.close();
  }
}

async function write(
  io: Io,
  message: Uint8Array,
  sealing: ArcSealing,
  headersOnly: boolean,
): Promise<ExitCode> {
  if (sealing.status === 'not-sealed') {
    await new Screen(io, io.stderr).line(`truefrom: not sealed: ${WHY_NOT[sealing.reason]}`);
    // A filter hands the message on all the same: without a seal it is worth what it was.
    if (!headersOnly) await io.stdout.write(message);
    return sealing.reason === 'dns' ? EXIT.temporary : EXIT.flagged;
  }
  const fields = sealing.fields.join('');
  await io.stdout.write(hasUnixLineEnds(message) ? fields.replaceAll('\r\n', '\n') : fields);
  if (!headersOnly) await io.stdout.write(message);
  return EXIT.accept;
}

const WHY_NOT = {
  'chain-failed': 'an earlier hop sealed the chain as failed (RFC 8617 5.1)',
  'too-many-sets': 'the chain is as long as a chain may be (RFC 8617 4.2.1)',
  dns: 'DNS did not answer, so it is not known whether the chain is valid; try again later',
} as const;
