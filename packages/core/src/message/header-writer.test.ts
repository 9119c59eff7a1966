import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeUtf8 } from '../syntax/bytes.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { readHeaderBlock } from './header-block.js';
import {
  formatAddressValue,
  formatComment,
  formatHeaderField,
  formatValue,
  quoteString,
} from './header-writer.js';

const unfold = (field: string): string => field.replace(/\r\n(?=[ \t])/g, '').replace(/\r\n$/, '');

const written = [
  ['RFC 5322 2.2', 'name, colon, value, CRLF', 'X-A', 'value', 'X-A: value\r\n'],
  ['RFC 5322 2.2', 'an empty value', 'X-A', '', 'X-A:\r\n'],
  ['RFC 5322 2.2.3', 'a fold in the value is unfolded first', 'X-A', 'a\r\n b', 'X-A: a b\r\n'],
  [
    'RFC 5322 2.2.3',
    'CR LF without a blank cannot end the field',
    'X-A',
    'a\r\nBcc: b@x',
    'X-A: a??Bcc: b@x\r\n',
  ],
  ['RFC 5322 2.2', 'bare LF', 'X-A', 'a\nB: b', 'X-A: a?B: b\r\n'],
  ['RFC 5322 2.2', 'bare CR', 'X-A', 'a\rB: b', 'X-A: a?B: b\r\n'],
  ['RFC 5322 2.2', 'NUL', 'X-A', 'a\0b', 'X-A: a?b\r\n'],
  ['RFC 5322 2.2', 'escape sequence of a terminal', 'X-A', 'a\u001b[2Jb', 'X-A: a?[2Jb\r\n'],
  ['RFC 5322 2.2', 'tab', 'X-A', 'a\tb', 'X-A: a b\r\n'],
  ['RFC 6532 3.2', 'line ends of Unicode', 'X-A', 'a\u2028b\u0085c', 'X-A: a?b?c\r\n'],
  ['RFC 6532 3.2', 'a lone surrogate', 'X-A', 'a\ud800b', 'X-A: a?b\r\n'],
  ['RFC 5322 2.2.3', 'a value of blank lines only', 'X-A', ' \r\n \r\n ', 'X-A:\r\n'],
] as const;
for (const [clause, name, field, value, expected] of written)
  test(`${clause}: ${name}`, () => {
    equal(formatHeaderField({ name: field, value }), expected);
  });

test('RFC 5322 2.1.1: folded at 78 octets, unfolding gives the value back', () => {
  const value = Array.from({ length: 30 }, (_, i) => `word${i}`).join(' ');
  const field = formatHeaderField({ name: 'X-Long', value });
  ok(field.split('\r\n').every((line) => line.length <= 78));
  equal(unfold(field), `X-Long: ${value}`);
});

for (const [length, lines] of [
  [73, 1],
  [74, 2],
] as const)
  test(`RFC 5322 2.1.1: a line of ${length + 5} octets takes ${lines} lines`, () => {
    const field = formatHeaderField({ name: 'A', value: `b ${'c'.repeat(length)}` });
    equal(field.split('\r\n').length - 1, lines);
  });

for (const [length, lines] of [
  [995, 1],
  [996, 2],
] as const)
  test(`RFC 5322 2.1.1: one word of ${length} octets takes ${lines} lines`, () => {
    const field = formatHeaderField({ name: 'A', value: 'c'.repeat(length) });
    equal(field.split('\r\n').length - 1, lines);
    ok(field.split('\r\n').every((line) => line.length <= 998));
  });

test('RFC 5322 2.1.1: octets count, not characters', () => {
  const field = formatHeaderField({ name: 'A', value: '€'.repeat(2000) });
  ok(field.split('\r\n').every((line) => encodeUtf8(line).length <= 998));
  equal(unfold(field).replaceAll(' ', ''), `A:${'€'.repeat(2000)}`);
});

for (const name of ['', 'A:B', 'A B', 'A\r\nB', 'Ä', 'A\0'])
  test(`RFC 5322 2.2: ${JSON.stringify(name)} is no field name`, () => {
    throws(() => formatHeaderField({ name, value: '' }), TypeError);
  });

const values = [
  ['RFC 2045 5.1', 'token', formatValue, 'mx.example.com', 'mx.example.com'],
  ['RFC 2045 5.1', 'empty', formatValue, '', '""'],
  ['RFC 2045 5.1', 'tspecials', formatValue, 'a=b;c', '"a=b;c"'],
  ['RFC 2045 5.1', 'IPv6', formatValue, '2001:db8::1', '"2001:db8::1"'],
  ['RFC 5322 3.2.4', 'quote and backslash', quoteString, 'a"b\\c', '"a\\"b\\\\c"'],
  ['RFC 5322 3.2.2', 'comment is not left', formatComment, 'a) b (c\\', '(a\\) b \\(c\\\\)'],
  ['RFC 8601 2.2', 'domain', formatAddressValue, 'example.com', 'example.com'],
  ['RFC 8601 2.2', 'address', formatAddressValue, 'a.b@example.com', 'a.b@example.com'],
  ['RFC 8601 2.2', 'domain only', formatAddressValue, '@example.com', '@example.com'],
  ['RFC 8601 2.2', 'local part with blanks', formatAddressValue, 'a b@example.com', '"a b"@example.com'],
  ['RFC 8601 2.2', 'several @', formatAddressValue, 'a@b@example.com', '"a@b"@example.com'],
  ['RFC 8601 2.2', 'underscore in the domain', formatAddressValue, 'a@_x.example', '"a@_x.example"'],
  ['espoofer', 'NUL in a local part', formatAddressValue, 'a\0@x.example', '"a?"@x.example'],
  [
    'espoofer',
    'a result in a local part',
    formatAddressValue,
    'a;dkim=pass(@x.example',
    '"a;dkim=pass("@x.example',
  ],
  [
    'espoofer',
    'a quote in a local part',
    formatAddressValue,
    '"@x.example;@y.example',
    '"\\"@x.example;"@y.example',
  ],
] as const;
for (const [clause, name, write, text, expected] of values)
  test(`${clause}: ${name}`, () => {
    equal(write(text), expected);
  });

test('RFC 5322 2.2.3: a run of blanks never fills a line', () => {
  const field = formatHeaderField({ name: 'A', value: `b${' '.repeat(5000)}c${' '.repeat(77)}d` });
  ok(field.split('\r\n').every((line) => line.length <= 998 && (line === '' || line.trim() !== '')));
});

test('property: whatever goes in, exactly one field comes out', () => {
  const pieces = fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
    '\0',
    ':',
    'Bcc: x',
    '"',
    '(',
    '\ud800',
    '€',
    'word',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((p) => p.join('')),
  );
  fc.assert(
    fc.property(text, (value) => {
      const block = readHeaderBlock(
        encodeUtf8(`${formatHeaderField({ name: 'X-A', value })}\r\n`),
        DEFAULT_LIMITS,
      );
      deepEqual(
        block.fields.map((f) => f.name),
        ['x-a'],
      );
      deepEqual(block.problems, []);
    }),
    { numRuns: 500 },
  );
});
