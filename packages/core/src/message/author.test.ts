import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { formatMailbox } from '../words/mailbox.js';
import { parseAddressList } from './address-list.js';
import { readAuthor, readMailboxField, type AuthorReading } from './author.js';
import { readHeaderBlock } from './header-block.js';
import { readLenientAddresses } from './lenient-addresses.js';

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function readHeader(text: string): AuthorReading {
  return readAuthor(readHeaderBlock(bytesOf(text), DEFAULT_LIMITS), DEFAULT_LIMITS);
}

function from(value: string): AuthorReading {
  return readHeader(`Subject: x\r\nFrom: ${value}\r\nTo: y@z.example\r\n\r\nbody\r\n`);
}

const addresses = (list: AuthorReading['mailboxes']): string =>
  sorted(list.map(({ mailbox }) => `${mailbox.localPart}@${mailbox.domain}`).join(' '));

const sorted = (words: string): string => words.split(' ').sort().join(' ');

// [what, value of From, strict reading or problem code, lenient reading (absent: the strict one), agree]
type Row = readonly [string, string, string, string, boolean];
const A = 'ceo@bank.example';
const B = 'x@evil.example';
const BOTH = `${A} ${B}`;
const hostile: readonly Row[] = [
  ['two angle addresses', `<${A}> <${B}>`, 'address/text-after-address', BOTH, false],
  ['an address as unquoted phrase', `${A} <${B}>`, 'address/text-after-address', BOTH, false],
  ['an address as quoted name is a name', `"${A}" <${B}>`, B, B, true],
  ['an angle address inside the quoted name', `"CEO <${A}>" <${B}>`, B, BOTH, false],
  ['the same angle address inside the quoted name', `"CEO <${A}>" <${A}>`, A, A, true],
  ['unterminated quote', `"CEO <${A}>, ${B}`, 'address/unterminated-quote', BOTH, false],
  ['unterminated comment', `${A} (CEO ${B}`, 'address/unterminated-comment', BOTH, false],
  ['missing ">"', `CEO <${A}`, 'address/unterminated-angle', A, false],
  ['OpenDMARC #113/#174: a stray ">" after the address', `${A}>`, 'address/stray-bracket', A, false],
  ['a stray ">" after an angle address', `CEO <${A}>>`, 'address/stray-bracket', A, false],
  ['a stray ">" before', `>${A}`, 'address/stray-bracket', A, false],
  [
    'NUL between two domains',
    `x@evil.example\u0000@bank.example`,
    'address/text-after-address',
    `${B} ${B}@bank.example evil.example@bank.example`,
    false,
  ],
  ['missing comma', `${A} ${B}`, 'address/text-after-address', BOTH, false],
  ['nested angles', `<<${A}>>`, 'address/no-at-sign', A, false],
  ['text after the address', `<${B}>${A}`, 'address/text-after-address', BOTH, false],
  ['source route', `<@bank.example:${B}>`, 'address/source-route', B, false],
  ['source route of two hosts', `<@a.example,@b.example:${B}>`, 'address/source-route', B, false],
  [
    'several "@"',
    `x@evil.example@bank.example`,
    'address/several-at-signs',
    `${B} evil.example@bank.example ${B}@bank.example`,
    false,
  ],
  ['no local part', '@evil.example', 'address/no-local-part', '', true],
  ['no domain', 'ceo@', 'address/no-domain', '', true],
  ['no "@"', 'ceo', 'address/no-addr-spec', '', true],
  ['empty', '', 'address/no-mailbox', '', true],
  ['empty angle', '<>', 'address/empty', '', true],
  [
    'CVE-2024-49040: a group of an empty angle, then an address',
    `"${A}" <>: ${B};`,
    'address/empty',
    BOTH,
    false,
  ],
  ['a group with <> inside', `Bank:<>,${B};`, 'address/empty', B, false],
  ['a group', `Bank: ${A}, ${B};`, BOTH, BOTH, true],
  ['an empty group', 'undisclosed: ;', 'address/no-mailbox', '', true],
  ['an open group', `Bank: ${A}`, 'address/unterminated-group', A, false],
  ['a group in a group', `a: b: ${A};;`, 'address/syntax', A, false],
  [
    'space inside the local part',
    `<ce o@bank.example>`,
    'address/space-in-address',
    `${A} o@bank.example`,
    false,
  ],
  ['space inside the domain', `<ceo@bank .example>`, 'address/obs-domain', `${A} ceo@bank`, false],
  [
    'a fold inside the domain',
    `ceo@bank.example\r\n .evil.example`,
    'address/obs-domain',
    `${A} ceo@bank.example.evil.example`,
    false,
  ],
  [
    'obs-local-part',
    `ceo . x@bank.example`,
    'address/obs-local-part',
    `ceo.x@bank.example x@bank.example`,
    false,
  ],
  ['quoted and bare words', `"ceo".x@bank.example`, 'address/obs-local-part', '.x@bank.example', false],
  [
    'quoted local part with an address in it',
    `"${A}"@evil.example`,
    `${A}@evil.example`,
    `${A} ${A}@evil.example`,
    false,
  ],
  ['comment with an address', `${A}(${B})`, A, BOTH, false],
  ['comment inside the address', `ceo(${B})@bank.example`, A, BOTH, false],
  ['comment that cuts the domain', `x@evil.example(.bank.example`, 'address/unterminated-comment', B, false],
  ['encoded-word as the whole field', '=?utf-8?q?ceo=40bank.example?=', 'address/no-addr-spec', A, false],
  [
    'encoded-word list element',
    `=?utf-8?b?PGNlb0BiYW5rLmV4YW1wbGU+?=, ${B}`,
    'address/no-addr-spec',
    BOTH,
    false,
  ],
  [
    'angle address inside an encoded-word name',
    `=?utf-8?b?PGNlb0BiYW5rLmV4YW1wbGU+?= <${B}>`,
    B,
    BOTH,
    false,
  ],
  [
    'Mailsploit: encoded-words as the local part',
    '=?utf-8?q?ceo=40bank.example?==?utf-8?q?=00?=@evil.example',
    '=?utf-8?q?ceo=40bank.example?==?utf-8?q?=00?=@evil.example',
    `=?utf-8?q?ceo=40bank.example?==?utf-8?q?=00?=@evil.example ${A} ${A}@evil.example ${A}\u0000@evil.example`,
    false,
  ],
  [
    'backslash before "@"',
    `ceo\\@bank.example@evil.example`,
    'address/no-addr-spec',
    `${A} ${A}@evil.example bank.example@evil.example`,
    false,
  ],
  ['the whole field in quotes', `"${A}"`, 'address/no-addr-spec', A, false],
  ['unquoted comma in the name', `Doe, J <${A}>`, 'address/no-addr-spec', A, false],
  ['two dots', 'a..b@bank.example', 'address/dot', 'a..b@bank.example', false],
  ['a dot at the end of the domain', `${A}.`, 'address/dot', A, false],
  ['domain literal', 'ceo@[192.0.2.1]', 'address/domain-literal', '', true],
  [
    'bare CR before a second address',
    `${B}\r${A}`,
    'address/control',
    `${BOTH} x@evil.exampleceo x@evil.exampleceo@bank.example evil.exampleceo@bank.example`,
    false,
  ],
  [
    'zero width space inside the domain',
    `ceo@bank\u200b.example`,
    'address/domain-syntax',
    `${A} ceo@bank`,
    false,
  ],
  ['apostrophes as quotes', `'${A}'`, 'address/domain-syntax', A, false],
  ['mailto', `<mailto:${A}>`, 'address/source-route', A, false],
];
for (const [what, value, strict, lenient, agree] of hostile)
  test(`hostile From: ${what}`, () => {
    const reading = from(value);
    equal(reading.mailboxes.length > 0 ? addresses(reading.mailboxes) : reading.problem?.code, strict);
    equal(addresses(reading.lenient), sorted(lenient));
    equal(reading.agree, agree);
    // Nothing odd is ever silent: either both readings agree on an address, or there is a problem.
    ok(reading.problem !== undefined || (reading.agree && reading.mailboxes.length > 0));
  });

