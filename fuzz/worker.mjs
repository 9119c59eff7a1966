// Runs one target over its share of inputs, in a thread that fuzz.mjs can end when an input hangs.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { checkResult } from './check-result.mjs';
import { inputOf } from './input.mjs';
import { mutate } from './mutate.mjs';
import { TARGETS } from './targets.mjs';

/** Live memory may grow by this much between the first quarter of a run and its end: caches fill, and are bounded. */
const MAX_GROWTH = 48 * 1024 * 1024;

const { name, seed, from, runs, progress } = workerData;
const target = TARGETS.find((t) => t.name === name);
// A Buffer arrives as a plain Uint8Array.
const seeds = Object.fromEntries(
  Object.entries(workerData.seeds).map(([kind, list]) => [
    kind,
    Array.isArray(list) ? list.map((b) => Buffer.from(b)) : list,
  ]),
);
// progress[0]: input being worked on; progress[1]: 1 while at work.
const board = new Int32Array(progress);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
let slowest = { milliseconds: 0, index: from };
let early;

for (let index = from; index < from + runs; index++) {
  const { bytes, random } = inputOf({ seed, name, index, seeds: seeds[target.seeds] });
  Atomics.store(board, 0, index);
  Atomics.add(board, 1, 1);
  const began = performance.now();
  try {
    const answer = target.run(bytes, { random, seeds, mutate });
    checkResult(answer instanceof Promise ? await answer : answer, bytes, target);
  } catch (error) {
    parentPort.postMessage({
      failure: { index, error: error?.stack ?? String(error), input: bytes.toString('base64') },
    });
    process.exit(0);
  }
  const milliseconds = performance.now() - began;
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, index, bytes: bytes.length };
  if (runs >= 4000 && index === from + (runs >> 2)) early = liveBytes();
}
const growth = early === undefined ? 0 : liveBytes() - early;
if (growth > MAX_GROWTH)
  parentPort.postMessage({
    failure: { index: from, error: `live memory grew by ${growth >> 20} MiB`, input: '' },
  });
else parentPort.postMessage({ done: { slowest, growth } });

function liveBytes() {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
