// Mutated mail and records through every parser and whole checks: no exception, no hang, no unbounded growth.
// Usage: npm run fuzz -- [--runs 20000] [--seed 1] [--target NAME] [--from 0]
//   Input number N of a target depends on seed, target and N alone: `--target T --seed S --from N --runs 1` repeats one.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { inputOf } from '../fuzz/input.mjs';
import { loadSeeds } from '../fuzz/seeds.mjs';
import { TARGETS } from '../fuzz/targets.mjs';

/** An input takes microseconds; one that takes this long does not end. Wide, since a busy machine may stop us for a while. */
const HANG_SECONDS = 20;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
    from: { type: 'string', default: '0' },
  },
});
const suites = process.env['TRUEFROM_SUITES'] ?? resolve('../shared/suites');
const allSeeds = loadSeeds(suites);
const chosen = TARGETS.filter((t) => values.target === undefined || t.name === values.target);
if (chosen.length === 0) {
  console.error(`no target "${values.target}"; there are: ${TARGETS.map((t) => t.name).join(', ')}`);
  process.exit(64);
}
const shares = chosen.reduce((sum, t) => sum + (t.share ?? 1), 0);
let failures = 0;
for (const target of chosen) {
  const runs = Math.ceil((Number(values.runs) * (target.share ?? 1)) / shares);
  if (!(await fuzz(target, runs))) failures++;
}
console.log(failures === 0 ? 'fuzz: nothing found' : `fuzz: ${failures} targets FAILED`);
process.exitCode = failures > 0 ? 1 : 0;

function fuzz({ name, seeds }, runs) {
  const began = Date.now();
  const progress = new SharedArrayBuffer(8);
  const board = new Int32Array(progress);
  const [seed, from] = [Number(values.seed), Number(values.from)];
  const worker = new Worker(new URL('../fuzz/worker.mjs', import.meta.url), {
    workerData: { name, seed, from, runs, progress, seeds: allSeeds },
  });
  return new Promise((done) => {
    let lastCount = -1;
    let lastChange = Date.now();
    const watch = setInterval(() => {
      const count = Atomics.load(board, 1);
      if (count !== lastCount) [lastCount, lastChange] = [count, Date.now()];
      else if (Date.now() - lastChange > HANG_SECONDS * 1000) {
        const index = Atomics.load(board, 0);
        const { bytes } = inputOf({ seed, name, index, seeds: allSeeds[seeds] });
        end({ index, error: `no answer within ${HANG_SECONDS} s`, input: bytes.toString('base64') });
      }
    }, 500);
    const end = (failure) => {
      clearInterval(watch);
      void worker.terminate();
      if (failure !== undefined) {
        const part =
          failure.input === '' ? `--from ${from} --runs ${values.runs}` : `--from ${failure.index} --runs 1`;
        const again = `npm run fuzz -- --target ${name} --seed ${seed} ${part}`;
        console.log(
          `${name}: input ${failure.index} FAILED\n  ${failure.error}\n  again: ${again}\n  base64: ${failure.input}`,
        );
      }
      done(failure === undefined);
    };
    worker.on('error', (error) => end({ index: from, error: error.stack, input: '' }));
    worker.on('message', ({ failure, done: finished }) => {
      if (failure !== undefined) return end(failure);
      const { slowest, growth } = finished;
      const rate = Math.round(runs / ((Date.now() - began) / 1000));
      console.log(
        `${name}: ${runs} inputs, ${rate}/s, slowest ${slowest.milliseconds.toFixed(1)} ms (input ${slowest.index}, ` +
          `${slowest.bytes} bytes), live memory ${growth >= 0 ? '+' : ''}${(growth / 1048576).toFixed(1)} MiB`,
      );
      end(undefined);
    });
  });
}
