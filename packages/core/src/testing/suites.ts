// Finds the public conformance suites, which stay outside this repository.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = process.env['TRUEFROM_SUITES'] ?? '';

/** Path of a file in a suite; undefined where the suites are absent. */
export function suitePath(...parts: string[]): string | undefined {
  const path = join(ROOT, ...parts);
  return ROOT !== '' && existsSync(path) ? path : undefined;
}

/** Runs `body` with the suite's text, or leaves a visible skipped test. */
export function withSuite(parts: readonly string[], body: (text: string, path: string) => void): void {
  const path = suitePath(...parts);
  if (path === undefined)
    test(`suite ${parts.join('/')}`, { skip: 'SKIPPED: suite absent; set TRUEFROM_SUITES' }, () => undefined);
  else body(readFileSync(path, 'utf8'), path);
}
