import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mailbox, reading } from '../../testing/readings.js';
import { domain } from '../../testing/results.js';
import type { SiteFacts } from '../context.js';
import type { ImpersonationResult } from '../results.js';
import { checkImpersonation } from './check-impersonation.js';

const site: SiteFacts = {
  authservId: 'mx.contoso.example',
  ownDomains: new Set([domain('contoso.example')]),
  protectedDomains: new Set([domain('fabrikam.example')]),
  protectedUsers: [
    {
      displayName: 'Jane Doe',
      addresses: [mailbox('jane@contoso.example'), mailbox('jane.doe@home.example')],
    },
    { displayName: 'Jane Doe', addresses: [mailbox('jane@namesake.example')] },
    { displayName: 'José Müller', addresses: [mailbox('jose@contoso.example')] },
  ],
  trustedSealers: new Set(),
};
const nowhere: SiteFacts = { authservId: 'x', ownDomains: new Set(), trustedSealers: new Set() };

function impersonation(
  header: string,
  facts: SiteFacts = site,
  listFields: readonly string[] = [],
): ImpersonationResult {
  return checkImpersonation(
    {
      author: reading(header, 'from'),
      sender: reading(header, 'sender'),
      replyTo: reading(header, 'reply-to'),
      listFields,
    },
    facts,
  );
}

function words(result: ImpersonationResult): readonly string[] {
  if (result.status === 'clean') return [];
  return result.findings.map((f) => [f.kind, f.confidence, f.method].filter(Boolean).join(' '));
}

const honest: readonly (readonly [string, string, (readonly string[])?])[] = [
  ['a person', 'From: Joe Smith <joe@stranger.example>'],
  ['an own address', 'From: Jane Doe <jane@contoso.example>'],
  ['another own address of the same name', 'From: Jane Doe <jd2@mail.contoso.example>'],
  ['the private address of a protected person', 'From: Jane Doe <Jane.Doe@home.example>'],
  ['a namesake who is protected too', 'From: Jane Doe <jane@namesake.example>'],
  ['a protected domain', 'From: Sales <sales@fabrikam.example>'],
  ['no-reply', 'From: Shop <noreply@shop.example>\nReply-To: noreply@shop.example'],
  [
    'newsletter',
    'From: "Shop (News)" <news@mail.shop.example>\nReply-To: help@support.shop.example',
    ['list-unsubscribe'],
  ],
  ['own address as the name', 'From: "joe@stranger.example" <joe@stranger.example>'],
  [
    'another address of the same organisation as the name',
    'From: "joe@stranger.example" <joe@mail.stranger.example>',
  ],
  [
    'name via list',
    'From: Jane Doe via Devel <devel@lists.example>\nReply-To: Jane Doe <jane@contoso.example>',
    ['list-id'],
  ],
  ['address via list', 'From: "\'joe@stranger.example\' via Devel" <devel@lists.example>', ['list-id']],
  ['list with Sender', 'From: joe@stranger.example\nSender: devel-bounces@lists.example', ['list-id']],
  ['Reply-To of the list', 'From: joe@stranger.example\nReply-To: devel@lists.example', ['list-id']],
  ['a handle in the name', 'From: "Joe @joe" <joe@stranger.example>'],
  ['sales@Home in the name', 'From: "Sales@Home" <joe@stranger.example>'],
  ['old form', 'From: joe@stranger.example (Joe Smith)'],
  ['emoji with joiner and variation selector', 'From: "👩\u200d💻 ❤\ufe0f News" <n@shop.example>'],
  ['Hebrew name with a direction mark', 'From: "\u200fדוד\u200f" <d@stranger.example>'],
  ['Persian name with a non-joiner', 'From: "می\u200cخواهم" <d@stranger.example>'],
  ['accents', 'From: =?iso-8859-1?q?Andr=E9?= <a@stranger.example>'],
  ['a Cyrillic name and domain', 'From: Иван <ivan@почта.example>'],
  ['Japanese domain with Latin letters', 'From: x <x@shop日本.example>'],
  ['a customer of a service named as we are', 'From: Service <x@contoso.service.example>'],
  ['words that share letters', 'From: x <x@constable.example>'],
  ['first name alone', 'From: Jane <jane@stranger.example>'],
  ['another surname', 'From: Jane Dow <jane@stranger.example>'],
  ['a longer name with the words inside', 'From: Jane Doe Memorial Fund <x@stranger.example>'],
  [
    'two authors and a Sender of one organisation is low at most',
    'From: a@stranger.example\nSender: b@stranger.example',
  ],
];
for (const [what, header, listFields] of honest)
  test(`honest mail stays clean: ${what}`, () => {
    deepEqual(words(impersonation(header, site, listFields)), []);
  });

