// One row at least for each clause of RFC 7208 that asks something of a verifier.
import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryResolver } from '../../dns/memory-resolver.js';
import type { Resolver } from '../../dns/resolver.js';
import { readZone } from '../../dns/zone.js';
import { runSpf, runSpfCounted, runSpfHelo, spfEnvelope, type SpfSession } from '../../testing/spf.js';
import { world } from '../../testing/world.js';
import type { IpAddress } from '../../words/ip.js';
import { checkSpf } from './check-spf.js';

type Row = readonly [
  clause: string,
  name: string,
  zone: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
  session?: SpfSession,
];

/** A zone with one SPF record at example.com and whatever else the row needs. */
function spf(
  record: string,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return { 'example.com': { TXT: [record] }, ...more };
}

const V6 = { ip: '2001:db8::1' };

const rows: readonly Row[] = [
  // Identities
  [
    '2.4',
    'MAIL FROM is asked about, HELO is not',
    { ...spf('v=spf1 -all'), 'mail.example.net': { TXT: ['v=spf1 +all'] } },
    { status: 'fail', identity: 'mailfrom', domain: 'example.com', sender: 'ann@example.com' },
  ],
  [
    '2.4',
    'the empty reverse-path is postmaster at HELO',
    { 'mail.example.net': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] } },
    { status: 'pass', identity: 'helo', domain: 'mail.example.net', sender: 'postmaster@mail.example.net' },
    { from: '' },
  ],
  // Results
  [
    '2.6.1',
    'none: no domain',
    {},
    { status: 'none', reason: 'no-domain' },
    { from: '', helo: '[192.0.2.1]' },
  ],
  [
    '2.6.1',
    'none: no record',
    { 'example.com': { A: '192.0.2.1' } },
    { status: 'none', reason: 'no-record' },
  ],
  ['2.6.2', 'neutral', spf('v=spf1 ?all'), { status: 'neutral', matched: '?all', range: 'any' }],
  ['2.6.3', 'pass', spf('v=spf1 +all'), { status: 'pass', matched: '+all', range: 'any' }],
  ['2.6.4', 'fail', spf('v=spf1 -all'), { status: 'fail', matched: '-all', range: 'any' }],
  ['2.6.5', 'softfail', spf('v=spf1 ~all'), { status: 'softfail', matched: '~all', range: 'any' }],
  [
    '2.6.6',
    'temperror says which question',
    { 'example.com': { error: 'SERVFAIL' } },
    { status: 'temperror', reason: 'dns', name: 'example.com', cause: 'servfail' },
  ],
  [
    '2.6.7',
    'permerror says whose record',
    spf('v=spf1 include:b.test', { 'b.test': { TXT: ['v=spf1 moo'] } }),
    { status: 'permerror', reason: 'syntax', faultIn: 'b.test' },
  ],
  // Records
  [
    '3.1',
    'a record of type SPF is not looked at',
    { 'example.com': { SPF: ['v=spf1 +all'], TXT: ['hello'] } },
    { status: 'none', reason: 'no-record' },
  ],
  [
    '3.1',
    'a record is US-ASCII',
    spf('v=spf1 a:m\u00fcller.test -all'),
    { status: 'permerror', reason: 'syntax' },
  ],
  [
    '3.2',
    'several SPF records',
    { 'example.com': { TXT: ['v=spf1 -all', 'v=spf1 ?all'] } },
    { status: 'permerror', reason: 'multiple-records', faultIn: 'example.com' },
  ],
  [
    '3.3',
    'strings of one record are joined without a blank',
    { 'example.com': { TXT: [['v=spf1 ip4:192.0.', '2.1 -all']] } },
    { status: 'pass', range: '192.0.2.1/32' },
  ],
  [
    '3.4',
    'a record past 512 bytes is read whole',
    spf(`v=spf1 ${'ip4:198.51.100.1 '.repeat(60)}ip4:192.0.2.1 -all`),
    { status: 'pass', matched: 'ip4:192.0.2.1' },
  ],
  // check_host()
  [
    '4.1',
    'the client address is compared as bytes, IPv6 in any spelling',
    spf('v=spf1 ip6:2001:0DB8:0:0::1 -all'),
    { status: 'pass', range: '2001:db8::1/128' },
    V6,
  ],
  [
    '4.3',
    'a label of 64 characters',
    {},
    { status: 'none', reason: 'no-domain' },
    { from: `a@${'x'.repeat(64)}.test` },
  ],
  ['4.3', 'an empty label', {}, { status: 'none', reason: 'no-domain' }, { from: 'a@b..test' }],
  ['4.3', 'one label', {}, { status: 'none', reason: 'no-domain' }, { from: 'a@localhost' }],
  ['4.3', 'an address literal', {}, { status: 'none', reason: 'no-domain' }, { from: 'a@[192.0.2.1]' }],
  ['4.3', 'a final dot is no label', spf('v=spf1 -all'), { status: 'fail' }, { from: 'a@example.com.' }],
  ['4.3', 'no such name', { 'other.test': { TXT: ['x'] } }, { status: 'none', reason: 'no-such-domain' }],
  [
    '4.3',
    'a sender without local part is postmaster',
    spf('v=spf1 exists:%{l}.e.test -all', { 'postmaster.e.test': { A: '127.0.0.2' } }),
    { status: 'pass', sender: 'postmaster@example.com' },
    { from: '@example.com' },
  ],
  ['4.4', 'time-out', { 'example.com': { error: 'TIMEOUT' } }, { status: 'temperror', cause: 'timeout' }],
  ['4.4', 'refused', { 'example.com': { error: 'REFUSED' } }, { status: 'temperror', cause: 'refused' }],
  [
    '4.5',
    'other TXT is skipped',
    { 'example.com': { TXT: ['hello', 'v=spf1 -all', ''] } },
    { status: 'fail' },
  ],
  [
    '4.5',
    'non-ASCII TXT of others is none of our business',
    { 'example.com': { TXT: ['\u00fc', 'v=spf1 -all'] } },
    { status: 'fail' },
  ],
  ['4.5', 'v=spf10 is another version', spf('v=spf10 -all'), { status: 'none', reason: 'no-record' }],
  ['4.5', 'a tab does not end the version', spf('v=spf1\t-all'), { status: 'none', reason: 'no-record' }],
  ['4.5', 'a blank before the version', spf(' v=spf1 -all'), { status: 'none', reason: 'no-record' }],
  ['4.5', 'the version in any case', spf('V=SPF1 -ALL'), { status: 'fail', matched: '-ALL' }],
  [
    '4.6',
    'a syntax error behind the mechanism that would match',
    spf('v=spf1 +all moo'),
    { status: 'permerror', reason: 'syntax' },
  ],
  [
    '4.6.1',
    'names in any case',
    spf('v=spf1 IP4:192.0.2.1 -All'),
    { status: 'pass', matched: 'IP4:192.0.2.1' },
  ],
  [
    '4.6.1',
    'several blanks between terms and at the end',
    spf('v=spf1   ip4:192.0.2.1    -all  '),
    { status: 'pass' },
  ],
  [
    '4.6.2',
    'mechanisms from left to right',
    spf('v=spf1 ?ip4:192.0.2.0/24 -ip4:192.0.2.1 +all'),
    { status: 'neutral' },
  ],
  ['4.6.2', 'no qualifier is "+"', spf('v=spf1 all'), { status: 'pass', matched: 'all' }],
  [
    '4.6.3',
    'redirect before a mechanism acts after it',
    spf('v=spf1 redirect=b.test ip4:192.0.2.1'),
    { status: 'pass' },
  ],
  [
    '4.7',
    'nothing matches',
    spf('v=spf1 ip4:198.51.100.1'),
    { status: 'neutral', matched: 'default', matchedIn: 'example.com' },
  ],
  ['4.7', 'an empty record', spf('v=spf1'), { status: 'neutral', matched: 'default' }],
  [
    '4.8',
    'no domain-spec: the domain of the record',
    spf('v=spf1 redirect=b.test', { 'b.test': { TXT: ['v=spf1 a -all'], A: '192.0.2.1' } }),
    { status: 'pass', matched: 'a', matchedIn: 'b.test' },
  ],
  ['4.8', 'a target DNS could not know is no match', spf('v=spf1 a:b..test ~all'), { status: 'softfail' }],
  ['4.8', 'a final dot', spf('v=spf1 a:b.test. -all', { 'b.test': { A: '192.0.2.1' } }), { status: 'pass' }],
  // Mechanisms
  [
    '5',
    'A for an IPv4 client',
    spf('v=spf1 a:b.test -all', { 'b.test': { A: '192.0.2.1', AAAA: '2001:db8::1' } }),
    { status: 'pass' },
  ],
  [
    '5',
    'AAAA for an IPv6 client',
    spf('v=spf1 a:b.test -all', { 'b.test': { A: '192.0.2.1', AAAA: '2001:db8::1' } }),
    { status: 'pass', range: '2001:db8::1/128' },
    V6,
  ],
  [
    '5',
    'an IPv4-mapped client is an IPv4 client',
    spf('v=spf1 -ip6:::ffff:0:0/96 ip4:192.0.2.1 -all'),
    { status: 'pass', matched: 'ip4:192.0.2.1' },
    { ip: '::ffff:192.0.2.1' },
  ],
  [
    '5',
    'an address question that fails',
    spf('v=spf1 a:b.test +all', { 'b.test': { error: 'SERVFAIL' } }),
    { status: 'temperror', name: 'b.test' },
  ],
  [
    '5.1',
    'what follows "all" is not tested',
    spf('v=spf1 -all ip4:192.0.2.1'),
    { status: 'fail', matched: '-all' },
  ],
  [
    '5.1',
    'redirect beside "all" is ignored',
    spf('v=spf1 redirect=b.test ?all'),
    { status: 'neutral', matched: '?all' },
  ],
  [
    '5.2',
    'include: pass is a match, told with the inner range',
    spf('v=spf1 include:b.test -all', { 'b.test': { TXT: ['v=spf1 ip4:192.0.2.0/28 -all'] } }),
    { status: 'pass', matched: 'include:b.test', matchedIn: 'b.test', range: '192.0.2.0/28' },
  ],
  [
    '5.2',
    'include: a qualifier of the include counts, not the inner one',
    spf('v=spf1 ?include:b.test -all', { 'b.test': { TXT: ['v=spf1 +all'] } }),
    { status: 'neutral', matched: '?include:b.test', range: 'any' },
  ],
  ...(['-all', '~all', '?all', 'ip4:198.51.100.1'] as const).map((inner): Row => [
    '5.2',
    `include: inner ${inner} is no match`,
    spf('v=spf1 include:b.test ~all', { 'b.test': { TXT: [`v=spf1 ${inner}`] } }),
    { status: 'softfail', matched: '~all' },
  ]),
  [
    '5.2',
    'include: inner temperror',
    spf('v=spf1 include:b.test +all', { 'b.test': { error: 'TIMEOUT' } }),
    { status: 'temperror', name: 'b.test' },
  ],
  [
    '5.2',
    'include: inner permerror',
    spf('v=spf1 include:b.test +all', { 'b.test': { TXT: ['v=spf1 a/99'] } }),
    { status: 'permerror', reason: 'syntax', faultIn: 'b.test' },
  ],
  [
    '5.2',
    'include: no record',
    spf('v=spf1 include:b.test +all', { 'b.test': { TXT: ['hi'] } }),
    { status: 'permerror', reason: 'include-none', faultIn: 'example.com' },
  ],
  [
    '5.2',
    'include: no such name',
    spf('v=spf1 include:b.test +all'),
    { status: 'permerror', reason: 'include-none' },
  ],
  [
    '5.2',
    'include: a target DNS could not know',
    spf('v=spf1 include:b..test +all'),
    { status: 'permerror', reason: 'include-none' },
  ],
  [
    '5.2',
    'include: a target of one label',
    spf('v=spf1 include:%{h} +all'),
    { status: 'permerror', reason: 'include-none' },
    { helo: 'localhost' },
  ],
  [
    '5.2',
    'include: a redirect inside is followed',
    spf('v=spf1 include:b.test -all', {
      'b.test': { TXT: ['v=spf1 redirect=c.test'] },
      'c.test': { TXT: ['v=spf1 ip4:192.0.2.1'] },
    }),
    { status: 'pass', matched: 'include:b.test', matchedIn: 'c.test' },
  ],
  [
    '5.2',
    'include inside include: the innermost record is told',
    spf('v=spf1 include:b.test -all', {
      'b.test': { TXT: ['v=spf1 include:c.test'] },
      'c.test': { TXT: ['v=spf1 a:d.test/24'] },
      'd.test': { A: '192.0.2.99' },
    }),
    { status: 'pass', matched: 'include:b.test', matchedIn: 'c.test', range: '192.0.2.0/24' },
  ],
  [
    '5.3',
    'a: any of the addresses',
    spf('v=spf1 a -all', { 'example.com': { TXT: ['v=spf1 a -all'], A: ['198.51.100.1', '192.0.2.1'] } }),
    { status: 'pass', range: '192.0.2.1/32' },
  ],
  [
    '5.3',
    'a: prefix, and the range found',
    spf('v=spf1 a:b.test/24//64 -all', { 'b.test': { A: '192.0.2.77' } }),
    { status: 'pass', range: '192.0.2.0/24' },
  ],
  [
    '5.3',
    'a: IPv6 prefix',
    spf('v=spf1 a:b.test/32//64 -all', { 'b.test': { AAAA: '2001:db8::ffff' } }),
    { status: 'pass', range: '2001:db8::/64' },
    V6,
  ],
  [
    '5.3',
    'a: /0 wants an address of the family',
    spf('v=spf1 a:b.test/0 -all', { 'b.test': { AAAA: '2001:db8::1' } }),
    { status: 'fail' },
  ],
  [
    '5.3',
    'a: /0 with one',
    spf('v=spf1 a:b.test/0 -all', { 'b.test': { A: '198.51.100.1' } }),
    { status: 'pass', range: '0.0.0.0/0' },
  ],
  [
    '5.4',
    'mx: the address of a host',
    spf('v=spf1 mx -all', {
      'example.com': { TXT: ['v=spf1 mx -all'], MX: [[10, 'm.test']] },
      'm.test': { A: '192.0.2.1' },
    }),
    { status: 'pass', range: '192.0.2.1/32' },
  ],
  [
    '5.4',
    'mx: no MX is not the name itself',
    { 'example.com': { TXT: ['v=spf1 mx -all'], A: '192.0.2.1' } },
    { status: 'fail' },
  ],
  [
    '5.4',
    'mx: the null MX has no host',
    spf('v=spf1 mx:b.test -all', { 'b.test': { MX: [[0, '']], A: '192.0.2.1' } }),
    { status: 'fail' },
  ],
  [
    '5.4',
    'mx: a host that cannot be asked about',
    spf('v=spf1 mx:b.test +all', { 'b.test': { MX: [[0, 'm.test']] }, 'm.test': { error: 'TIMEOUT' } }),
    { status: 'temperror', name: 'm.test' },
  ],
  [
    '5.5',
    'ptr: a name that points back and is below the target',
    spf('v=spf1 ptr:b.test -all', {
      '1.2.0.192.in-addr.arpa': { PTR: 'x.b.test' },
      'x.b.test': { A: '192.0.2.1' },
    }),
    { status: 'pass', matched: 'ptr:b.test', range: undefined },
  ],
  [
    '5.5',
    'ptr: the name itself',
    spf('v=spf1 ptr:x.b.test -all', {
      '1.2.0.192.in-addr.arpa': { PTR: 'X.B.test.' },
      'x.b.test': { A: '192.0.2.1' },
    }),
    { status: 'pass' },
  ],
  [
    '5.5',
    'ptr: a name that does not point back',
    spf('v=spf1 ptr:b.test -all', {
      '1.2.0.192.in-addr.arpa': { PTR: 'x.b.test' },
      'x.b.test': { A: '192.0.2.2' },
    }),
    { status: 'fail' },
  ],
  [
    '5.5',
    'ptr: the target is matched label by label',
    spf('v=spf1 ptr:b.test -all', {
      '1.2.0.192.in-addr.arpa': { PTR: 'evilb.test' },
      'evilb.test': { A: '192.0.2.1' },
    }),
    { status: 'fail' },
  ],
  [
    '5.5',
    'ptr: a DNS error of the PTR question is no match',
    spf('v=spf1 ptr -all', { '1.2.0.192.in-addr.arpa': { error: 'SERVFAIL' } }),
    { status: 'fail' },
  ],
  [
    '5.5',
    'ptr: a name with a DNS error is skipped',
    spf('v=spf1 ptr:b.test -all', {
      '1.2.0.192.in-addr.arpa': { PTR: ['x.b.test', 'y.b.test'] },
      'x.b.test': { error: 'TIMEOUT' },
      'y.b.test': { A: '192.0.2.1' },
    }),
    { status: 'pass' },
  ],
  [
    '5.5',
    'ptr: IPv6',
    spf('v=spf1 ptr:b.test -all', {
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': { PTR: 'x.b.test' },
      'x.b.test': { AAAA: '2001:db8::1' },
    }),
    { status: 'pass' },
    V6,
  ],
  [
    '5.6',
    'ip4: the range, host bits cleared',
    spf('v=spf1 ip4:192.0.2.77/25 -all'),
    { status: 'pass', range: '192.0.2.0/25' },
  ],
  ['5.6', 'ip4: just outside', spf('v=spf1 ip4:192.0.2.128/25 -all'), { status: 'fail' }],
  ['5.6', 'ip6 never matches an IPv4 client', spf('v=spf1 ip6:::/0 -all'), { status: 'fail' }],
  ['5.6', 'ip4 never matches an IPv6 client', spf('v=spf1 ip4:0.0.0.0/0 -all'), { status: 'fail' }, V6],
  [
    '5.7',
    'exists: any A record',
    spf('v=spf1 exists:b.test -all', { 'b.test': { A: '127.0.0.2' } }),
    { status: 'pass', range: undefined },
  ],
  [
    '5.7',
    'exists: A even for an IPv6 client',
    spf('v=spf1 exists:b.test -all', { 'b.test': { A: '127.0.0.2' } }),
    { status: 'pass' },
    V6,
  ],
  [
    '5.7',
    'exists: AAAA alone is nothing',
    spf('v=spf1 exists:b.test -all', { 'b.test': { AAAA: '::1' } }),
    { status: 'fail' },
    V6,
  ],
  [
    '5.7',
    'exists: a question that fails',
    spf('v=spf1 exists:b.test +all', { 'b.test': { error: 'SERVFAIL' } }),
    { status: 'temperror' },
  ],
  // Modifiers
  [
    '6',
    'an unknown modifier is ignored',
    spf('v=spf1 op=auth foo.bar-1_2=%{c} ip4:192.0.2.1 -all'),
    { status: 'pass' },
  ],
  [
    '6',
    'redirect twice',
    spf('v=spf1 redirect=b.test redirect=b.test'),
    { status: 'permerror', reason: 'syntax' },
  ],
  ['6', 'exp twice', spf('v=spf1 exp=b.test -all EXP=b.test'), { status: 'permerror', reason: 'syntax' }],
  [
    '6.1',
    'redirect: the result of the target',
    spf('v=spf1 redirect=b.test', { 'b.test': { TXT: ['v=spf1 ~all'] } }),
    { status: 'softfail', domain: 'example.com', matchedIn: 'b.test' },
  ],
  [
    '6.1',
    'redirect: no record',
    spf('v=spf1 redirect=b.test', { 'b.test': { TXT: ['hi'] } }),
    { status: 'permerror', reason: 'redirect-none', faultIn: 'example.com' },
  ],
  [
    '6.1',
    'redirect: a malformed target',
    spf('v=spf1 redirect=b..test'),
    { status: 'permerror', reason: 'redirect-none' },
  ],
  [
    '6.1',
    'redirect: a DNS error',
    spf('v=spf1 redirect=b.test', { 'b.test': { error: 'TIMEOUT' } }),
    { status: 'temperror', name: 'b.test' },
  ],
  [
    '6.1',
    'redirect: not followed after a match',
    spf('v=spf1 ip4:192.0.2.1 redirect=b.test', { 'b.test': { error: 'TIMEOUT' } }),
    { status: 'pass' },
  ],
  [
    '6.1',
    'redirect: neutral of the target stays neutral',
    spf('v=spf1 redirect=b.test', { 'b.test': { TXT: ['v=spf1'] } }),
    { status: 'neutral', matched: 'default', matchedIn: 'b.test' },
  ],
  [
    '6.2',
    'exp on fail',
    spf('v=spf1 -all exp=x.test', { 'x.test': { TXT: ['No.'] } }),
    { status: 'fail', explanation: 'No.' },
  ],
  [
    '6.2',
    'exp not on softfail',
    spf('v=spf1 ~all exp=x.test', { 'x.test': { TXT: ['No.'] } }),
    { status: 'softfail', explanation: undefined },
  ],
  [
    '6.2',
    'exp of an include is not used',
    spf('v=spf1 -include:b.test ?all', {
      'b.test': { TXT: ['v=spf1 +all exp=x.test'] },
      'x.test': { TXT: ['No.'] },
    }),
    { status: 'fail', explanation: undefined },
  ],
  [
    '6.2',
    "exp behind a redirect is the target's",
    spf('v=spf1 redirect=b.test exp=x.test', {
      'b.test': { TXT: ['v=spf1 -all exp=y.test'] },
      'x.test': { TXT: ['no'] },
      'y.test': { TXT: ['%{d}'] },
    }),
    { status: 'fail', explanation: 'b.test' },
  ],
  [
    '6.2',
    'a redirect cancels exp',
    spf('v=spf1 redirect=b.test exp=x.test', {
      'b.test': { TXT: ['v=spf1 -all'] },
      'x.test': { TXT: ['no'] },
    }),
    { status: 'fail', explanation: undefined },
  ],
  [
    '6.2',
    'several explanation records',
    spf('v=spf1 -all exp=x.test', { 'x.test': { TXT: ['a', 'b'] } }),
    { status: 'fail', explanation: undefined },
  ],
  [
    '6.2',
    'several strings of one explanation are joined',
    spf('v=spf1 -all exp=x.test', { 'x.test': { TXT: [['a', 'b']] } }),
    { status: 'fail', explanation: 'ab' },
  ],
  [
    '6.2',
    'an explanation with a syntax error',
    spf('v=spf1 -all exp=x.test', { 'x.test': { TXT: ['100% sure'] } }),
    { status: 'fail', explanation: undefined },
  ],
  [
    '6.2',
    'an explanation that is not US-ASCII',
    spf('v=spf1 -all exp=x.test', { 'x.test': { TXT: ['n\u00f6'] } }),
    { status: 'fail', explanation: undefined },
  ],
  [
    '6.2',
    'an explanation DNS does not give',
    spf('v=spf1 -all exp=x.test', { 'x.test': { error: 'TIMEOUT' } }),
    { status: 'fail', explanation: undefined },
  ],
  [
    '6.2',
    'an explanation at a name DNS could not know',
    spf('v=spf1 -all exp=x..test'),
    { status: 'fail', explanation: undefined },
  ],
  [
    '11.5.2',
    'a HELO with a line end does not reach an SMTP reply by way of the explanation',
    spf('v=spf1 -all exp=x.test', { 'x.test': { TXT: ['Hello %{h}'] } }),
    { status: 'fail', explanation: undefined },
    { helo: 'a\r\n250 ok' },
  ],
  [
    '11.5.3',
    'a local part is data: it is not expanded again',
    spf('v=spf1 -all exp=x.test', { 'x.test': { TXT: ['%{l}'] } }),
    { status: 'fail', explanation: '%{d}' },
    { from: '"%{d}"@example.com'.replaceAll('"', '') },
  ],
];

