import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkSpf } from '../checks/spf/check-spf.js';
import { readHeaderBlock, unfoldedValue } from '../message/header-block.js';
import { encodeUtf8 } from '../syntax/bytes.js';
import { world } from '../testing/world.js';
import { parseDomain } from '../words/domain.js';
import { parseIp } from '../words/ip.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { formatReceivedSpf } from './received-spf.js';

interface Session {
  readonly helo?: string;
  readonly localPart?: string;
  readonly ip?: string;
  readonly nullSender?: boolean;
  readonly txt?: string;
}

async function field(session: Session): Promise<string> {
  const {
    helo = 'mx.example.com',
    localPart = 'ann',
    ip = '192.0.2.1',
    txt = 'v=spf1 a:x.example -all',
  } = session;
  const clientIp = parseIp(ip);
  const domain = parseDomain('example.com');
  ok(clientIp.ok && domain.ok);
  const envelope = {
    clientIp: clientIp.value,
    helo,
    mailFrom: session.nullSender === true ? null : { localPart, domain: domain.value },
  };
  const zone = {
    'example.com': { TXT: txt },
    'mx.example.com': { TXT: 'v=spf1 -all' },
    'x.example': { A: '192.0.2.1' },
  };
  const result = await checkSpf(envelope, world(zone));
  return formatReceivedSpf(result, envelope, 'mx.here.example');
}

/** The field read back: exactly one, and its value unfolded. */
function value(text: string): string {
  const head = readHeaderBlock(encodeUtf8(`${text}Next: 1\r\n\r\n`), DEFAULT_LIMITS);
  deepEqual(
    head.fields.map((f) => f.name),
    ['received-spf', 'next'],
  );
  deepEqual(head.problems, []);
  const [first] = head.fields;
  ok(first !== undefined);
  return unfoldedValue(head, first);
}

const rows: readonly (readonly [name: string, Session, string])[] = [
  [
    'a pass',
    {},
    'pass (mx.here.example: domain of ann@example.com designates 192.0.2.1 as permitted sender) ' +
      'receiver=mx.here.example; client-ip=192.0.2.1; envelope-from="ann@example.com"; helo=mx.example.com; ' +
      'identity=mailfrom; mechanism="a:x.example";',
  ],
  [
    'an IPv6 client is no dot-atom',
    { ip: '2001:db8::1', txt: 'v=spf1 -all' },
    'fail (mx.here.example: domain of ann@example.com does not designate 2001:db8::1 as permitted sender) ' +
      'receiver=mx.here.example; client-ip="2001:db8::1"; envelope-from="ann@example.com"; helo=mx.example.com; ' +
      'identity=mailfrom; mechanism=-all;',
  ],
  [
    'the empty reverse-path',
    { nullSender: true },
    'fail (mx.here.example: domain of postmaster@mx.example.com does not designate 192.0.2.1 as permitted sender) ' +
      'receiver=mx.here.example; client-ip=192.0.2.1; envelope-from=""; helo=mx.example.com; ' +
      'identity=helo; mechanism=-all;',
  ],
  [
    'a permerror names the record at fault',
    { txt: 'v=spf1 moo' },
    'permerror (mx.here.example: permanent error in processing domain of ann@example.com) ' +
      'receiver=mx.here.example; client-ip=192.0.2.1; envelope-from="ann@example.com"; helo=mx.example.com; ' +
      'identity=mailfrom; problem="syntax: example.com";',
  ],
];
for (const [name, session, expected] of rows)
  test(`RFC 7208 9.1: Received-SPF of ${name}`, async () => {
    equal(value(await field(session)), expected);
  });

const statuses = [
  ['v=spf1 ?all', 'neutral'],
  ['v=spf1 ~all', 'softfail'],
  ['hello', 'none'],
] as const;
for (const [txt, status] of statuses)
  test(`RFC 7208 9.1: Received-SPF starts with the result: ${status}`, async () => {
    match(value(await field({ txt })), new RegExp(`^${status} \\(`));
  });

test('RFC 7208 9.1: a HELO cannot add a field, a pair or leave its quotes', async () => {
  const helo = 'x"; receiver=evil\r\nX-Spam: no\r\n (\\';
  const read = value(await field({ helo }));
  ok(read.includes('helo="x\\"; receiver=evil??X-Spam: no (\\\\";'), read);
});

test('RFC 7208 9.1: a local part cannot leave the comment', async () => {
  const read = value(await field({ localPart: 'a) receiver=evil (b\\' }));
  ok(read.includes('domain of a\\) receiver=evil \\(b\\\\@example.com designates'), read);
});

test('RFC 7208 9.1: values are cut, lines stay below 998 octets', async () => {
  const text = await field({ helo: 'h'.repeat(100_000), localPart: 'l'.repeat(100_000) });
  ok(text.length < 3000);
  for (const line of text.split('\r\n')) ok(line.length <= 998);
});

test('Received-SPF: any HELO and local part give exactly one field', async () => {
  const word = fc.string({ unit: 'binary', maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(word, word, async (helo, localPart) => {
      value(await field({ helo, localPart }));
    }),
    { numRuns: 200 },
  );
});
