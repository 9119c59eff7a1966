import { deepEqual, equal } from 'node:assert/strict';
import { openSuite } from '../../testing/suite-table.js';
import { dkimResult, domain, spfResult } from '../../testing/results.js';
import { withSuite } from '../../testing/suites.js';
import { world } from '../../testing/world.js';
import type { DkimResult, DmarcResult, SpfResult } from '../results.js';
import { checkDmarc } from './check-dmarc.js';

interface SuiteCase {
  readonly id: string;
  readonly dns: unknown;
  readonly input: {
    readonly from: string;
    readonly spf: { readonly domain: string; readonly result: SpfResult['status'] } | null;
    readonly dkim: readonly { readonly domain: string; readonly result: DkimResult['status'] }[];
  };
  readonly expected: {
    readonly result: DmarcResult['status'];
    readonly policy?: string;
    readonly publishedPolicy?: string;
    readonly policyDomain?: string;
    readonly orgDomain?: string;
    readonly spfAligned?: boolean;
    readonly dkimAligned?: boolean;
    readonly rua?: readonly string[];
    readonly authorQueries?: readonly string[];
  };
}

withSuite(['dmarc-rfc9989', 'cases.json'], (text) => {
  const { cases } = JSON.parse(text) as { readonly cases: readonly SuiteCase[] };
  const suite = openSuite('dmarc-rfc9989');
  for (const { id, dns, input, expected } of cases)
    suite.case(id, async () => {
      const context = world(dns);
      const result = await checkDmarc(
        {
          authorDomains: [domain(input.from)],
          spf: input.spf === null ? spfResult('none') : spfResult(input.spf.result, input.spf.domain),
          dkim: input.dkim.map((d, index) => dkimResult(d.result, d.domain, { index })),
        },
        context,
      );
      const { result: status, authorQueries, rua, ...fields } = expected;
      equal(result.status, status);
      const judged = result.status === 'pass' || result.status === 'fail' ? result : undefined;
      for (const [field, value] of Object.entries(fields)) {
        const name = field === 'orgDomain' ? 'organizationalDomain' : field;
        equal((judged as Record<string, unknown> | undefined)?.[name], value, field);
      }
      if (rua !== undefined) deepEqual(judged?.record.aggregateReports, rua);
      const asked = context.resolver.questions ?? [];
      // Each name once, whatever walks there are; the author's walk comes first.
      equal(new Set(asked).size, asked.length);
      if (authorQueries !== undefined)
        deepEqual(
          asked.slice(0, authorQueries.length),
          authorQueries.map((name) => `${name}/TXT`),
        );
    });
});
