import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeName, nameText } from './name.js';

const L63 = 'a'.repeat(63);
const bytes = (text: string): number[] => [...Buffer.from(text, 'latin1')];

const sound = [
  ['1035', '3.1', 'the root', '', [0]],
  ['1035', '3.1', 'the root as a dot', '.', [0]],
  ['1035', '3.1', 'labels with their lengths', 'a.bc', [1, 97, 2, 98, 99, 0]],
  ['1035', '3.1', 'a final dot changes nothing', 'a.bc.', [1, 97, 2, 98, 99, 0]],
  ['1035', '2.3.1', 'the case is kept', 'Ab', [2, 65, 98, 0]],
  ['1035', '5.1', 'an escaped dot is in the label', 'a\\.b', bytes('\x03a.b\0')],
  ['1035', '5.1', 'a decimal escape', 'a\\000\\255', bytes('\x03a\0\xff\0')],
  ['1035', '5.1', 'an escaped backslash', '\\\\', bytes('\x01\\\0')],
  ['2181', '11', 'any byte may stand in a label', 'a b_*', bytes('\x05a b_*\0')],
  ['6055', '3', 'beyond ASCII: UTF-8', 'ü', bytes('\x02\xc3\xbc\0')],
] as const;
for (const [number, section, what, text, wire] of sound)
  test(`RFC ${number} ${section}: ${what}`, () => deepEqual([...(encodeName(text) ?? [])], wire));

const bounds = [
  ['a label of 63 bytes', L63, true],
  ['a label of 64 bytes', `a${L63}`, false],
  ['an escaped label of 63 bytes', '\\097'.repeat(63), true],
  ['an escaped label of 64 bytes', '\\097'.repeat(64), false],
  ['a name of 255 bytes', `${L63}.${L63}.${L63}.${'a'.repeat(61)}`, true],
  ['a name of 255 bytes with a final dot', `${L63}.${L63}.${L63}.${'a'.repeat(61)}.`, true],
  ['a name of 256 bytes', `${L63}.${L63}.${L63}.${'a'.repeat(62)}`, false],
  ['a name of 256 bytes with a final dot', `${L63}.${L63}.${L63}.${'a'.repeat(62)}.`, false],
  ['a name of 256 bytes in short labels', 'a.'.repeat(126) + 'aa', false],
  ['a name of 255 bytes in short labels', 'a.'.repeat(126) + 'a', true],
  ['a name of a megabyte', 'a.'.repeat(500_000), false],
  ['an empty label first', '.a', false],
  ['an empty label inside', 'a..b', false],
  ['two final dots', 'a..', false],
  ['only dots', '..', false],
  ['a backslash at the end', 'a\\', false],
  ['a decimal escape too short', 'a\\12', false],
  ['a decimal escape over 255', 'a\\256', false],
] as const;
for (const [what, text, sound] of bounds)
  test(`RFC 1035 2.3.4: ${what} is ${sound ? 'a name' : 'none'}`, () =>
    equal(encodeName(text) !== undefined, sound));

test('dns-packet: a label of 192 bytes becomes a compression pointer (here it is refused)', () => {
  equal(encodeName(`${'a'.repeat(192)}.example`), undefined);
});

test('a dot inside a label never looks like the end of one', () => {
  const text = nameText(encodeName('evil\\.example.com') ?? new Uint8Array());
  equal(text, 'evil\\046example.com');
  equal(text.endsWith('.example.com'), false);
});

test('property: every wire name has one text, which encodes to the same name', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 8 }), (labels) => {
      const wire = Uint8Array.from([...labels.flatMap((l) => [l.length, ...l]), 0]);
      const text = nameText(wire);
      const again = encodeName(text) ?? new Uint8Array();
      equal(nameText(again), text);
      equal(again.length, wire.length);
      equal(text.split('.').length, Math.max(1, labels.length));
    }),
    { numRuns: 300 },
  );
});

test('property: no text throws, and what is encoded is within bounds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const wire = encodeName(text);
      if (wire !== undefined) equal(wire.length <= 255, true);
    }),
    { numRuns: 300 },
  );
});
