import { checkDmarc, checkSpf, type DmarcPolicy, type DmarcResult } from '@truefrom/core';
import { createEngineContext, type WorldOptions } from '../check/engine-context.js';
import { readDomain, readIp } from '../check/read-values.js';
import { EXIT, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen } from '../text/screen.js';
import { padEnd } from '../text/width.js';
import { describeDmarc } from '../view/describe-dmarc.js';
import { renderFinding } from '../view/render-findings.js';
import { renderSteps } from '../view/render-trace.js';

/** Flags of `dmarc`. */
export interface DmarcOptions extends WorldOptions {
  readonly json?: boolean;
  readonly explain?: boolean;
}

const MEANING: Readonly<Record<DmarcPolicy, string>> = {
  none: 'asks for nothing: mail that fails is delivered',
  quarantine: 'asks to treat mail that fails as suspicious',
  reject: 'asks to refuse mail that fails',
};

/**
 * `truefrom dmarc DOMAIN`: the policy that holds for mail with this domain in From, found by the tree walk of RFC 9989.
 * It is what a message with no passing identity would meet. Exit: 0 there is one, 1 there is none, 75 DNS failed.
 */
export async function runDmarc(io: Io, domain: string, options: DmarcOptions): Promise<ExitCode> {
  const authorDomain = readDomain(domain, 'domain');
  const context = await createEngineContext(io, options);
  try {
    // No sender at all: SPF has no domain and says none, without a question.
    const spf = await checkSpf({ clientIp: readIp('0.0.0.0', 'client'), helo: '', mailFrom: null }, context);
    const dmarc = await checkDmarc({ authorDomains: [authorDomain], spf, dkim: [] }, context);
    if (options.json === true) await io.stdout.write(`${JSON.stringify({ dmarc })}\n`);
    else await print(new Screen(io, io.stdout), authorDomain, dmarc, options.explain === true);
    if (dmarc.status === 'temperror') return EXIT.temporary;
    return dmarc.status === 'fail' || dmarc.status === 'pass' ? EXIT.accept : EXIT.flagged;
  } finally {
    await context.close();
  }
}

async function print(screen: Screen, domain: string, dmarc: DmarcResult, explain: boolean): Promise<void> {
  await screen.line({ text: domain, tone: 'strong' });
  if (dmarc.status === 'fail' || dmarc.status === 'pass') await printRecord(screen, dmarc);
  else await renderFinding(screen, describeDmarc(dmarc));
  if (!explain) return;
  await screen.line();
  await renderSteps(screen, 'How it was found', dmarc.trace);
}

async function printRecord(
  screen: Screen,
  dmarc: Extract<DmarcResult, { readonly status: 'pass' | 'fail' }>,
): Promise<void> {
  const { record } = dmarc;
  const tests = dmarc.testing ? ', and says t=y: one step milder for now' : '';
  const rows: readonly (readonly [string, string])[] = [
    ['policy', `${dmarc.policyTag}=${dmarc.publishedPolicy}: ${MEANING[dmarc.publishedPolicy]}${tests}`],
    ['record at', `_dmarc.${dmarc.policyDomain}`],
    ['organisation', dmarc.organizationalDomain],
    ...(dmarc.suffixList === undefined
      ? []
      : [['by suffix list', dmarc.suffixList.organizationalDomain ?? 'none'] as const]),
    ['alignment', `SPF ${record.spfAlignment}, DKIM ${record.dkimAlignment}`],
    ['reports to', record.aggregateReports.join(', ') || 'nobody'],
    ...record.warnings.map((warning) => ['warning', warning.message] as const),
  ];
  for (const [label, value] of rows)
    await screen.hanging(
      ['  ', { text: padEnd(label, 14), tone: label === 'warning' ? 'warn' : 'dim' }],
      value,
    );
}
