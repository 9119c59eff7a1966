// A 50 MB message from a stream against one of 50 KB, each in a process of its own: how much memory it ever held.
import { equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { envelope } from '../testing/readings.js';
import { domain } from '../testing/results.js';
import { world } from '../testing/world.js';
import { verifyMessage } from './verify-message.js';

const MiB = 1024 * 1024;
const MOST_MORE = 16 * MiB;
/** Names the body size in bytes and makes this file the measured process. */
const CHILD = 'TRUEFROM_STREAM_MEMORY_BYTES';

const size = process.env[CHILD];
if (size !== undefined) await measure(Number(size));
else
  test(
    'a 50 MB message from a stream takes less than 16 MB more memory than one of 50 KB',
    { skip: process.platform === 'linux' ? false : 'memory is read from /proc' },
    () => {
      const more = peak(50 * MiB) - peak(50 * 1024);
      ok(more < MOST_MORE, `${(more / MiB).toFixed(1)} MiB more`);
    },
  );

function peak(bodyBytes: number): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    encoding: 'utf8',
    env: { ...process.env, [CHILD]: String(bodyBytes), NODE_OPTIONS: '' },
  });
  equal(status, 0, stderr);
  return Number(stdout);
}

// The signatures ask for both canonicalizations; that they fail at the end changes nothing about the reading.
async function measure(bodyBytes: number): Promise<void> {
  const signatures = ['relaxed/relaxed', 'simple/simple']
    .map((c) => `DKIM-Signature: v=1; a=rsa-sha256; c=${c}; d=a.example; s=s; h=from; bh=AAAA; b=AAAA\r\n`)
    .join('');
  // One buffer for all pieces, as a server reads from its socket: what is measured is the engine, not its source.
  const piece = Buffer.alloc(
    65_536,
    'A line of mail as it is written every day, with a blank at the end \r\n',
  );
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`${signatures}From: a@a.example\r\n\r\n`);
    for (let sent = 0; sent < bodyBytes; sent += piece.length) {
      await new Promise((resolve) => setImmediate(resolve));
      yield piece;
    }
  }
  const site = {
    authservId: 'mx.example',
    ownDomains: new Set([domain('b.example')]),
    trustedSealers: new Set<never>(),
  };
  const found = await verifyMessage(source(), envelope('a@a.example'), site, world({}));
  if (found.facts.bytes < bodyBytes || found.dkim.length !== 2) throw new Error('the message was not read');
  // Not resourceUsage().maxRSS: after a fork that begins with what the parent held.
  const kibibytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  process.stdout.write(String(Number(kibibytes) * 1024));
}
