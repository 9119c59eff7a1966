import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { countByteWork } from '../testing/byte-work.js';
import { cut, cutAt, endlessWait, streamOf, type StreamLog } from '../testing/stream.js';
import { concat, encodeLatin1, latin1 } from '../syntax/bytes.js';
import { DEFAULT_LIMITS, withLimits, type Limits } from '../words/limits.js';
import { unfoldedValue } from './header-block.js';
import { openMessage, type MessageSource } from './source.js';

interface Read {
  readonly fields: readonly string[];
  /** `truncated` where it was given up. */
  readonly body: string;
  readonly bytes: number;
  readonly problems: readonly string[];
}

async function read(
  source: MessageSource,
  changes: Partial<Limits> = {},
  signal?: AbortSignal,
): Promise<Read> {
  const message = await openMessage(source, withLimits(changes), signal);
  const pieces: Uint8Array[] = [];
  let ends = 0;
  let truncated = false;
  const facts = await message.readBody({
    readWhole: (body) => {
      ends++;
      pieces.push(body.slice());
    },
    update: (piece) => void pieces.push(piece.slice()),
    finish: () => ends++,
    truncate: () => {
      truncated = true;
      ends++;
    },
  });
  equal(ends, 1);
  const { head } = message;
  return {
    fields: head.fields.map((field) => `${field.name}=${unfoldedValue(head, field)}`),
    body: truncated ? 'truncated' : latin1(concat(pieces)),
    bytes: facts.bytes,
    problems: [...head.problems, ...facts.problems].map(({ code }) => code),
  };
}

const LF_ONLY = ['message/lf-line-ends'];
const rows: readonly (readonly [string, string, string, Partial<Limits>, Read])[] = [
  ['5322 2.1', 'header and body', 'A: 1\r\n\r\nbody\r\n', {}, expected(['a=1'], 'body\r\n', 14)],
  ['5322 2.1', 'no body at all', 'A: 1\r\n', {}, expected(['a=1'], '', 6)],
  ['5322 2.1', 'an empty body', 'A: 1\r\n\r\n', {}, expected(['a=1'], '', 8)],
  ['5322 2.1', 'nothing', '', {}, expected([], '', 0)],
  ['5322 2.1', 'no header: the body follows the first CRLF', '\r\nbody', {}, expected([], 'body', 6)],
  [
    '5322 2.1',
    'the end cuts CRLF: the CR is a byte of the value',
    'A: 1\r',
    {},
    expected(['a=1'], '', 5, ['message/bare-cr']),
  ],
  [
    '6376 5.3',
    'LF alone throughout is read as CRLF',
    'A: 1\nB: 2\n\nx\ny\n',
    {},
    expected(['a=1', 'b=2'], 'x\r\ny\r\n', 15, LF_ONLY),
  ],
  [
    '6376 5.3',
    'the first line decides: CRLF further down stays one line end',
    'A: 1\nB: 2\r\n\nx\r\ny\n',
    {},
    expected(['a=1', 'b=2'], 'x\r\ny\r\n', 17, LF_ONLY),
  ],
  ['6376 5.3', 'LF alone, no header', '\nx\n', {}, expected([], 'x\r\n', 3, LF_ONLY)],
  [
    '6376 5.3',
    'the first line decides: a bare LF in the body of a CRLF message is a byte',
    'A: 1\r\n\r\nx\ny\r\n',
    {},
    expected(['a=1'], 'x\ny\r\n', 13),
  ],
  [
    '5321 2.3.8',
    'a bare LF in the header of a CRLF message ends a line, and the body is untouched',
    'A: 1\r\nB: 2\n\r\nx\ny\r\n',
    {},
    expected(['a=1', 'b=2'], 'x\ny\r\n', 18, ['message/bare-lf']),
  ],
  [
    '5321 4.5.3',
    'a header of exactly headerBytes',
    'A: 1\r\n\r\nbody',
    { headerBytes: 8 },
    expected(['a=1'], 'body', 12),
  ],
  [
    '5321 4.5.3',
    'a header that ends with the message at headerBytes is not too long',
    'A: 1\r\nB:',
    { headerBytes: 8 },
    expected(['a=1', 'b='], '', 8),
  ],
  [
    '5321 4.5.3',
    'a header of one byte more than headerBytes',
    'A: 12\r\n\r\nbody',
    { headerBytes: 8 },
    // The limit cuts the empty line in two.
    expected(['a=12'], '\nbody', 13, ['message/header-too-long']),
  ],
  [
    '5321 4.5.3',
    'a first line past headerBytes does not tell about line ends',
    'A: 123456789\nB: 2\n\nx\n',
    { headerBytes: 8 },
    expected(['a=12345'], '6789\nB: 2\n\nx\n', 21, ['message/header-too-long']),
  ],
  [
    '5321 4.5.3',
    'a message of exactly messageBytes',
    'A: 1\r\n\r\nbody',
    { messageBytes: 12 },
    expected(['a=1'], 'body', 12),
  ],
  [
    '5321 4.5.3',
    'a message of one byte more than messageBytes: no body, and its size is not made up',
    'A: 1\r\n\r\nbody!',
    { messageBytes: 12 },
    expected(['a=1'], 'truncated', 12, ['message/too-long']),
  ],
  [
    '5321 4.5.3',
    'messageBytes counts bytes as received, not the CRs added to them',
    'A: 1\n\nx\ny\n',
    { messageBytes: 10 },
    expected(['a=1'], 'x\r\ny\r\n', 10, LF_ONLY),
  ],
  [
    '5321 4.5.3',
    'the header is read even where it alone is past messageBytes',
    'A: 1\r\nB: 2\r\n\r\nx',
    { messageBytes: 5 },
    expected(['a=1', 'b=2'], 'truncated', 5, ['message/too-long']),
  ],
];

