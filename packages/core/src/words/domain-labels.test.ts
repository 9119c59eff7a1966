import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { domain } from '../testing/results.js';
import { labelCount, lastLabels } from './domain.js';

const rows = [
  ['a.b.test', 1, 'test'],
  ['a.b.test', 2, 'b.test'],
  ['a.b.test', 3, 'a.b.test'],
  ['a.b.test', 4, 'a.b.test'],
  ['test', 1, 'test'],
  ['test', 2, 'test'],
  ['a.test', 1, 'test'],
] as const;
for (const [name, labels, expected] of rows)
  test(`domain: the last ${labels} labels of ${name}`, () => {
    equal(lastLabels(domain(name), labels), expected);
  });

test('domain: how many labels', () => {
  equal(labelCount('test'), 1);
  equal(labelCount('a.b.test'), 3);
});
