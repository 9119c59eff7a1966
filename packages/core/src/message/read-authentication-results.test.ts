import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PublicSuffixes } from '../dns/public-suffix.js';
import { crlf } from '../testing/world.js';
import { parseDomain } from '../words/domain.js';
import { readHeaderBlock } from './header-block.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { readAuthenticationResults, type ReadResultsOptions } from './read-authentication-results.js';

/** Every domain under .example is a registrable one; so are those under suffix.example. */
const organizations: PublicSuffixes = {
  organizationalDomain(name) {
    const labels = name.split('.');
    const take = name.endsWith('.suffix.example') ? 3 : 2;
    if (labels.length < take || name === 'suffix.example') return undefined;
    const read = parseDomain(labels.slice(-take).join('.'));
    return read.ok ? read.value : undefined;
  },
};

const IDS = ['mx.example.net'];
const OURS = 'Received: from out.a.example by mx.example.net';
const THEIRS = 'Received: from pc by out.a.example';
const AR = 'Authentication-Results: mx.example.net;';
const PASS = `${AR} dmarc=pass header.from=a.example`;
const FROM = 'From: Author <author@a.example>\nSubject: s';

function ask(
  lines: readonly string[],
  options: ReadResultsOptions = {},
  ids: readonly string[] = IDS,
): string {
  const answer = readAuthenticationResults(crlf(`${lines.join('\n')}\n\nbody\n`), ids, options);
  const { verifiedDomain, evidence } = answer;
  equal(verifiedDomain !== null, /^(dmarc-pass|dkim-aligned|spf-aligned)$/.test(evidence.reason));
  return verifiedDomain === null ? evidence.reason : `${evidence.reason} ${verifiedDomain}`;
}

