// Does memory stay flat? A 50 MB message from a stream against one of 50 KB, and a batch of 100,000 small messages.
// Usage: node bench/memory.mjs [--messages 100000] [--skip-batch] [--skip-stream]   (Linux: memory is read from /proc)
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeMessage, sendingDomains, TIME_SECONDS } from './corpus.mjs';
import { median } from './report.mjs';

const MiB = 1024 * 1024;
/** More resident memory that the large message may take, and that a batch may gain after its first fifth. */
const STREAM_TARGET = 16;
const BATCH_TARGET = 16;
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    'skip-batch': { type: 'boolean', default: false },
    'skip-stream': { type: 'boolean', default: false },
  },
});
const { keys, zone } = sendingDomains('rsa-sha256');
const folder = mkdtempSync(join(tmpdir(), 'truefrom-memory-'));
try {
  if (!values['skip-stream']) stream();
  if (!values['skip-batch']) await batch(Number(values.messages));
} finally {
  rmSync(folder, { recursive: true });
}

function stream() {
  const [small, large] = [50 * 1024, 50 * MiB].map((size) => {
    const { message, envelope } = makeMessage(keys[0], size, 1);
    const [file, facts] = [join(folder, `${size}.eml`), join(folder, `${size}.json`)];
    writeFileSync(file, message);
    writeFileSync(facts, JSON.stringify({ zone, envelope, timeSeconds: TIME_SECONDS }));
    return median([1, 2, 3].map(() => peak(file, facts)));
  });
  judge('50 MB from a stream, more than 50 KB', large - small, STREAM_TARGET);
}

/** @returns the most resident memory of a verification, in MiB */
function peak(file, facts) {
  const child = spawnSync(process.execPath, [join(import.meta.dirname, 'memory-child.mjs'), file, facts], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return Number(child.stdout) / 1024;
}

async function batch(messages) {
  const lines = Array.from({ length: 50 }, (_, i) => {
    const { message, envelope } = makeMessage(keys[i % keys.length], 2048, i + 1);
    const site = { authservId: 'mx.example.net' };
    return { message: message.toString('base64'), ...envelope, site, dns: zone, time: TIME_SECONDS };
  });
  const command = join(import.meta.dirname, '../packages/gateway/bin/truefrom.mjs');
  const child = spawn(process.execPath, [command, 'check', '--batch', '-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const samples = [];
  let [passed, answered, rest] = [0, 0, ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const whole = (rest + text).split('\n');
    rest = whole.pop();
    for (const line of whole) {
      if (JSON.parse(line).verification?.dmarc.status === 'pass') passed++;
      if (++answered % Math.ceil(messages / 20) === 0) samples.push(residentMiB(child.pid));
    }
  });
  for (let i = 0; i < messages; i++)
    if (!child.stdin.write(`${JSON.stringify({ id: String(i), ...lines[i % lines.length] })}\n`))
      await once(child.stdin, 'drain');
  child.stdin.end();
  await once(child, 'close');
  if (passed !== messages)
    throw new Error(`${passed} of ${messages} messages passed, ${answered} were answered`);
  const early = Math.max(...samples.slice(2, 5));
  const late = Math.max(...samples.slice(-4));
  console.log(`resident memory after each twentieth: ${samples.map((s) => Math.round(s)).join(' ')} MiB`);
  judge(`batch of ${messages}, gained after the first quarter`, late - early, BATCH_TARGET);
}

function residentMiB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

function judge(what, value, target) {
  const ok = value < target;
  console.log(`${what}: ${value.toFixed(1)} MiB (target < ${target}): ${ok ? 'ok' : 'miss'}`);
  if (!ok) process.exitCode = 1;
}
