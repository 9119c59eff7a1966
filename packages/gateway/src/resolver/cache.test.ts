import { deepEqual, equal, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { DnsAnswer } from '@truefrom/core';
import fc from 'fast-check';
import { ManualTime } from '../testing/manual-time.js';
import { Cache, type CacheBounds, DEFAULT_CACHE_BOUNDS } from './cache.js';

function cache(bounds: Partial<CacheBounds> = {}): { cache: Cache; time: ManualTime } {
  const time = new ManualTime();
  return { cache: new Cache(time, { ...DEFAULT_CACHE_BOUNDS, ...bounds }), time };
}

function records(ttlSeconds: number, bytes = 10): DnsAnswer<Uint8Array> {
  return { kind: 'records', records: [new Uint8Array(bytes)], ttlSeconds, dnssec: 'unknown' };
}

const lives: readonly [string, DnsAnswer<Uint8Array>, number][] = [
  ['RFC 1035 3.2.1: records live for their TTL', records(300), 300],
  ['a TTL of 0 is held for a second, so that one message asks once', records(0), 1],
  ['a TTL of a day is kept', records(86_400), 86_400],
  ['RFC 8767 4: a longer TTL is capped, here to a day', records(86_401), 86_400],
  ['RFC 2308 5: no such name, for its TTL', { kind: 'no-name', ttlSeconds: 60 }, 60],
  ['RFC 2308 5: no such record, for an hour at most', { kind: 'no-data', ttlSeconds: 3601 }, 3600],
  [
    'RFC 2308 5: a negative answer without SOA is not held for longer than a second',
    { kind: 'no-data', ttlSeconds: 0 },
    1,
  ],
  ['RFC 9520 3.2: a failure is held for some seconds', { kind: 'failed', cause: 'timeout' }, 5],
];
for (const [what, answer, seconds] of lives)
  test(`cache: ${what}`, () => {
    const { cache: held, time } = cache();
    held.put('a.example', 'TXT', answer);
    time.advance(seconds * 1000 - 1);
    equal(held.get('a.example', 'TXT')?.kind, answer.kind);
    time.advance(1);
    equal(held.get('a.example', 'TXT'), undefined);
    deepEqual([held.entries, held.bytes], [0, 0]);
  });

test('cache: the TTL handed out is what is left, in whole seconds', () => {
  const { cache: held, time } = cache();
  const left = (): number | undefined => {
    const answer = held.get('a.example', 'TXT');
    return answer?.kind === 'records' ? answer.ttlSeconds : undefined;
  };
  held.put('a.example', 'TXT', records(10));
  equal(left(), 10);
  time.advance(1);
  equal(left(), 10);
  time.advance(2999);
  equal(left(), 7);
});

test('cache: the record objects stay the same for the life of an entry', () => {
  const { cache: held, time } = cache();
  const first = held.put('a.example', 'TXT', records(10));
  time.advance(4000);
  const later = held.get('a.example', 'TXT');
  ok(first.kind === 'records' && later?.kind === 'records');
  strictEqual(later.records[0], first.records[0]);
});

test('cache: types do not share entries', () => {
  const { cache: held } = cache();
  held.put('a.example', 'TXT', records(10));
  equal(held.get('a.example', 'MX'), undefined);
  equal(held.get('b.example', 'TXT'), undefined);
});

test('cache: over its memory the answer not used for longest goes first, whatever its type', () => {
  const { cache: held } = cache({ maxBytes: 2100 });
  held.put('a', 'TXT', records(10));
  held.put('b', 'MX', { kind: 'no-data', ttlSeconds: 10 });
  held.put('c', 'TXT', records(10));
  held.get('a', 'TXT');
  held.put('d', 'TXT', records(10));
  deepEqual(
    [held.get('a', 'TXT'), held.get('b', 'MX'), held.get('c', 'TXT'), held.get('d', 'TXT')].map(
      (a) => a !== undefined,
    ),
    [true, false, true, true],
  );
  equal(held.evictions, 1);
});

test('cache: an answer that alone is over the memory is handed out but not kept', () => {
  const { cache: held } = cache({ maxBytes: 1000 });
  held.put('a', 'TXT', records(10));
  equal(held.put('big', 'TXT', records(10, 1000)).kind, 'records');
  equal(held.get('big', 'TXT'), undefined);
  equal(held.get('a', 'TXT')?.kind, 'records');
});

test('property: entries and bytes are those of the answers that can be got, and never over the memory', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    type: fc.constantFrom('TXT' as const, 'OPENPGPKEY' as const),
    act: fc.constantFrom('put', 'get', 'wait'),
    bytes: fc.nat(3000),
    ttl: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { cache: held, time } = cache({ maxBytes: 6000 });
      for (const { name, type, act, bytes, ttl } of steps) {
        if (act === 'put') held.put(name, type, records(ttl, bytes));
        else if (act === 'get') held.get(name, type);
        else time.advance(ttl * 500);
        ok(held.bytes <= 6000 && held.bytes >= 0);
      }
      let got = 0;
      for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
        for (const type of ['TXT', 'OPENPGPKEY'] as const) if (held.get(name, type) !== undefined) got++;
      equal(held.entries, got);
      held.clear();
      deepEqual([held.entries, held.bytes], [0, 0]);
    }),
    { numRuns: 200 },
  );
});
