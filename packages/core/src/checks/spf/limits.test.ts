// Work is counted, not timed: how many DNS questions a stranger's records can make us ask.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DnsAnswer, RecordType, RecordTypes, Resolver } from '../../dns/resolver.js';
import { runSpf, runSpfCounted, spfEnvelope } from '../../testing/spf.js';
import { world } from '../../testing/world.js';
import { DEFAULT_LIMITS } from '../../words/limits.js';
import { checkSpf } from './check-spf.js';

type ZoneJson = Record<string, unknown>;

/** `n` terms that ask DNS, then one that passes. */
function terms(n: number, term = 'a:x.test'): ZoneJson {
  return {
    'example.com': { TXT: [`v=spf1${` ${term}`.repeat(n)} ip4:192.0.2.1`] },
    'x.test': { A: '198.51.100.1' },
  };
}

const lookups: readonly (readonly [name: string, ZoneJson, status: string, lookups: number])[] = [
  ['ten terms', terms(10), 'pass', 10],
  ['eleven terms', terms(11), 'permerror', 10],
  [
    'ip4, all and exp do not count',
    { 'example.com': { TXT: [`v=spf1 ${'ip4:198.51.100.1 '.repeat(50)}-all exp=x.test`] } },
    'fail',
    0,
  ],
  [
    'an include counts, and what is inside it',
    { ...terms(9, 'a:x.test'), 'example.org': { TXT: ['v=spf1 include:example.com -all'] } },
    'pass',
    10,
  ],
  [
    'one more',
    { ...terms(10, 'a:x.test'), 'example.org': { TXT: ['v=spf1 include:example.com -all'] } },
    'permerror',
    10,
  ],
  ['a redirect counts', { ...terms(9), 'example.org': { TXT: ['v=spf1 redirect=example.com'] } }, 'pass', 10],
  [
    'one more behind a redirect',
    { ...terms(10), 'example.org': { TXT: ['v=spf1 redirect=example.com'] } },
    'permerror',
    10,
  ],
  [
    'a redirect as the eleventh',
    {
      ...terms(0),
      'x.test': { A: '198.51.100.1' },
      'example.org': { TXT: [`v=spf1${' a:x.test'.repeat(10)} redirect=example.com`] },
    },
    'permerror',
    10,
  ],
  [
    'the PTR question of %{p} counts once',
    {
      ...terms(9),
      'example.org': {
        TXT: [`v=spf1 -exists:%{p}.q.test ?exists:%{p}.q.test${' a:x.test'.repeat(7)} ip4:192.0.2.1`],
      },
    },
    'pass',
    10,
  ],
  [
    'and may be the eleventh',
    {
      ...terms(9),
      'example.org': { TXT: [`v=spf1${' a:x.test'.repeat(9)} exists:%{p}.q.test ip4:192.0.2.1`] },
    },
    'permerror',
    10,
  ],
];
for (const [name, zone, status, count] of lookups)
  test(`RFC 7208 4.6.4: terms that ask DNS: ${name}`, async () => {
    const from = 'example.org' in zone ? 'ann@example.org' : 'ann@example.com';
    const result = await runSpf(zone, { from });
    equal(result.status, status);
    if (result.status === 'permerror') equal(result.reason, 'lookup-limit');
    equal(result.cost.lookups, count);
  });