const headers: readonly Row[] = [
  ['no From', 'To: a@b.example\r\n', 'message/no-from', '', true],
  ['two From fields', `From: ${B}\r\nFrom: ${A}\r\n`, BOTH, BOTH, true],
  ['two From fields, one with a space before the colon', `From: ${B}\r\nFrom : ${A}\r\n`, BOTH, BOTH, true],
  ['a first line with white space in front', ` From: ${A}\r\nFrom: ${B}\r\n`, B, BOTH, false],
  ['a fold between name and colon', `From\r\n : ${A}\r\nFrom: ${B}\r\n`, B, BOTH, false],
  ['a control character in the name', `From\u0001: ${A}\r\nFrom: ${B}\r\n`, B, BOTH, false],
  ['a From behind a bare CR', `Subject: x\rFrom: ${A}\r\nFrom: ${B}\r\n`, B, BOTH, false],
  ['a From behind a bare LF counts', `Subject: x\nFrom: ${A}\r\nFrom: ${B}\r\n`, BOTH, BOTH, true],
  ['value on a continuation line', `From:\r\n ${A}\r\n`, A, A, true],
  ['folds of white space only', `From:\r\n \r\n ${A}\r\n`, A, A, true],
  ['only Sender', `Sender: ${A}\r\n`, 'message/no-from', '', true],
];
for (const [what, header, strict, lenient, agree] of headers)
  test(`header: ${what}`, () => {
    const reading = readHeader(`${header}\r\n`);
    equal(
      reading.mailboxes.length > 0 ? addresses(reading.mailboxes) : reading.problem?.code,
      sorted(strict),
    );
    equal(addresses(reading.lenient), sorted(lenient));
    equal(reading.agree, agree);
    equal(reading.problem === undefined, reading.fields === 1 && agree);
  });

