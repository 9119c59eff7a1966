import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { BdatReader } from './bdat-reader.js';
import { DataReader } from './data-reader.js';
import { DotStuffer } from './dot-stuffer.js';

const text = (s: string): Buffer => Buffer.from(s, 'latin1');

// [clause, what, sent by the client, content]
const unstuffed: readonly (readonly [string, string, string, string])[] = [
  ['4.1.1.4', 'an empty message', '.\r\n', ''],
  ['4.1.1.4', 'the CRLF before the dot belongs to the message', 'a\r\n.\r\n', 'a\r\n'],
  ['4.5.2', 'a dot of transparency goes', '..\r\n.\r\n', '.\r\n'],
  ['4.5.2', 'a dot before something else goes too', '.z\r\n.\r\n', 'z\r\n'],
  ['4.5.2', 'only the first dot goes', '...\r\n.\r\n', '..\r\n'],
  ['4.5.2', 'dots within a line stay', 'a.\r\na..b\r\n.\r\n', 'a.\r\na..b\r\n'],
  ['4.5.2', 'a long line behind a dot', `.${'x'.repeat(80)}\r\n.\r\n`, `${'x'.repeat(80)}\r\n`],
];
for (const [clause, name, sent, content] of unstuffed)
  test(`RFC 5321 ${clause}: ${name}`, () => {
    for (let border = 0; border <= sent.length; border++) {
      const reader = new DataReader();
      const parts = [text(sent.slice(0, border)), text(sent.slice(border))];
      equal(parts.map((part) => reader.read(part).content.toString('latin1')).join(''), content);
      ok(reader.ended);
      equal(reader.size, content.length);
    }
  });

test('RFC 2920 3.1: what stands behind the end of data is left for the next command', () => {
  const reader = new DataReader();
  const bytes = text('xxa\r\n.\r\nQUIT\r\n');
  deepEqual(reader.read(bytes, 2), { content: text('a\r\n'), next: 8 });
  deepEqual(reader.read(bytes, 8), { content: text(''), next: 8 });
});

test('RFC 5321 4.5.3.1.6: a line at the bound passes, one above it is refused, in one piece or many', () => {
  const bounds = { messageBytes: 1000, lineBytes: 10 };
  for (const [line, defect] of [
    ['12345678', undefined],
    ['123456789', 'long-line'],
  ] as const)
    for (const step of [1, 3, 100]) {
      const data = new DataReader(bounds);
      const bdat = new BdatReader(bounds);
      const content = text(`a\r\n${line}\r\nb\r\n`);
      bdat.chunk(content.length, true);
      const sent = Buffer.concat([content, text('.\r\n')]);
      for (let i = 0; i < sent.length; i += step) data.read(sent.subarray(i, i + step));
      for (let i = 0; i < content.length; i += step) bdat.read(content.subarray(i, i + step));
      equal(data.defect, defect);
      equal(bdat.defect, defect);
      ok(data.ended && bdat.ended);
    }
});

test('RFC 1870 6.3: a message at the bound passes, one byte more is refused', () => {
  const bounds = { messageBytes: 5, lineBytes: 100 };
  for (const [content, defect] of [
    ['abc\r\n', undefined],
    ['abcd\r\n', 'too-big'],
  ] as const) {
    const data = new DataReader(bounds);
    data.read(text(`${content}.\r\n`));
    equal(data.defect, defect);
    const bdat = new BdatReader(bounds);
    bdat.chunk(3, false);
    bdat.read(text(content.slice(0, 3)));
    bdat.chunk(content.length - 3, true);
    bdat.read(text(content.slice(3)));
    equal(bdat.defect, defect);
  }
});

test('smtp-server fault: a line of 3 MB passed', () => {
  const reader = new DataReader();
  reader.read(Buffer.alloc(3_000_000, 'x'));
  equal(reader.defect, 'long-line');
});

test('smtp-server fault: 1 MB of "..CRLF" cost a second; here it is one pass and one copy', () => {
  const lines = Buffer.from('..\r\n'.repeat(262_144));
  const { content, next } = new DataReader().read(lines);
  equal(next, lines.length);
  ok(content.equals(Buffer.from('.\r\n'.repeat(262_144))));
});

test('RFC 3030 2: chunks of size 0, a last chunk alone, and what they must not be', () => {
  const reader = new BdatReader();
  reader.chunk(0, false);
  equal(reader.ended, false);
  reader.chunk(2, false);
  ok(reader.inChunk);
  throws(() => reader.chunk(1, true), TypeError);
  deepEqual(reader.read(text('abEHLO')), { content: text('ab'), next: 2 });
  reader.chunk(0, true);
  ok(reader.ended);
  equal(reader.endsWithLine, false);
  throws(() => reader.chunk(0, true), TypeError);
});

test('RFC 3030 3: CRLF across two chunks is one line end; a CR at the very end is bare', () => {
  for (const [first, second, defect] of [
    ['a\r', '\nb\r\n', undefined],
    ['a\r', 'b\r\n', 'bare-cr'],
    ['a', '\nb\r\n', 'bare-lf'],
    ['a\r\n', 'b\r', 'bare-cr'],
  ] as const) {
    const reader = new BdatReader();
    reader.chunk(first.length, false);
    reader.read(text(first));
    reader.chunk(second.length, true);
    reader.read(text(second));
    equal(reader.defect, defect);
  }
  const empty = new BdatReader();
  empty.chunk(2, false);
  empty.read(text('a\r'));
  empty.chunk(0, true);
  equal(empty.defect, 'bare-cr');
});

test('RFC 5321 4.5.2: dots are put in at line starts only, also across pieces', () => {
  const stuffer = new DotStuffer();
  const out = ['.a\r\n', '.', '\r\n..b.\r', '\n.', '.\r\n'].map((part) =>
    stuffer.stuff(text(part)).toString('latin1'),
  );
  equal(out.join(''), '..a\r\n..\r\n...b.\r\n...\r\n');
  equal(stuffer.end().toString('latin1'), '.\r\n');
  ok(!stuffer.unsafe);
});

test('RFC 5321 4.1.1.4: content without a last CRLF gets one, nothing else changes', () => {
  const stuffer = new DotStuffer();
  const content = text('no dots, no end');
  equal(stuffer.stuff(content), content);
  equal(stuffer.end().toString('latin1'), '\r\n.\r\n');
});

test('nodemailer fault: a bare CR or LF is never rewritten; DATA refuses to carry it', () => {
  for (const content of ['a\nb\r\n', 'a\rb\r\n', '\n', 'a\r', 'a\r\n\n']) {
    const stuffer = new DotStuffer();
    stuffer.stuff(text(content));
    ok(stuffer.unsafe, JSON.stringify(content));
  }
});