const voids: readonly (readonly [
  name: string,
  record: string,
  status: string,
  voids: number,
  ip?: string,
])[] = [
  ['two', 'a:n1.test a:n2.test ip4:192.0.2.1', 'pass', 2],
  ['three', 'a:n1.test a:n2.test a:n3.test ip4:192.0.2.1', 'permerror', 3],
  ['no such name and no such record alike', 'a:n1.test a:txt.test exists:txt.test', 'permerror', 3],
  ['mx without MX', 'mx:n1.test mx:txt.test mx:n3.test', 'permerror', 3],
  ['a term that asks several times is one', 'mx:three.test mx:three.test ip4:192.0.2.1', 'pass', 2],
  ['and each such term one', 'mx:three.test mx:three.test mx:three.test', 'permerror', 3],
  ['ptr without a name is one', 'ptr a:n1.test ip4:192.0.2.1', 'pass', 2],
  [
    'names of the client that do not exist are none',
    'ptr:pp.test ptr:pp.test ptr:pp.test ip6:2001:db8::1',
    'pass',
    0,
    '2001:db8::1',
  ],
  ['hosts without AAAA do not make IPv6 mail fail', 'mx:v4.test ip6:2001:db8::1', 'pass', 1, '2001:db8::1'],
];
for (const [name, record, status, count, ip] of voids)
  test(`RFC 7208 4.6.4: void lookups: ${name}`, async () => {
    const zone = {
      'example.com': { TXT: [`v=spf1 ${record} -all`] },
      'txt.test': { TXT: ['hi'] },
      'three.test': {
        MX: [
          [1, 'm1.test'],
          [2, 'm2.test'],
          [3, 'm3.test'],
        ],
      },
      'v4.test': {
        MX: [
          [1, 'h1.test'],
          [2, 'h2.test'],
          [3, 'h3.test'],
        ],
      },
      'h1.test': { A: '198.51.100.1' },
      'h2.test': { A: '198.51.100.2' },
      'h3.test': { A: '198.51.100.3' },
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': {
        PTR: ['a.pp.test', 'b.pp.test', 'c.pp.test', 'd.pp.test'],
      },
    };
    const result = await runSpf(zone, ip === undefined ? {} : { ip });
    equal(result.status, status);
    if (result.status === 'permerror') equal(result.reason, 'void-limit');
    equal(result.cost.voidLookups, count);
  });

test('RFC 7208 4.6.4: void lookups: exp does not count', async () => {
  const result = await runSpf({ 'example.com': { TXT: ['v=spf1 a:n1.test a:n2.test -all exp=n3.test'] } });
  equal(result.status, 'fail');
  equal(result.cost.voidLookups, 2);
});

/** A domain whose MX hosts are m0 ... m(n-1), the last of which is the client. */
function mxZone(n: number): ZoneJson {
  const zone: ZoneJson = {
    'example.com': { TXT: ['v=spf1 mx -all'], MX: Array.from({ length: n }, (_, i) => [i, `m${i}.test`]) },
  };
  for (let i = 0; i < n; i++) zone[`m${i}.test`] = { A: i === n - 1 ? '192.0.2.1' : '198.51.100.1' };
  return zone;
}

test('RFC 7208 4.6.4: the tenth MX host is asked about', async () => {
  equal((await runSpf(mxZone(10))).status, 'pass');
});

test('RFC 7208 4.6.4: an eleventh MX host is a permerror, and is not asked about', async () => {
  const { result, questions } = await runSpfCounted(mxZone(11));
  ok(result.status === 'permerror' && result.reason === 'mx-limit');
  equal(questions.length, 2 + 10);
});

test('RFC 7208 4.6.4: a match among the first ten of a thousand MX hosts stands', async () => {
  const zone = mxZone(1000);
  zone['m3.test'] = { A: '192.0.2.1' };
  const { result, questions } = await runSpfCounted(zone);
  equal(result.status, 'pass');
  equal(questions.length, 2 + 4);
});

test('RFC 7208 4.6.4: the order of MX records does not change the answer', async () => {
  const zone = mxZone(11);
  const reversed = {
    ...zone,
    'example.com': {
      TXT: ['v=spf1 mx -all'],
      MX: Array.from({ length: 11 }, (_, i) => [10 - i, `m${10 - i}.test`]),
    },
  };
  equal((await runSpf(reversed)).status, (await runSpf(zone)).status);
});

/** A client with `n` PTR names, of which only the last points back. */
function ptrZone(n: number, record = 'v=spf1 ptr:pp.test -all'): ZoneJson {
  const zone: ZoneJson = {
    'example.com': { TXT: [record] },
    '1.2.0.192.in-addr.arpa': { PTR: Array.from({ length: n }, (_, i) => `p${i}.pp.test`) },
  };
  for (let i = 0; i < n; i++) zone[`p${i}.pp.test`] = { A: i === n - 1 ? '192.0.2.1' : '198.51.100.1' };
  return zone;
}