const org = { organizations };
const rows: readonly (readonly [string, string, readonly string[], string, ReadResultsOptions?])[] = [
  // RFC 8601: what it asks of a consumer.
  ['RFC 8601 4.1', 'our field above our Received', [PASS, OURS, THEIRS, FROM], 'dmarc-pass a.example'],
  [
    'RFC 8601 4.1',
    'our field below our Received, as Gmail has it',
    [OURS, PASS, THEIRS, FROM],
    'dmarc-pass a.example',
  ],
  ['RFC 8601 4.1', 'no field', [OURS, FROM], 'no-trusted-field'],
  [
    'RFC 8601 4.1',
    'the id of somebody else',
    [`Authentication-Results: o.example; dmarc=pass header.from=a.example`, OURS, FROM],
    'no-trusted-field',
  ],
  [
    'RFC 8601 4.1',
    'a result word that is not registered',
    [`${AR} dmarc=bestguesspass header.from=a.example`, FROM],
    'no-result',
  ],
  [
    'RFC 8601 4.1',
    'a property type that is not registered',
    [`${AR} dmarc=pass header.from=a.example x.y=z`, FROM],
    'no-result',
  ],
  [
    'RFC 8601 4.1',
    'a method we do not know',
    [`${AR} x-dmarc=pass header.from=a.example`, FROM],
    'no-result',
  ],
  [
    'RFC 8601 2.7.7',
    'an experimental result',
    [`${AR} dmarc=x-pass header.from=a.example`, FROM],
    'no-result',
  ],
  [
    'RFC 8601 2.7.6',
    'an experimental method beside a registered one',
    [`${AR} x-foo=fail; dmarc=pass header.from=a.example`, FROM],
    'dmarc-pass a.example',
  ],
  [
    'RFC 8601 2.6',
    'a method version nobody knows',
    [`${AR} dmarc/2=pass header.from=a.example`, FROM],
    'no-result',
  ],
  [
    'RFC 8601 2.6',
    'a version nobody knows',
    ['Authentication-Results: mx.example.net 2; dmarc=pass header.from=a.example', FROM],
    'unsupported-version',
  ],
  [
    'RFC 8601 2.5',
    'id without regard to case',
    [PASS.replace('mx.ex', 'MX.Ex'), FROM],
    'dmarc-pass a.example',
  ],
  [
    'RFC 8601 2.3',
    'header.from as an address',
    [`${AR} dmarc=pass header.from=author@a.example`, FROM],
    'dmarc-pass a.example',
  ],
  [
    'RFC 8601 2.4',
    'policy properties say nothing about the author',
    [`${AR} dmarc=pass policy.from=a.example`, FROM],
    'other-author',
  ],
  ['RFC 8601 2.2', 'none', [`${AR} none`, FROM], 'no-result'],
  [
    'RFC 8601 7.1',
    'forged, below the first Received of a stranger',
    [OURS, THEIRS, PASS, FROM],
    'no-trusted-field',
  ],
  ['RFC 8601 7.1', 'forged, among the fields of the author', [OURS, FROM, PASS], 'no-trusted-field'],
  [
    'RFC 8601 7.1',
    'forged below our Received, ours above says fail',
    [`${AR} dmarc=fail header.from=a.example`, OURS, PASS, THEIRS, FROM],
    'not-passed',
  ],
  [
    'RFC 8601 7.1',
    'forged below our Received, ours above says nothing of DMARC',
    [`${AR} spf=fail smtp.mailfrom=a.example`, OURS, PASS, THEIRS, FROM],
    'no-result',
  ],
  [
    'RFC 8601 7.1',
    'forged beside ours',
    [OURS, `${AR} dmarc=fail header.from=a.example`, PASS, THEIRS, FROM],
    'contradiction',
  ],
  [
    'RFC 8601 7.10',
    'in an attached message',
    [OURS, FROM, 'Content-Type: message/rfc822', '', PASS, FROM],
    'no-trusted-field',
  ],
  [
    'RFC 8601 5',
    'two own hops, as configured',
    [OURS, OURS, PASS, THEIRS, FROM],
    'dmarc-pass a.example',
    { ownHops: 2 },
  ],
  ['RFC 8601 5', 'two own hops, not configured', [OURS, OURS, PASS, THEIRS, FROM], 'no-trusted-field'],

  // Mistakes that applications keep making.
  ['repeated mistake', 'no pinned authserv-id', [PASS, FROM], 'dmarc-pass a.example'],
  [
    'repeated mistake',
    'first header only (Fastmail spreads verdicts over four)',
    [
      `${AR} x-csa=none`,
      `${AR} dkim=pass header.d=a.example`,
      `${AR} spf=none smtp.helo=h.example`,
      PASS,
      OURS,
      FROM,
    ],
    'dmarc-pass a.example',
  ],
  [
    'repeated mistake',
    'regular expression fooled by a comment',
    [`${AR} dmarc=fail (was dmarc=pass header.from=a.example) header.from=a.example`, FROM],
    'not-passed',
  ],
  [
    'repeated mistake',
    'regular expression fooled by a quoted local part',
    [`${AR} spf=fail smtp.mailfrom="; dmarc=pass header.from=a.example; "@evil.example`, FROM],
    'no-result',
  ],
  [
    'repeated mistake',
    'regular expression fooled by a reason',
    [`${AR} dmarc=fail reason="x; dmarc=pass" header.from=a.example`, FROM],
    'not-passed',
  ],
  [
    'repeated mistake',
    'dmarc=fail; dmarc=pass, last wins',
    [`${AR} dmarc=fail header.from=a.example; dmarc=pass header.from=a.example`, FROM],
    'contradiction',
  ],
  [
    'repeated mistake',
    'dmarc=pass; dmarc=fail, first wins',
    [`${AR} dmarc=pass header.from=a.example; dmarc=fail header.from=a.example`, FROM],
    'contradiction',
  ],
  [
    'repeated mistake',
    'pass and fail in two fields',
    [PASS, `${AR} dmarc=none header.from=a.example`, FROM],
    'contradiction',
  ],
  [
    'repeated mistake',
    'fail-open when the id cannot be parsed',
    ['Authentication-Results: mx.example.net/; dmarc=pass header.from=a.example', FROM],
    'unreadable-field',
  ],
  [
    'repeated mistake',
    'fail-open when the field cannot be parsed',
    [PASS, `${AR} dmarc=(`, FROM],
    'unreadable-field',
  ],
  [
    'repeated mistake',
    'an id that only begins alike',
    ['Authentication-Results: mx.example.net.evil.example; dmarc=pass header.from=a.example', FROM],
    'no-trusted-field',
  ],
  [
    'repeated mistake',
    'an id that only ends alike',
    ['Authentication-Results: evilmx.example.net; dmarc=pass header.from=a.example', FROM],
    'no-trusted-field',
  ],
  [
    'repeated mistake',
    'our id in a comment',
    ['Authentication-Results: evil.example (mx.example.net); dmarc=pass header.from=a.example', FROM],
    'no-trusted-field',
  ],
  [
    'repeated mistake',
    'pass for another From',
    [`${AR} dmarc=pass header.from=evil.example`, FROM],
    'other-author',
  ],
  [
    'repeated mistake',
    'pass for a parent domain is not pass for From',
    [`${AR} dmarc=pass header.from=example`, FROM],
    'other-author',
  ],
  [
    'repeated mistake',
    'header.from twice',
    [`${AR} dmarc=pass header.from=evil.example header.from=a.example`, FROM],
    'other-author',
  ],
  [
    'repeated mistake',
    'passes for two domains',
    [`${PASS}; dmarc=pass header.from=evil.example`, FROM],
    'contradiction',
  ],
  [
    'repeated mistake',
    'dkim=pass of anybody',
    [`${AR} dkim=pass header.d=evil.example`, FROM],
    'not-passed',
    org,
  ],
  [
    'repeated mistake',
    'hand-made alignment by the last two labels',
    [`${AR} dkim=pass header.d=evil.suffix.example`, 'From: x@victim.suffix.example'],
    'not-passed',
    org,
  ],
  [
    'repeated mistake',
    'hand-made alignment by ending',
    [`${AR} dkim=pass header.d=evila.example`, FROM],
    'not-passed',
    org,
  ],
  [
    'repeated mistake',
    'alignment without an organization table',
    [`${AR} dkim=pass header.d=a.example`, FROM],
    'no-result',
  ],
  [
    'repeated mistake',
    'alignment although DMARC failed',
    [`${AR} dkim=pass header.d=a.example; dmarc=fail header.from=a.example`, FROM],
    'not-passed',
    org,
  ],
  [
    'repeated mistake',
    'SPF of HELO taken for MAIL FROM',
    [`${AR} spf=pass smtp.helo=a.example`, FROM],
    'not-passed',
    org,
  ],
  [
    'repeated mistake',
    'display name taken for the address',
    [PASS, 'From: "author@a.example" <x@evil.example>'],
    'other-author',
  ],
  [
    'OpenDMARC #73',
    'Office 365 writes no authserv-id: never trusted by itself',
    [
      'Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example;dmarc=pass action=none header.from=a.example',
      FROM,
    ],
    'no-trusted-field',
  ],
  [
    'OpenDMARC #73',
    'trusted where the mailbox is there',
    [
      'Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example;dmarc=pass action=none header.from=a.example;compauth=pass reason=100',
      OURS,
      FROM,
    ],
    'dmarc-pass a.example',
    { exchangeOnline: true },
  ],
  [
    'OpenDMARC #73',
    'a forged one below that of our hop',
    [
      'Authentication-Results: dmarc=fail action=none header.from=a.example',
      OURS,
      'Authentication-Results: dmarc=pass action=none header.from=a.example',
      FROM,
    ],
    'not-passed',
    { exchangeOnline: true },
  ],
  [
    'OpenDMARC #73',
    'best guess is no pass',
    ['Authentication-Results: dmarc=bestguesspass action=none header.from=a.example', OURS, FROM],
    'no-result',
    { exchangeOnline: true },
  ],
  ['OpenDMARC #113', 'a stray ">" in From', [PASS, 'From: author@a.example>'], 'no-single-author'],

  // From must name exactly one address.
  ['RFC 5322 3.6.2', 'no From', [PASS, OURS, 'Subject: s'], 'no-single-author'],
  ['RFC 5322 3.6.2', 'two From fields', [PASS, OURS, FROM, 'From: x@evil.example'], 'no-single-author'],
  [
    'RFC 5322 3.6.2',
    'two mailboxes',
    [PASS, OURS, 'From: a@a.example, b@a.example', 'Sender: a@a.example'],
    'no-single-author',
  ],
  ['RFC 5322 3.4', 'no address', [PASS, OURS, 'From: undisclosed:;'], 'no-single-author'],
  ['RFC 5322 2.2', 'NUL', [PASS, OURS, FROM, 'X: a\0b'], 'ambiguous-header'],
  ['RFC 5322 2.2', 'bare CR', [PASS, OURS, FROM, 'X: a\rb'], 'ambiguous-header'],
  ['RFC 5322 2.2', 'a line that is no field', [PASS, OURS, FROM, 'no field'], 'ambiguous-header'],
  ['RFC 5322 2.2', 'a continuation of nothing', [' x', PASS, OURS, FROM], 'ambiguous-header'],
  [
    'RFC 5322 2.2',
    'the From line of an mbox is no ambiguity',
    ['From x@y Mon Nov 22 2026', PASS, OURS, FROM],
    'dmarc-pass a.example',
  ],

  // Alignment by explicit rule.
  [
    'alignment',
    'DKIM, same domain',
    [`${AR} dkim=pass header.d=a.example`, FROM],
    'dkim-aligned a.example',
    org,
  ],
  [
    'alignment',
    'DKIM, same organization',
    [`${AR} dkim=pass header.d=mail.a.example`, FROM],
    'dkim-aligned a.example',
    org,
  ],
  [
    'alignment',
    'DKIM, header.i alone',
    [`${AR} dkim=pass header.i=@a.example header.s=s`, FROM],
    'dkim-aligned a.example',
    org,
  ],
  [
    'alignment',
    'DKIM, header.i never beats header.d',
    [`${AR} dkim=pass header.i=@a.example header.d=evil.example`, FROM],
    'not-passed',
    org,
  ],
  [
    'alignment',
    'SPF MAIL FROM',
    [`${AR} spf=pass smtp.mailfrom=x@bounce.a.example`, FROM],
    'spf-aligned a.example',
    org,
  ],
  [
    'alignment',
    'SPF, the quoted local part names another',
    [`${AR} spf=pass smtp.mailfrom="x@a.example"@evil.example`, FROM],
    'not-passed',
    org,
  ],
  [
    'alignment',
    'DMARC none',
    [`${AR} dmarc=none header.from=a.example; dkim=pass header.d=a.example`, FROM],
    'dkim-aligned a.example',
    org,
  ],
  [
    'alignment',
    'DMARC temperror',
    [`${AR} dmarc=temperror header.from=a.example; dkim=pass header.d=a.example`, FROM],
    'not-passed',
    org,
  ],
  [
    'alignment',
    'a second signature of the same domain failed',
    [`${AR} dkim=fail header.d=a.example header.s=r; dkim=pass header.d=a.example header.s=e`, FROM],
    'dkim-aligned a.example',
    org,
  ],
  [
    'alignment',
    'the same signature passed and failed',
    [`${AR} dkim=fail header.d=a.example header.s=r; dkim=pass header.d=a.example header.s=r`, FROM],
    'contradiction',
    org,
  ],
  [
    'alignment',
    'From is a public suffix',
    [`${AR} dkim=pass header.d=suffix.example`, 'From: x@suffix.example'],
    'not-passed',
    org,
  ],
];
for (const [source, name, lines, expected, options] of rows)
  test(`${source}: ${name}`, () => {
    equal(ask(lines, options), expected);
  });

