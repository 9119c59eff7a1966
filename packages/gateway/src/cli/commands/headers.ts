import { readAuthenticationResults, type ResultsEvidence } from '@truefrom/core';
import { openMessage } from '../check/open-message.js';
import { EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { loadPublicSuffixes } from '../../resolver/index.js';
import { Screen } from '../text/screen.js';
import { padEnd } from '../text/width.js';

/** Flags of `headers`. */
export interface HeadersOptions {
  readonly trustedId?: readonly string[];
  readonly ownHops?: string;
  readonly exchangeOnline?: boolean;
  readonly withoutDmarc?: boolean;
  readonly json?: boolean;
}

/**
 * `truefrom headers FILE --trusted-id ID`: the domain in From if one of our own servers verified it, read from
 * Authentication-Results. Exit: 0 verified, 1 not.
 */
export async function runHeaders(io: Io, file: string, options: HeadersOptions): Promise<ExitCode> {
  const trustedIds = options.trustedId ?? [];
  if (trustedIds.length === 0 && options.exchangeOnline !== true)
    throw usageError('headers needs the authserv-id of your own server: --trusted-id mx.example.com');
  const ownHops = options.ownHops === undefined ? undefined : readHops(options.ownHops);
  const message = await openMessage(io, file);
  const answer = readAuthenticationResults(message.head, trustedIds, {
    ...(ownHops !== undefined && { ownHops }),
    ...(options.exchangeOnline === true && { exchangeOnline: true }),
    ...(options.withoutDmarc === true && { organizations: await loadPublicSuffixes() }),
  });
  if (options.json === true) await io.stdout.write(`${JSON.stringify({ id: message.name, ...answer })}\n`);
  else await print(new Screen(io, io.stdout), answer.verifiedDomain, answer.evidence);
  return answer.verifiedDomain === null ? EXIT.flagged : EXIT.accept;
}

function readHops(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  throw usageError(`--own-hops "${text}": a number of Received fields from 0 to 99`);
}

async function print(screen: Screen, domain: string | null, evidence: ResultsEvidence): Promise<void> {
  if (domain === null) await screen.line({ text: 'not verified', tone: 'bad' }, `   (${evidence.reason})`);
  else await screen.line({ text: domain, tone: 'good' }, `   verified (${evidence.reason})`);
  await screen.hanging(['  '], evidence.text);
  if (evidence.fields.length === 0) return;
  await screen.line();
  await screen.line({ text: '  Authentication-Results fields, from the top', tone: 'dim' });
  for (const [i, field] of evidence.fields.entries())
    await screen.hanging(
      [
        `  ${padEnd(String(i + 1), 4)}`,
        { text: padEnd(field.fate, 22), tone: field.fate === 'used' ? 'good' : 'dim' },
      ],
      field.authservId ?? '(no authserv-id)',
    );
}
