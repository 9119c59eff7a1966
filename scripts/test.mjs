// Runs every compiled test in one process: a process per file costs more than the tests themselves.
// Usage: node scripts/test.mjs [PART_OF_A_FILE_NAME ...]   (all: --verbose names every test)
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const REPORTER = new URL('test-reporter.mjs', import.meta.url);
const FIGURES = JSON.parse(readFileSync(new URL('suites.json', import.meta.url), 'utf8'));
const wanted = process.argv.slice(2).filter((a) => !a.startsWith('--'));
process.env['TRUEFROM_SUITES'] ??= resolve('../shared/suites');

if (process.argv.includes('--verbose') || process.execArgv.some((a) => a.startsWith('--test-reporter')))
  await runAll();
else {
  const args = [`--test-reporter=${REPORTER}`, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

async function runAll() {
  for (const dist of ['packages/core/dist', 'packages/gateway/dist']) {
    if (!existsSync(dist)) continue;
    const files = readdirSync(dist, { recursive: true })
      .filter((f) => f.endsWith('.test.js') && existsSync(sourceOf(dist, f)))
      .filter((f) => wanted.length === 0 || wanted.some((w) => join(dist, f).includes(w)))
      .sort();
    for (const file of files) await import(pathToFileURL(join(dist, file)));
  }
  checkFigures();
}

/** A compiled test whose source is gone is a leftover of an earlier build. */
function sourceOf(dist, file) {
  return join(dist, '..', file.replace(/\.js$/, '.ts'));
}

/** Registered last, so run last: every suite must have come out exactly as scripts/suites.json says. */
function checkFigures() {
  const rows = globalThis[Symbol.for('truefrom.suite-rows')] ?? new Map();
  const names = new Set([...rows.keys(), ...(wanted.length === 0 ? Object.keys(FIGURES) : [])]);
  for (const name of names) {
    const folder = FIGURES[name]?.folder ?? name;
    const absent = !existsSync(join(process.env['TRUEFROM_SUITES'], folder));
    const options = { skip: absent ? `SKIPPED: suite ${folder} absent; set TRUEFROM_SUITES` : false };
    test(`suite figures: ${name}`, options, () => {
      const figure = FIGURES[name];
      const row = rows.get(name);
      if (row === undefined) throw new Error(`${name} is in scripts/suites.json, but no test ran it`);
      if (figure === undefined)
        throw new Error(
          `${name} is not in scripts/suites.json; it came out as {"cases": ${row.cases}, "passed": ${row.passed}}`,
        );
      if (row.unmet.size > 0)
        throw new Error(`${name} disputes cases that it does not have: ${[...row.unmet].join(', ')}`);
      if (row.cases !== figure.cases || row.passed !== figure.passed)
        throw new Error(
          `${name}: ${row.passed} of ${row.cases} passed, scripts/suites.json says ${figure.passed} of ${figure.cases}` +
            (row.passed < figure.passed ? ' (a regression)' : ' (better: write the new figures down)'),
        );
    });
  }
}