test('no trusted ids verify nothing', () => {
  equal(ask([PASS, FROM], {}, []), 'no-trusted-ids');
});

test('repeated mistake: no pinned authserv-id: a pattern covers an MX set, not its parent', () => {
  const line = (id: string): string => `Authentication-Results: ${id}; dmarc=pass header.from=a.example`;
  equal(ask([line('in7.mx.example.net'), FROM], {}, ['*.mx.example.net']), 'dmarc-pass a.example');
  equal(ask([line('mx.example.net'), FROM], {}, ['*.mx.example.net']), 'no-trusted-field');
  equal(ask([line('in7.mx.example.net/'), FROM], {}, ['*.mx.example.net']), 'unreadable-field');
});

for (const [count, expected] of [
  [100, 'dmarc-pass a.example'],
  [101, 'too-many-fields'],
] as const)
  test(`bound: ${count} fields`, () => {
    equal(ask([...Array<string>(count).fill(PASS), FROM]), expected);
  });

test('bound: fields of strangers below the boundary do not count', () => {
  equal(ask([PASS, OURS, THEIRS, ...Array<string>(150).fill(PASS), FROM]), 'dmarc-pass a.example');
});

test('a header that was not read to its end verifies nothing: another From could follow', () => {
  equal(ask([PASS, FROM, 'X: y', 'X: y'], { limits: { headerFields: 4 } }), 'ambiguous-header');
});

