import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeLatin1, latin1 } from '../syntax/bytes.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { readHeaderBlock, unfoldedValue } from './header-block.js';

const bytes = encodeLatin1;

/** Fields as `name=value`, and what follows them. */
function read(text: string, limits = DEFAULT_LIMITS): { fields: string[]; body: string; problems: string[] } {
  const head = readHeaderBlock(bytes(text), limits);
  return {
    fields: head.fields.map((field) => `${field.name}=${unfoldedValue(head, field)}`),
    body: latin1(head.bytes, head.bodyStart),
    problems: head.problems.map(({ code }) => code),
  };
}

const rows: readonly (readonly [string, string, string, readonly string[], string, readonly string[]])[] = [
  ['5322 2.1', 'fields, empty line, body', 'A: 1\r\nB: 2\r\n\r\nbody', ['a=1', 'b=2'], 'body', []],
  ['5322 2.1', 'no body', 'A: 1\r\n', ['a=1'], '', []],
  ['5322 2.1', 'an empty body', 'A: 1\r\n\r\n', ['a=1'], '', []],
  ['5322 2.1', 'no header', '\r\nbody', [], 'body', []],
  ['5322 2.1', 'nothing at all', '', [], '', []],
  ['5322 2.1', 'the end cuts a field', 'A: 1\r\nB: 2', ['a=1', 'b=2'], '', []],
  ['5322 2.2', 'names are compared without case', 'SUBJECT: x\r\n\r\n', ['subject=x'], '', []],
  ['5322 2.2', 'an empty value', 'A:\r\n\r\n', ['a='], '', []],
  [
    '5322 2.2',
    'a line without colon belongs to no field',
    'A: 1\r\nnonsense\r\n more\r\nB: 2\r\n\r\n',
    ['a=1', 'b=2'],
    '',
    ['message/no-colon', 'message/leading-continuation'],
  ],
  ['5322 2.2', 'a colon alone is no name', ': x\r\nA: 1\r\n\r\n', ['a=1'], '', ['message/no-colon']],
  ['5322 2.2', '8-bit in a name', 'S\xfcb: x\r\nA: 1\r\n\r\n', ['a=1'], '', ['message/no-colon']],
  ['5322 2.2', 'a blank inside a name', 'Sub ject: x\r\nA: 1\r\n\r\n', ['a=1'], '', ['message/no-colon']],
  ['5322 2.2', '8-bit in a value is kept', 'A: \xfc\r\n\r\n', ['a=\xfc'], '', []],
  ['5322 2.2', 'NUL in a value is kept and told', 'A: a\0b\r\n\r\n', ['a=a\0b'], '', ['message/nul']],
  ['5322 2.2.3', 'folds are unfolded', 'A: 1\r\n 2\r\n\t3\r\n\r\n', ['a=1 2\t3'], '', []],
  ['5322 2.2.3', 'a fold of white space only', 'A: 1\r\n \r\n 2\r\n\r\n', ['a=1  2'], '', []],
  [
    '5322 2.2.3',
    'a continuation before any field',
    ' x\r\nA: 1\r\n\r\n',
    ['a=1'],
    '',
    ['message/leading-continuation'],
  ],
  ['5322 2.3', 'CR alone is no line end', 'A: 1\rB: 2\r\n\r\n', ['a=1\rB: 2'], '', ['message/bare-cr']],
  [
    '5322 4.5',
    'white space before the colon',
    'From : x\r\n\r\n',
    ['from=x'],
    '',
    ['message/space-before-colon'],
  ],
  [
    '5321 2.3.8',
    'LF alone ends a line: nothing hides behind it',
    'A: 1\nFrom: x\r\n\r\n',
    ['a=1', 'from=x'],
    '',
    ['message/bare-lf'],
  ],
  [
    '5321 2.3.8',
    'an empty line of LF alone ends the header',
    'A: 1\r\n\nbody',
    ['a=1'],
    'body',
    ['message/bare-lf'],
  ],
];
for (const [clause, name, text, fields, body, problems] of rows)
  test(`RFC ${clause}: ${name}`, () => deepEqual(read(text), { fields, body, problems }));

test('header bytes: the limit itself is read, one more is told', () => {
  const limits = { ...DEFAULT_LIMITS, headerBytes: 8 };
  deepEqual(read('A: 1\r\n\r\nbody', limits), { fields: ['a=1'], body: 'body', problems: [] });
  deepEqual(read('A: 123456\r\n\r\nbody', limits), {
    fields: ['a=12345'],
    body: '6\r\n\r\nbody',
    problems: ['message/header-too-long'],
  });
});

test('header fields: the limit itself is read, one more is told', () => {
  const limits = { ...DEFAULT_LIMITS, headerFields: 2 };
  deepEqual(read('A: 1\r\nB: 2\r\n\r\n', limits).problems, []);
  deepEqual(read('A: 1\r\nB: 2\r\nC: 3\r\n\r\n', limits), {
    fields: ['a=1', 'b=2'],
    body: '',
    problems: ['message/too-many-fields'],
  });
});

test('100,000 fields: only the limit is kept', () => {
  const head = readHeaderBlock(bytes('X: y\r\n'.repeat(100_000)), DEFAULT_LIMITS);
  equal(head.fields.length, DEFAULT_LIMITS.headerFields);
});

test('one header line of 50 MB: read up to the limit', () => {
  const line = new Uint8Array(50_000_000).fill(0x61);
  line.set(bytes('From: '));
  const head = readHeaderBlock(line, DEFAULT_LIMITS);
  equal(head.bodyStart, DEFAULT_LIMITS.headerBytes);
  equal(head.fields.length, 1);
});

test('any bytes: fields lie in order within the header, and every byte of a name is printable', () => {
  const piece = fc.constantFrom('A', ':', ' ', '\t', '\r', '\n', '\r\n', '\0', '\xff', 'From: x', '\r\n\r\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const head = readHeaderBlock(bytes(pieces.join('')), DEFAULT_LIMITS);
      let at = 0;
      for (const field of head.fields) {
        ok(field.start >= at && field.start < field.valueStart && field.valueStart <= field.end);
        ok(field.valueEnd <= field.end && field.end <= head.bodyStart);
        ok(/^[\x21-\x7e]+$/.test(field.name));
        at = field.end;
      }
      ok(head.bodyStart <= head.bytes.length);
    }),
    { numRuns: 500 },
  );
});
