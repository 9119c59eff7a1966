import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeXtext, encodeXtext, isXtext } from './smtp/xtext.js';
import { type AttributeName, formatAttributes, MAX_ATTRIBUTE, parseAttributes } from './xforward.js';

const xtext: readonly (readonly [string, string, string | undefined])[] = [
  ['plain text', 'abc', 'abc'],
  ['an encoded character', 'a+2Bb+3Dc', 'a+b=c'],
  ['UTF-8', '+C3+A9', '\u00e9'],
  ['nothing', '', ''],
  ['lower case digits', 'a+2b', undefined],
  ['half a character', 'a+2', undefined],
  ['a plus alone', 'a+', undefined],
  ['an equals sign', 'a=b', undefined],
  ['a space', 'a b', undefined],
  ['what is no UTF-8', '+E9', undefined],
  ['a line end that would start a command', 'a+0D+0AMAIL', undefined],
  ['NUL', 'a+00', undefined],
];
for (const [name, written, text] of xtext)
  test(`RFC 3461 4: ${name}`, () => {
    equal(decodeXtext(written), text);
  });

const attributes: readonly (readonly [string, 'XCLIENT' | 'XFORWARD', string, unknown])[] = [
  [
    'a client',
    'XFORWARD',
    'NAME=a.example ADDR=192.0.2.1 PORT=25',
    ['NAME a.example', 'ADDR 192.0.2.1', 'PORT 25'],
  ],
  ['an IPv6 client', 'XCLIENT', 'addr=ipv6:2001:DB8::1', ['ADDR 2001:db8::1']],
  ['what is not known', 'XFORWARD', 'NAME=[UNAVAILABLE] HELO=[TEMPUNAVAIL]', ['NAME null', 'HELO null']],
  ['xtext', 'XCLIENT', 'LOGIN=a+20b', ['LOGIN a b']],
  [
    'words of Postfix',
    'XFORWARD',
    'PROTO=esmtp SOURCE=remote IDENT=4Xyz',
    ['PROTO ESMTP', 'SOURCE REMOTE', 'IDENT 4Xyz'],
  ],
  ['nothing', 'XFORWARD', '', 'no attributes'],
  ['an attribute of the other command', 'XFORWARD', 'LOGIN=a', 'an attribute that is not known'],
  ['no equals sign', 'XFORWARD', 'ADDR', 'an attribute that is not known'],
  ['twice', 'XFORWARD', 'ADDR=192.0.2.1 ADDR=192.0.2.2', 'ADDR is given twice'],
  ['no address', 'XFORWARD', 'ADDR=localhost', 'ADDR has no valid value'],
  ['port 65536', 'XFORWARD', 'PORT=65536', 'PORT has no valid value'],
  ['port 65535', 'XFORWARD', 'PORT=65535', ['PORT 65535']],
  ['a third source', 'XFORWARD', 'SOURCE=MOON', 'SOURCE has no valid value'],
  ['an empty name', 'XFORWARD', 'NAME=', 'NAME has no valid value'],
  [
    'the longest name',
    'XFORWARD',
    `NAME=${'x'.repeat(MAX_ATTRIBUTE)}`,
    [`NAME ${'x'.repeat(MAX_ATTRIBUTE)}`],
  ],
  ['a longer one', 'XFORWARD', `NAME=${'x'.repeat(MAX_ATTRIBUTE + 1)}`, 'NAME has no valid value'],
];
for (const [name, command, text, expected] of attributes)
  test(`Postfix ${command}: ${name}`, () => {
    const read = parseAttributes(command, text);
    deepEqual(read.ok ? [...read.attributes].map(([k, v]) => `${k} ${v}`) : read.problem, expected);
  });

test('Postfix XFORWARD: only what the peer lists is written, in a fixed order', () => {
  const known = new Map<AttributeName, string | null>([
    ['HELO', 'a b'],
    ['ADDR', '2001:db8::1'],
    ['NAME', null],
    ['IDENT', 'x'],
  ]);
  equal(formatAttributes('XFORWARD', known), 'NAME=[UNAVAILABLE] ADDR=IPV6:2001:db8::1 HELO=a+20b IDENT=x');
  equal(formatAttributes('XFORWARD', known, ['ADDR']), 'ADDR=IPV6:2001:db8::1');
  equal(formatAttributes('XCLIENT', known, []), '');
});

test('property: xtext carries any text without control characters, and any bytes are xtext or not', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      ok(isXtext(encodeXtext(text)));
      if (!/[\x00-\x1f\x7f]/.test(text)) equal(decodeXtext(encodeXtext(text)), text);
      decodeXtext(text);
      parseAttributes('XCLIENT', text);
    }),
    { numRuns: 300 },
  );
});
