// One zone, asked over the wire and in memory: the two resolvers must say the same.
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { type DnsAnswer, MemoryResolver, readZone, type RecordType } from '@truefrom/core';
import { serveZone } from '../testing/dns-server.js';
import { createResolver } from './index.js';

const zone = {
  'a.example': {
    A: ['192.0.2.1', '192.0.2.2'],
    AAAA: ['2001:db8::1'],
    MX: [[10, 'mx.example'], '20 mx2.example'],
    NS: ['ns.example'],
    TXT: [['v=spf1 ', '-all'], '', 'x'.repeat(600)],
    TLSA: ['030101aa'],
    SMIMEA: ['03010100'],
    OPENPGPKEY: ['99'],
  },
  '1.2.0.192.in-addr.arpa': { PTR: ['a.example'] },
  'null-mx.example': { MX: ['0 .'] },
  'alias.example': { CNAME: 'alias2.example' },
  'alias2.example': { CNAME: 'a.example' },
  'nowhere.example': { CNAME: 'missing.example' },
  'loop.example': { CNAME: 'loop2.example' },
  'loop2.example': { CNAME: 'loop.example' },
  'refused.example': { error: 'REFUSED' },
  'broken.example': { TXT: ['works'], errors: { MX: 'SERVFAIL', A: 'NXDOMAIN' } },
  'deep.below.example': { TXT: ['x'] },
  'big.example': { TXT: Array.from({ length: 200 }, (_, i) => `${i} ${'y'.repeat(200)}`) },
  '_dmarc.xn--bcher-kva.example': { TXT: ['v=DMARC1; p=none'] },
};

const types: readonly RecordType[] = ['A', 'AAAA', 'MX', 'NS', 'PTR', 'TXT', 'TLSA', 'SMIMEA', 'OPENPGPKEY'];
const alsoAsked = ['missing.example', 'below.example', 'example', 'A.EXAMPLE.', '_dmarc.bücher.example'];

test('every name and type of a zone is answered over the wire as it is in memory', async (t) => {
  const server = await serveZone(zone);
  const wire = createResolver({ servers: [server.address] });
  t.after(async () => {
    await wire.close();
    await server.close();
  });
  const memory = new MemoryResolver(readZone(zone).zone);
  for (const name of [...Object.keys(zone), ...alsoAsked])
    for (const type of types)
      deepEqual(plain(await wire.query(name, type)), plain(memory.query(name, type)), `${name} ${type}`);
  // The big answers came over TCP.
  deepEqual(
    server.asked.filter((question) => question.startsWith('tcp')),
    ['tcp big.example 16'],
  );
});

test('a zone that says TIMEOUT is silent', async (t) => {
  const server = await serveZone({ 'silent.example': { error: 'TIMEOUT' } });
  const wire = createResolver({ servers: [server.address], tryMs: 20, rounds: 1 });
  t.after(async () => {
    await wire.close();
    await server.close();
  });
  deepEqual(await wire.query('silent.example', 'TXT'), { kind: 'failed', cause: 'timeout' });
  equal(server.asked.length, 1);
});

/** Without what only one of the two knows. */
function plain<T>(answer: DnsAnswer<T>): unknown {
  switch (answer.kind) {
    case 'records':
      return { kind: answer.kind, records: answer.records, ttlSeconds: answer.ttlSeconds };
    case 'no-data':
    case 'no-name':
      return { kind: answer.kind, ttlSeconds: answer.ttlSeconds };
    case 'failed':
      return answer;
  }
}
