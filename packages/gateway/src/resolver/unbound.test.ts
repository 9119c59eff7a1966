// A real resolver as the peer: its own zones, zones it recurses for over loopback, and zones it validates.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DnsAnswer, RecordType } from '@truefrom/core';
import { serveZone } from '../testing/dns-server.js';
import { scriptedServer, txt } from '../testing/scripted-server.js';
import { signedZone } from '../testing/signed-zone.js';
import { startUnbound, unboundMissing } from '../testing/unbound.js';
import { type ClosableResolver, createResolver, type ResolverOptions, type ServerAddress } from './index.js';

const skip = unboundMissing;

async function resolverOver(
  t: TestContext,
  server: readonly string[],
  zones = '',
  options: ResolverOptions = {},
): Promise<ClosableResolver> {
  const unbound = await startUnbound(server, zones);
  const resolver = createResolver({ servers: [unbound.address], ...options });
  t.after(async () => {
    await resolver.close();
    await unbound.close();
  });
  return resolver;
}

function stubZone(name: string, { host, port }: ServerAddress): string {
  return `stub-zone:\n  name: "${name}"\n  stub-addr: ${host}@${port}\n`;
}

function show(answer: DnsAnswer<unknown>): string {
  if (answer.kind === 'failed') return `failed ${answer.cause}`;
  if (answer.kind !== 'records') return answer.kind;
  const records = answer.records.map((r) =>
    r instanceof Uint8Array ? Buffer.from(r).toString('latin1') : JSON.stringify(r),
  );
  return records.sort().join(' | ');
}

const local = [
  'module-config: "iterator"',
  'local-zone: "test." static',
  'local-zone: "refused.test." refuse',
  'local-zone: "denied.test." always_deny',
  ...[
    'test. 900 IN SOA ns.test. hostmaster.test. 1 2 3 4 77',
    'a.test. 300 IN A 192.0.2.1',
    'a.test. 300 IN A 192.0.2.2',
    'a.test. 300 IN AAAA 2001:db8::1',
    'a.test. 300 IN MX 10 mx.test.',
    'a.test. 300 IN TXT "v=spf1 " "-all"',
    '_25._tcp.a.test. 300 IN TLSA 3 1 1 0a0b',
    'h._smimecert.a.test. 300 IN TYPE53 \\# 4 03010100',
    'h._openpgpkey.a.test. 300 IN TYPE61 \\# 2 9901',
    'alias.test. 300 IN CNAME a.test.',
    'loop.test. 300 IN CNAME loop.test.',
    ...Array.from({ length: 60 }, (_, i) => `big.test. 300 IN TXT "${i} ${'x'.repeat(100)}"`),
  ].map((record) => `local-data: '${record}'`),
  'local-data-ptr: "192.0.2.1 a.test"',
];

test('unbound: zones of its own', { skip }, async (t) => {
  const resolver = await resolverOver(t, local);
  const rows: readonly [string, RecordType, string][] = [
    ['a.test', 'A', '"192.0.2.1" | "192.0.2.2"'],
    ['A.Test.', 'AAAA', '"2001:db8::1"'],
    ['a.test', 'MX', '{"preference":10,"exchange":"mx.test"}'],
    ['a.test', 'TXT', 'v=spf1 -all'],
    ['1.2.0.192.in-addr.arpa', 'PTR', '"a.test"'],
    ['_25._tcp.a.test', 'TLSA', '\x03\x01\x01\x0a\x0b'],
    ['h._smimecert.a.test', 'SMIMEA', '\x03\x01\x01\0'],
    ['h._openpgpkey.a.test', 'OPENPGPKEY', '\x99\x01'],
    // unbound does not follow an alias in a zone of its own: the target is asked for.
    ['alias.test', 'TXT', 'v=spf1 -all'],
    ['loop.test', 'TXT', 'failed servfail'],
    ['a.test', 'NS', 'no-data'],
    ['missing.test', 'TXT', 'no-name'],
    ['_tcp.a.test', 'TXT', 'no-data'],
    ['x.refused.test', 'TXT', 'failed refused'],
  ];
  for (const [name, type, expected] of rows)
    equal(show(await resolver.query(name, type)), expected, `${name} ${type}`);
  const missing = resolver.query('missing.test', 'TXT');
  deepEqual(missing, { kind: 'no-name', ttlSeconds: 77, dnssec: 'unknown' });
  equal(resolver.stats().sentTcp, 0);
  const big = await resolver.query('big.test', 'TXT');
  equal(big.kind === 'records' && big.records.length, 60);
  equal(resolver.stats().sentTcp, 1);
  deepEqual(resolver.stats().ignoredReplies, { source: 0, garbage: 0, id: 0, question: 0, case: 0 });
});

