// A contender in a process of its own: loads a corpus, checks that it answers rightly, then works for as long as it is told.
// Usage: started by run.mjs with the contender's module and its options as JSON; speaks over the IPC channel.
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';

/** Long enough for the compiler to have settled: its work is not a message's. In CPU time, as all that is measured. */
const WARM_MILLISECONDS = 1500;

const [, , module, options] = process.argv;
const { create } = await import(module);
let corpus;
let verify;

process.on('message', async ({ load, milliseconds }) => {
  try {
    process.send(load === undefined ? await work(milliseconds) : await prepare(load));
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.send({ ready: true });

/** Every message at least once: a contender that answers wrongly is not measured. */
async function prepare(path) {
  corpus = deserialize(readFileSync(path));
  verify = await create(corpus, JSON.parse(options ?? '{}'));
  const began = process.cpuUsage();
  do {
    for (let i = 0; i < corpus.messages.length; i++)
      if ((await verify(i)) !== true) throw new Error(`message ${i} does not pass`);
  } while (microsSince(began) < WARM_MILLISECONDS * 1000);
  return { loaded: corpus.messages.length };
}

async function work(milliseconds) {
  const { messages } = corpus;
  const wallStart = process.hrtime.bigint();
  const cpuStart = process.cpuUsage();
  let done = 0;
  // Whole rounds of the corpus only, so that each contender has the same mix however fast it is.
  do {
    for (let i = 0; i < messages.length; i++) {
      const passed = verify(i);
      if ((passed === true || passed === false ? passed : await passed) !== true)
        throw new Error(`message ${i}`);
    }
    done += messages.length;
  } while (microsSince(cpuStart) < milliseconds * 1000);
  const cpu = microsSince(cpuStart);
  const wall = Number(process.hrtime.bigint() - wallStart) / 1000;
  return { messages: done, wallMicros: wall / done, cpuMicros: cpu / done };
}

/** All threads of the process. */
function microsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}
