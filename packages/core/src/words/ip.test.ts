import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { inCidr, ipToBytes, parseCidr, parseIp } from './ip.js';

const addresses = [
  ['RFC 4291 2.2', '192.0.2.1', '192.0.2.1'],
  ['RFC 5952 4.2.3: the first longest run is shortened', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['RFC 5952 4.3: lower case', '2001:DB8::A', '2001:db8::a'],
  ['RFC 7208 5: IPv4-mapped is IPv4', '::ffff:192.0.2.1', '192.0.2.1'],
  ['RFC 7208 5: IPv4-mapped in hex', '::FFFF:c000:0201', '192.0.2.1'],
  ['all zero', '::', '::'],
  ['loopback', '::1', '::1'],
  ['full', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['trailing run', 'fe80::', 'fe80::'],
  ['octal is refused', '0177.0.0.1', undefined],
  ['short form is refused', '127.1', undefined],
  ['hex is refused', '0x7f.0.0.1', undefined],
  ['256 is refused', '192.0.2.256', undefined],
  ['leading zero is refused', '192.0.02.1', undefined],
  ['five parts', '1.2.3.4.5', undefined],
  ['zone index is refused', 'fe80::1%eth0', undefined],
  ['two runs', '1::2::3', undefined],
  ['nine groups', '1:2:3:4:5:6:7:8:9', undefined],
  ['run that stands for nothing', '1:2:3:4::5:6:7:8', undefined],
  ['five digits', '12345::', undefined],
  ['empty', '', undefined],
] as const;
for (const [name, text, expected] of addresses)
  test(`address: ${name}: ${text}`, () => {
    const ip = parseIp(text);
    equal(ip.ok ? ip.value : undefined, expected);
  });

const networks = [
  ['192.0.2.77', '192.0.2.0/24', true],
  ['192.0.3.1', '192.0.2.0/24', false],
  ['192.0.2.128', '192.0.2.0/25', false],
  ['192.0.2.127', '192.0.2.0/25', true],
  ['2001:db8::1', '2001:db8::/32', true],
  ['192.0.2.1', '::/0', false],
  ['192.0.2.1', '0.0.0.0/0', true],
] as const;
for (const [ip, cidr, inside] of networks)
  test(`network: ${ip} in ${cidr}`, () => {
    const network = parseCidr(cidr);
    const bytes = ipToBytes(ip);
    equal(
      network !== undefined && bytes !== undefined && inCidr(bytes, network.bytes, network.prefix),
      inside,
    );
  });

test('network: prefix out of range or not a number', () => {
  deepEqual(
    ['192.0.2.0/33', '::/129', '192.0.2.0/', '192.0.2.0/-1', '192.0.2.0/1e1'].map(parseCidr),
    Array(5).fill(undefined),
  );
});
