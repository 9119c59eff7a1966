import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runSpf, runSpfCounted, type SpfSession } from '../../testing/spf.js';
import { expandMacros, type MacroValues } from './expand-macros.js';
import { type MacroPlace, parseMacroString } from './macro-string.js';
import { targetName } from './target-name.js';

// The sender, client and names of RFC 7208 7.4.
const VALUES: MacroValues = {
  localPart: 'strong-bad',
  senderDomain: 'email.example.com',
  helo: 'mx.example.org',
  clientText: '192.0.2.3',
  clientDotted: '192.0.2.3',
  isIpv4: true,
  receiver: 'rx.example.net',
  timestampSeconds: () => 1_768_478_400,
};
const VALUES6: MacroValues = {
  ...VALUES,
  clientText: '2001:db8::cb01',
  clientDotted: '2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.c.b.0.1',
  isIpv4: false,
};

function expand(
  text: string,
  values: MacroValues = VALUES,
  place: MacroPlace = 'explanation',
): string | undefined {
  const macros = parseMacroString(text, 0, text.length, place);
  if (!macros.ok) return macros.problem.code;
  return expandMacros(macros.value, values, 'email.example.com', 'mx.example.org', 2048);
}

const examples = [
  ['%{s}', 'strong-bad@email.example.com'],
  ['%{o}', 'email.example.com'],
  ['%{d}', 'email.example.com'],
  ['%{d4}', 'email.example.com'],
  ['%{d3}', 'email.example.com'],
  ['%{d2}', 'example.com'],
  ['%{d1}', 'com'],
  ['%{dr}', 'com.example.email'],
  ['%{d2r}', 'example.email'],
  ['%{l}', 'strong-bad'],
  ['%{l-}', 'strong.bad'],
  ['%{lr}', 'strong-bad'],
  ['%{lr-}', 'bad.strong'],
  ['%{l1r-}', 'strong'],
  ['%{ir}.%{v}._spf.%{d2}', '3.2.0.192.in-addr._spf.example.com'],
  ['%{lr-}.lp._spf.%{d2}', 'bad.strong.lp._spf.example.com'],
  ['%{lr-}.lp.%{ir}.%{v}._spf.%{d2}', 'bad.strong.lp.3.2.0.192.in-addr._spf.example.com'],
  ['%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}', '3.2.0.192.in-addr.strong.lp._spf.example.com'],
  ['%{d2}.trusted-domains.example.net', 'example.com.trusted-domains.example.net'],
] as const;
for (const [text, expected] of examples)
  test(`RFC 7208 7.4: ${text}`, () => {
    equal(expand(text), expected);
  });
test('RFC 7208 7.4: %{ir}.%{v}._spf.%{d2} of an IPv6 client', () => {
  const expected = '1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com';
  equal(expand('%{ir}.%{v}._spf.%{d2}', VALUES6), expected);
});

const processing = [
  ['7.1', 'literal percent, blank, encoded blank', '%%-%_-%-', '%- -%20'],
  ['7.1', 'a percent before anything else', 'a%b', 'spf/macro-syntax'],
  ['7.1', 'a percent at the end', 'a%', 'spf/macro-syntax'],
  ['7.1', 'a macro that is not closed', '%{d', 'spf/macro-syntax'],
  ['7.1', 'an empty macro', '%{}', 'spf/macro-syntax'],
  ['7.1', 'digits behind the "r"', '%{dr2}', 'spf/macro-syntax'],
  ['7.1', 'a delimiter that is none', '%{d:}', 'spf/macro-syntax'],
  ['7.1', 'a control character', 'a\x01', 'spf/macro-character'],
  ['7.1', 'every delimiter splits', '%{l.-+,/_=}', 'strong.bad'],
  ['7.2', 'c: the client as text', '%{c}', '192.0.2.3'],
  ['7.2', 'r: the receiver', '%{r}', 'rx.example.net'],
  ['7.2', 't: seconds since 1970', '%{t}', '1768478400'],
  ['7.2', 'p: the validated name', '%{p}', 'mx.example.org'],
  ['7.2', 'h: the HELO', '%{h}', 'mx.example.org'],
  ['7.2', 'a letter that means nothing', '%{x}', 'spf/macro-syntax'],
  ['7.3', 'zero parts', '%{d0}', 'spf/macro-syntax'],
  ['7.3', '127 parts and more', '%{d127}%{d99999999999999999999}', 'email.example.comemail.example.com'],
  ['7.3', 'reversed before parts are taken', '%{d1r}', 'email'],
  ['7.3', 'given delimiters replace the dot', '%{s1@}'.replace('@', '-'), 'bad@email.example.com'],
  ['7.3', 'an upper-case letter escapes', '%{S}', 'strong-bad%40email.example.com'],
  ['7.3', 'an upper-case "R" reverses', '%{dR}', 'com.example.email'],
] as const;
for (const [clause, name, text, expected] of processing)
  test(`RFC 7208 ${clause}: macro: ${name}`, () => {
    equal(expand(text), expected);
  });