function expected(
  fields: readonly string[],
  body: string,
  bytes: number,
  problems: readonly string[] = [],
): Read {
  return { fields, body, bytes, problems };
}

for (const [clause, name, text, limits, reading] of rows)
  test(`RFC ${clause}: ${name}, whole and cut anywhere`, async () => {
    const bytes = encodeLatin1(text);
    deepEqual(await read(bytes, limits), reading);
    deepEqual(await read(Buffer.from(bytes), limits), reading);
    for (let size = 1; size <= bytes.length; size++)
      deepEqual(await read(streamOf(cut(bytes, size)), limits), reading, `pieces of ${size}`);
    for (let at = 0; at <= bytes.length; at++)
      deepEqual(await read(streamOf(cutAt(bytes, [at, at])), limits), reading, `cut at ${at}, and nothing`);
  });

test('a stream without any piece is a message without anything', async () =>
  deepEqual(await read(streamOf([])), expected([], '', 0)));

test('a stream that is too long is closed, and not read on', async () => {
  const log: StreamLog = { pulled: 0, bytes: 0, closed: false };
  function* endless(): Generator<Uint8Array> {
    yield encodeLatin1('A: 1\r\n\r\n');
    for (;;) yield new Uint8Array(100);
  }
  const { body, bytes } = await read(streamOf(endless(), log), { messageBytes: 1000 });
  deepEqual(
    { body, bytes, log },
    { body: 'truncated', bytes: 1000, log: { pulled: 11, bytes: 1008, closed: true } },
  );
});

test('a stream that is read to its end is not closed a second time', async () => {
  const log: StreamLog = { pulled: 0, bytes: 0, closed: false };
  await read(streamOf([encodeLatin1('A: 1\r\n\r\nbody')], log));
  equal(log.closed, false);
});

test('a message whose body nobody wants is closed', async () => {
  const log: StreamLog = { pulled: 0, bytes: 0, closed: false };
  const message = await openMessage(streamOf(cut(encodeLatin1('A: 1\r\n\r\nbody'), 8), log), DEFAULT_LIMITS);
  message.close();
  message.close();
  deepEqual(log, { pulled: 1, bytes: 8, closed: true });
});

test('what a stream throws comes out, in the header and in the body', async () => {
  const broken = new Error('connection reset');
  for (const before of ['A: 1\r\n', 'A: 1\r\n\r\nbo']) {
    function* pieces(): Generator<Uint8Array> {
      yield encodeLatin1(before);
      throw broken;
    }
    await rejects(
      read(
        (async function* () {
          yield* pieces();
        })(),
      ),
      (error) => error === broken,
    );
  }
});

test('text is refused: what a decoder lost cannot be verified', async () => {
  const source = streamOf(['From: a@example.com\r\n'] as unknown as Uint8Array[]);
  await rejects(read(source), TypeError);
});

test('an abort does not wait for a stream that is silent, and closes it', async () => {
  const log: StreamLog = { pulled: 0, bytes: 0, closed: false };
  const abort = new AbortController();
  const reason = new Error('client went away');
  const reading = read(endlessWait(log), {}, abort.signal);
  abort.abort(reason);
  await rejects(reading, (error) => error === reason);
  equal(log.closed, true);
});

test('a header in pieces of one byte: bytes are moved and searched a few times, not once per piece', async () => {
  const header = encodeLatin1(`A: ${'x'.repeat(200_000)}\r\n\r\n`);
  const { value, work } = await countByteWork(() => openMessage(streamOf(cut(header, 1)), DEFAULT_LIMITS));
  equal(value.head.fields.length, 1);
  ok(work.copied <= 4 * header.length, `${work.copied} bytes copied for ${header.length}`);
  ok(work.searched <= 16 * header.length, `${work.searched} bytes searched for ${header.length}`);
});

test('one header line of 50 MB from a stream: only as much is gathered as the limit and one piece', async () => {
  const log: StreamLog = { pulled: 0, bytes: 0, closed: false };
  const piece = new Uint8Array(65_536).fill(0x61);
  function* line(): Generator<Uint8Array> {
    yield encodeLatin1('From: ');
    for (let i = 0; i < 800; i++) yield piece;
  }
  const { value, work } = await countByteWork(() => openMessage(streamOf(line(), log), DEFAULT_LIMITS));
  const most = DEFAULT_LIMITS.headerBytes + piece.length;
  ok(log.bytes <= most, `${log.bytes} bytes pulled`);
  ok(work.largest <= most, `a buffer of ${work.largest} bytes`);
  ok(work.copied <= 4 * most, `${work.copied} bytes copied`);
  equal(value.head.bytes.length, log.bytes);
  equal(value.head.problems[0]?.code, 'message/header-too-long');
});
