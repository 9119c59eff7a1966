import { DEFAULT_POLICY, readPolicy, type Policy } from '@truefrom/core';
import { CliError, EXIT } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { readJsonText } from './json-text.js';

const MAX_POLICY_BYTES = 4 * 1024 * 1024;

/**
 * The policy of `--policy FILE`; the default without one.
 * @throws CliError 78, naming file, line and column of the first defect
 */
export async function readPolicyFile(io: Io, path: string | undefined): Promise<Policy> {
  if (path === undefined) return DEFAULT_POLICY;
  const bytes = await io.files.read(path, MAX_POLICY_BYTES);
  const json = readJsonText(new TextDecoder().decode(bytes), path);
  const { policy, problems } = readPolicy(json.value);
  const first = problems[0];
  if (first === undefined) return policy;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new CliError(EXIT.config, `${json.where(first.path)}: ${first.message}${more}`);
}