for (const [clause, name, zone, expected, session] of rows)
  test(`RFC 7208 ${clause}: ${name}`, async () => {
    const result: Record<string, unknown> = { ...(await runSpf(zone, session)) };
    for (const [key, value] of Object.entries(expected)) deepEqual(result[key], value, key);
  });

const heloRows: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  [
    'a HELO of its own result',
    'mail.example.net',
    { status: 'pass', identity: 'helo', domain: 'mail.example.net' },
  ],
  ['case and final dot', 'MAIL.Example.NET.', { status: 'pass', domain: 'mail.example.net' }],
  ['an address literal', '[192.0.2.1]', { status: 'none', reason: 'no-domain', domain: undefined }],
  ['an IPv6 literal', '[IPv6:2001:db8::1]', { status: 'none', reason: 'no-domain' }],
  ['one label', 'localhost', { status: 'none', reason: 'no-domain' }],
  ['nothing', '', { status: 'none', reason: 'no-domain' }],
  ['garbage', 'a b\r\nc.test', { status: 'none', reason: 'no-domain' }],
  ['a bare address is a name DNS does not have', '192.0.2.1', { status: 'none', reason: 'no-such-domain' }],
];
for (const [name, helo, expected] of heloRows)
  test(`RFC 7208 2.3: HELO: ${name}`, async () => {
    const zone = { ...spf('v=spf1 -all'), 'mail.example.net': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] } };
    const result: Record<string, unknown> = { ...(await runSpfHelo(zone, { helo })) };
    for (const [key, value] of Object.entries(expected)) deepEqual(result[key], value, key);
  });

