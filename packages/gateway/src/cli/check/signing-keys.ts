import { importSigningKey, type NodeDkimSigner } from '@truefrom/core/node';
import { CliError, EXIT, usageError } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';

/** The flags that name private keys. */
export interface SigningOptions {
  readonly domain?: string;
  readonly selector?: readonly string[];
  readonly privateKey?: readonly string[];
}

const MAX_KEY_BYTES = 65_536;

/**
 * Reads the private keys of the flags, one selector for each.
 * @param command what to name in complaints
 * @throws CliError 64 for missing or wrong flags, 65 for a file that cannot be read, 78 for a key that cannot be used
 */
export async function readSigners(
  io: Io,
  options: SigningOptions,
  command: string,
): Promise<readonly NodeDkimSigner[]> {
  const { domain, selector: selectors = [], privateKey: files = [] } = options;
  if (domain === undefined || files.length === 0)
    throw usageError(`${command} needs -d DOMAIN, -s SELECTOR and -k PRIVATE-KEY-FILE`);
  if (selectors.length !== files.length)
    throw usageError(
      `${command} needs one -s for each -k: ${selectors.length} selectors, ${files.length} keys`,
    );
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
