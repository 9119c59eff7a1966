// The codec against dns-packet, an independent one, on packets that both must understand.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import * as dnsPacket from 'dns-packet';
import fc from 'fast-check';
import { encodeMessage } from './encode-message.js';
import { decodeMessage } from './message.js';
import { type KnownType, type RecordData, TYPE_NUMBERS } from './rdata.js';
import { parsedIp } from '../testing/parsed-ip.js';

const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
const ttl = fc.nat(0x7fff_ffff);
const u16 = fc.nat(65_535);
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: 1, maxLength });

/** One record as each of the two codecs has it. */
interface Twin {
  readonly theirs: { readonly type: string; readonly data: unknown };
  readonly ours: RecordData;
}

const twin: fc.Arbitrary<Twin> = fc.oneof(
  fc
    .ipV4()
    .map((ip): Twin => ({ theirs: { type: 'A', data: ip }, ours: { type: 'A', address: parsedIp(ip) } })),
  // dns-packet writes a "::" that stands for one group as if it stood for none: it gets the normal form.
  fc.ipV6().map((ip): Twin => {
    const address = parsedIp(ip);
    const theirs = address.includes(':') ? address : `::ffff:${address}`;
    return { theirs: { type: 'AAAA', data: theirs }, ours: { type: 'AAAA', address } };
  }),
  fc
    .tuple(fc.constantFrom('NS' as const, 'PTR' as const, 'CNAME' as const), name)
    .map(([type, host]): Twin => ({ theirs: { type, data: host }, ours: { type, host } })),
  fc
    .record({ preference: u16, exchange: name }, { noNullPrototype: true })
    .map((mx): Twin => ({ theirs: { type: 'MX', data: mx }, ours: { type: 'MX', ...mx } })),
  fc.array(bytes(255), { minLength: 1, maxLength: 4 }).map((strings): Twin => ({
    theirs: { type: 'TXT', data: strings.map((s) => Buffer.from(s)) },
    ours: { type: 'TXT', strings },
  })),
  fc
    .tuple(fc.constantFrom('SMIMEA' as const, 'OPENPGPKEY' as const), bytes(300))
    .map(([type, rdata]): Twin => ({
      theirs: { type: `UNKNOWN_${TYPE_NUMBERS[type]}`, data: Buffer.from(rdata) },
      ours: { type, rdata },
    })),
  fc
    .record(
      { mname: name, rname: name, serial: ttl, refresh: ttl, retry: ttl, expire: ttl, minimum: ttl },
      { noNullPrototype: true },
    )
    .map((soa): Twin => ({
      theirs: { type: 'SOA', data: soa },
      ours: {
        type: 'SOA',
        primary: soa.mname,
        mailbox: soa.rname,
        serial: soa.serial,
        refreshSeconds: soa.refresh,
        retrySeconds: soa.retry,
        expireSeconds: soa.expire,
        minimumSeconds: soa.minimum,
      },
    })),
);

const packet = fc.record({
  id: u16,
  name,
  type: fc.constantFrom<KnownType>('A', 'AAAA', 'MX', 'NS', 'PTR', 'TXT', 'CNAME', 'SOA'),
  flags: fc.nat(0x7ff).map((f) => f & ~0x200 & ~0x40),
  records: fc.array(fc.record({ name, ttl, twin }), { maxLength: 6 }),
});

test('property: what dns-packet writes, this codec reads the same', () => {
  fc.assert(
    fc.property(packet, ({ id, name, type, flags, records }) => {
      const written = dnsPacket.encode({
        type: 'response',
        id,
        flags,
        questions: [{ name, type }],
        answers: records.map((r) => ({ name: r.name, ttl: r.ttl, ...r.twin.theirs })),
      });
      const read = decodeMessage(written);
      ok(read.ok, read.ok ? '' : read.problem.message);
      equal(read.value.id, id);
      deepEqual(read.value.question, { name, type: TYPE_NUMBERS[type] });
      deepEqual(
        read.value.answers,
        records.map((r) => ({ name: r.name, ttlSeconds: r.ttl, data: r.twin.ours })),
      );
      equal(read.value.authenticData, (flags & 0x20) !== 0);
      equal(read.value.recursionAvailable, (flags & 0x80) !== 0);
    }),
    { numRuns: 300 },
  );
});

test('property: what this codec writes, dns-packet reads the same', () => {
  fc.assert(
    fc.property(packet, ({ id, name, type, flags, records }) => {
      const written = encodeMessage({
        id,
        response: true,
        opcode: 0,
        authoritative: (flags & 0x400) !== 0,
        truncated: false,
        recursionDesired: true,
        recursionAvailable: true,
        authenticData: (flags & 0x20) !== 0,
        checkingDisabled: false,
        rcode: flags & 15,
        question: { name, type: TYPE_NUMBERS[type] },
        answers: [],
        authorities: records.map((r) => ({ name: r.name, ttlSeconds: r.ttl, data: r.twin.ours })),
        additionals: [],
        edns: { udpPayloadBytes: 1232, version: 0, dnssecOk: true, options: [] },
      });
      ok(written !== undefined);
      const read = dnsPacket.decode(Buffer.from(written));
      equal(read.id, id);
      equal(read['flag_ad'], (flags & 0x20) !== 0);
      equal(read['flag_aa'], (flags & 0x400) !== 0);
      deepEqual(read.questions, [{ name, type, class: 'IN' }]);
      equal(read.additionals?.[0]?.type, 'OPT');
      equal(read.additionals[0]['udpPayloadSize'], 1232);
      equal(read.authorities?.length, records.length);
      records.forEach((record, i) => {
        const theirs = read.authorities?.[i];
        equal(theirs?.name, record.name);
        equal(theirs.ttl, record.ttl);
        equal(theirs.type, record.twin.theirs.type);
        // dns-packet writes IPv6 in its own way, and adds nothing to what it was given otherwise.
        if (theirs.type === 'AAAA')
          equal(parsedIp(String(theirs.data)), parsedIp(String(record.twin.theirs.data)));
        else deepEqual(theirs.data, record.twin.theirs.data);
      });
    }),
    { numRuns: 300 },
  );
});
