import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryResolver } from './memory-resolver.js';
import type { RecordType } from './resolver.js';
import { readZone } from './zone.js';

function ask(zone: unknown, name: string, type: RecordType): unknown {
  const read = readZone(zone);
  deepEqual(read.problems, []);
  const answer = new MemoryResolver(read.zone).query(name, type);
  if (answer.kind === 'failed') return answer.cause;
  if (answer.kind !== 'records') return answer.kind;
  return answer.records.map((record) =>
    record instanceof Uint8Array ? Buffer.from(record).toString() : record,
  );
}

const chain = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`c${i}.test`, { CNAME: `c${i + 1}.test` }]),
);
const answers: readonly (readonly [string, unknown, string, RecordType, unknown])[] = [
  ['TXT as one string', { 'a.test': { TXT: ['one', 'two'] } }, 'a.test', 'TXT', ['one', 'two']],
  ['TXT as character-strings', { 'a.test': { TXT: [['o', 'ne'], 'two'] } }, 'a.test', 'TXT', ['one', 'two']],
  ['TXT as a bare string', { 'a.test': { TXT: 'one' } }, 'a.test', 'TXT', ['one']],
  ['case and final dot do not count', { 'A.Test.': { A: ['192.0.2.1'] } }, 'a.TEST.', 'A', ['192.0.2.1']],
  ['a U-label name', { 'bücher.test': { A: ['192.0.2.1'] } }, 'xn--bcher-kva.test', 'A', ['192.0.2.1']],
  [
    'MX as a pair',
    { 'a.test': { MX: [[10, 'Mx.Test.']] } },
    'a.test',
    'MX',
    [{ preference: 10, exchange: 'mx.test' }],
  ],
  [
    'MX as one pair',
    { 'a.test': { MX: [10, 'mx.test'] } },
    'a.test',
    'MX',
    [{ preference: 10, exchange: 'mx.test' }],
  ],
  [
    'MX as text',
    { 'a.test': { MX: ['5 mx.test'] } },
    'a.test',
    'MX',
    [{ preference: 5, exchange: 'mx.test' }],
  ],
  [
    'MX with priority',
    { 'a.test': { MX: [{ priority: 0, exchange: 'mx.test' }] } },
    'a.test',
    'MX',
    [{ preference: 0, exchange: 'mx.test' }],
  ],
  ['no such name', { 'a.test': { A: ['192.0.2.1'] } }, 'b.test', 'A', 'no-name'],
  ['no such type', { 'a.test': { A: ['192.0.2.1'] } }, 'a.test', 'TXT', 'no-data'],
  ['RFC 8020 2: an ancestor exists', { 'x.a.test': { A: ['192.0.2.1'] } }, 'a.test', 'TXT', 'no-data'],
  ['an error of the name', { 'a.test': { error: 'SERVFAIL' } }, 'a.test', 'A', 'servfail'],
  [
    'an error of the name spares a type with an answer',
    { 'a.test': { error: 'TIMEOUT', A: ['192.0.2.1'] } },
    'a.test',
    'A',
    ['192.0.2.1'],
  ],
  [
    'an error of one type',
    { 'a.test': { A: ['192.0.2.1'], errors: { TXT: 'TIMEOUT' } } },
    'a.test',
    'TXT',
    'timeout',
  ],
  ['an error in place of records', { 'a.test': { TXT: { error: 'REFUSED' } } }, 'a.test', 'TXT', 'refused'],
  ['NXDOMAIN as an error', { 'a.test': { error: 'NXDOMAIN' } }, 'a.test', 'TXT', 'no-name'],
  ['CNAME is followed', { 'a.test': { CNAME: 'b.test' }, 'b.test': { TXT: ['x'] } }, 'a.test', 'TXT', ['x']],
  [
    'CNAME as a list of one',
    { 'a.test': { CNAME: ['b.test'] }, 'b.test': { TXT: ['x'] } },
    'a.test',
    'TXT',
    ['x'],
  ],
  ['CNAME to nothing', { 'a.test': { CNAME: 'b.test' } }, 'a.test', 'TXT', 'no-name'],
  [
    'a CNAME loop ends',
    { 'a.test': { CNAME: 'b.test' }, 'b.test': { CNAME: 'a.test' } },
    'a.test',
    'TXT',
    'servfail',
  ],
  ['eight CNAMEs are followed', { ...chain, 'c8.test': { TXT: ['x'] } }, 'c0.test', 'TXT', ['x']],
  ['nine are not', { ...chain, 'c9.test': { TXT: ['x'] } }, 'c0.test', 'TXT', 'servfail'],
  ['hex rdata', { '_25._tcp.a.test': { TLSA: ['6162'] } }, '_25._tcp.a.test', 'TLSA', ['ab']],
];
for (const [name, zone, question, type, expected] of answers)
  test(`zone: ${name}`, () => deepEqual(ask(zone, question, type), expected));

const defects: readonly (readonly [string, unknown, readonly (string | number)[]])[] = [
  ['not an object', [], []],
  ['a name is not an object', { 'a.test': 'x' }, ['a.test']],
  ['unknown type', { 'a.test': { TTX: ['x'] } }, ['a.test', 'TTX']],
  ['unknown error', { 'a.test': { error: 'BROKEN' } }, ['a.test', 'error']],
  ['an A that is IPv6', { 'a.test': { A: ['::1'] } }, ['a.test', 'A', 0]],
  ['an AAAA that is IPv4', { 'a.test': { AAAA: ['192.0.2.1', '::1'] } }, ['a.test', 'AAAA', 0]],
  ['MX without number', { 'a.test': { MX: ['mx.test'] } }, ['a.test', 'MX', 0]],
  ['MX preference 65536', { 'a.test': { MX: [[65536, 'mx.test']] } }, ['a.test', 'MX', 0]],
  ['two CNAMEs', { 'a.test': { CNAME: ['b.test', 'c.test'] } }, ['a.test', 'CNAME']],
  ['TXT of numbers', { 'a.test': { TXT: [1] } }, ['a.test', 'TXT', 0]],
  ['odd hex', { 'a.test': { TLSA: ['abc'] } }, ['a.test', 'TLSA', 0]],
  ['a name twice', { 'a.test': {}, 'A.test.': {} }, ['A.test.']],
];
for (const [name, zone, path] of defects)
  test(`zone defect: ${name}`, () => {
    const { problems } = readZone(zone);
    equal(problems.length, 1);
    deepEqual(problems[0]?.path, path);
  });
