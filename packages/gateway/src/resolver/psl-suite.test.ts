// Suite psl: the checks that come with the Public Suffix List, against the list we carry.
import { parseDomain } from '@truefrom/core';
import { equal } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadPublicSuffixes } from './public-suffixes.js';

const path = join(process.env['TRUEFROM_SUITES'] ?? '', 'psl/tests.txt');
const row = { suite: 'psl', cases: 0, passed: 0, disputed: 0, unmet: new Set<string>() };

if (existsSync(path)) {
  // The table of the core's tests (suite-table.ts), which another package cannot import.
  const shared = globalThis as { [key: symbol]: Map<string, typeof row> | undefined };
  (shared[Symbol.for('truefrom.suite-rows')] ??= new Map()).set(row.suite, row);
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^[^/\s]/.test(line));
  row.cases = lines.length;
  for (const [i, line] of lines.entries())
    test(`psl: ${i + 1}: ${line}`, async () => {
      const suffixes = await loadPublicSuffixes();
      const [input = '', expected = ''] = line.split(/\s+/);
      // What is no domain name (a leading dot, nothing at all) never gets as far as the list.
      const domain = parseDomain(input === 'null' ? '' : input);
      const registrable = domain.ok ? suffixes.organizationalDomain(domain.value) : undefined;
      const wanted = parseDomain(expected);
      equal(registrable, expected === 'null' || !wanted.ok ? undefined : wanted.value);
      row.passed++;
    });
} else test('suite psl', { skip: 'SKIPPED: suite absent; set TRUEFROM_SUITES' }, () => undefined);