const clean = [
  ['3.4', 'bare address', A, ''],
  ['3.4', 'angle address', `<${A}>`, ''],
  ['3.4', 'display name of atoms', `Bank CEO <${A}>`, 'Bank CEO'],
  ['3.4', 'no space before the angle', `Bank<${A}>`, 'Bank'],
  ['3.2.4', 'quoted display name with quoted pairs', `"Doe, \\"J\\"" <${A}>`, 'Doe, "J"'],
  ['3.2.2', 'comments around', `(a) Bank (b (c)) <${A}> (d)`, 'Bank'],
  ['A.6.3', 'old form with the name in a comment', `${A} (Bank CEO)`, 'Bank CEO'],
  ['3.4.1', 'white space around "@"', `ceo @ bank.example`, ''],
  ['3.2.2', 'folded display name', `"Bank\r\n CEO" <${A}>`, 'Bank CEO'],
  ['4.1', 'dot in a display name', `J. Doe <${A}>`, 'J. Doe'],
  ['4.4', 'empty list elements', `,<${A}>,,`, ''],
  ['RFC 2047 5', 'encoded display name', `=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_Doe?= <${A}>`, 'Jörg Doe'],
  [
    'RFC 2047 5',
    'an address in an encoded-word is a name',
    `=?utf-8?q?pay=40home=2Eexample?= <${A}>`,
    'pay@home.example',
  ],
  ['RFC 2047 5', 'and in a quoted one', `"=?utf-8?q?pay=40home=2Eexample?=" <${A}>`, 'pay@home.example'],
  ['RFC 6532 3.2', 'UTF-8 display name', `Jörg <${A}>`, 'Jörg'],
  ['RFC 6854 2.1', 'group of one', `Bank: <${A}>;`, ''],
] as const;
for (const [clause, what, value, name] of clean)
  test(`RFC 5322 ${clause}: ${what}`, () => {
    const reading = from(value);
    equal(reading.problem, undefined);
    equal(reading.agree, true);
    deepEqual(reading.domains, ['bank.example']);
    deepEqual(
      reading.mailboxes.map((m) => [m.displayName, m.mailbox.localPart]),
      [[name, 'ceo']],
    );
  });