test('RFC 7208 4.6.4: the tenth PTR name is asked about', async () => {
  equal((await runSpf(ptrZone(10))).status, 'pass');
});

test('RFC 7208 4.6.4: PTR names past the tenth are ignored, no permerror', async () => {
  const { result, questions } = await runSpfCounted(ptrZone(11));
  equal(result.status, 'fail');
  equal(questions.length, 2 + 10);
});

// ── Records made to fan out ─────────────────────────────────────────────────

test('RFC 7208 11.1: a thousand PTR names, ten "ptr" terms and %{p} in the explanation: eleven questions', async () => {
  const record = `v=spf1${' ptr:pp.test'.repeat(10)} -all exp=%{p}.x.test`;
  const { questions } = await runSpfCounted(ptrZone(1000, record));
  equal(questions.length, 1 + 1 + 10 + 1);
});

test('RFC 7208 11.1: ten "mx" of ten hosts each: a hundred and eleven questions', async () => {
  const zone: ZoneJson = {
    'example.com': { TXT: [`v=spf1${Array.from({ length: 20 }, (_, i) => ` mx:d${i}.test`).join('')} -all`] },
  };
  for (let i = 0; i < 20; i++) {
    zone[`d${i}.test`] = { MX: Array.from({ length: 10 }, (_, k) => [k, `h${k}.d${i}.test`]) };
    for (let k = 0; k < 10; k++) zone[`h${k}.d${i}.test`] = { A: '198.51.100.1' };
  }
  const { result, questions } = await runSpfCounted(zone);
  ok(result.status === 'permerror' && result.reason === 'lookup-limit');
  equal(questions.length, 1 + 10 * 11);
});

test('RFC 7208 11.1: an include bomb, ten includes in each record: eleven questions', async () => {
  const zone: ZoneJson = {};
  const bomb = (name: string, depth: number): void => {
    zone[name] = {
      TXT: [`v=spf1${Array.from({ length: 10 }, (_, i) => ` include:i${i}.${name}`).join('')} ?all`],
    };
    if (depth > 0) for (let i = 0; i < 10; i++) bomb(`i${i}.${name}`, depth - 1);
  };
  bomb('example.com', 2);
  const { result, questions } = await runSpfCounted(zone);
  equal(result.status, 'permerror');
  ok(questions.length <= 11);
});

test('RFC 7208 11.1: an endless chain of includes made by a macro: eleven questions', async () => {
  const txt = 'v=spf1 include:a.%{d} -all';
  const questions: string[] = [];
  const endless: Resolver = {
    query<K extends RecordType>(name: string, type: K): DnsAnswer<RecordTypes[K]> {
      questions.push(`${name}/${type}`);
      const records = [new TextEncoder().encode(txt)] as unknown as RecordTypes[K][];
      return { kind: 'records', records, ttlSeconds: 1, dnssec: 'unknown' };
    },
  };
  const result = await checkSpf(spfEnvelope({}), { ...world({}), resolver: endless });
  ok(result.status === 'permerror' && result.reason === 'lookup-limit');
  equal(questions.length, 11);
});

const loops: readonly (readonly [name: string, ZoneJson, questions: number])[] = [
  ['include of itself', { 'example.com': { TXT: ['v=spf1 include:example.com -all'] } }, 1],
  ['redirect to itself', { 'example.com': { TXT: ['v=spf1 redirect=EXAMPLE.com.'] } }, 1],
  [
    'include and redirect in a ring',
    { 'example.com': { TXT: ['v=spf1 include:b.test'] }, 'b.test': { TXT: ['v=spf1 redirect=example.com'] } },
    2,
  ],
];
for (const [name, zone, count] of loops)
  test(`RFC 7208 4.6.4: loop: ${name}`, async () => {
    const { result, questions } = await runSpfCounted(zone);
    ok(result.status === 'permerror' && result.reason === 'loop');
    equal(questions.length, count);
  });

