import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsedIp } from '../testing/parsed-ip.js';
import { unescape } from '../testing/smtp-dialogue.js';
import { type Endpoint, formatProxyV1, formatProxyV2, readProxyHeader } from './proxy-protocol.js';

const at = (ip: string, port: number): Endpoint => ({ ip: parsedIp(ip), port });
const SIGNATURE = '\\r\\n\\r\\n\\0\\r\\nQUIT\\n';

/** `more`, the reason it is invalid, or what the header says and where it ends. */
function tell(bytes: Buffer): string {
  const read = readProxyHeader(bytes);
  if (read.kind === 'more') return 'more';
  if (read.kind === 'invalid') return `invalid: ${read.reason}`;
  const { header, end } = read;
  if (header.kind === 'local') return `local, ${end}`;
  const { source, destination } = header;
  return `${source.ip} ${source.port} ${destination.ip} ${destination.port}, ${end}`;
}

const rows: readonly (readonly [string, string, string])[] = [
  ['2.1 TCP4', 'PROXY TCP4 192.0.2.1 192.0.2.2 4000 25\\r\\nEHLO', '192.0.2.1 4000 192.0.2.2 25, 40'],
  ['2.1 TCP6', 'PROXY TCP6 2001:db8::1 ::1 0 65535\\r\\n', '2001:db8::1 0 ::1 65535, 36'],
  ['2.1 UNKNOWN', 'PROXY UNKNOWN\\r\\n', 'local, 15'],
  ['2.1 UNKNOWN with anything behind it', 'PROXY UNKNOWN ffff::1 x\\r\\n', 'local, 25'],
  ['2.1 not whole', 'PROXY TCP4 192.0.2.1 192.0.2.2 4000 25\\r', 'more'],
  ['2.1 the first bytes', 'PR', 'more'],
  [
    '2.1 a bare LF',
    'PROXY TCP4 192.0.2.1 192.0.2.2 4000 25\\n',
    'invalid: PROXY line does not end with CRLF',
  ],
  [
    '2.1 two spaces',
    'PROXY TCP4  192.0.2.1 192.0.2.2 4000 25\\r\\n',
    'invalid: PROXY line has a syntax error',
  ],
  ['2.1 UDP4', 'PROXY UDP4 192.0.2.1 192.0.2.2 4000 25\\r\\n', 'invalid: PROXY line has a syntax error'],
  [
    '2.1 family and address differ',
    'PROXY TCP4 ::1 ::1 1 2\\r\\n',
    'invalid: PROXY line has no valid address or port',
  ],
  [
    '2.1 an octal address',
    'PROXY TCP4 010.0.0.1 192.0.2.2 1 2\\r\\n',
    'invalid: PROXY line has no valid address or port',
  ],
  [
    '2.1 port 65536',
    'PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\\r\\n',
    'invalid: PROXY line has no valid address or port',
  ],
  [
    '2.1 a port with a leading zero',
    'PROXY TCP4 192.0.2.1 192.0.2.2 01 2\\r\\n',
    'invalid: PROXY line has no valid address or port',
  ],
  ['2.1 107 bytes', `PROXY UNKNOWN ${'x'.repeat(91)}\\r\\n`, 'local, 107'],
  ['2.1 108 bytes', `PROXY UNKNOWN ${'x'.repeat(92)}\\r\\n`, 'invalid: PROXY line is too long'],
  ['2.2 the first bytes', '\\r\\n\\r\\n', 'more'],
  [
    '2.2 TCP4',
    `${SIGNATURE}\\x21\\x11\\0\\x0c\\xc0\\0\\x02\\x01\\xc0\\0\\x02\\x02\\x0f\\xa0\\0\\x19EHLO`,
    '192.0.2.1 4000 192.0.2.2 25, 28',
  ],
  [
    '2.2 TCP6 of an IPv4 client is IPv4',
    `${SIGNATURE}\\x21\\x21\\0\\x24${'\\0'.repeat(10)}\\xff\\xff\\xc0\\0\\x02\\x01${'\\0'.repeat(15)}\\x01\\0\\x01\\0\\x02`,
    '192.0.2.1 1 ::1 2, 52',
  ],
  ['2.2 LOCAL', `${SIGNATURE}\\x20\\0\\0\\0`, 'local, 16'],
  ['2.2 LOCAL passes over its body', `${SIGNATURE}\\x20\\x11\\0\\x02ab`, 'local, 18'],
  ['2.2 UNSPEC', `${SIGNATURE}\\x21\\0\\0\\0`, 'local, 16'],
  ['2.2 a UNIX socket', `${SIGNATURE}\\x21\\x31\\0\\0`, 'invalid: PROXY family is not TCP'],
  ['2.2 a third command', `${SIGNATURE}\\x22\\x11\\0\\0`, 'invalid: PROXY command is not known'],
  ['2.2 version 1 in binary', `${SIGNATURE}\\x11\\x11\\0\\0`, 'invalid: PROXY version is not 2'],
  [
    '2.2 too short',
    `${SIGNATURE}\\x21\\x11\\0\\x0b${'a'.repeat(11)}`,
    'invalid: PROXY header is too short for its addresses',
  ],
  ['2.2 4096 bytes, not whole', `${SIGNATURE}\\x21\\x11\\x0f\\xf0`, 'more'],
  ['2.2 4097 bytes', `${SIGNATURE}\\x21\\x11\\x0f\\xf1`, 'invalid: PROXY header is too long'],
  [
    '2.2.1 a TLV beyond the end',
    `${SIGNATURE}\\x21\\x11\\0\\x10${'a'.repeat(12)}\\x02\\0\\x02a`,
    'invalid: PROXY header has a broken TLV or checksum',
  ],
  [
    '2.2.1 half a TLV',
    `${SIGNATURE}\\x21\\x11\\0\\x0e${'a'.repeat(12)}\\x02\\0`,
    'invalid: PROXY header has a broken TLV or checksum',
  ],
  [
    '2.2.2 a wrong checksum',
    `${SIGNATURE}\\x21\\x11\\0\\x13${'a'.repeat(12)}\\x03\\0\\x04abcd`,
    'invalid: PROXY header has a broken TLV or checksum',
  ],
  ['5 mail without header', 'EHLO c.example\\r\\n', 'invalid: no PROXY header'],
  ['5 lower case', 'proxy TCP4', 'invalid: no PROXY header'],
];
for (const [name, text, expected] of rows)
  test(`PROXY protocol ${name}`, () => {
    equal(tell(unescape(text)), expected);
    const bytes = unescape(text);
    // Cut anywhere before its end, a header asks for more, or is known to be invalid already.
    const read = readProxyHeader(bytes);
    if (read.kind !== 'header') return;
    for (let cut = 0; cut < read.end; cut++) equal(tell(bytes.subarray(0, cut)), 'more');
  });