const i18n: readonly Row[] = [
  [
    '4',
    'a U-label domain is asked about as A-labels',
    { 'xn--mller-kva.test': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] } },
    { status: 'pass', domain: 'xn--mller-kva.test' },
    { from: 'a@m\u00fcller.test' },
  ],
  [
    '4',
    'a U-label HELO too',
    { 'xn--mller-kva.test': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] } },
    { status: 'pass', domain: 'xn--mller-kva.test' },
    { from: '', helo: 'm\u00fcller.test' },
  ],
  [
    '4',
    '%{h} of a U-label HELO is A-labels',
    spf('v=spf1 a:%{h} -all', { 'xn--mller-kva.test': { A: '192.0.2.1' } }),
    { status: 'pass' },
    { helo: 'm\u00fcller.test' },
  ],
  [
    '4',
    '%{l} of a non-ASCII local part matches nothing',
    spf('v=spf1 exists:%{l}.e.test -all', { 'xn--jrg-sna.e.test': { A: '127.0.0.2' } }),
    { status: 'fail' },
    { from: 'j\u00f6rg@example.com' },
  ],
  [
    '4',
    '%{S} neither',
    spf('v=spf1 exists:%{S}.e.test ?all'),
    { status: 'neutral', matched: '?all' },
    { from: 'j\u00f6rg@example.com' },
  ],
  [
    '4',
    'an include with it matches nothing, and is no permerror',
    spf('v=spf1 include:%{l}.e.test ~all'),
    { status: 'softfail' },
    { from: 'j\u00f6rg@example.com' },
  ],
  [
    '4',
    'a redirect with it is as if not there',
    spf('v=spf1 redirect=%{l}.e.test'),
    { status: 'neutral', matched: 'default' },
    { from: 'j\u00f6rg@example.com' },
  ],
  [
    '4',
    'other terms are not touched',
    spf('v=spf1 ip4:192.0.2.1 -all'),
    { status: 'pass', sender: 'j\u00f6rg@example.com' },
    { from: 'j\u00f6rg@example.com' },
  ],
];
for (const [clause, name, zone, expected, session] of i18n)
  test(`RFC 8616 ${clause}: ${name}`, async () => {
    const result: Record<string, unknown> = { ...(await runSpf(zone, session)) };
    for (const [key, value] of Object.entries(expected)) deepEqual(result[key], value, key);
  });

