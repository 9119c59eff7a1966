import { DEFAULT_LIMITS, signMessage, type SignOptions as EngineSignOptions } from '@truefrom/core';
import { importSigningKey, nodeCrypto, type NodeDkimSigner } from '@truefrom/core/node';
import { hasUnixLineEnds } from '../check/line-ends.js';
import { openMessage } from '../check/open-message.js';
import { readUnixSeconds } from '../check/read-values.js';
import { CliError, EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';

/** Flags of `sign`. */
export interface SignCommandOptions {
  readonly domain?: string;
  readonly selector?: readonly string[];
  readonly privateKey?: readonly string[];
  readonly canonicalization?: string;
  readonly identity?: string;
  readonly validFor?: string;
  readonly time?: string;
  readonly headersOnly?: boolean;
}

const MAX_KEY_BYTES = 65_536;

/** `truefrom sign`: writes the message with one DKIM-Signature per key on top, or with `-o` the fields alone. */
export async function runSign(io: Io, file: string, options: SignCommandOptions): Promise<ExitCode> {
  const signers = await readSigners(io, options);
  const engineOptions = readOptions(options);
  const time = options.time === undefined ? undefined : readUnixSeconds(options.time, '--time');
  const opened = await openMessage(io, file);
  const message = await collect(opened.body, opened.name);
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

async function readSigners(io: Io, options: SignCommandOptions): Promise<readonly NodeDkimSigner[]> {
  const { domain, selector: selectors = [], privateKey: files = [] } = options;
  if (domain === undefined || files.length === 0)
    throw usageError('sign needs -d DOMAIN, -s SELECTOR and -k PRIVATE-KEY-FILE');
  if (selectors.length !== files.length)
    throw usageError(`sign needs one -s for each -k: ${selectors.length} selectors, ${files.length} keys`);
  const signers: NodeDkimSigner[] = [];
  for (const [i, file] of files.entries()) {
    const selector = selectors[i] ?? '';
    const key = importSigningKey(await io.files.read(file, MAX_KEY_BYTES), { domain, selector });
    if (!key.ok) throw keyError(file, key.problem);
    for (const warning of key.warnings)
      await new Screen(io, io.stderr).line(`truefrom: ${file}: ${warning.message}`);
    signers.push(key.value);
  }
  return signers;
}

function keyError(file: string, problem: { readonly code: string; readonly message: string }): CliError {
  if (problem.code === 'dkim/domain') return usageError(`--domain: ${problem.message}`);
  if (problem.code === 'dkim/selector') return usageError(`--selector: ${problem.message}`);
  return new CliError(EXIT.config, `${file}: ${problem.message}`);
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

async function collect(source: AsyncIterable<Uint8Array>, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source) {
    parts.push(part);
    length += part.length;
    if (length > DEFAULT_LIMITS.messageBytes)
      throw new CliError(
        EXIT.unreadable,
        `${name}: larger than ${DEFAULT_LIMITS.messageBytes} bytes, which is the limit`,
      );
  }
  return Buffer.concat(parts, length);
}
