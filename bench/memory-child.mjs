// Verifies one message file from a stream and says how much memory the process ever held.
// Usage: started by memory.mjs with a message and a file of zone and envelope.
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { nodeCrypto } from '../packages/core/dist/node/index.js';
import {
  MemoryResolver,
  parseIp,
  parseMailFrom,
  readZone,
  verifyMessage,
} from '../packages/core/dist/src/index.js';

const [, , message, facts] = process.argv;
const { zone, envelope, timeSeconds } = JSON.parse(readFileSync(facts, 'utf8'));
const found = await verifyMessage(
  pieces(message),
  {
    clientIp: parseIp(envelope.clientIp).value,
    helo: envelope.helo,
    mailFrom: parseMailFrom(envelope.mailFrom).value,
    rcptTo: [],
  },
  { authservId: 'mx.example.net', ownDomains: new Set(), trustedSealers: new Set() },
  {
    resolver: new MemoryResolver(readZone(zone).zone),
    crypto: nodeCrypto(),
    clock: { now: () => new Date(timeSeconds * 1000) },
  },
);
if (found.dkim[0]?.status !== 'pass' || found.dmarc.status !== 'pass')
  throw new Error(JSON.stringify(found.dkim));
// Not resourceUsage().maxRSS: after a fork that begins with what the parent held.
console.log(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);

/**
 * A file in pieces, through one buffer after the first: as a server reads from its socket. A stream of node:fs takes a new
 * buffer for each piece and alone would add more than the engine may.
 */
async function* pieces(path) {
  const file = await open(path);
  try {
    for (let piece = Buffer.alloc(65_536), first = true; ;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, null);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
      if (first) piece = Buffer.alloc(65_536);
      first = false;
    }
  } finally {
    await file.close();
  }
}
