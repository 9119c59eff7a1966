import { equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const MODULE = new URL('./suite-table.js', import.meta.url).href;

/** Runs a small suite in a process of its own, since half of these runs must fail. */
function runSuite(disputed: Readonly<Record<string, string>>): {
  readonly code: number | null;
  readonly out: string;
} {
  const script = `
    import { openSuite } from ${JSON.stringify(MODULE)};
    const suite = openSuite('small', ${JSON.stringify(disputed)});
    suite.case('right', () => {});
    suite.case('wrong', () => { throw new Error('came out otherwise'); });
    process.on('exit', () => {
      const [row] = globalThis[Symbol.for('truefrom.suite-rows')].values();
      console.log('row', row.cases, row.passed, row.disputed, [...row.unmet].join());
    });`;
  const args = ['--input-type=module', '--test-reporter=tap', '-e', script];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
  return { code: child.status, out: child.stdout };
}

const table = [
  ['a case that fails fails the run', {}, 1, 'row 2 1 0 '],
  ['a disputed case that fails does not', { wrong: 'RFC 7208 4.5 decides' }, 0, 'row 2 1 1 '],
  ['a disputed case that passes does', { wrong: 'x', right: 'y' }, 1, 'row 2 1 1 '],
  ['a disputed case that does not exist is left over', { wrong: 'x', gone: 'y' }, 0, 'row 2 1 1 gone'],
] as const;

for (const [name, disputed, code, row] of table)
  test(`suite table: ${name}`, () => {
    const run = runSuite(disputed);
    equal(run.code, code, run.out);
    match(run.out, new RegExp(`^${row}$`, 'm'));
  });
