// How fast is a full verification, beside the npm package mailauth and beside the ceiling of this machine, in one run?
// Usage: npm run bench -- [--sizes "2 KB,5 MB"] [--algorithms rsa-sha256] [--rounds 5] [--ms 250] [--only ceiling,truefrom] [--no-peers] [--json]
// Peers and Node 24 come through npm into .cache/, at exact versions; where they cannot be had, it says "not measured".
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { serialize } from 'node:v8';
import { fetchNode24, npmInstall } from '../scripts/node24.mjs';
import { startContender } from './contender-process.mjs';
import { ALGORITHMS, makeCorpus, sendingDomains, SIZES, TIME_SECONDS } from './corpus.mjs';
import { formatRun } from './report.mjs';

const MAILAUTH = '7.1.0';
const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: Object.keys(SIZES).join() },
    algorithms: { type: 'string', default: ALGORITHMS.join() },
    rounds: { type: 'string', default: '5' },
    ms: { type: 'string', default: '250' },
    only: { type: 'string' },
    peers: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

const contenders = findContenders();
if (values.only !== undefined)
  contenders.list = contenders.list.filter((c) => values.only.split(',').includes(c.name));
const folder = mkdtempSync(join(tmpdir(), 'truefrom-bench-'));
const run = { node: process.version, rounds: Number(values.rounds), absent: contenders.absent, corpora: [] };
try {
  for (const algorithm of values.algorithms.split(',')) {
    const domains = sendingDomains(algorithm);
    for (const size of values.sizes.split(',')) run.corpora.push(await measure(algorithm, size, domains));
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.stdout.write(values.json ? `${JSON.stringify(run, null, 2)}\n` : formatRun(run));

/** Who runs, by which Node; the same engine under both, since the peer needs the newer one. */
function findContenders() {
  const system = { node: process.execPath, version: process.version };
  const list = ['ceiling', 'truefrom-dkim', 'truefrom'].map((module) => ({
    name: module,
    module,
    ...system,
  }));
  const absent = [];
  if (!values.peers) return { list, absent: ['peers: left out (--no-peers)'] };
  const { path, reason } = fetchNode24();
  if (path === undefined) return { list, absent: [`Node 24 and mailauth ${MAILAUTH}: ${reason}`] };
  for (const module of ['ceiling', 'truefrom-dkim', 'truefrom'])
    list.push({ name: `${module} (Node 24)`, module, node: path, version: 24 });
  const mailauth = resolve('.cache/bench');
  const installed = join(mailauth, 'node_modules/mailauth/package.json');
  // Another version's leftovers are npm's to replace.
  if (!existsSync(installed)) npmInstall(mailauth, [`mailauth@${MAILAUTH}`]);
  if (existsSync(installed))
    list.push({
      name: 'mailauth',
      module: 'mailauth',
      node: path,
      options: { folder: mailauth },
      version: 24,
    });
  else absent.push(`mailauth ${MAILAUTH}: npm could not bring it`);
  return { list, absent };
}

/** One corpus: all contenders take turns, round after round, so that a busy moment of the machine hits each alike. */
async function measure(algorithm, size, { keys, zone }) {
  progress(`${algorithm} ${size}: making the corpus`);
  const messages = makeCorpus(size, keys).map(({ key, ...message }) => ({
    ...message,
    algorithm,
    publicKey: key.publicKey.export({ type: 'spki', format: 'pem' }),
  }));
  const path = join(folder, 'corpus');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, serialize({ messages, zone, timeSeconds: TIME_SECONDS }));
  const running = [];
  for (const contender of contenders.list)
    running.push({ contender, worker: await startContender(contender) });
  const samples = new Map(running.map(({ contender }) => [contender.name, []]));
  try {
    for (const { worker } of running) await worker.send({ load: path });
    for (let round = 0; round < run.rounds; round++) {
      progress(`${algorithm} ${size}: round ${round + 1} of ${run.rounds}`);
      for (const { contender, worker } of running)
        samples.get(contender.name).push(await worker.send({ milliseconds: Number(values.ms) }));
    }
  } finally {
    for (const { worker } of running) worker.stop();
    progress('');
  }
  const bytes = messages.reduce((sum, m) => sum + m.message.length, 0) / messages.length;
  return { algorithm, size, messages: messages.length, bytes, samples: Object.fromEntries(samples) };
}

/** One line that is written over, for a person who waits; nothing where nobody does. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
