import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from './base64.js';
import { encodeLatin1, latin1 } from './bytes.js';

const rows: readonly (readonly [string, string, string | undefined])[] = [
  ['RFC 4648 10: nothing', '', ''],
  ['RFC 4648 10: f', 'Zg==', 'f'],
  ['RFC 4648 10: fo', 'Zm8=', 'fo'],
  ['RFC 4648 10: foo', 'Zm9v', 'foo'],
  ['RFC 4648 10: foobar', 'Zm9vYmFy', 'foobar'],
  ['RFC 6376 3.2: white space anywhere', ' Z m\r\n\t9v\r\n YmFy ', 'foobar'],
  ['missing padding changes no byte', 'Zm8', 'fo'],
  ['a lone sextet', 'Zm9vY', undefined],
  ['padding in the middle', 'Zg==Zg==', undefined],
  ['three pads', 'Z===', undefined],
  ['too little padding', 'Zg=', undefined],
  ['a character outside the alphabet', 'Zm9*', undefined],
  ['the URL alphabet is another one', 'Zm9_', undefined],
];
for (const [name, text, expected] of rows)
  test(`base64: ${name}`, () => {
    const bytes = decodeBase64(encodeLatin1(text));
    equal(bytes && latin1(bytes), expected);
  });

test('base64: what is encoded is decoded, with white space put anywhere', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, seed) => {
      const text = encodeBase64(bytes);
      equal(text, Buffer.from(bytes).toString('base64'));
      const at = text.length === 0 ? 0 : seed % text.length;
      deepEqual(decodeBase64(encodeLatin1(`${text.slice(0, at)}\r\n ${text.slice(at)}`)), bytes);
    }),
    { numRuns: 300 },
  );
});
