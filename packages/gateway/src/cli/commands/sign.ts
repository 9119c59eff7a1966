import { signMessage, type SignOptions as EngineSignOptions } from '@truefrom/core';
import { nodeCrypto } from '@truefrom/core/node';
import { hasUnixLineEnds } from '../check/line-ends.js';
import { openMessage, readWhole } from '../check/open-message.js';
import { readSigners, type SigningOptions } from '../check/signing-keys.js';
import { readUnixSeconds } from '../check/read-values.js';
import { CliError, EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';

/** Flags of `sign`. */
export interface SignCommandOptions extends SigningOptions {
  readonly canonicalization?: string;
  readonly identity?: string;
  readonly validFor?: string;
  readonly time?: string;
  readonly headersOnly?: boolean;
}

/** `truefrom sign`: writes the message with one DKIM-Signature per key on top, or with `-o` the fields alone. */
export async function runSign(io: Io, file: string, options: SignCommandOptions): Promise<ExitCode> {
  const signers = await readSigners(io, options, 'sign');
  const engineOptions = readOptions(options);
  const time = options.time === undefined ? undefined : readUnixSeconds(options.time, '--time');
  const opened = await openMessage(io, file);
  const message = await readWhole(opened);
  const context = { crypto: nodeCrypto(), clock: { now: () => time ?? io.now() } };
  const signed = await signMessage(message, signers, context, engineOptions);
  if (!signed.ok)
    throw new CliError(EXIT.unreadable, `${opened.name}: not signed: ${signed.problem.message}`);
  for (const warning of signed.warnings)
    await new Screen(io, io.stderr).line(`truefrom: ${opened.name}: ${warning.message}`);
  const fields = signed.value.join('');
  await io.stdout.write(hasUnixLineEnds(message) ? fields.replaceAll('\r\n', '\n') : fields);
  if (options.headersOnly !== true) await io.stdout.write(message);
  return EXIT.accept;
}

function readOptions(options: SignCommandOptions): EngineSignOptions {
  const { canonicalization, identity, validFor } = options;
  return {
    ...(canonicalization !== undefined && { canonicalization: readCanonicalization(canonicalization) }),
    ...(identity !== undefined && { identity }),
    ...(validFor !== undefined && { validSeconds: readSeconds(validFor) }),
  };
}

function readCanonicalization(text: string): NonNullable<EngineSignOptions['canonicalization']> {
  const [header, body, ...rest] = text.split('/');
  const known = (word: string | undefined): word is 'simple' | 'relaxed' =>
    word === 'simple' || word === 'relaxed';
  if (known(header) && known(body) && rest.length === 0) return { header, body };
  throw usageError(`--canonicalization "${text}": header/body, each simple or relaxed, e.g. relaxed/relaxed`);
}

function readSeconds(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw usageError(`--valid-for "${text}": a whole number of seconds, e.g. 604800 for a week`);
}
