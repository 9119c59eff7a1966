import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rfc } from '../words/clause.js';
import { encodeLatin1 } from './bytes.js';
import { parseTagList, tagText } from './tag-list.js';

const NAMES = { area: 'dkim', clause: rfc('6376', '3.2') } as const;

function read(text: string): unknown {
  const bytes = encodeLatin1(text);
  const list = parseTagList(bytes, 0, bytes.length, NAMES);
  return list.ok ? [...list.value.values()].map((tag) => [tag.name, tagText(bytes, tag)]) : list.problem.code;
}

const rows: readonly (readonly [string, string, unknown])[] = [
  ['an empty list', '', []],
  ['one tag', 'a=b', [['a', 'b']]],
  [
    'the last semicolon is optional',
    'a=b; c=d;',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'white space and folds around names and values',
    ' a\r\n = b \t;\r\n c =\td ',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['white space inside a value is part of it', 'a=b  c', [['a', 'b  c']]],
  [
    'a value may be empty',
    'a=; b=',
    [
      ['a', ''],
      ['b', ''],
    ],
  ],
  ['a value may hold an equals sign', 'b=YQ==', [['b', 'YQ==']]],
  [
    'names are case-sensitive',
    'a=1; A=2',
    [
      ['a', '1'],
      ['A', '2'],
    ],
  ],
  ['a name that stands twice makes the whole list invalid', 'a=1; b=2; a=1', 'dkim/duplicate-tag'],
  ['no equals sign', 'a=1; b', 'dkim/tag-syntax'],
  ['no name', '=1', 'dkim/tag-syntax'],
  ['an empty tag', 'a=1;; b=2', 'dkim/tag-syntax'],
  ['a control character in a value', 'a=1\x002', 'dkim/tag-syntax'],
];
for (const [name, text, expected] of rows)
  test(`RFC 6376 3.2: ${name}`, () => {
    deepEqual(read(text), expected);
  });

test('property: any bytes give tags inside the list, or a problem inside it', () => {
  const piece = fc.oneof(
    fc.constantFrom('a', '=', ';', ' ', '\r\n ', 'b=c;', '\0', '\xff'),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const bytes = encodeLatin1(pieces.join(''));
      const list = parseTagList(bytes, 0, bytes.length, NAMES);
      if (!list.ok) return list.problem.at >= 0 && list.problem.at <= bytes.length;
      for (const { start, valueStart, valueEnd, outerEnd } of list.value.values())
        equal(
          start < valueStart && valueStart <= valueEnd && valueEnd <= outerEnd && outerEnd <= bytes.length,
          true,
        );
      return true;
    }),
    { numRuns: 300 },
  );
});
