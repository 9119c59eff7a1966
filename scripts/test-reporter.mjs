// What a test run prints: failures in full, what was skipped and why, the table of suites, node's closing lines.
// One line a test would bury all four among thousands.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { inspect } from 'node:util';

const CLOSING = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

export default async function* report(events) {
  const skipped = new Map();
  const closing = [];
  const passed = [];
  for await (const { type, data } of events) {
    if (type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') yield failure(data);
    else if (type === 'test:pass' && typeof data.skip === 'string')
      skipped.set(data.skip, (skipped.get(data.skip) ?? 0) + 1);
    else if (type === 'test:pass') passed.push({ name: data.name, file: sourceOf(data.file) });
    else if (type === 'test:diagnostic' && CLOSING.test(data.message)) closing.push(data.message);
  }
  for (const [why, tests] of skipped) yield `- ${why}${tests > 1 ? ` (${tests} tests)` : ''}\n`;
  // For scripts/check-clauses.mjs, which shows the tests of each clause: names made in loops stand in no source file.
  const names = process.env['TRUEFROM_TEST_NAMES'];
  if (names !== undefined) {
    mkdirSync(dirname(names), { recursive: true });
    writeFileSync(names, JSON.stringify(passed));
  }
  yield suiteTable();
  yield closing.map((line) => `# ${line}\n`).join('');
}

function sourceOf(file) {
  if (file === undefined) return '';
  return relative(process.cwd(), file).replace('/dist/', '/').replace(/\.js$/, '.ts');
}

function failure(data) {
  const { error } = data.details;
  const where = data.file === undefined ? '' : ` (${data.file}:${data.line})`;
  const text = inspect(error.cause ?? error, { colors: process.stdout.isTTY });
  return `\n✖ ${data.name}${where}\n  ${text.replaceAll('\n', '\n  ')}\n`;
}

function suiteTable() {
  const rows = [...(globalThis[Symbol.for('truefrom.suite-rows')]?.values() ?? [])];
  if (rows.length === 0) return '';
  const total = { suite: 'all', cases: 0, passed: 0, disputed: 0 };
  for (const row of rows) for (const key of ['cases', 'passed', 'disputed']) total[key] += row[key];
  const width = Math.max(...rows.map((r) => r.suite.length), 5);
  const line = ({ suite, cases, passed, disputed }) =>
    `${suite.padEnd(width)} | ${String(cases).padStart(5)} | ${String(passed).padStart(6)} | ${String(disputed).padStart(8)}\n`;
  const head = line({ suite: 'suite', cases: 'cases', passed: 'passed', disputed: 'disputed' });
  return `\n${head}${'-'.repeat(head.length - 1)}\n${rows.map(line).join('')}${line(total)}\n`;
}