// [value of From, the author whose domain is beyond doubt although the strict reading fails]
const sole: readonly (readonly [string, string | undefined])[] = [
  [`${A} <${A}>`, A],
  [`info@bank.example <${A}>`, A],
  [`Officer, Chief <${A}>`, A],
  [`'${A}' <${A}>`, A],
  [`Chief [Bank] <${A}>`, A],
  [`${A} <${B}>`, undefined],
  [`Chief, <${A}> <${A}>`, undefined],
  [`Chief, <${A}> x`, undefined],
  [`Chief, <${A}`, undefined],
  [`Chief, <@evil.example:${A}>`, undefined],
  [`Chief, <${A}> (${B})`, undefined],
  [`Chief, <${A}>, <${A}>`, undefined],
  [`Chief, \0 <${A}>`, undefined],
  [`<${A}>`, undefined],
];
for (const [value, author] of sole)
  test(`the sole author of a badly written From: ${JSON.stringify(value)}`, () => {
    const { soleAuthor } = from(value);
    equal(soleAuthor === undefined ? undefined : formatMailbox(soleAuthor), author);
  });

test('two From fields, or a header cut short, have no sole author', () => {
  const careless = `From: Officer, Chief <${A}>\r\n`;
  equal(readHeader(`${careless}${careless}\r\n`).soleAuthor, undefined);
  const head = readHeaderBlock(bytesOf(`${careless}X: y\r\n\r\n`), { ...DEFAULT_LIMITS, headerFields: 1 });
  equal(readAuthor(head).problem?.code, 'message/too-many-fields');
});

test('RFC 6532 3.2, RFC 5890 2.3: a U-label domain is read as A-labels, a UTF-8 local part as it stands', () => {
  const reading = from('<jörg@bücher.example>');
  deepEqual(reading.mailboxes[0]?.mailbox, { localPart: 'jörg', domain: 'xn--bcher-kva.example' });
  equal(reading.agree, true);
});

test('RFC 6532 3.1: bytes that are not UTF-8 are refused in an address and shown in a name', () => {
  const head = (value: string): AuthorReading => {
    const bytes = Uint8Array.from(`From: ${value}\r\n\r\n`, (c) => c.charCodeAt(0));
    return readAuthor(readHeaderBlock(bytes, DEFAULT_LIMITS), DEFAULT_LIMITS);
  };
  equal(head(`J\xf6rg <${A}>`).problem, undefined);
  equal(head('j\xf6rg@bank.example').problem?.code, 'address/not-utf8');
});

test('limits: 100 mailboxes are read, 101 are not', () => {
  const list = (n: number): string => Array.from({ length: n }, (_, i) => `u${i}@bank.example`).join(', ');
  equal(from(list(100)).mailboxes.length, 100);
  equal(from(list(100)).agree, true);
  equal(from(list(101)).problem?.code, 'address/too-many-mailboxes');
  equal(from(list(101)).lenient.length, 100);
});

test('limits: comments nested 50 deep are read, 51 deep are not', () => {
  const nested = (n: number): string => `${'('.repeat(n)}${')'.repeat(n)} ${A}`;
  equal(from(nested(50)).problem, undefined);
  equal(from(nested(51)).problem?.code, 'address/too-deep');
});

test('limits: a local part of 255 bytes is read, of 256 is not; a field of 65 536 bytes is, of 65 537 is not', () => {
  equal(from(`${'a'.repeat(255)}@bank.example`).problem, undefined);
  equal(from(`${'a'.repeat(256)}@bank.example`).problem?.code, 'address/too-long');
  const padded = (n: number): string => `"${'a'.repeat(n - 1 - A.length - 5)}" <${A}>`;
  equal(from(padded(65_536)).problem, undefined);
  equal(from(padded(65_537)).problem?.code, 'address/too-long');
});

