// The DKIM folders of the public suites: the published verdict of every sample.
import { ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSuite } from '../../testing/suite-table.js';
import { withSuite } from '../../testing/suites.js';
import { world } from '../../testing/world.js';
import { checkDkim } from '../../verify/check-dkim.js';
import type { DkimResult } from '../results.js';

interface DkimCase {
  readonly id: string;
  readonly file: string;
  readonly dns?: Record<string, unknown>;
  readonly now?: number;
  readonly expected: {
    readonly any: readonly string[];
    readonly signatures?: readonly {
      readonly d: string | null;
      readonly s: string | null;
      readonly result: readonly string[];
    }[];
  };
}

/** 2026-11-01: the samples' own time where they name none. */
const NOW_SECONDS = 1_793_491_200;
const BEST_FIRST = ['pass', 'policy', 'neutral', 'fail', 'permerror', 'temperror'];

function best(results: readonly DkimResult[]): string {
  return BEST_FIRST.find((status) => results.some((result) => result.status === status)) ?? 'none';
}

for (const name of [
  'dkim-chasquid',
  'dkim-dkimpy',
  'dkim-exim',
  'dkim-lieser',
  'dkim-mail-dkim',
  'dkim-opendkim',
])
  withSuite([name, 'cases.json'], (text, path) => {
    const folder = dirname(path);
    const zone = JSON.parse(readFileSync(join(folder, 'dns.json'), 'utf8')) as Record<string, unknown>;
    const suite = openSuite(name);
    for (const one of (JSON.parse(text) as { readonly cases: readonly DkimCase[] }).cases)
      suite.case(one.id, async () => {
        const context = world({ ...zone, ...one.dns }, { timeSeconds: one.now ?? NOW_SECONDS });
        const results = await checkDkim(readFileSync(join(folder, 'messages', one.file)), context);
        const got = results.map((r) => `${r.status}${'reason' in r ? `/${r.reason}` : ''}`).join(' ');
        ok(
          one.expected.any.includes(best(results)),
          `${got || 'none'}; expected one of ${one.expected.any.join(', ')}`,
        );
        for (const { d, s, result } of one.expected.signatures ?? []) {
          const found = results.filter(
            (r) => (d === null || r.domain === d) && (s === null || r.selector === s),
          );
          ok(
            found.some((r) => result.includes(r.status)),
            `d=${String(d)} s=${String(s)}: ${found.map((r) => r.status).join(', ')}; expected ${result.join(', ')}`,
          );
        }
      });
  });