test('evaluation tree: each term with what it said and cost, includes with what is below', async () => {
  const { tree, cost } = await runSpf(
    spf('v=spf1 a:gone.test include:b.test mx -all', {
      'b.test': { TXT: ['v=spf1 a:c.test ip4:192.0.2.1 ?all redirect=d.test'] },
      'c.test': { A: '198.51.100.1' },
    }),
  );
  const free = { lookups: 0, voidLookups: 0, children: [] };
  deepEqual(tree, [
    {
      term: 'a:gone.test',
      domain: 'example.com',
      outcome: 'no-match',
      lookups: 1,
      voidLookups: 1,
      children: [],
    },
    {
      term: 'include:b.test',
      domain: 'example.com',
      outcome: 'match',
      lookups: 2,
      voidLookups: 0,
      children: [
        { term: 'a:c.test', domain: 'b.test', outcome: 'no-match', lookups: 1, voidLookups: 0, children: [] },
        { term: 'ip4:192.0.2.1', domain: 'b.test', outcome: 'match', ...free },
        { term: '?all', domain: 'b.test', outcome: 'not-reached', ...free },
        { term: 'redirect=d.test', domain: 'b.test', outcome: 'not-reached', ...free },
      ],
    },
    { term: 'mx', domain: 'example.com', outcome: 'not-reached', ...free },
    { term: '-all', domain: 'example.com', outcome: 'not-reached', ...free },
  ]);
  deepEqual(cost, { lookups: 3, voidLookups: 1 });
});

