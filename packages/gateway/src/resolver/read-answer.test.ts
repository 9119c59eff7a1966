import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { cname, soa, txt } from '../testing/scripted-server.js';
import type { DnsMessage, DnsRecord } from './message.js';
import { readAnswer } from './read-answer.js';

const Q = 'a.example';

function reply(answers: readonly DnsRecord[], authorities: readonly DnsRecord[] = [], rcode = 0): DnsMessage {
  return {
    id: 1,
    response: true,
    opcode: 0,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: true,
    authenticData: false,
    checkingDisabled: false,
    rcode,
    question: { name: Q, type: 16 },
    answers,
    authorities,
    additionals: [],
    edns: undefined,
  };
}

function read(message: DnsMessage, maxCnames = 8): string {
  const part = readAnswer(message, Q, 'TXT', maxCnames);
  switch (part.kind) {
    case 'records':
      return `${part.records.map((r) => Buffer.from(r).toString()).join('|')} ${part.ttlSeconds}`;
    case 'elsewhere':
      return `elsewhere ${part.name} ${part.ttlSeconds} after ${part.cnames}`;
    case 'failed':
      return 'failed';
    case 'no-data':
    case 'no-name':
      return `${part.kind} ${part.ttlSeconds}`;
  }
}

const strings = (name: string, ...list: readonly string[]): DnsRecord => ({
  name,
  ttlSeconds: 300,
  data: { type: 'TXT', strings: list.map((s) => Buffer.from(s)) },
});

const rows: readonly [string, DnsMessage, string][] = [
  ['RFC 1035 3.3.14: one record', reply([txt(Q, 'x')]), 'x 300'],
  [
    'RFC 7208 3.3: character-strings are joined without a blank',
    reply([strings(Q, 'v=spf1 ', '-a', 'll')]),
    'v=spf1 -all 300',
  ],
  ['RFC 2181 5.2: the lowest TTL of a set counts', reply([txt(Q, 'x', 9), txt(Q, 'y', 3)]), 'x|y 3'],
  [
    'RFC 2181 5: a record sent twice is one record',
    reply([txt(Q, 'x', 9), txt(Q, 'x', 3), txt(Q, 'y', 9)]),
    'x|y 3',
  ],
  [
    'RFC 2181 5: equal text in other character-strings is another record',
    reply([strings(Q, 'ab'), strings(Q, 'a', 'b')]),
    'ab|ab 300',
  ],
  ['RFC 1034 3.6.2: an alias is followed', reply([cname(Q, 'b.example', 7), txt('b.example', 'x')]), 'x 7'],
  [
    'RFC 1034 3.6.2: aliases in any order',
    reply([txt('c.example', 'x', 5), cname('b.example', 'c.example'), cname(Q, 'b.example')]),
    'x 5',
  ],
  [
    'RFC 6672 3.1: an alias made from a DNAME is an alias',
    reply([
      { name: 'example', ttlSeconds: 1, data: { type: 'other', number: 39, rdata: new Uint8Array(1) } },
      cname(Q, 'b.test'),
      txt('b.test', 'x'),
    ]),
    'x 300',
  ],
  [
    'RFC 1034 3.6.2: an alias that leads out of the reply',
    reply([cname(Q, 'b.example', 9), cname('b.example', 'c.test', 7)]),
    'elsewhere c.test 7 after 2',
  ],
  ['RFC 1034 3.6.2: an alias to the root', reply([cname(Q, '', 9)]), 'elsewhere  9 after 1'],
  [
    'RFC 6604 3: no such name at the end of a chain',
    reply([cname(Q, 'b.example', 9)], [soa('example', 60)], 3),
    'no-name 9',
  ],
  [
    'RFC 2308 2.2: no such record at the end of a chain',
    reply([cname(Q, 'b.example')], [soa('example', 60)]),
    'no-data 60',
  ],
  [
    'RFC 2308 2.2: a SOA elsewhere says nothing of the end of the chain',
    reply([cname(Q, 'b.test', 9)], [soa('example', 60)]),
    'elsewhere b.test 9 after 1',
  ],
  [
    'RFC 2308 2.2: a SOA of a name that only ends alike says nothing',
    reply([cname(Q, 'b.myexample', 9)], [soa('example', 60)]),
    'elsewhere b.myexample 9 after 1',
  ],
  [
    'RFC 2308 5: the MINIMUM of the SOA where it is less',
    reply([], [soa('example', 60, 900)], 3),
    'no-name 60',
  ],
  ['RFC 2308 5: the TTL of the SOA where it is less', reply([], [soa('example', 900, 60)]), 'no-data 60'],
  ['RFC 2308 5: the SOA of the root', reply([], [soa('', 900)]), 'no-data 900'],
  ['RFC 2308 5: without a SOA nothing says how long', reply([]), 'no-data 0'],
  ['RFC 2308 2.1: NXDOMAIN with records of the name is NXDOMAIN', reply([txt(Q, 'x')], [], 3), 'no-name 0'],
  [
    "RFC 2181 10.1: an alias of two names is nobody's",
    reply([cname(Q, 'b.example'), cname(Q, 'c.example'), txt('b.example', 'x')]),
    'failed',
  ],
  [
    'RFC 2181 5: an alias sent twice is one alias',
    reply([cname(Q, 'b.example', 9), cname(Q, 'b.example', 4), txt('b.example', 'x')]),
    'x 4',
  ],
  ['RFC 1034 3.6.2: a name that is an alias of itself', reply([cname(Q, Q)]), 'failed'],
  ['RFC 1034 3.6.2: an alias loop', reply([cname(Q, 'b.example'), cname('b.example', Q)]), 'failed'],
  ['RFC 2181 5.4.1: records of other names are not looked at', reply([txt('b.example', 'x')]), 'no-data 0'],
  [
    'RFC 2181 5.4.1: records of other types are not looked at',
    reply([{ name: Q, ttlSeconds: 1, data: { type: 'NS', host: 'b.example' } }]),
    'no-data 0',
  ],
];
for (const [what, message, expected] of rows) test(what, () => equal(read(message), expected));