const A = 'From: x <x@';
const rows: readonly (readonly [string, string, readonly string[]])[] = [
  // An address in the display name
  [
    'an own address as the name',
    'From: "jane@contoso.example" <x@evil.test>',
    ['address-in-display-name high'],
  ],
  [
    'a foreign address as the name',
    'From: "pay@bank.example" <x@evil.test>',
    ['address-in-display-name medium'],
  ],
  [
    'in an encoded-word',
    'From: =?utf-8?q?pay=40bank=2Eexample?= <x@evil.test>',
    ['address-in-display-name medium'],
  ],
  [
    'in an encoded-word inside quotes',
    'From: "=?utf-8?b?cGF5QGJhbmsuZXhhbXBsZQ==?=" <x@evil.test>',
    ['address-in-display-name medium'],
  ],
  [
    'full width',
    'From: "ｐａｙ＠ｂａｎｋ．ｅｘａｍｐｌｅ" <x@evil.test>',
    ['address-in-display-name medium'],
  ],
  [
    'zero width space inside',
    'From: "pay@ba\u200bnk.example" <x@evil.test>',
    ['invisible-characters medium', 'address-in-display-name medium'],
  ],
  [
    'in a comment of the old form',
    'From: x@evil.test (pay@bank.example)',
    ['parsers-disagree high', 'address-in-display-name medium'],
  ],
  [
    'an angle address inside the quotes',
    'From: "Pay <pay@bank.example>" <x@evil.test>',
    ['parsers-disagree high', 'address-in-display-name medium'],
  ],
  [
    'own address via a stranger, no list',
    'From: "jane@contoso.example via Portal" <x@evil.test>',
    ['address-in-display-name high'],
  ],
  // Several authors
  ['two From fields', 'From: a@evil.test\nFrom: b@bank.example', ['several-from-fields high']],
  ['the same From twice', 'From: a@evil.test\nFrom: a@evil.test', ['several-from-fields medium']],
  [
    'Exchange 550 5.1.20: two mailboxes without Sender',
    'From: a@evil.test, b@evil.test',
    ['several-from-mailboxes medium'],
  ],
  [
    'two mailboxes of two domains without Sender',
    'From: a@evil.test, b@bank.example',
    ['several-from-mailboxes high'],
  ],
  [
    'two mailboxes with a Sender',
    'From: a@evil.test, b@evil.test\nSender: a@evil.test',
    ['several-from-mailboxes low'],
  ],
  [
    'two mailboxes with two Senders',
    'From: a@evil.test, b@evil.test\nSender: a@evil.test, b@evil.test',
    ['several-from-mailboxes medium'],
  ],
  // Parsers
  [
    'two angle addresses',
    'From: <a@bank.example> <b@evil.test>',
    ['parsers-disagree high', 'unreadable-from medium'],
  ],
  [
    'one address, badly written',
    'From: joe@stranger.example <joe@stranger.example>',
    ['unreadable-from low'],
  ],
  ['no address', 'From: Joe', ['unreadable-from medium']],
  ['no From', 'To: a@b.example', ['unreadable-from medium']],
  [
    'NUL before the domain ends',
    'From: a@bank.example\u0000.evil.test',
    ['parsers-disagree high', 'unreadable-from medium'],
  ],
  // Invisible characters
  ['right-to-left override', 'From: "\u202eeoD enaJ" <x@evil.test>', ['invisible-characters high']],
  ['NUL in an encoded-word', 'From: =?utf-8?q?Bank=00x?= <x@evil.test>', ['invisible-characters high']],
  ['line end in an encoded-word', 'From: =?utf-8?q?Bank=0Ax?= <x@evil.test>', ['invisible-characters high']],
  ['soft hyphen in a word', 'From: "Pay\u00adPal" <x@evil.test>', ['invisible-characters medium']],
  // Protected people
  ['the name', 'From: Jane Doe <x@evil.test>', ['protected-name medium same-name']],
  ['other order', 'From: "DOE, Jane" <x@evil.test>', ['protected-name medium same-name']],
  [
    'title and parentheses',
    'From: "Dr. Jane Doe, CEO (mobile)" <x@evil.test>',
    ['protected-name medium same-name'],
  ],
  ['middle initial', 'From: Jane M. Doe <x@evil.test>', ['protected-name medium same-name']],
  ['in one word', 'From: JaneDoe <x@evil.test>', ['protected-name medium same-name']],
  ['accents left out', 'From: Jose Muller <x@evil.test>', ['protected-name medium same-name']],
  ['Cyrillic letters', 'From: Jаnе Dое <x@evil.test>', ['protected-name high confusable']],
  ['digits for letters', 'From: Jane D0e <x@evil.test>', ['protected-name high confusable']],
  ['full width letters', 'From: Ｊａｎｅ Ｄｏｅ <x@evil.test>', ['protected-name medium same-name']],
  ['initial', 'From: J. Doe <x@evil.test>', ['protected-name low initials']],
  [
    'invisible characters in the name',
    'From: Ja\u200bne Doe <x@evil.test>',
    ['invisible-characters medium', 'protected-name medium same-name'],
  ],
  // Look-alike domains
  ['Cyrillic letter', `${A}cоntoso.example>`, ['lookalike-domain high confusable']],
  ['the same as A-label', `${A}xn--cntoso-wqf.example>`, ['lookalike-domain high confusable']],
  ['Greek letter', `${A}cοntoso.example>`, ['lookalike-domain high confusable']],
  ['full width is the same name', `${A}ｃontoso.example>`, []],
  ['accent', `${A}contósö.example>`, ['lookalike-domain high confusable']],
  ['digit 0', `${A}c0ntoso.example>`, ['lookalike-domain high confusable']],
  ['rn for m', `${A}fabrikarn.example>`, ['lookalike-domain high confusable']],
  ['l for i', `${A}fabrlkam.example>`, ['lookalike-domain high confusable']],
  ['under another suffix too', `${A}c0ntoso.test>`, ['lookalike-domain medium confusable']],
  ['suffix', `${A}contoso.test>`, ['lookalike-domain medium tld']],
  ['hyphen', `${A}con-toso.example>`, ['lookalike-domain medium hyphen']],
  [
    'Microsoft: contosososo is a repetition, three edits and more are not',
    `${A}contossso.example>`,
    ['lookalike-domain medium repetition'],
  ],
  ['letter left out', `${A}contso.example>`, ['lookalike-domain medium edit-distance']],
  ['letters swapped', `${A}cotnoso.example>`, ['lookalike-domain medium edit-distance']],
  ['one letter more', `${A}contosox.example>`, ['lookalike-domain medium edit-distance']],
  ['two edits of seven letters are too many', `${A}contxsx.example>`, []],
  ['added word with hyphen', `${A}contoso-support.example>`, ['lookalike-domain medium added-word']],
  ['added word in front', `${A}login-contoso.example>`, ['lookalike-domain medium added-word']],
  ['added word without hyphen', `${A}contososecure.example>`, ['lookalike-domain medium added-word']],
  ['any word with hyphen', `${A}contoso-berlin.example>`, ['lookalike-domain low added-word']],
  ['subdomain trick', `${A}contoso.example.evil.test>`, ['lookalike-domain high subdomain']],
  [
    'subdomain trick, deeper',
    `${A}mail.contoso.example.login.evil.test>`,
    ['lookalike-domain high subdomain'],
  ],
  ['subdomain trick with hyphens', `${A}contoso-example.evil.test>`, ['lookalike-domain high subdomain']],
  [
    'subdomain trick with hyphens and a word',
    `${A}login-contoso-example-id.evil.test>`,
    ['lookalike-domain high subdomain'],
  ],
  ['mixed alphabets without a target', `${A}раypal.test>`, ['lookalike-domain medium mixed-script']],
  [
    'in Reply-To',
    'From: x@stranger.example\nReply-To: pay@c0ntoso.example',
    ['lookalike-domain high confusable', 'reply-to-elsewhere low'],
  ],
  [
    'in Sender',
    'From: x@stranger.example\nSender: pay@c0ntoso.example',
    ['lookalike-domain high confusable', 'sender-elsewhere low'],
  ],
  // Other fields
  [
    'answers go to a free mailbox',
    'From: x@contoso.example\nReply-To: boss@gmail.com',
    ['reply-to-elsewhere medium'],
  ],
  [
    'among others',
    'From: x@stranger.example\nReply-To: a@b.test, boss@gmail.com',
    ['reply-to-elsewhere medium'],
  ],
  [
    'answers go to another organisation',
    'From: x@stranger.example\nReply-To: a@elsewhere.test',
    ['reply-to-elsewhere low'],
  ],
  ['Sender elsewhere', 'From: x@stranger.example\nSender: a@elsewhere.test', ['sender-elsewhere low']],
];
for (const [what, header, expected] of rows)
  test(`impersonation: ${what}`, () => {
    const result = impersonation(header);
    deepEqual(words(result), expected);
    equal(result.trace.length, Math.max(1, expected.length));
    deepEqual(JSON.parse(JSON.stringify(result)), result);
  });

