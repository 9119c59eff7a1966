import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseMailFrom } from './mail-from.js';

// [clause, what, path, `local|domain`, "null" or the problem's code, warning]
const rows = [
  ['RFC 5321 4.1.2', 'mailbox without brackets', 'a@b.example', 'a|b.example'],
  ['RFC 5321 4.1.2', 'mailbox', '<a@B.Example>', 'a|b.example'],
  ['RFC 5321 4.5.5', 'null reverse-path', '<>', 'null'],
  ['RFC 5321 4.5.5', 'nothing', '', 'null'],
  ['RFC 5321 4.1.2', 'quoted local part', '<"a b\\"c"@b.example>', 'a b"c|b.example'],
  [
    'RFC 5321 C',
    'source route',
    '<@x.example,@y.example:a@b.example>',
    'a|b.example',
    'address/source-route',
  ],
  ['RFC 6531 3.3', 'SMTPUTF8', '<jörg@bücher.example>', 'jörg|xn--bcher-kva.example'],
  [
    'RFC 5321 4.1.2',
    'dots in a row, as some providers have',
    '<a..b.@b.example>',
    'a..b.|b.example',
    'address/dot',
  ],
  ['RFC 5321 4.1.3', 'address literal', '<a@[192.0.2.1]>', 'address/domain-literal'],
  ['RFC 5321 4.1.2', 'no "@"', '<postmaster>', 'address/no-at-sign'],
  ['RFC 5321 4.1.2', 'several "@"', '<a@b.example@c.example>', 'address/domain-syntax'],
  ['RFC 5321 4.1.2', 'no local part', '<@b.example>', 'address/source-route'],
  ['RFC 5321 4.1.2', 'empty local part', '@b.example:@c.example', 'address/no-local-part'],
  ['our rule', 'an empty quoted local part names nobody', '<""@b.example>', 'address/no-local-part'],
  ['RFC 5321 4.1.2', 'no domain', '<a@>', 'address/domain-syntax'],
  ['RFC 5321 4.1.2', 'open bracket', '<a@b.example', 'address/unterminated-angle'],
  ['RFC 5321 4.1.2', 'open quote', '<"a@b.example>', 'address/unterminated-quote'],
  ['RFC 5321 4.1.2', 'NUL', '<"a\u0000"@b.example>', 'address/control'],
  ['RFC 5321 4.1.2', 'space', '<a b@b.example>', 'address/syntax'],
  ['RFC 5321 4.1.2', 'display name', 'A <a@b.example>', 'address/syntax'],
  ['RFC 5321 4.1.2', 'a lone bracket', '<', 'address/unterminated-angle'],
  ['our limit', 'local part of 255', `<${'a'.repeat(255)}@b.example>`, `${'a'.repeat(255)}|b.example`],
  ['our limit', 'local part of 256', `<${'a'.repeat(256)}@b.example>`, 'address/too-long'],
] as const;
for (const [clause, what, path, expected, warning] of rows)
  test(`${clause}: ${what}`, () => {
    const read = parseMailFrom(path);
    if (!read.ok) equal(read.problem.code, expected);
    else {
      equal(read.value === null ? 'null' : `${read.value.localPart}|${read.value.domain}`, expected);
      deepEqual(
        read.warnings.map((w) => w.code),
        warning === undefined ? [] : [warning],
      );
    }
  });

test('property: any text is read without an exception, problems point into it', () => {
  const piece = fc.constantFrom(
    'a',
    '@',
    '"',
    '\\',
    '<',
    '>',
    ':',
    ',',
    '.',
    ' ',
    'b.example',
    '[',
    'é',
    '\r',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (words) => {
      const text = words.join('');
      const read = parseMailFrom(text);
      ok(read.ok || (read.problem.at >= 0 && read.problem.at <= text.length));
    }),
    { numRuns: 500 },
  );
});