test('evidence: what became of every field', () => {
  const message = crlf(
    [
      'Authentication-Results: o.example; spf=pass',
      PASS,
      OURS,
      PASS,
      'Authentication-Results: dmarc=pass action=none header.from=a.example',
      THEIRS,
      PASS,
      FROM,
      '',
      '',
    ].join('\n'),
  );
  const { verifiedDomain, evidence } = readAuthenticationResults(message, IDS);
  equal(verifiedDomain, 'a.example');
  deepEqual(
    evidence.fields.map((f) => f.fate),
    ['untrusted-id', 'used', 'older-hop', 'untrusted-id', 'below-boundary'],
  );
  equal(evidence.fields[3]?.exchange?.trustworthy, false);
  deepEqual(evidence, JSON.parse(JSON.stringify(evidence)));
  deepEqual(readAuthenticationResults(readHeaderBlock(message, DEFAULT_LIMITS), IDS).evidence, evidence);
});

test('property: never throws, and verifies nothing without a readable field of a trusted server', () => {
  const piece = fc.constantFrom(
    'mx.example.net',
    'mx',
    ';',
    '(',
    ')',
    '"',
    '\\',
    ' ',
    '\r\n ',
    'dmarc=pass',
    'header.from=a.example',
    'dmarc=fail',
    '@',
    '=',
    '.',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (pieces, exchangeOnline) => {
      const message = crlf(`Authentication-Results: ${pieces.join('')}\n${FROM}\n\n`);
      const { verifiedDomain, evidence } = readAuthenticationResults(message, IDS, { exchangeOnline });
      if (verifiedDomain === null) return;
      const [field] = evidence.fields;
      ok(field?.fate === 'used');
      ok(exchangeOnline || field.authservId?.toLowerCase() === 'mx.example.net');
      ok(evidence.results.some((r) => r.method === 'dmarc' && r.result === 'pass'));
    }),
    { numRuns: 1000 },
  );
});
