import { checkSpf, checkSpfHelo, type SpfEnvelope, type SpfNode, type SpfResult } from '@truefrom/core';
import { createEngineContext, type WorldOptions } from '../check/engine-context.js';
import { readDomain, readIp, readMailFrom } from '../check/read-values.js';
import { EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';
import { padEnd } from '../text/width.js';
import { describeSpf } from '../view/describe-spf.js';
import { renderFinding } from '../view/render-findings.js';
import { renderSteps } from '../view/render-trace.js';

/** Flags of `spf`. */
export interface SpfOptions extends WorldOptions {
  readonly clientIp?: string;
  readonly helo?: string;
  readonly sender?: string;
  readonly json?: boolean;
  readonly explain?: boolean;
}

/** `truefrom spf`: both identities of one session. Exit: 0 nothing against it, 1 fail, softfail or permerror, 75 temperror. */
export async function runSpf(io: Io, options: SpfOptions): Promise<ExitCode> {
  if (options.clientIp === undefined) throw usageError('spf needs the address of the client: -i 192.0.2.1');
  if (options.sender === undefined && options.helo === undefined)
    throw usageError('spf needs a MAIL FROM (-f user@example.com), a HELO name (-e mx.example.com), or both');
  const envelope: SpfEnvelope = {
    clientIp: readIp(options.clientIp, '--client-ip'),
    helo: options.helo ?? '',
    mailFrom: readMailFrom(options.sender ?? '', '--sender'),
  };
  const context = await createEngineContext(io, options);
  try {
    const spf = await checkSpf(envelope, context);
    const spfHelo = envelope.mailFrom === null ? spf : await checkSpfHelo(envelope, context);
    if (options.json === true) await io.stdout.write(`${JSON.stringify({ spf, spfHelo })}\n`);
    else await print(new Screen(io, io.stdout), [spf, spfHelo], envelope, options.explain === true);
    return exitCodeOf(spf);
  } finally {
    await context.close();
  }
}

async function print(
  screen: Screen,
  results: readonly [SpfResult, SpfResult],
  envelope: SpfEnvelope,
  explain: boolean,
): Promise<void> {
  for (const spf of new Set(results)) {
    if (spf.identity === 'helo' && envelope.helo === '') continue;
    const found = describeSpf(spf, envelope.clientIp);
    const about = spf.identity === 'helo' ? 'HELO' : 'MAIL FROM';
    await renderFinding(screen, { ...found, about }, [
      ['cost', costText(spf)],
      ['explanation', 'explanation' in spf ? spf.explanation : undefined],
    ]);
  }
  if (!explain) return;
  for (const spf of new Set(results)) {
    await screen.line();
    await renderSteps(screen, `SPF, ${spf.identity === 'helo' ? 'HELO' : 'MAIL FROM'}`, spf.trace);
  }
}

function costText({ cost }: SpfResult): string {
  return `${cost.lookups} of 10 lookups, ${cost.voidLookups} of 2 void`;
}

function exitCodeOf(spf: SpfResult): ExitCode {
  switch (spf.status) {
    case 'pass':
    case 'none':
    case 'neutral':
      return EXIT.accept;
    case 'fail':
    case 'softfail':
    case 'permerror':
      return EXIT.flagged;
    case 'temperror':
      return EXIT.temporary;
  }
}

/**
 * `truefrom spf show DOMAIN`: the record with everything it includes, and what each term costs. Evaluated for an
 * address that no server has, so that every term is reached.
 */
export async function runSpfShow(io: Io, domain: string, options: SpfOptions): Promise<ExitCode> {
  const asked = readDomain(domain, 'domain');
  const context = await createEngineContext(io, options);
  try {
    const envelope = {
      clientIp: readIp('0.0.0.0', 'client'),
      helo: '',
      mailFrom: { localPart: 'postmaster', domain: asked },
    };
    const spf = await checkSpf(envelope, context);
    if (options.json === true) await io.stdout.write(`${JSON.stringify(spf)}\n`);
    else await printTree(new Screen(io, io.stdout), asked, spf);
    return showExitCode(spf);
  } finally {
    await context.close();
  }
}

function showExitCode(spf: SpfResult): ExitCode {
  if (spf.status === 'temperror') return EXIT.temporary;
  return spf.status === 'none' || spf.status === 'permerror' ? EXIT.flagged : EXIT.accept;
}

async function printTree(screen: Screen, domain: string, spf: SpfResult): Promise<void> {
  await screen.line({ text: domain, tone: 'strong' }, '   ', { text: costText(spf), tone: 'dim' });
  await printNodes(screen, spf.tree, '');
  if (spf.status === 'none' || spf.status === 'permerror' || spf.status === 'temperror')
    await renderFinding(screen, describeSpf(spf, ''));
  else if (spf.matched === 'default') await screen.line('  (no term ends it: everybody else is "neutral")');
}

const COST_COLUMN = 52;

async function printNodes(screen: Screen, nodes: readonly SpfNode[], indent: string): Promise<void> {
  for (const [i, node] of nodes.entries()) {
    const last = i === nodes.length - 1;
    const branch = last ? screen.glyph('└─ ', '`- ') : screen.glyph('├─ ', '|- ');
    const error = node.outcome === 'temperror' || node.outcome === 'permerror' ? node.outcome : '';
    const voids = node.voidLookups > 0 ? `, ${node.voidLookups} void` : '';
    const cost = node.lookups === 0 ? '' : `${node.lookups} lookup${node.lookups === 1 ? '' : 's'}${voids}`;
    await screen.line(
      { text: `${indent}${branch}`, tone: 'dim' },
      padEnd(node.term, COST_COLUMN - indent.length - 3),
      ' ',
      { text: cost, tone: 'dim' },
      ' ',
      { text: error, tone: 'bad' },
    );
    await printNodes(screen, node.children, `${indent}${last ? '   ' : screen.glyph('│  ', '|  ')}`);
  }
}
