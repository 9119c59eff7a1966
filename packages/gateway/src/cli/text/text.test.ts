import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { didYouMean } from './did-you-mean.js';
import { html } from './html.js';
import { Screen } from './screen.js';
import { visible } from './visible.js';
import { displayWidth, truncate, wrap } from './width.js';
import { testIo } from '../testing/test-io.js';

const HIDDEN = [
  ['escape sequences', 'a\u001b[31mb', 'a<U+001B>[31mb'],
  ['line ends', 'a\r\nb', 'a<U+000D><U+000A>b'],
  ['8-bit controls', 'a\u009bb', 'a<U+009B>b'],
  ['right-to-left override', 'exe\u202egpj', 'exe<U+202E>gpj'],
  ['zero-width space', 'pay\u200bpal', 'pay<U+200B>pal'],
  ['byte order mark', '\ufeffx', '<U+FEFF>x'],
  ['tags', 'a\u{e0041}b', 'a<U+E0041>b'],
  ['half a surrogate pair', 'a\ud800b', 'a<U+D800>b'],
  ['a plain name stays', 'Jürgen 山田 😀', 'Jürgen 山田 😀'],
] as const;
for (const [name, text, expected] of HIDDEN)
  test(`text: ${name} is shown`, () => equal(visible(text), expected));

const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0x20ff })), {
    maxLength: 40,
  })
  .map((codes) => String.fromCodePoint(...codes));

test('text: nothing that comes out can move a cursor, whatever goes in', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      ok(!/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(visible(text)));
    }),
    { numRuns: 300 },
  );
});

test('text: wide characters take two columns, marks none', () => {
  equal(displayWidth('山田'), 4);
  equal(displayWidth('e\u0301'), 1);
  equal(truncate('山田太郎', 5), '山田…');
});

test('text: wrapping keeps every character and the width', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 30 }), (text, columns) => {
      const plain = visible(text);
      const lines = wrap(plain, columns);
      for (const line of lines) ok(displayWidth(line) <= columns, line);
      equal(lines.join('').replaceAll(' ', ''), plain.replaceAll(' ', ''));
    }),
    { numRuns: 300 },
  );
});

test('screen: colour on a terminal only, and never where NO_COLOR is set', async () => {
  const rows = [
    [{ tty: false }, false],
    [{ tty: true }, true],
    [{ tty: true, env: { NO_COLOR: '1' } }, false],
    [{ tty: true, env: { NO_COLOR: '' } }, true],
    [{ tty: true, env: { TERM: 'dumb' } }, false],
    [{ tty: false, env: { FORCE_COLOR: '1' } }, true],
  ] as const;
  for (const [options, colour] of rows) {
    const io = testIo(options);
    await new Screen(io, io.stdout).line({ text: 'x', tone: 'bad' });
    equal(io.out().includes('\u001b['), colour, JSON.stringify(options));
  }
});

test('screen: a colour code inside a message stays text', async () => {
  const io = testIo({ tty: true });
  await new Screen(io, io.stdout).line({ text: '\u001b[2J', tone: 'bad' });
  equal(io.out(), '\u001b[31m<U+001B>[2J\u001b[39m\n');
});

test('screen: without UTF-8 in the locale the drawing is ASCII', () => {
  const io = testIo({ env: { LANG: 'C' } });
  equal(new Screen(io, io.stdout).glyph('━', '='), '=');
  const utf8 = testIo({ env: { LANG: 'de_DE.UTF-8' } });
  equal(new Screen(utf8, utf8.stdout).glyph('━', '='), '━');
});

test('html: whatever stands in a value stays text', () => {
  const hostile = '<script>alert(1)</script>"\'&';
  equal(
    html`<p title="${hostile}">${hostile}</p>`.toString(),
    '<p title="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;">&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;</p>',
  );
  const items = ['a', '<'].map((x) => html`<li>${x}</li>`);
  equal(html`<b>${items}</b>`.toString(), '<b><li>a</li><li>&lt;</li></b>');
});

test('did you mean: near words only', () => {
  const rows = [
    ['TTX', ['TXT', 'MX', 'A'], 'TXT'],
    ['clientIP', ['clientIp', 'helo'], 'clientIp'],
    ['jsno', ['json', 'html'], 'json'],
    ['spf', ['dkim', 'dmarc'], undefined],
  ] as const;
  for (const [word, known, expected] of rows) deepEqual(didYouMean(word, known), expected);
});
