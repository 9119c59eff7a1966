import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatServer, isTrusted, parseServer } from './server-address.js';
import { readResolvConf, systemServers } from './system-servers.js';

const servers: readonly [string, string | undefined][] = [
  ['192.0.2.1', '192.0.2.1:53'],
  ['192.0.2.1:5353', '192.0.2.1:5353'],
  ['192.0.2.1:1', '192.0.2.1:1'],
  ['192.0.2.1:65535', '192.0.2.1:65535'],
  ['2001:DB8:0::1', '[2001:db8::1]:53'],
  ['[2001:db8::1]', '[2001:db8::1]:53'],
  ['[2001:db8::1]:5353', '[2001:db8::1]:5353'],
  ['::1', '[::1]:53'],
  ['fe80::1%eth0', '[fe80::1%eth0]:53'],
  ['[fe80::1%eth0]:5353', '[fe80::1%eth0]:5353'],
  ['::ffff:192.0.2.1', '192.0.2.1:53'],
  ['', undefined],
  ['localhost', undefined],
  ['ns.example:53', undefined],
  ['192.0.2.1:0', undefined],
  ['192.0.2.1:65536', undefined],
  ['192.0.2.1:053535', undefined],
  ['192.0.2.1:', undefined],
  ['192.0.2.1:-1', undefined],
  ['192.0.2', undefined],
  ['192.0.2.01', undefined],
  ['127.1', undefined],
  ['[192.0.2.1]:53', undefined],
  ['[2001:db8::1', undefined],
  ['[]:53', undefined],
  ['2001:db8::1%eth0', undefined],
  ['fe80::1%', undefined],
  [' 192.0.2.1', undefined],
  ['https://192.0.2.1', undefined],
];
for (const [text, expected] of servers)
  test(`name server "${text}" is ${expected ?? 'none'}`, () => {
    const server = parseServer(text);
    equal(server.ok ? formatServer(server.value) : undefined, expected);
    if (!server.ok) equal(server.problem.code, 'dns/server-syntax');
  });

test('property: any text is a server that reads back the same, or a problem', () => {
  const near = fc.stringMatching(/^[\[\]:%.0-9a-f]{0,40}$/);
  fc.assert(
    fc.property(fc.oneof(near, fc.string(), fc.ipV6(), fc.ipV4()), (text) => {
      const server = parseServer(text);
      if (server.ok) deepEqual(parseServer(formatServer(server.value)), server);
    }),
    { numRuns: 300 },
  );
});

const trusted: readonly [string, boolean | undefined, boolean][] = [
  ['127.0.0.1', undefined, true],
  ['127.0.0.53', undefined, true],
  ['::1', undefined, true],
  ['192.0.2.1', undefined, false],
  ['12.7.0.1', undefined, false],
  ['2001:db8::1', undefined, false],
  ['192.0.2.1', true, true],
];
for (const [host, configured, expected] of trusted)
  test(`RFC 4035 4.9.3: the AD bit of ${host}${configured === true ? ' (configured)' : ''} is ${expected ? '' : 'not '}believed`, () =>
    equal(isTrusted({ host, port: 53, ...(configured !== undefined && { trusted: configured }) }), expected));

const files: readonly [string, string, string[]][] = [
  ['nothing: the server on this machine', '', ['127.0.0.1:53']],
  ['servers in order', 'nameserver 192.0.2.2\nnameserver 192.0.2.1\n', ['192.0.2.2:53', '192.0.2.1:53']],
  ['one server once', 'nameserver 192.0.2.2\nnameserver 192.0.2.2\n', ['192.0.2.2:53']],
  [
    'comments, blanks, tabs, CRLF',
    '# nameserver 192.0.2.9\n;x\n\tnameserver\t192.0.2.1 # x\r\n',
    ['192.0.2.1:53'],
  ],
  [
    'IPv6, also link-local',
    'nameserver 2001:db8::1\nnameserver fe80::1%eth0',
    ['[2001:db8::1]:53', '[fe80::1%eth0]:53'],
  ],
  [
    'what is no address is left out',
    'nameserver\nnameserver dns.example\nnameserver 192.0.2.1:5353',
    ['127.0.0.1:53'],
  ],
  ['other lines are left alone', 'search example\nnameservers 192.0.2.9\noptions ndots:2', ['127.0.0.1:53']],
  [
    'eight servers at most',
    Array.from({ length: 9 }, (_, i) => `nameserver 192.0.2.${i + 1}`).join('\n'),
    Array.from({ length: 8 }, (_, i) => `192.0.2.${i + 1}:53`),
  ],
];
for (const [what, text, expected] of files)
  test(`resolv.conf: ${what}`, () => deepEqual(readResolvConf(text).map(formatServer), expected));

test('resolv.conf: "options trust-ad" says the AD bit may be believed, wherever it stands', () => {
  const text = 'nameserver 192.0.2.1\noptions edns0 trust-ad\n';
  deepEqual(readResolvConf(text).map(isTrusted), [true]);
  deepEqual(readResolvConf(text.replace('trust-ad', 'trust')).map(isTrusted), [false]);
});

test('resolv.conf: a file that is not there is like an empty one', () => {
  deepEqual(systemServers('/nonexistent/resolv.conf'), [{ host: '127.0.0.1', port: 53 }]);
});