test('RFC 7208 4.6.4: the same include twice, one after the other, is no loop', async () => {
  const zone = {
    'example.com': { TXT: ['v=spf1 include:b.test include:b.test -all'] },
    'b.test': { TXT: ['v=spf1 ?all'] },
  };
  equal((await runSpf(zone)).status, 'fail');
});

test('RFC 7208 11.1: ten thousand terms: one question, and a tree and trace of bounded size', async () => {
  const { result, questions } = await runSpfCounted({
    'example.com': { TXT: [`v=spf1${' ip4:1.2.3.4'.repeat(5000)} ?all${' +a'.repeat(1500)}`] },
  });
  equal(result.status, 'neutral');
  deepEqual(questions, ['example.com/TXT']);
  equal(result.tree.length, DEFAULT_LIMITS.traceSteps);
  ok(result.trace.length <= DEFAULT_LIMITS.traceSteps);
});

/** A record of exactly `bytes` bytes. */
function recordOf(bytes: number): ZoneJson {
  const start = 'v=spf1 ip4:192.0.2.1 x=';
  return { 'example.com': { TXT: [start + 'y'.repeat(bytes - start.length)] } };
}

test('RFC 7208 3.4: a record as long as allowed, and one byte longer', async () => {
  const limits = { recordBytes: 1000 };
  equal((await runSpf(recordOf(1000), {}, { limits })).status, 'pass');
  const over = await runSpf(recordOf(1001), {}, { limits });
  ok(over.status === 'permerror' && over.problem?.code === 'spf/record-length');
  equal((await runSpf(recordOf(DEFAULT_LIMITS.recordBytes))).status, 'pass');
  equal((await runSpf(recordOf(DEFAULT_LIMITS.recordBytes + 1))).status, 'permerror');
});

test('RFC 7208 11.5.3: a macro expands to as much as allowed, and one character more', async () => {
  const zone = { 'example.com': { TXT: ['v=spf1 exists:%{h} ip4:192.0.2.1'] } };
  const { macroBytes } = DEFAULT_LIMITS;
  equal((await runSpf(zone, { helo: 'a.'.repeat(macroBytes / 2) })).status, 'pass');
  const over = await runSpf(zone, { helo: `${'a.'.repeat(macroBytes / 2)}a` });
  equal(over.status, 'pass');
  ok(over.trace.some(({ text }) => text.includes(`more than ${macroBytes} characters`)));
});

test('RFC 7208 7.3: a HELO or local part of any length does not turn "fail" into an error', async () => {
  const zone = { 'example.com': { TXT: ['v=spf1 exists:%{h}.x.test exists:%{l}.x.test exists:%{s} -all'] } };
  const long = 'a.'.repeat(100_000);
  for (const change of [
    { helo: `${long}a` },
    { from: `${long}@example.com` },
    { helo: `${long}a`, from: `${long}@example.com` },
  ])
    equal((await runSpf(zone, { ip: '198.51.100.7', ...change })).status, 'fail');
});

// ── Time ────────────────────────────────────────────────────────────────────

/** Answers late: the clock moves on by `stepMs` with every question. */
async function slow(zone: ZoneJson, stepMs: number, deadlineMs?: number): ReturnType<typeof checkSpf> {
  let nowMs = 1_768_478_400_000;
  const inner = world(zone);
  const resolver: Resolver = {
    async query(name, type, options) {
      await Promise.resolve();
      nowMs += stepMs;
      return inner.resolver.query(name, type, options);
    },
  };
  return checkSpf(spfEnvelope({}), {
    ...inner,
    resolver,
    clock: { now: () => new Date(nowMs) },
    ...(deadlineMs !== undefined && { limits: { deadlineMs } }),
  });
}

test('RFC 7208 4.6.4: twenty seconds are enough, a millisecond more is a temperror', async () => {
  equal((await slow(terms(4), 4000)).status, 'pass');
  const late = await slow(terms(4), 4001);
  ok(late.status === 'temperror' && late.reason === 'deadline');
  equal(late.name, 'x.test');
  equal((await slow(terms(4), 4001, 30_000)).status, 'pass');
});

