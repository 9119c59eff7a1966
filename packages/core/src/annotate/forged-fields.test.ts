import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHeaderBlock } from '../message/header-block.js';
import { concat, encodeUtf8, latin1 } from '../syntax/bytes.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { forgedTrustFields, removeFields } from './forged-fields.js';

const rows = [
  ['RFC 8601 5', 'our id', 'Authentication-Results: mx.example.net; spf=pass', true],
  ['RFC 8601 5', 'the id of another', 'Authentication-Results: mx.other.example; spf=pass', false],
  [
    'RFC 8601 5',
    'a name that only ends alike',
    'Authentication-Results: evilmx.example.net; spf=pass',
    false,
  ],
  [
    'RFC 8601 5',
    'our id only in a comment of another',
    'Authentication-Results: o.example; spf=pass (mx.example.net: ok)',
    false,
  ],
  ['RFC 8601 5', 'an unknown version', 'Authentication-Results: mx.other.example 2; spf=pass', true],
  ['RFC 8601 2.5', 'case', 'authentication-RESULTS: MX.Example.NET; spf=pass', true],
  ['RFC 8601 2.5', 'final dot', 'Authentication-Results: mx.example.net.; spf=pass', true],
  ['RFC 8601 2.5', 'version', 'Authentication-Results: mx.example.net 1; spf=pass', true],
  ['RFC 8601 2.5', 'unknown version of ours', 'Authentication-Results: mx.example.net 99; spf=pass', true],
  ['RFC 8601 2.5', 'comments', 'Authentication-Results: (a (b)) mx.example.net (c) 1 (d); spf=pass', true],
  ['RFC 8601 2.5', 'a comment inside the id', 'Authentication-Results: mx.exam(x)ple.net; spf=pass', true],
  ['RFC 8601 2.5', 'quotes', 'Authentication-Results: "mx.example.net"; spf=pass', true],
  ['RFC 8601 2.5', 'quoted pair', 'Authentication-Results: "mx.exa\\mple.net"; spf=pass', true],
  ['RFC 8601 2.5', 'fold before the id', 'Authentication-Results:\r\n mx.example.net; spf=pass', true],
  ['RFC 8601 2.5', 'fold inside the id', 'Authentication-Results: mx.\r\n example.net; spf=pass', true],
  ['RFC 8601 2.5', 'full-width letters', 'Authentication-Results: ｍｘ.example.net; spf=pass', true],
  ['RFC 5322 4.5', 'space before the colon', 'Authentication-Results : mx.example.net; spf=pass', true],
  ['RFC 8601 7.8', 'our id, the rest cannot be read', 'Authentication-Results: mx.example.net; spf=(', true],
  ['RFC 8601 7.8', 'NUL in the id', 'Authentication-Results: mx.exa\0mple.net; spf=pass', true],
  [
    'RFC 8601 7.8',
    'unreadable and our id shows',
    'Authentication-Results: ; x="mx.example.net; spf=pass',
    true,
  ],
  ['RFC 8601 7.8', 'unreadable and our id does not show', 'Authentication-Results: ; spf=pass', false],
  ['RFC 8601 7.8', 'no semicolon', 'Authentication-Results: mx.example.net', true],
  ['own fields', 'X-TrueFrom', 'X-TrueFrom-Rung: author', true],
  ['own fields', 'case and space', 'x-truefrom-RUNG : author', true],
  ['own fields', 'another name', 'X-Truefrom: author', false],
  ['header firewall', 'organization', 'X-MS-Exchange-Organization-AuthAs: Internal', true],
  ['header firewall', 'forest', 'X-MS-Exchange-Forest-RulesExecuted: x', true],
  ['header firewall', 'cross tenant stays', 'X-MS-Exchange-CrossTenant-AuthAs: Internal', false],
  ['RFC 5322 2.3', 'behind a bare CR', 'X-A: b\rX-MS-Exchange-Organization-AuthAs: Internal', true],
  ['RFC 5322 2.3', 'a bare CR that hides nothing', 'X-A: b\rc: d', false],
] as const;
for (const [clause, name, field, forged] of rows)
  test(`${clause}: forged fields: ${name}`, () => {
    const message = encodeUtf8(`Received: from a\r\n${field}\r\nSubject: s\r\n\r\nbody\r\n`);
    const head = readHeaderBlock(message, DEFAULT_LIMITS);
    const found = forgedTrustFields(head, 'mx.example.net');
    deepEqual(
      found.map((f) => f.start),
      forged ? [18] : [],
    );
    const left = latin1(concat(removeFields(head, found)));
    equal(left, forged ? 'Received: from a\r\nSubject: s\r\n\r\nbody\r\n' : latin1(message));
  });

test('an id that ends in a digit is not another that does', () => {
  const head = readHeaderBlock(encodeUtf8('Authentication-Results: host2; spf=pass\r\n\r\n'), DEFAULT_LIMITS);
  deepEqual(forgedTrustFields(head, 'host1'), []);
});

test('property: never throws, and what is left holds no forged field', () => {
  const piece = fc.constantFrom(
    'mx.example.net',
    ';',
    '(',
    ')',
    '"',
    '\\',
    ' ',
    '\r\n ',
    '1',
    'x',
    '=',
    '\r\n',
    'Authentication-Results:',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const message = encodeUtf8(`Authentication-Results: ${pieces.join('')}\r\n\r\nbody`);
      const head = readHeaderBlock(message, DEFAULT_LIMITS);
      const left = concat(removeFields(head, forgedTrustFields(head, 'mx.example.net')));
      deepEqual(forgedTrustFields(readHeaderBlock(left, DEFAULT_LIMITS), 'mx.example.net'), []);
    }),
    { numRuns: 500 },
  );
});