test('PROXY protocol 2.1, 2.2: what is written is read', () => {
  const [four, six] = [at('192.0.2.1', 4000), at('2001:db8::1', 65_535)];
  equal(tell(formatProxyV1(four, at('192.0.2.2', 25))), '192.0.2.1 4000 192.0.2.2 25, 40');
  equal(tell(formatProxyV1(six, six)), '2001:db8::1 65535 2001:db8::1 65535, 48');
  throws(() => formatProxyV1(four, six), TypeError);
  for (const [source, destination] of [
    [four, four],
    [six, six],
    [four, six],
    [six, four],
  ] as const) {
    const written = formatProxyV2(source, destination, [{ type: 2, value: Buffer.from('mx.example') }]);
    const read = readProxyHeader(Buffer.concat([written, Buffer.from('EHLO')]));
    ok(read.kind === 'header');
    deepEqual(read, {
      kind: 'header',
      header: {
        kind: 'proxied',
        source,
        destination,
        extras: [{ type: 2, value: Buffer.from('mx.example') }],
      },
      end: written.length,
    });
    for (let i = 16; i < written.length; i++) {
      // The type of the checksum itself: with another there is none.
      if (i === written.length - 7) continue;
      const changed = Buffer.from(written);
      changed[i] = (changed[i] ?? 0) ^ 1;
      equal(readProxyHeader(changed).kind, 'invalid', `the checksum covers byte ${i}`);
    }
  }
});

test('property: any bytes are a header, none, or not enough', () => {
  const start = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', SIGNATURE, `${SIGNATURE}\\x21\\x11\\0\\x10`);
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 60 }), (head, tail) => {
      const bytes = Buffer.concat([unescape(head), tail]);
      const read = readProxyHeader(bytes);
      ok(read.kind !== 'header' || (read.end > 0 && read.end <= bytes.length));
    }),
    { numRuns: 500 },
  );
});
