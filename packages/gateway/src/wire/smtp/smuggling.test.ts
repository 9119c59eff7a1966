// Every spelling that some server takes for the end of a message, each cut at every border: one message in, one out or
// refused, and never a second one.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cut, serverOptions } from '../../testing/smtp-dialogue.js';
import { BdatReader } from './bdat-reader.js';
import type { ContentDefect } from './content.js';
import { DataReader } from './data-reader.js';
import { DotStuffer } from './dot-stuffer.js';
import { ServerSession } from './server-session.js';

const SMUGGLED = 'MAIL FROM:<admin@bank.example>\r\nRCPT TO:<b@example.net>\r\nDATA\r\nsecond\r\n.\r\n';

// What stands between the first message and what is to be smuggled; the defect; undefined: plain content.
const variants: readonly (readonly [string, string, ContentDefect | undefined])[] = [
  ['LF . LF', '\n.\n', 'bare-lf'],
  ['LF . CRLF', '\n.\r\n', 'bare-lf'],
  ['CRLF . LF', '\r\n.\n', 'bare-lf'],
  ['CR . CR', '\r.\r', 'bare-cr'],
  ['CR . CRLF', '\r.\r\n', 'bare-cr'],
  ['CR . LF', '\r.\n', 'bare-lf'],
  ['CRLF . CR', '\r\n.\r', 'bare-cr'],
  ['LF . CR', '\n.\r', 'bare-lf'],
  ['LF . CR CRLF', '\n.\r\r\n', 'bare-lf'],
  ['CRLF . CR CRLF', '\r\n.\r\r\n', 'bare-cr'],
  ['CR CRLF . CRLF is an end, after a bare CR', '\r\r\n.\r\n', 'bare-cr'],
  ['CR CRLF . CR CRLF', '\r\r\n.\r\r\n', 'bare-cr'],
  ['LF LF . LF LF', '\n\n.\n\n', 'bare-lf'],
  ['LF CR . LF CR', '\n\r.\n\r', 'bare-lf'],
  ['CRLF NUL . CRLF', '\r\n\0.\r\n', 'nul'],
  ['CRLF . NUL CRLF', '\r\n.\0\r\n', 'nul'],
  ['CRLF . CR NUL LF', '\r\n.\r\0\n', 'bare-lf'],
  ['CR NUL LF . CRLF', '\r\0\n.\r\n', 'bare-lf'],
  ['CRLF NUL CRLF . CRLF is an end, after a NUL', '\r\n\0\r\n.\r\n', 'nul'],
  ['NUL LF . LF', '\0\n.\n', 'bare-lf'],
  ['CRLF .. CRLF', '\r\n..\r\n', undefined],
  ['CRLF . SP CRLF', '\r\n. \r\n', undefined],
  ['CRLF SP . CRLF', '\r\n .\r\n', undefined],
  ['CRLF . TAB CRLF', '\r\n.\t\r\n', undefined],
  ['NEL . NEL', '\x85.\x85', undefined],
  ['VT . VT', '\x0b.\x0b', undefined],
  ['FF . FF', '\x0c.\x0c', undefined],
  ['U+2028 . U+2028', '\xe2\x80\xa8.\xe2\x80\xa8', undefined],
];

const ends = (variant: string): boolean => variant.includes('is an end');

interface Seen {
  readonly messages: string[];
  readonly refused: ContentDefect[];
  readonly out: string;
}

/** What a server makes of these chunks behind DATA, or as one BDAT. */
function serve(chunks: readonly Buffer[], protocol: 'smtp' | 'lmtp', bdat: boolean): Seen {
  const session = new ServerSession(serverOptions({ protocol }));
  const seen: { messages: string[]; refused: ContentDefect[]; out: string } = {
    messages: [],
    refused: [],
    out: '',
  };
  let content: Buffer[] = [];
  const drain = (): void => {
    for (let event = session.next(); event !== undefined; event = session.next()) {
      if (event.type === 'content') content.push(event.bytes);
      if (event.type === 'refused') {
        seen.refused.push(event.defect);
        content = [];
      }
      if (event.type === 'end') {
        seen.messages.push(Buffer.concat(content).toString('latin1'));
        content = [];
      }
      if (session.awaiting) session.accept();
    }
    seen.out += session.output();
  };
  session.greet();
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  for (const line of [
    protocol === 'smtp' ? 'EHLO c.example' : 'LHLO c.example',
    'MAIL FROM:<a@example.org>',
    'RCPT TO:<b@example.net>',
    'RCPT TO:<c@example.net>',
    bdat ? `BDAT ${total} LAST` : 'DATA',
  ]) {
    session.push(Buffer.from(`${line}\r\n`));
    drain();
  }
  seen.out = '';
  for (const chunk of chunks) {
    session.push(chunk);
    drain();
  }
  return seen;
}

