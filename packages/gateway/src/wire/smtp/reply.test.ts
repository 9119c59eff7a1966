import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineBuffer } from './line-buffer.js';
import { formatReply, MAX_REPLY_LINE_BYTES, type Reply, reply } from './reply.js';
import { ReplyReader } from './reply-reader.js';

const rows: readonly (readonly [string, Reply, string])[] = [
  ['5321 4.2: one line', reply(250, undefined, 'ok'), '250 ok\r\n'],
  ['5321 4.2.1: several lines', { code: 250, lines: ['a', 'b', 'c'] }, '250-a\r\n250-b\r\n250 c\r\n'],
  [
    '2034 4: the enhanced code in every line',
    { code: 550, enhanced: '5.7.1', lines: ['a', 'b'] },
    '550-5.7.1 a\r\n550 5.7.1 b\r\n',
  ],
  ['5321 4.2: no text', { code: 250, lines: [] }, '250 \r\n'],
  [
    '5321 4.2: a line end in the text is none',
    reply(550, '5.7.1', 'a\r\n250 b\0\x7f\u00e9'),
    '550 5.7.1 a??250 b???\r\n',
  ],
];
for (const [name, given, text] of rows)
  test(`RFC ${name}`, () => {
    equal(formatReply(given), text);
  });

test('RFC 5321 4.5.3.1.5: a line has at most 512 bytes', () => {
  const at = (enhanced: string | undefined, length: number): number =>
    formatReply(reply(550, enhanced, 'x'.repeat(length))).length;
  equal(at(undefined, 506), MAX_REPLY_LINE_BYTES);
  equal(at(undefined, 507), MAX_REPLY_LINE_BYTES);
  equal(at('5.7.1', 500), MAX_REPLY_LINE_BYTES);
  equal(at('5.7.1', 501), MAX_REPLY_LINE_BYTES);
});

test('codes that are none are a mistake of ours', () => {
  for (const code of [0, 199, 600, 250.5]) throws(() => formatReply(reply(code, undefined, 'x')), TypeError);
  for (const enhanced of ['', '1.0.0', '5.7', '5.7.1000', '5.7.1 x\r\n'])
    throws(() => formatReply(reply(550, enhanced, 'x')), TypeError);
});

test('property: a reply that is written is read again, in any chunks', () => {
  const line = fc.stringMatching(/^[ -~]{0,60}$/).filter((text) => !/^[245]\.\d/.test(text));
  fc.assert(
    fc.property(
      fc.integer({ min: 200, max: 599 }),
      fc.option(fc.constantFrom('.7.1', '.100.255'), { nil: undefined }),
      fc.array(line, { minLength: 1, maxLength: 5 }),
      (code, tail, lines) => {
        const enhanced = tail === undefined || code < 400 ? undefined : `${String(code)[0]}${tail}`;
        const given = enhanced === undefined ? { code, lines } : { code, enhanced, lines };
        const reader = new ReplyReader();
        for (const byte of Buffer.from(formatReply(given))) reader.push(Buffer.from([byte]));
        deepEqual(reader.next(), { kind: 'reply', reply: given });
        ok(reader.empty);
      },
    ),
    { numRuns: 200 },
  );
});

test('RFC 5321 2.3.8: lines at and above the bound, however they are cut', () => {
  for (const [text, kind] of [
    ['1234\r\n', 'line'],
    ['12345\r\n', 'too-long'],
    ['12345\n', 'too-long'],
    ['1234\n', 'bare-lf'],
    ['1234\rx', 'bare-cr'],
    ['\r\r\n', 'bare-cr'],
    ['12345', 'too-long'],
    ['1234', undefined],
    ['1234\r', undefined],
  ] as const)
    for (const step of [1, 2, 100]) {
      const buffer = new LineBuffer();
      let line: { readonly kind: string } | undefined;
      for (let i = 0; i < text.length && line === undefined; i += step) {
        buffer.push(Buffer.from(text.slice(i, i + step)));
        line = buffer.line(6);
      }
      equal(line?.kind, kind, JSON.stringify(text));
    }
});

test('a flood of tiny chunks is joined, and nothing is lost', () => {
  const buffer = new LineBuffer();
  for (let i = 0; i < 5000; i++) buffer.push(Buffer.from('x'));
  equal(buffer.length, 5000);
  equal(buffer.take().length, 5000);
  equal(buffer.length, 0);
});