test('RFC 7208 7.2: macro: c, r and t are for explanations alone', () => {
  for (const letter of ['c', 'r', 't', 'C', 'R', 'T']) {
    equal(expand(`%{${letter}}`, VALUES, 'domain-spec'), 'spf/macro-syntax');
    ok(expand(`%{${letter}}`) !== 'spf/macro-syntax');
  }
});

test('RFC 7208 7.3: macro: empty parts are parts', () => {
  equal(expand('%{l-}', { ...VALUES, localPart: '-a--b-' }), '.a..b.');
  equal(expand('%{l2r-}', { ...VALUES, localPart: '-a--b-' }), 'a.');
});

test('RFC 7208 7.3: macro: all but unreserved characters are escaped, others as UTF-8', () => {
  equal(
    expand('%{L}', { ...VALUES, localPart: "aZ0-._~!'(*/ \u00fc\u{1f600}\x00" }),
    'aZ0-._~%21%27%28%2A%2F%20%C3%BC%F0%9F%98%80%00',
  );
});

const L = (n: number): string => 'x'.repeat(n);
const names = [
  [
    '7.3',
    '253 characters stay',
    `${L(63)}.${L(63)}.${L(63)}.${L(61)}`,
    `${L(63)}.${L(63)}.${L(63)}.${L(61)}`,
  ],
  ['7.3', '254 lose the left label', `a${L(62)}.${L(63)}.${L(63)}.${L(62)}`, `${L(63)}.${L(63)}.${L(62)}`],
  [
    '7.3',
    'what is left may have 253',
    `a.b.${L(63)}.${L(63)}.${L(63)}.${L(61)}`,
    `${L(63)}.${L(63)}.${L(63)}.${L(61)}`,
  ],
  [
    '7.3',
    'labels go until it fits',
    `a.b.c.${L(63)}.${L(63)}.${L(63)}.${L(60)}`,
    `c.${L(63)}.${L(63)}.${L(63)}.${L(60)}`.slice(2),
  ],
  ['7.3', 'a long text without dot', L(300), undefined],
  ['4.8', 'a label of 63', `${L(63)}.test`, `${L(63)}.test`],
  ['4.8', 'a label of 64', `${L(64)}.test`, undefined],
  ['4.8', 'an empty label', 'a..test', undefined],
  ['4.8', 'nothing', '', undefined],
  ['4.8', 'a dot', '.', undefined],
  ['4.8', 'a final dot goes, once', 'A.Test.', 'a.test'],
  ['4.8', 'two final dots', 'a.test..', undefined],
  ['4.8', 'odd visible characters and blanks are names', 'a:b/c d.test', 'a:b/c d.test'],
  ['4.8', 'a control character', 'a\n.test', undefined],
  ['4.8', 'a non-ASCII character', '\u00fc.test', undefined],
] as const;
for (const [clause, name, text, expected] of names)
  test(`RFC 7208 ${clause}: target name: ${name}`, () => {
    equal(targetName(text), expected);
  });

