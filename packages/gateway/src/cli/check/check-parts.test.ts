import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { guessSession } from './guess-session.js';
import { hasUnixLineEnds } from './line-ends.js';

const RECEIVED = [
  ['Postfix', 'from mx.a.example (mx.a.example [192.0.2.1]) by us', '192.0.2.1', 'mx.a.example'],
  ['Postfix, IPv6', 'from mx.a.example (x [IPv6:2001:db8::1]) by us', '2001:db8::1', 'mx.a.example'],
  [
    'Exchange',
    'from MX.a.example (192.0.2.1) by us.example (198.51.100.1) with SMTP',
    '192.0.2.1',
    'MX.a.example',
  ],
  ['Exim', 'from [192.0.2.7] (helo=laptop) by us', '192.0.2.7', '[192.0.2.7]'],
  ['folded', 'from a.example\r\n (a.example\r\n [192.0.2.1])\r\n by us', '192.0.2.1', 'a.example'],
  ['the receiving side is not the client', 'by 198.51.100.1 with SMTP id x', undefined, undefined],
  ['a private hop is passed over', 'from in.example ([10.0.0.5]) by us', undefined, undefined],
  ['nothing but words', 'from somewhere by us', undefined, undefined],
] as const;
for (const [name, value, clientIp, helo] of RECEIVED)
  test(`guess: Received of ${name}`, () => {
    const guess = guessSession(Buffer.from(`Received: ${value}\r\n\r\n`));
    deepEqual([guess.clientIp, guess.helo], [clientIp, helo]);
  });

test('guess: the topmost public hop counts, and Return-Path is MAIL FROM', () => {
  const guess = guessSession(
    Buffer.from(
      'Return-Path: <a@b.example>\nReceived: from x ([10.1.1.1]) by y\nReceived: from z ([192.0.2.9]) by x\nReceived: from w ([192.0.2.8]) by z\n\n',
    ),
  );
  deepEqual(guess, { mailFrom: '<a@b.example>', clientIp: '192.0.2.9', helo: 'z' });
});

test('guess: never throws, whatever the header', () => {
  fc.assert(
    fc.property(
      fc.string(),
      (text) => void guessSession(Buffer.from(`Received: from ${text}\r\nReturn-Path:${text}`)),
    ),
    { numRuns: 300 },
  );
});

test('line ends: Unix files are told from mail', () => {
  const rows = [
    ['a: b\n\nc\n', true],
    ['a: b\r\n\r\nc\n', false],
    ['a: b\n\r\n', true],
    ['no line end', false],
    ['\nbody', true],
  ] as const;
  for (const [text, unix] of rows) equal(hasUnixLineEnds(Buffer.from(text)), unix, JSON.stringify(text));
});
