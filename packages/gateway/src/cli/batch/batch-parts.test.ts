import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pieces, testIo } from '../testing/test-io.js';
import { inOrder } from './in-order.js';
import { listMail } from './mail-folder.js';
import { readLines } from './read-lines.js';
import { readMbox } from './read-mbox.js';

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of source) out.push(item);
  return out;
}

function cut(text: string, at: readonly number[]): string[] {
  const points = [...new Set(at.map((n) => n % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...points].map((start, i) => text.slice(start, points[i] ?? text.length));
}

test('lines: the same wherever the stream is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'bb', '\n', '\r\n', '\n\n', 'longer than eight'), { maxLength: 20 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      async (words, cuts) => {
        const text = words.join('');
        const whole = await all(readLines(pieces(text), 8));
        deepEqual(await all(readLines(pieces(...cut(text, cuts)), 8)), whole);
      },
    ),
    { numRuns: 200 },
  );
});

test('lines: one byte under, at and over the limit', async () => {
  const kinds = (await all(readLines(pieces('1234567\n12345678\n123456789\nx'), 8))).map((line) => line.kind);
  deepEqual(kinds, ['line', 'line', 'too-long', 'line']);
});

test('lines: an endless line is not kept', async () => {
  const piece = Buffer.alloc(65_536, 0x61);
  let made = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; made < 2000; made++) yield piece;
    yield Buffer.from('\nok\n');
  }
  const before = process.memoryUsage().arrayBuffers;
  const lines = await all(readLines(endless(), 100_000));
  deepEqual(
    lines.map((line) => [line.kind, line.number]),
    [
      ['too-long', 1],
      ['line', 2],
    ],
  );
  ok(process.memoryUsage().arrayBuffers - before < 32 * 1024 * 1024);
});

test('in order: results come in the order of the items, however long each takes', async () => {
  const items = pieces('5', '1', '3', '0', '2');
  const results = await all(
    inOrder(
      items,
      { items: 3, bytes: 1e9 },
      () => 1,
      async (item) => {
        const turns = Number(Buffer.from(item).toString());
        for (let i = 0; i < turns; i++) await Promise.resolve();
        return turns;
      },
    ),
  );
  deepEqual(results, [5, 1, 3, 0, 2]);
});

test('in order: never more under way than the bounds allow, in items and in bytes', async () => {
  const rows = [
    [{ items: 4, bytes: 1e9 }, 10, 4],
    [{ items: 100, bytes: 25 }, 10, 2],
    [{ items: 100, bytes: 5 }, 10, 1],
  ] as const;
  for (const [bounds, size, most] of rows) {
    let read = 0;
    let taken = 0;
    let underWay = 0;
    let peak = 0;
    async function* source(): AsyncGenerator<number> {
      for (; read < 50;) yield read++;
    }
    const results = inOrder(
      source(),
      bounds,
      () => size,
      async (item) => {
        peak = Math.max(peak, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        return item;
      },
    );
    for await (const result of results) {
      equal(result, taken++);
      ok(read - taken <= most + 1, `read ${read}, taken ${taken}`);
    }
    equal(taken, 50);
    ok(peak <= most, `${peak} under way`);
  }
});

test('in order: an answer is handed on while the next question is still awaited', async () => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  async function* source(): AsyncGenerator<string> {
    yield 'first';
    await gate;
    yield 'second';
  }
  const results = inOrder(
    source(),
    { items: 8, bytes: 100 },
    () => 1,
    async (item) => item,
  );
  equal((await results.next()).value, 'first');
  release();
  equal((await results.next()).value, 'second');
  equal((await results.next()).done, true);
});

test('in order: a failure comes at its place', async () => {
  const results = inOrder(
    pieces('a', 'b'),
    { items: 8, bytes: 100 },
    () => 1,
    async (item) => {
      if (Buffer.from(item).toString() === 'b') throw new TypeError('b');
      return 'a';
    },
  );
  equal((await results.next()).value, 'a');
  let caught: unknown;
  try {
    await results.next();
  } catch (error) {
    caught = error;
  }
  ok(caught instanceof TypeError);
});

const MBOX = [
  'From alice@example.com Thu Jan 15 12:00:00 2026',
  'Subject: one',
  '',
  'From here on it is text,',
  '>From this line one mark is taken,',
  '>>From this one too.',
  '',
  'From MAILER-DAEMON Thu Jan 15 12:00:01 2026',
  'Subject: two',
  '',
  '',
  'body',
  '',
].join('\n');

test('mbox: separators, quoting, empty lines, envelope senders', async () => {
  const messages = await all(readMbox(pieces(...cut(MBOX, [7, 90, 91, 140])), 10_000));
  deepEqual(
    messages.map((m) =>
      m.kind === 'message' ? [m.number, m.envelopeSender, Buffer.from(m.bytes).toString()] : m,
    ),
    [
      [
        1,
        'alice@example.com',
        'Subject: one\r\n\r\nFrom here on it is text,\r\nFrom this line one mark is taken,\r\n>From this one too.\r\n',
      ],
      [2, undefined, 'Subject: two\r\n\r\n\r\nbody\r\n'],
    ],
  );
});

test('mbox: a message over the limit is named, the next is read', async () => {
  const big = `From a@b.example Thu Jan 15 12:00:00 2026\nSubject: big\n\n${'x'.repeat(300)}\n\nFrom a@b.example Thu Jan 15 12:00:00 2026\nSubject: ok\n\nhi\n`;
  deepEqual(
    (await all(readMbox(pieces(big), 100))).map((m) => m.kind),
    ['too-long', 'message'],
  );
});

test('mail folder: Maildir without tmp, or .eml files below', async () => {
  const maildir = testIo({
    files: { 'm/cur/1:2,S': 'x', 'm/new/2': 'x', 'm/tmp/3': 'x', 'm/cur/.hidden': 'x' },
  });
  deepEqual(await all(listMail(maildir.files, 'm')), ['m/cur/1:2,S', 'm/new/2']);
  const folder = testIo({ files: { 'd/b.eml': 'x', 'd/a/c.EML': 'x', 'd/readme.txt': 'x' } });
  deepEqual(await all(listMail(folder.files, 'd')), ['d/a/c.EML', 'd/b.eml']);
});