test('RFC 7208 4.6.4: no question is asked once the time is over', async () => {
  const late = await slow(ptrZone(10), 11_000);
  ok(late.status === 'temperror' && late.reason === 'deadline');
  equal(late.trace.filter((step) => step.lookup !== undefined).length, 2);
});

test('RFC 7208 6.2: time that runs out over exp leaves the fail without words', async () => {
  const zone = { 'example.com': { TXT: ['v=spf1 -all exp=x.test'] }, 'x.test': { TXT: ['No.'] } };
  const result = await slow(zone, 15_000);
  ok(result.status === 'fail' && result.explanation === undefined);
});

// ── Mistakes of peers ───────────────────────────────────────────────────────

test('mistake of peers: a void lookup counted twice, for A and for AAAA', async () => {
  const { result, questions } = await runSpfCounted({
    'example.com': { TXT: ['v=spf1 a:n1.test a:n2.test ip4:192.0.2.1'] },
  });
  equal(result.status, 'pass');
  deepEqual(questions, ['example.com/TXT', 'n1.test/A', 'n2.test/A']);
});

test('mistake of peers: MX hosts counted as terms', async () => {
  equal((await runSpf(mxZone(10))).cost.lookups, 1);
});

test('mistake of peers: the lookup limit reached too early, the checked record itself being counted', async () => {
  equal((await runSpf(terms(10))).status, 'pass');
});

test('mistake of peers: running out of time reported as permerror', async () => {
  equal((await slow(terms(10), 3000)).status, 'temperror');
});

test('mistake of peers: ptr missing, or tripping over the final dot', async () => {
  const zone = { ...ptrZone(1), '1.2.0.192.in-addr.arpa': { PTR: 'p0.PP.test.' } };
  equal((await runSpf(zone)).status, 'pass');
});

test('mistake of peers: an underscore in a name, a CNAME chain', async () => {
  const zone = {
    'example.com': { TXT: ['v=spf1 include:_spf.b_.test -all'] },
    '_spf.b_.test': { CNAME: 'c.test' },
    'c.test': { CNAME: 'd.test' },
    'd.test': { TXT: ['v=spf1 ip4:192.0.2.1'] },
  };
  equal((await runSpf(zone)).status, 'pass');
});

// ── Anything at all ─────────────────────────────────────────────────────────

test('any records: a verdict, never an exception, within the question bounds', async () => {
  const name = fc.constantFrom(
    'example.com',
    'b.test',
    'c.test',
    '%{d}',
    '%{l}.b.test',
    '%{p}.test',
    'gone.test',
    '%{h}',
  );
  const term = fc.oneof(
    fc
      .tuple(fc.constantFrom('include:', 'a:', '-a:', 'mx:', 'ptr:', 'exists:', 'redirect=', 'exp='), name)
      .map((t) => t.join('')),
    fc.constantFrom('a', 'mx', 'ptr', '?all', 'ip4:192.0.2.0/24', 'x=y', 'a/0', 'ip6:::/0'),
  );
  const record = fc.array(term, { maxLength: 8 }).map((list) => `v=spf1 ${list.join(' ')}`);
  const word = fc.string({ unit: 'binary', maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(record, record, record, word, word, async (a, b, c, helo, localPart) => {
      const zone = {
        'example.com': { TXT: [a], MX: [[1, 'b.test']], A: '198.51.100.1' },
        'b.test': { TXT: [b], A: '198.51.100.2' },
        'c.test': {
          TXT: [c],
          MX: [
            [1, 'c.test'],
            [2, 'example.com'],
          ],
          A: '192.0.2.9',
        },
        '1.2.0.192.in-addr.arpa': { PTR: ['example.com', 'c.test'] },
      };
      const { result, questions } = await runSpfCounted(zone, { helo, from: `${localPart}@example.com` });
      ok(result.cost.lookups <= 10);
      ok(questions.length <= 1 + 10 * 11 + 13);
      deepEqual(JSON.parse(JSON.stringify(result.tree)), result.tree);
    }),
    { numRuns: 300 },
  );
});