test('bound: 8 aliases are followed, 9 are not; of a smaller budget the same', () => {
  const chain = (hops: number): DnsMessage =>
    reply([
      ...Array.from({ length: hops }, (_, i) => cname(i === 0 ? Q : `c${i}.example`, `c${i + 1}.example`)),
      txt(`c${hops}.example`, 'x'),
    ]);
  deepEqual([read(chain(8)), read(chain(9))], ['x 300', 'failed']);
  deepEqual([read(chain(1), 1), read(chain(1), 0)], ['x 300', 'failed']);
});

test('each type is read as the checks want it', () => {
  const rdata = Uint8Array.of(3, 1, 1);
  const message = reply([
    { name: Q, ttlSeconds: 1, data: { type: 'MX', preference: 10, exchange: 'mx.example' } },
    { name: Q, ttlSeconds: 1, data: { type: 'MX', preference: 20, exchange: 'mx.example' } },
    { name: Q, ttlSeconds: 1, data: { type: 'NS', host: 'ns.example' } },
    { name: Q, ttlSeconds: 1, data: { type: 'PTR', host: 'h.example' } },
    { name: Q, ttlSeconds: 1, data: { type: 'TLSA', rdata } },
    { name: Q, ttlSeconds: 1, data: { type: 'SMIMEA', rdata } },
    { name: Q, ttlSeconds: 1, data: { type: 'OPENPGPKEY', rdata } },
  ]);
  const records = (['MX', 'NS', 'PTR', 'TLSA', 'SMIMEA', 'OPENPGPKEY'] as const).map((type) => {
    const part = readAnswer(message, Q, type, 8);
    return part.kind === 'records' && part.records;
  });
  deepEqual(records, [
    [
      { preference: 10, exchange: 'mx.example' },
      { preference: 20, exchange: 'mx.example' },
    ],
    ['ns.example'],
    ['h.example'],
    [rdata],
    [rdata],
    [rdata],
  ]);
});
