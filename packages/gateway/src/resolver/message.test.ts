import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeMessage } from './encode-message.js';
import { decodeMessage, type DnsMessage, MAX_RECORDS } from './message.js';
import type { RecordData } from './rdata.js';
import { parsedIp } from '../testing/parsed-ip.js';

const text = (s: string): Uint8Array => Uint8Array.from(Buffer.from(s, 'latin1'));

function message(change: Partial<DnsMessage>): DnsMessage {
  return {
    id: 0x1234,
    response: true,
    opcode: 0,
    authoritative: false,
    truncated: false,
    recursionDesired: true,
    recursionAvailable: true,
    authenticData: false,
    checkingDisabled: false,
    rcode: 0,
    question: { name: 'a.example', type: 16 },
    answers: [],
    authorities: [],
    additionals: [],
    edns: undefined,
    ...change,
  };
}

const every: readonly RecordData[] = [
  { type: 'A', address: parsedIp('192.0.2.1') },
  { type: 'AAAA', address: parsedIp('2001:db8::1') },
  { type: 'AAAA', address: parsedIp('::ffff:192.0.2.9') },
  { type: 'NS', host: 'ns.example' },
  { type: 'PTR', host: 'odd\\032host\\046x.example' },
  { type: 'CNAME', host: '' },
  { type: 'MX', preference: 65_535, exchange: '' },
  { type: 'TXT', strings: [text('v=spf1 '), text(''), text('\0\xff')] },
  { type: 'TLSA', rdata: text('\x03\x01\x01abc') },
  { type: 'SMIMEA', rdata: text('') },
  { type: 'OPENPGPKEY', rdata: text('key') },
  { type: 'other', number: 46, rdata: text('sig') },
  {
    type: 'SOA',
    primary: 'ns.example',
    mailbox: 'hostmaster.example',
    serial: 4_294_967_295,
    refreshSeconds: 1,
    retrySeconds: 2,
    expireSeconds: 3,
    minimumSeconds: 4,
  },
];
for (const data of every)
  test(`${data.type} records survive the wire: ${JSON.stringify(data).slice(0, 60)}`, () => {
    const sent = message({ answers: [{ name: 'a.example', ttlSeconds: 0x7fff_ffff, data }] });
    const read = decodeMessage(encodeMessage(sent) ?? new Uint8Array());
    ok(read.ok);
    deepEqual(read.value, sent);
  });

test('RFC 6891 6.1.3: the upper bits of the response code, the version, DO and the options', () => {
  const edns = {
    udpPayloadBytes: 1232,
    version: 0,
    dnssecOk: true,
    options: [{ code: 15, data: Uint8Array.of(0, 6) }],
  };
  const sent = message({
    rcode: 0xabc,
    edns,
    authenticData: true,
    checkingDisabled: true,
    authoritative: true,
  });
  const read = decodeMessage(encodeMessage(sent) ?? new Uint8Array());
  ok(read.ok);
  deepEqual(read.value, sent);
});

/** Hex by sections: header flags, counts, then what follows. */
function wire(counts: readonly [number, number, number, number], rest: string, flags = '8180'): Uint8Array {
  const hex = counts.map((n) => n.toString(16).padStart(4, '0')).join('');
  return Uint8Array.from(Buffer.from(`1234${flags}${hex}${rest.replaceAll(' ', '')}`, 'hex'));
}
const Q = '0161 00 0010 0001'; // "a" TXT IN, bytes 12 to 18
const rr = (type: string, rdata: string, length = rdata.replaceAll(' ', '').length / 2): string =>
  `c00c ${type} 0001 00000000 ${length.toString(16).padStart(4, '0')} ${rdata}`;