test('a header past its limit could hold another From', () => {
  const text = `From: ${A}\r\n${'X: y\r\n'.repeat(DEFAULT_LIMITS.headerFields)}\r\n`;
  equal(readHeader(text).problem?.code, 'message/too-many-fields');
});

test('the problem points into the header block', () => {
  const reading = from(`<${A}> trailing`);
  equal(reading.problem?.at, 'Subject: x\r\nFrom: '.length + `<${A}> `.length);
});

test('Sender, Reply-To and Resent-From read alike; their absence is no problem', () => {
  const head = readHeaderBlock(
    bytesOf(
      `From: ${A}\r\nSender: "S" <${B}>\r\nReply-To: ${A}, ${B}\r\nResent-From: ${A}\r\nResent-From: ${B}\r\n\r\n`,
    ),
    DEFAULT_LIMITS,
  );
  deepEqual(
    readMailboxField(head, 'sender').mailboxes.map((m) => m.displayName),
    ['S'],
  );
  equal(readMailboxField(head, 'reply-to').mailboxes.length, 2);
  const resent = readMailboxField(head, 'resent-from');
  deepEqual([resent.fields, resent.problem], [2, undefined]);
  const empty = readHeaderBlock(bytesOf(`From: ${A}\r\n\r\n`), DEFAULT_LIMITS);
  deepEqual(
    [readMailboxField(empty, 'sender').fields, readMailboxField(empty, 'sender').problem],
    [0, undefined],
  );
  equal(readMailboxField(head, 'sender').agree, true);
});

test('RFC 5322 3.6.2: Sender holds one address', () => {
  const head = readHeaderBlock(bytesOf(`From: ${A}\r\nSender: ${A}, ${B}\r\n\r\n`), DEFAULT_LIMITS);
  equal(readMailboxField(head, 'sender').problem?.code, 'address/several-mailboxes');
});

// Values that hang or crash address parsers which back up; each byte may be looked at a few times, never n times.
const heavy = [
  ['20 000 addresses', () => 'a@b.example, '.repeat(20_000)],
  ['5 000 nested comments with text', () => `${'('.repeat(5000)}${'a)'.repeat(5000)} ${A}`],
  ['200 KB of one letter', () => 'a'.repeat(200_000)],
  ['50 000 open parentheses', () => '('.repeat(50_000)],
  ['50 000 quotes', () => '"'.repeat(50_000)],
  ['50 000 at signs', () => '@'.repeat(50_000)],
  ['50 000 open angles', () => '<'.repeat(50_000)],
  ['10 000 joined addresses', () => 'a@'.repeat(10_000)],
  ['every "@" the last of a token', () => 'b!@'.repeat(20_000)],
  ['encoded-word starts', () => '=?a?q?'.repeat(8_000)],
  ['backslashes', () => '"\\'.repeat(30_000)],
  ['spaces', () => `${' '.repeat(60_000)}@`],
  ['dots', () => `a@${'.'.repeat(60_000)}`],
  ['groups', () => 'a:'.repeat(30_000)],
] as const;
for (const [what, make] of heavy)
  test(`work stays in proportion to the field: ${what}`, () => {
    const value = bytesOf(make());
    const counted = countReads(value);
    const strict = parseAddressList(counted.bytes, DEFAULT_LIMITS);
    if (value.length > DEFAULT_LIMITS.addressBytes) equal(strict.ok, false);
    ok(counted.reads() <= 12 * value.length + 100, `${counted.reads()} reads of ${value.length} bytes`);
    // Bounded views over a bounded text; the fast-check test below looks at what it says.
    ok(readLenientAddresses(value, DEFAULT_LIMITS).length <= DEFAULT_LIMITS.mailboxes);
  });