// What each macro makes DNS be asked, through the whole check.
const asked: readonly (readonly [
  clause: string,
  name: string,
  record: string,
  question: string,
  SpfSession?,
])[] = [
  ['7.2', "o is the sender's domain", 'exists:%{o}.q', 'example.com.q/A'],
  ['7.2', 'l, lower-cased for DNS', 'exists:%{l}.q', 'ann.q/A', { from: 'Ann@Example.COM' }],
  ['7.2', 'i and v of IPv4', 'exists:%{ir}.%{v}.q', '1.2.0.192.in-addr.q/A'],
  ['7.2', 'v of IPv6', 'exists:%{i1}.%{v}.q', '1.ip6.q/A', { ip: '2001:db8::1' }],
  ['7.2', 'h as sent', 'exists:%{h}.q', 'mail.example.net.q/A', { helo: 'MAIL.example.NET' }],
  ['7.2', 'p without a validated name', 'exists:%{p}.q', 'unknown.q/A'],
  [
    '7.2',
    's with the empty reverse-path',
    'exists:%{s}.q',
    'postmaster@example.com.q/A',
    { from: '', helo: 'example.com' },
  ],
];
for (const [clause, name, record, question, session] of asked)
  test(`RFC 7208 ${clause}: macro in a record: ${name}`, async () => {
    const { questions } = await runSpfCounted(
      { 'example.com': { TXT: [`v=spf1 ${record}.test -all`] } },
      session,
    );
    const wanted = question.replace('.q/', '.q.test/');
    ok(questions.includes(wanted), questions.join(' '));
  });

test('RFC 7208 7.2: macro: r is "unknown" where the receiver has not said its name', async () => {
  const zone = { 'example.com': { TXT: ['v=spf1 -all exp=x.test'] }, 'x.test': { TXT: ['%{r} %{t} %{c}'] } };
  const named = await runSpf(
    zone,
    { receiver: 'rx.example.net', ip: '2001:DB8:0::1' },
    { timeSeconds: 1000 },
  );
  const nameless = await runSpf(zone, {}, { timeSeconds: 1000 });
  deepEqual(
    [named, nameless].map((result) => result.status === 'fail' && result.explanation),
    ['rx.example.net 1000 2001:db8::1', 'unknown 1000 192.0.2.1'],
  );
});

const preferred = [
  ['the domain itself first', ['a.test', 'x.example.com', 'example.com'], 'example.com'],
  ['then a name below it', ['a.test', 'x.example.com'], 'x.example.com'],
  ['then any', ['a.test', 'b.test'], 'a.test'],
] as const;
for (const [name, pointers, best] of preferred)
  test(`RFC 7208 7.3: %{p}: ${name}`, async () => {
    const zone: Record<string, unknown> = { '1.2.0.192.in-addr.arpa': { PTR: pointers } };
    for (const pointer of pointers) zone[pointer] = { A: '192.0.2.1' };
    zone['example.com'] = { TXT: ['v=spf1 exists:%{p}.q.test -all'], A: '192.0.2.1' };
    const { questions } = await runSpfCounted(zone);
    ok(questions.includes(`${best}.q.test/A`), questions.join(' '));
  });

test("mistake of peers: %{d} inside an include is the included domain, %{o} stays the sender's", async () => {
  const { questions } = await runSpfCounted({
    'example.com': { TXT: ['v=spf1 include:b.test exists:%{d}.after.test -all'] },
    'b.test': { TXT: ['v=spf1 exists:%{d}.%{o}.%{h}.q.test include:c.%{d} -all'] },
    'c.b.test': { TXT: ['v=spf1 a -all'] },
  });
  deepEqual(questions, [
    'example.com/TXT',
    'b.test/TXT',
    'b.test.example.com.mail.example.net.q.test/A',
    'c.b.test/TXT',
    'c.b.test/A',
    'example.com.after.test/A',
  ]);
});

test('macro strings: any text parses or says where not, and what parses expands within bounds', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '%{',
      '}',
      '%%',
      '%_',
      '%-',
      '%',
      'd',
      'r',
      '2',
      '0',
      '.',
      '-',
      '%{d}',
      '%{l2r-}',
      '%{S}',
      ' ',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 3 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
      (pieces, localPart) => {
        const text = pieces.join('');
        for (const place of ['domain-spec', 'modifier', 'explanation'] as const) {
          const macros = parseMacroString(text, 0, text.length, place);
          if (!macros.ok) ok(macros.problem.at >= 0 && macros.problem.at <= text.length);
          else {
            const out = expandMacros(macros.value, { ...VALUES, localPart }, 'a.test', 'unknown', 200);
            ok(out === undefined || out.length <= 200);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