const refused = [
  ['1035', '4.1.1', 'no header', Uint8Array.of(1, 2, 3), 'dns/short'],
  ['1035', '4.1.2', 'a question cut off', wire([1, 0, 0, 0], '0161'), 'dns/short'],
  ['1035', '4.1.3', 'a record cut off', wire([1, 1, 0, 0], `${Q} c00c 0010 0001 00`), 'dns/short'],
  ['1035', '4.1.3', 'rdata cut off', wire([1, 1, 0, 0], `${Q} ${rr('0010', '0568', 6)}`), 'dns/short'],
  ['9619', '4', 'two questions', wire([2, 0, 0, 0], `${Q}${Q}`), 'dns/question-count'],
  [
    '1035',
    '3.2.4',
    'a question of another class',
    wire([1, 0, 0, 0], '0161 00 0010 0003'),
    'dns/question-count',
  ],
  ['1035', '4.1.1', '65 535 records in 11 bytes', wire([1, 65_535, 65_535, 65_535], Q), 'dns/record-count'],
  ['1035', '4.1.1', 'a byte after the last record', wire([1, 0, 0, 0], `${Q} 00`), 'dns/trailing-bytes'],
  ['1035', '4.1.4', 'a pointer to itself', wire([1, 0, 0, 0], 'c00c 0010 0001'), 'dns/name-pointer'],
  ['1035', '4.1.4', 'a pointer forward', wire([1, 0, 0, 0], 'c00e 00 0010 0001'), 'dns/name-pointer'],
  ['1035', '4.1.4', 'a pointer into the header', wire([1, 0, 0, 0], 'c000 0010 0001'), 'dns/name-pointer'],
  [
    '1035',
    '4.1.4',
    'a pointer back into its own name',
    wire([1, 0, 0, 0], '0161 c00c 0010 0001'),
    'dns/name-pointer',
  ],
  [
    '1035',
    '4.1.4',
    'two pointers at each other',
    wire([1, 1, 0, 0], `${Q} c015 c013 0010 0001 00000000 0000`),
    'dns/name-pointer',
  ],
  ['1035', '4.1.4', 'half a pointer', wire([1, 0, 0, 0], 'c0'), 'dns/name-pointer'],
  ['1035', '4.1.4', 'the label type 01', wire([1, 0, 0, 0], '4161 00 0010 0001'), 'dns/label-type'],
  ['1035', '4.1.4', 'the label type 10', wire([1, 0, 0, 0], '8161 00 0010 0001'), 'dns/label-type'],
  [
    '1035',
    '3.4.1',
    'an A record of 3 bytes',
    wire([1, 1, 0, 0], `${Q} ${rr('0001', 'c00002')}`),
    'dns/short',
  ],
  [
    '1035',
    '3.4.1',
    'an A record of 5 bytes',
    wire([1, 1, 0, 0], `${Q} ${rr('0001', 'c000020100')}`),
    'dns/rdata-length',
  ],
  [
    '3596',
    '2.2',
    'an AAAA record of 4 bytes',
    wire([1, 1, 0, 0], `${Q} ${rr('001c', 'c0000201')}`),
    'dns/short',
  ],
  [
    '1035',
    '3.3.9',
    'an MX record without a host',
    wire([1, 1, 0, 0], `${Q} ${rr('000f', '000a')}`),
    'dns/short',
  ],
  [
    '1035',
    '3.3.9',
    'an MX record with more behind the host',
    wire([1, 1, 0, 0], `${Q} ${rr('000f', '000a c00c 00')}`),
    'dns/rdata-length',
  ],
  [
    '1035',
    '3.3.12',
    'a PTR name that runs past its record',
    wire([1, 1, 0, 0], `${Q} ${rr('000c', '0161', 1)} 00`),
    'dns/rdata-length',
  ],
  [
    '1035',
    '3.3.14',
    'a TXT record of nothing',
    wire([1, 2, 0, 0], `${Q} ${rr('0010', '')} ${rr('0010', '00')}`),
    'dns/rdata-length',
  ],
  [
    '1035',
    '3.3.14',
    'a string that runs past its record',
    wire([1, 1, 0, 0], `${Q} ${rr('0010', '056162', 3)} 000000`),
    'dns/rdata-length',
  ],
  [
    '1035',
    '3.3.13',
    'a SOA record cut off',
    wire([1, 0, 1, 0], `${Q} ${rr('0006', 'c00c c00c 0000')}`),
    'dns/short',
  ],
  [
    '6891',
    '6.1.1',
    'two OPT records',
    wire([1, 0, 0, 2], `${Q} 00 0029 04d0 00000000 0000 00 0029 04d0 00000000 0000`),
    'dns/opt',
  ],
  [
    '6891',
    '6.1.1',
    'an OPT record among the answers',
    wire([1, 1, 0, 0], `${Q} 00 0029 04d0 00000000 0000`),
    'dns/opt',
  ],
  [
    '6891',
    '6.1.2',
    'an OPT record that is not at the root',
    wire([1, 0, 0, 1], `${Q} c00c 0029 04d0 00000000 0000`),
    'dns/opt',
  ],
  [
    '6891',
    '6.1.2',
    'an option that runs past its record',
    wire([1, 0, 0, 1], `${Q} 00 0029 04d0 00000000 0004 000f 0009`),
    'dns/short',
  ],
] as const;
for (const [number, section, what, bytes, code] of refused)
  test(`RFC ${number} ${section}: ${what} is refused`, () => {
    const read = decodeMessage(bytes);
    equal(read.ok ? 'read' : read.problem.code, code);
    if (!read.ok) ok(read.problem.at >= 0 && read.problem.at <= bytes.length);
  });

test('RFC 6891 6.1.2: an option that runs past its record into the next one is refused', () => {
  const opt = '00 0029 04d0 00000000 0004 000f 0002';
  const read = decodeMessage(wire([1, 0, 0, 2], `${Q} ${opt} ${rr('0010', '0161')}`));
  equal(read.ok ? 'read' : read.problem.code, 'dns/opt');
});

test('RFC 2181 8: a TTL with the highest bit set is zero', () => {
  const read = decodeMessage(wire([1, 1, 0, 0], `${Q} c00c 0010 0001 80000001 0002 0161`));
  ok(read.ok);
  equal(read.value.answers[0]?.ttlSeconds, 0);
});

