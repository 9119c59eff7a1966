import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { encodeName } from './name.js';
import { buildQuery, matchReply } from './query.js';

test('a type number that looks like a letter in another case is another question', () => {
  const query = buildQuery(encodeName('a.example') ?? new Uint8Array(), 0x41, {
    edns: undefined,
    mixedCase: false,
    randomBytes: (length) => new Uint8Array(length),
  });
  const reply = Uint8Array.from(query.bytes);
  reply[2] = 0x80;
  equal(matchReply(query, reply), 'reply');
  reply[query.questionEnd - 3] = 0x61;
  equal(matchReply(query, reply), 'wrong-question');
});