for (const protocol of ['smtp', 'lmtp'] as const)
  for (const [name, bytes, defect] of variants)
    test(`RFC 5321 4.1.1.4: ${name} (${protocol}, DATA, cut at every border)`, () => {
      // The smuggled commands come only where the end is no end: behind a real one they are commands, of the client.
      const raw = Buffer.from(`first${bytes}${ends(name) ? '' : SMUGGLED}`, 'latin1');
      const one = serve([raw], protocol, false);
      equal(one.messages.length + one.refused.length, 1);
      deepEqual(one.refused, defect === undefined ? [] : [defect]);
      const replies = one.out.match(/^\d{3} [^\r]*\r\n/gm)?.length;
      equal(replies, protocol === 'lmtp' ? 2 : 1);
      ok(defect === undefined || one.out.startsWith('550 5.6.0 '));
      for (let border = 1; border < raw.length; border++)
        deepEqual(serve(cut(raw, [border]), protocol, false), one, `cut at ${border}`);
      deepEqual(serve(cut(raw, [...raw.keys()]), protocol, false), one, 'byte by byte');
    });

for (const [name, bytes, defect] of variants)
  test(`RFC 3030 3: ${name} (BDAT, cut at every border)`, () => {
    const raw = Buffer.from(`first${bytes}${SMUGGLED}`, 'latin1');
    const one = serve([raw], 'smtp', true);
    deepEqual(one.refused, defect === undefined ? [] : [defect]);
    deepEqual(one.messages, defect === undefined ? [raw.toString('latin1')] : []);
    for (let border = 1; border < raw.length; border++)
      deepEqual(serve(cut(raw, [border]), 'smtp', true).refused, one.refused, `cut at ${border}`);
  });

test('what is delivered by DATA never holds an end that another server could see', () => {
  for (const [, bytes, defect] of variants) {
    const stuffer = new DotStuffer();
    stuffer.stuff(Buffer.from(`first${bytes}second\r\n`, 'latin1'));
    equal(stuffer.unsafe, defect === 'bare-lf' || defect === 'bare-cr');
  }
});

/** Content of few characters, so that each spelling comes up. */
const hostile = fc
  .array(fc.constantFrom('\r\n', '.', '\r', '\n', '\0', 'x', '\r\n.', '.\r\n', '\r\n..'), { maxLength: 24 })
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

test('property: any cut gives the same content, the same defect and the same end', () => {
  fc.assert(
    fc.property(hostile, fc.array(fc.nat(80), { maxLength: 8 }), (bytes, offsets) => {
      const raw = Buffer.concat([bytes, Buffer.from('x\r\n.\r\n')]);
      const read = (chunks: readonly Buffer[]): unknown => {
        const reader = new DataReader();
        const content: Buffer[] = [];
        let at = 0;
        for (const chunk of chunks) {
          const step = reader.read(chunk);
          content.push(step.content);
          at += step.next;
        }
        ok(reader.ended);
        const { defect } = reader;
        return { defect, at, content: defect === undefined ? Buffer.concat(content).toString('latin1') : '' };
      };
      deepEqual(read(cut(raw, offsets)), read([raw]));
    }),
    { numRuns: 500 },
  );
});

test('property: DATA and BDAT find the same defect in the same content', () => {
  fc.assert(
    fc.property(hostile, (bytes) => {
      const stuffer = new DotStuffer();
      const sent = Buffer.concat([stuffer.stuff(bytes), stuffer.end()]);
      const data = new DataReader();
      const step = data.read(sent);
      const bdat = new BdatReader();
      bdat.chunk(bytes.length, true);
      bdat.read(bytes);
      equal(stuffer.unsafe, bdat.defect === 'bare-lf' || bdat.defect === 'bare-cr');
      if (stuffer.unsafe) return;
      equal(data.defect, bdat.defect);
      ok(data.ended);
      if (data.defect !== undefined) return;
      const added = bdat.endsWithLine ? '' : '\r\n';
      equal(step.content.toString('latin1'), bytes.toString('latin1') + added);
    }),
    { numRuns: 500 },
  );
});