test('trace: every question with clause, answer and depth', async () => {
  const { result, questions } = await runSpfCounted(
    spf('v=spf1 include:b.test -all', {
      'b.test': { TXT: ['v=spf1 a:c.test'] },
      'c.test': { A: '192.0.2.1' },
    }),
  );
  const asked = result.trace.flatMap((step) =>
    step.lookup === undefined ? [] : [{ ...step.lookup, depth: step.depth }],
  );
  deepEqual(asked, [
    { name: 'example.com', type: 'TXT', answer: '1 record', depth: 0 },
    { name: 'b.test', type: 'TXT', answer: '1 record', depth: 1 },
    { name: 'c.test', type: 'A', answer: '1 record', depth: 1 },
  ]);
  deepEqual(questions, ['example.com/TXT', 'b.test/TXT', 'c.test/A']);
});

test('the result is plain data: JSON gives it back', async () => {
  const result = await runSpf(spf('v=spf1 include:b.test -all', { 'b.test': { TXT: ['v=spf1 a'] } }));
  deepEqual(JSON.parse(JSON.stringify(result)), result);
});

test('a record object is parsed once', async () => {
  const { zone } = readZone(spf('v=spf1 ip4:192.0.2.1 -all'));
  const record = zone.get('example.com')?.records.TXT?.[0];
  ok(record !== undefined);
  const context = { ...world({}), resolver: new MemoryResolver(zone) };
  equal((await checkSpf(spfEnvelope({}), context)).status, 'pass');
  // Changing the bytes behind the same object shows whether they are read again.
  record.fill(0x78, 7);
  equal((await checkSpf(spfEnvelope({}), context)).status, 'pass');
});

test('a client address that is none is our own mistake', async () => {
  await rejects(checkSpf({ ...spfEnvelope({}), clientIp: 'example.com' as IpAddress }, world({})), TypeError);
});

test('an aborted signal rejects with its reason, also while the resolver is silent', async () => {
  const reason = new Error('client gone');
  const silent: Resolver = { query: () => new Promise(() => undefined) };
  const controller = new AbortController();
  const pending = checkSpf(spfEnvelope({}), { ...world({}), resolver: silent, signal: controller.signal });
  controller.abort(reason);
  await rejects(pending, (error) => error === reason);
  await rejects(
    checkSpf(spfEnvelope({}), { ...world({}), signal: controller.signal }),
    (error) => error === reason,
  );
});
