import { MemoryResolver, readZone, type Resolver } from '@truefrom/core';
import { CliError, EXIT } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { suggestion } from '../text/did-you-mean.js';
import { readJsonText } from './json-text.js';

const MAX_ZONE_BYTES = 256 * 1024 * 1024;

const TYPES = [
  'A',
  'AAAA',
  'MX',
  'TXT',
  'PTR',
  'NS',
  'CNAME',
  'TLSA',
  'SMIMEA',
  'OPENPGPKEY',
  'error',
  'errors',
];

/**
 * DNS answers from a zone file instead of the network (`-n`).
 * @throws CliError 78, naming file, line and column of the first defect
 */
export async function readZoneFile(io: Io, path: string): Promise<Resolver> {
  const bytes = await io.files.read(path, MAX_ZONE_BYTES);
  const json = readJsonText(new TextDecoder().decode(bytes), path);
  const { zone, problems } = readZone(json.value);
  const first = problems[0];
  if (first !== undefined) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new CliError(
      EXIT.config,
      `${json.where(first.path)}: ${first.message}${typeSuggestion(first.path, first.message)}${more}`,
    );
  }
  return new MemoryResolver(zone);
}

function typeSuggestion(path: readonly (string | number)[], message: string): string {
  const type = path[1];
  return path.length === 2 && typeof type === 'string' && message.startsWith('unknown type')
    ? suggestion(type, TYPES)
    : '';
}