function countReads(value: Uint8Array): { readonly bytes: Uint8Array; reads(): number } {
  let reads = 0;
  const bytes = new Proxy(value, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
      const got: unknown = Reflect.get(target, key, target);
      return typeof got === 'function' ? (got.bind(target) as unknown) : got;
    },
  });
  return { bytes, reads: () => reads };
}

test('2 000 From fields of one address each cost no more than the limit of one field', () => {
  const reading = readHeader(`${`From: ${A}\r\n`.repeat(1000)}${`From: ${B}\r\n`.repeat(900)}\r\n`);
  equal(reading.fields, 1900);
  equal(reading.problem?.code, 'message/several-from');
  equal(addresses(reading.lenient), sorted(BOTH));
});

const pieces = fc.constantFrom(
  ...[
    'a',
    'b.c',
    '@',
    '@',
    'x.example',
    'bank.example',
    '<',
    '>',
    '"',
    '(',
    ')',
    ',',
    ';',
    ':',
    ' ',
    '\\',
    '.',
  ],
  ...[
    '=?utf-8?q?a=40b.example?=',
    '=?utf-8?b?PGFAYj4=?=',
    '\r\n ',
    '\r',
    '\u0000',
    'ö',
    '\u200b',
    '[',
    ']',
    "'",
  ],
);

// Mostly well formed: each part alone is allowed where it stands, their meetings are what clients trip over.
const cfws = fc.constantFrom('', '', '', ' ', '(c)', '\r\n ', '(a "b)', ' (\\)) ', '(x@y.example)');
const wellFormed = fc
  .record({
    name: fc.constantFrom(
      '',
      'J. Doe',
      '"a@b.example"',
      '"<a@b.example>"',
      '=?utf-8?q?a=40b?=',
      '(c)',
      'g: ',
      '"\\""',
      'ö',
    ),
    local: fc.constantFrom(
      'a',
      'b.c',
      '"a b"',
      '"a\\"b"',
      '"x@y.example"',
      '"a . b"',
      '"(c"',
      'ö',
      '=?utf-8?q?a=40b?=',
      "'",
    ),
    domain: fc.constantFrom('x.example', 'bücher.example', 'X.EXAMPLE', 'a'),
    spaces: fc.array(cfws, { minLength: 4, maxLength: 4 }),
    angle: fc.boolean(),
    end: fc.constantFrom('', '', ',', ';', ' x', '>'),
  })
  .map(({ name, local, domain, spaces, angle, end }) => {
    const [one = '', two = '', three = '', four = ''] = spaces;
    const spec = `${one}${local}${two}@${three}${domain}${four}`;
    return angle ? `${name}<${spec}>${end}` : `${spec}${end}`;
  });

test('property: what reads strictly is a lenient reading', () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(wellFormed, { minLength: 1, maxLength: 3 }), (elements) => {
      const value = bytesOf(elements.join(','));
      const strict = parseAddressList(value, DEFAULT_LIMITS);
      if (!strict.ok) return true;
      read++;
      const lenient = new Set(readLenientAddresses(value).map((m) => formatMailbox(m.mailbox)));
      return strict.value.mailboxes.every((m) => lenient.has(formatMailbox(m.mailbox)));
    }),
    { numRuns: 1000 },
  );
  ok(read > 200, `${read} of 1000 fields read strictly`);
});

test('property: any field reads without an exception; offsets are in range', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
      const value = bytesOf(parts.join(''));
      const strict = parseAddressList(value, DEFAULT_LIMITS);
      return strict.ok || (strict.problem.at >= 0 && strict.problem.at <= value.length);
    }),
    { numRuns: 1000 },
  );
});

test('property: any header reads without an exception and never silently', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 10 }), fc.array(pieces, { maxLength: 10 }), (one, two) => {
      const reading = readHeader(`From: ${one.join('')}\r\nfrom:${two.join('')}\r\n\r\n`);
      return reading.problem !== undefined || (reading.agree && reading.fields === 1);
    }),
    { numRuns: 500 },
  );
});