test('own and protected domains and all below them are never look-alikes, even of each other', () => {
  const facts: SiteFacts = {
    ...nowhere,
    ownDomains: new Set(
      ['contoso.example', 'contoso.test', 'c0ntoso.example', 'mail.contosa.example'].map(domain),
    ),
  };
  for (const name of [
    'contoso.example',
    'contoso.test',
    'c0ntoso.example',
    'x.c0ntoso.example',
    'contosa.example',
  ])
    deepEqual(words(impersonation(`From: x@${name}`, facts)), []);
});

test('the target is named', () => {
  const result = impersonation('From: x@c0ntoso.example');
  equal(result.status === 'suspicious' ? result.findings[0]?.target : '', 'contoso.example');
});

test('a site that watches nothing still sees mixed alphabets', () => {
  deepEqual(words(impersonation('From: x@раypal.test', nowhere)), ['lookalike-domain medium mixed-script']);
  deepEqual(words(impersonation('From: x@contoso.test', nowhere)), []);
});

test('bounded: 100 authors, long names and 127 labels', () => {
  const many = Array.from(
    { length: 100 },
    (_, i) => `"a${i}@b.test ${'x@y.test '.repeat(20)}" <u${i}@h${i}.test>`,
  );
  const result = impersonation(`From: ${many.join(', ')}`);
  ok(words(result).length < 40);
  const deep = `${'a.'.repeat(100)}contoso-example.test`;
  ok(words(impersonation(`From: "${'@'.repeat(50_000)}" <x@${deep}>`)).length < 5);
});

const piece = fc.constantFrom(
  ...[
    'Jane Doe',
    'jane@contoso.example',
    '<x@evil.test>',
    '"',
    '(',
    ')',
    ',',
    'c0ntoso.example',
    '@',
    ' ',
    '\u202e',
  ],
  ...['=?utf-8?q?=00?=', 'xn--', 'а', '-', '.', 'contoso', 'ﬃ', '\ud800', '@x.', '>'],
);
test('property: any From, Sender and Reply-To give a result with a trace', () => {
  const field = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(field, field, field, (from, sender, replyTo) => {
      const result = impersonation(`From: ${from}\nSender: ${sender}\nReply-To: ${replyTo}`);
      return result.trace.length > 0 && (result.status === 'clean') === (words(result).length === 0);
    }),
    { numRuns: 500 },
  );
});
