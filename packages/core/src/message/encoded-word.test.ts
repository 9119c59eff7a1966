import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeEncodedWords } from './encoded-word.js';

const rows = [
  ['RFC 2047 4.1', 'B', '=?utf-8?B?SsO2cmc=?=', 'Jörg'],
  ['RFC 2047 4.2', 'Q, "_" is a space', '=?UTF-8?q?J=C3=B6rg_Doe?=', 'Jörg Doe'],
  ['RFC 2047 4.2', 'Q in lower-case hex', '=?utf-8?Q?=c3=b6?=', 'ö'],
  ['RFC 2047 4.2', 'a "=" that starts no byte stays', '=?utf-8?Q?a=b?=', 'a=b'],
  ['RFC 2047 6.2', 'white space between encoded-words goes', '=?utf-8?q?a?=\r\n =?utf-8?q?b?=', 'ab'],
  ['RFC 2047 6.2', 'white space next to plain text stays', 'x =?utf-8?q?a?= y', 'x a y'],
  ['RFC 2047 6.2', 'neighbours of one charset may split a character', '=?utf-8?q?=C3?= =?utf-8?q?=B6?=', 'ö'],
  ['RFC 2047 6.2', 'neighbours of two charsets', '=?utf-8?q?=C3=B6?= =?iso-8859-1?q?=F6?=', 'öö'],
  ['RFC 2231 5', 'language', '=?us-ascii*en?q?a?=', 'a'],
  ['RFC 2047 2', 'ISO-8859-1', '=?iso-8859-1?q?=E9?=', 'é'],
  ['RFC 2047 2', 'windows-1252', '=?windows-1252?q?=80?=', '€'],
  ['RFC 2047 6.3', 'unknown charset stays', '=?x-none?q?a?=', '=?x-none?q?a?='],
  ['RFC 2047 6.3', 'unknown encoding stays', '=?utf-8?x?a?=', '=?utf-8?x?a?='],
  ['RFC 2047 6.3', 'bad base64 stays', '=?utf-8?b?!?=', '=?utf-8?b?!?='],
  ['RFC 2047 6.3', 'bytes that are not of the charset become U+FFFD', '=?utf-8?q?=FF?=', '\ufffd'],
  ['RFC 2047 2', 'unterminated stays', '=?utf-8?q?abc', '=?utf-8?q?abc'],
  ['RFC 2047 2', 'no charset stays', '=??q?a?=', '=??q?a?='],
] as const;
for (const [clause, what, text, expected] of rows)
  test(`${clause}: ${what}`, () => {
    equal(decodeEncodedWords(text), expected);
  });

test('the charset labels of strangers fill no memory and break nothing', () => {
  for (let i = 0; i < 200; i++) equal(decodeEncodedWords(`=?x-${i}?q?a?=`), `=?x-${i}?q?a?=`);
  equal(decodeEncodedWords('=?utf-8?q?a?='), 'a');
});

test('property: any text is decoded without an exception, and never grows beyond its input', () => {
  const piece = fc.constantFrom(
    '=?',
    '?=',
    '?',
    'utf-8',
    'q',
    'b',
    '=C3',
    '=',
    '_',
    ' ',
    'YQ==',
    'iso-8859-1',
    '*',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (words) => {
      const text = words.join('');
      ok(decodeEncodedWords(text).length <= text.length);
    }),
    { numRuns: 500 },
  );
});