test('RFC 2181 9: of a truncated message only the question is read', () => {
  const read = decodeMessage(wire([1, 9, 0, 0], `${Q} c00c 00`, '8380'));
  ok(read.ok);
  equal(read.value.truncated, true);
  deepEqual(read.value.question, { name: 'a', type: 16 });
  deepEqual(read.value.answers, []);
});

test('RFC 1035 3.2.4: a record of another class is left out', () => {
  const read = decodeMessage(wire([1, 1, 0, 0], `${Q} c00c 0010 0003 00000000 0002 0161`));
  ok(read.ok);
  deepEqual(read.value.answers, []);
});

test(`bound: ${MAX_RECORDS} records are read, one more is not`, () => {
  const many = (count: number): Uint8Array =>
    wire([1, count, 0, 0], `${Q} ${'00 00ff 0001 00000000 0000'.repeat(count)}`);
  equal(decodeMessage(many(MAX_RECORDS)).ok, true);
  const over = decodeMessage(many(MAX_RECORDS + 1));
  equal(over.ok ? 'read' : over.problem.code, 'dns/record-count');
});

test('RFC 9267 2: a long chain of pointers costs one bounded walk for each name', () => {
  // A pointer to a pointer to a pointer ...: 128 of them behind each other in the rdata of unknown records.
  const chain = (pointers: number): Uint8Array => {
    const first = 12 + 7 + 11;
    const at = (i: number): string => (0xc000 | (i === 0 ? 12 : first + (i - 1) * 2)).toString(16);
    const rdata = Array.from({ length: pointers - 1 }, (_, i) => at(i)).join('');
    const owner = at(pointers - 1);
    return wire(
      [1, 2, 0, 0],
      `${Q} 00 00ff 0001 00000000 ${((pointers - 1) * 2).toString(16).padStart(4, '0')} ${rdata} ${owner} 00ff 0001 00000000 0000`,
    );
  };
  equal(decodeMessage(chain(127)).ok, true);
  const over = decodeMessage(chain(128));
  equal(over.ok ? 'read' : over.problem.code, 'dns/name-pointer');
});

test('RFC 1035 2.3.4: a name of 255 bytes put together by pointers is read, of 256 bytes is not', () => {
  const label = (n: number): string => n.toString(16).padStart(2, '0') + '61'.repeat(n);
  const build = (n: number): Uint8Array => {
    const question = `${label(63)}${label(63)}00 0010 0001`;
    return wire([1, 1, 0, 0], `${question} ${label(63)}${label(n)}c00c 00ff 0001 00000000 0000`);
  };
  equal(decodeMessage(build(61)).ok, true);
  const over = decodeMessage(build(62));
  equal(over.ok ? 'read' : over.problem.code, 'dns/name-length');
});

test('records keep no reference to the message they came in', () => {
  const bytes = wire([1, 1, 0, 0], `${Q} ${rr('0034', '030101aa')}`);
  const read = decodeMessage(bytes);
  bytes.fill(0);
  ok(read.ok);
  deepEqual(read.value.answers[0]?.data, { type: 'TLSA', rdata: Uint8Array.of(3, 1, 1, 0xaa) });
});

test('what cannot be written is undefined, not a bad message', () => {
  const record = (data: RecordData): DnsMessage => message({ answers: [{ name: 'a', ttlSeconds: 1, data }] });
  equal(encodeMessage(record({ type: 'TXT', strings: [new Uint8Array(256)] })), undefined);
  equal(encodeMessage(record({ type: 'TXT', strings: [] })), undefined);
  equal(encodeMessage(record({ type: 'CNAME', host: 'a'.repeat(64) })), undefined);
  equal(encodeMessage(record({ type: 'OPENPGPKEY', rdata: new Uint8Array(65_520) })), undefined);
  equal(encodeMessage(record({ type: 'OPENPGPKEY', rdata: new Uint8Array(65_536) })), undefined);
  equal(encodeMessage(message({ question: { name: 'a..b', type: 1 } })), undefined);
});

test('property: any bytes give a message or a problem within them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const read = decodeMessage(bytes);
      if (!read.ok) ok(read.problem.at >= 0 && read.problem.at <= bytes.length);
    }),
    { numRuns: 500 },
  );
});

test('property: a sound message with bytes changed, cut or added gives a message or a problem', () => {
  const sound = encodeMessage(
    message({ answers: every.map((data) => ({ name: 'a.example', ttlSeconds: 9, data })) }),
  );
  ok(sound !== undefined);
  const change = fc.record({ at: fc.nat(sound.length - 1), to: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 6 }), fc.nat(sound.length), (changes, cut) => {
      const bytes = sound.slice(0, cut < 12 ? sound.length : cut);
      for (const { at, to } of changes) bytes[at % bytes.length] = to;
      const read = decodeMessage(bytes);
      if (!read.ok) ok(read.problem.at >= 0 && read.problem.at <= bytes.length);
      else if (!read.value.truncated) ok(read.value.answers.length <= every.length);
    }),
    { numRuns: 1000 },
  );
});
