import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance } from './edit-distance.js';

const rows = [
  ['contoso', 'contoso', 0],
  ['contoso', 'contso', 1],
  ['contoso', 'cotnoso', 1],
  ['contoso', 'kontosa', 2],
  ['contoso', 'xyz', 3],
  ['', 'a', 1],
  ['abcdef', 'badcfe', 3],
] as const;
for (const [a, b, expected] of rows)
  test(`edit distance: ${a || '(nothing)'} and ${b}`, () => {
    equal(editDistance(a, b, 2), Math.min(expected, 3));
    equal(editDistance(b, a, 2), Math.min(expected, 3));
  });

test('property: one edit is never more than one apart', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 12 }), fc.nat(11), (text, at) => {
      const cut = text.slice(0, at) + text.slice(at + 1);
      return editDistance(text, cut, 2) <= 1;
    }),
    { numRuns: 200 },
  );
});