test('unbound: a zone it is silent about', { skip }, async (t) => {
  const resolver = await resolverOver(t, local, '', { tryMs: 20, rounds: 1 });
  equal(show(await resolver.query('x.denied.test', 'TXT')), 'failed timeout');
});

test('unbound: it recurses, we ask once', { skip }, async (t) => {
  const zone = await serveZone({
    'zone.test': { NS: ['ns.zone.test'], TXT: ['v=spf1 -all'] },
    'ns.zone.test': { A: ['127.0.0.1'] },
    'alias.zone.test': { CNAME: 'alias2.zone.test' },
    'alias2.zone.test': { CNAME: 'zone.test' },
    'broken.zone.test': { error: 'SERVFAIL' },
  });
  t.after(() => zone.close());
  const resolver = await resolverOver(
    t,
    ['module-config: "iterator"', 'local-zone: "test." nodefault'],
    stubZone('zone.test', zone.address),
  );
  equal(show(await resolver.query('alias.zone.test', 'TXT')), 'v=spf1 -all');
  equal(resolver.stats().sentUdp, 1);
  equal(show(await resolver.query('zone.test', 'MX')), 'no-data');
  equal(show(await resolver.query('missing.zone.test', 'MX')), 'no-name');
  equal(show(await resolver.query('broken.zone.test', 'MX')), 'failed servfail');
});

test(
  'unbound: validated is "secure", unsigned is "unknown", not signed where it must be is "bogus"',
  { skip },
  async (t) => {
    const zone = signedZone('signed.test');
    const good = [txt('signed.test', 'v=spf1 -all')];
    const forged = [txt('forged.signed.test', 'v=spf1 +all')];
    const key = [zone.key, zone.signature([zone.key])];
    const authority = await scriptedServer({
      udp: ({ question, reply }, send) => {
        const at = `${question.name} ${question.type}`;
        const authoritative = true;
        if (at === 'signed.test 48') return send(reply({ authoritative, answers: key }));
        if (at === 'signed.test 16')
          return send(reply({ authoritative, answers: [...good, zone.signature(good)] }));
        if (at === 'forged.signed.test 16') return send(reply({ authoritative, answers: forged }));
        if (at === 'unsigned.test 16')
          return send(reply({ authoritative, answers: [txt('unsigned.test', 'x')] }));
        return send(reply({ authoritative, rcode: 3 }));
      },
    });
    t.after(() => authority.close());
    const resolver = await resolverOver(
      t,
      [
        'module-config: "validator iterator"',
        `trust-anchor: "${zone.trustAnchor}"`,
        'local-zone: "test." nodefault',
      ],
      stubZone('signed.test', authority.address) + stubZone('unsigned.test', authority.address),
    );
    const signed = await resolver.query('signed.test', 'TXT');
    ok(signed.kind === 'records', show(signed));
    equal(signed.dnssec, 'secure');
    const unsigned = await resolver.query('unsigned.test', 'TXT');
    ok(unsigned.kind === 'records', show(unsigned));
    equal(unsigned.dnssec, 'unknown');
    equal(show(await resolver.query('forged.signed.test', 'TXT')), 'failed bogus');
  },
);
