import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAuthenticationResults, type MethodResult } from '../message/authentication-results.js';
import { readHeaderBlock, valueBytes } from '../message/header-block.js';
import { formatResultsField } from '../message/result-writer.js';
import { encodeUtf8 } from '../syntax/bytes.js';
import { DKIM_PASS, domain, HELO_NONE, SPF_PASS, verification } from '../testing/verification.js';
import type { Verification } from '../verify/verification.js';
import { parseIp } from '../words/ip.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { formatAuthenticationResults } from './authentication-results.js';
import { formatPrivateResults } from './private-results.js';

const trace = [] as const;
const ip = parseIp('192.0.2.1');
if (!ip.ok) throw new TypeError('test address');
const envelope = { clientIp: ip.value, mailFrom: { localPart: 'author', domain: domain('a.example') } };

/** Each result as `method=result[ reason][ ptype.property=value ...]`, read back by our own strict reader. */
function readBack(field: string): readonly string[] {
  const head = readHeaderBlock(encodeUtf8(`${field}\r\n`), DEFAULT_LIMITS);
  deepEqual(
    head.fields.map((f) => f.name),
    ['authentication-results'],
    'exactly one field',
  );
  const [only] = head.fields;
  const read = only === undefined ? undefined : parseAuthenticationResults(valueBytes(head, only));
  if (read?.ok !== true) return [read?.problem.message ?? 'no field'];
  equal(read.value.authservId, 'mx.example.net');
  return read.value.results.map((r) =>
    [
      `${r.method}=${r.result}`,
      ...(r.reason === undefined ? [] : [r.reason]),
      ...r.properties.map((p) => `${p.ptype}.${p.property}=${p.value}`),
    ].join(' '),
  );
}

test('the whole field, as a postmaster sees it', () => {
  equal(
    formatAuthenticationResults('mx.example.net', verification(), envelope),
    [
      'Authentication-Results: mx.example.net;',
      ' spf=pass smtp.mailfrom=author@a.example;',
      ' spf=none reason=no-record smtp.helo=mail.a.example;',
      ' dkim=pass header.d=a.example header.i=@a.example header.s=s1',
      ' header.a=rsa-sha256 header.b="dGVz/dHM";',
      ' dmarc=pass (p=reject) header.from=a.example policy.dmarc=reject;',
      ' arc=none smtp.remote-ip=192.0.2.1',
      '',
    ].join('\r\n'),
  );
});

const noAuthor = { check: 'dmarc', identities: [], trace } as const;
const rows: readonly (readonly [string, string, Partial<Verification>, string])[] = [
  ['RFC 8601 2.7.4', 'a login', { authenticatedAs: 'user@a.example' }, 'auth=pass smtp.auth=user@a.example'],
  ['RFC 8601 2.7.2', 'MAIL FROM', {}, 'spf=pass smtp.mailfrom=author@a.example'],
  ['RFC 8601 2.7.2', 'HELO is a result of its own', {}, 'spf=none no-record smtp.helo=mail.a.example'],
  [
    'RFC 7208 9.2',
    'the identity that was checked, MAIL FROM',
    { spf: { ...SPF_PASS, status: 'softfail' } },
    'spf=softfail smtp.mailfrom=author@a.example',
  ],
  [
    'RFC 7208 9.2',
    'the identity that was checked, HELO',
    { spfHelo: { ...SPF_PASS, identity: 'helo', status: 'fail', domain: domain('mail.a.example') } },
    'spf=fail smtp.helo=mail.a.example',
  ],
  [
    'RFC 8601 2.7.2',
    'the reason of a permerror',
    { spf: { ...SPF_PASS, status: 'permerror', reason: 'lookup-limit', faultIn: 'a.example' } },
    'spf=permerror lookup-limit smtp.mailfrom=author@a.example',
  ],
  [
    'RFC 8601 2.7.2',
    'a local part longer than any address is left out',
    { spf: { ...SPF_PASS, sender: `${'a'.repeat(400)}@a.example` } },
    'spf=pass smtp.mailfrom=a.example',
  ],
  ['RFC 8601 2.7.1', 'not signed', { dkim: [] }, 'dkim=none'],
  [
    'RFC 6008 4',
    'several signatures of one domain are told apart by header.b',
    { dkim: [DKIM_PASS, { ...DKIM_PASS, status: 'fail', reason: 'signature', signaturePrefix: 'AbCdEfGh' }] },
    'dkim=fail signature header.d=a.example header.i=@a.example header.s=s1 header.a=rsa-sha256 header.b=AbCdEfGh',
  ],
  [
    'RFC 8601 2.7.1',
    'policy with its reason',
    { dkim: [{ ...DKIM_PASS, status: 'policy', reason: 'weak-key' }] },
    'dkim=policy weak-key header.d=a.example header.i=@a.example header.s=s1 header.a=rsa-sha256 header.b=dGVz/dHM',
  ],
  [
    'RFC 8601 2.7.1',
    'a signature that cannot be read has no properties',
    { dkim: [{ check: 'dkim', index: 0, trace, status: 'permerror', reason: 'syntax' }] },
    'dkim=permerror syntax',
  ],
  ['RFC 9989 9.2', 'pass', {}, 'dmarc=pass header.from=a.example policy.dmarc=reject'],
  [
    'RFC 9989 9.2',
    'no From: still a result (a skipped DMARC must not look unchecked)',
    {
      authorDomain: undefined,
      dmarc: { ...noAuthor, status: 'none', reason: 'no-author-domain', wouldPass: false },
    },
    'dmarc=none no-author-domain',
  ],
  [
    'RFC 9989 9.2',
    'several From: still a result',
    {
      authorDomain: undefined,
      dmarc: { ...noAuthor, status: 'permerror', reason: 'multiple-author-domains' },
    },
    'dmarc=permerror multiple-author-domains',
  ],
  [
    'RFC 9989 9.2',
    'DNS trouble',
    {
      dmarc: {
        ...noAuthor,
        authorDomain: domain('a.example'),
        status: 'temperror',
        reason: 'dns',
        name: 'x',
      },
    },
    'dmarc=temperror dns header.from=a.example',
  ],
  ['RFC 8617 6', 'arc=none', {}, 'arc=none smtp.remote-ip=192.0.2.1'],
  [
    'RFC 8617 6',
    'oldest-pass',
    { arc: { check: 'arc', trace, sets: [], status: 'pass', sealedBy: [], oldestPass: 2 } },
    'arc=pass smtp.remote-ip=192.0.2.1 header.oldest-pass=2',
  ],
  [
    'RFC 8617 4.4',
    'fail',
    { arc: { check: 'arc', trace, sets: [], status: 'fail', instance: 2, reason: 'gap' } },
    'arc=fail gap smtp.remote-ip=192.0.2.1',
  ],
  [
    'RFC 8617 4.4',
    'temperror is no word of arc',
    { arc: { check: 'arc', trace, sets: [], status: 'temperror', reason: 'dns', name: 'x' } },
    'arc=fail dns-temperror smtp.remote-ip=192.0.2.1',
  ],
];
for (const [clause, name, changes, expected] of rows)
  test(`${clause}: Authentication-Results: ${name}`, () => {
    const results = readBack(formatAuthenticationResults('mx.example.net', verification(changes), envelope));
    ok(results.includes(expected), `${expected} not in\n${results.join('\n')}`);
  });

test('RFC 7208 2.4: the null sender has one SPF result, of HELO', () => {
  const field = formatAuthenticationResults('mx.example.net', verification({ spf: HELO_NONE }), {
    ...envelope,
    mailFrom: null,
  });
  deepEqual(
    readBack(field).filter((r) => r.startsWith('spf=')),
    ['spf=none no-record smtp.helo=mail.a.example'],
  );
});

test('RFC 8601 2.2: none where there is no result', () => {
  equal(
    formatResultsField({ authservId: 'mx.example.net', version: 1, results: [] }),
    'Authentication-Results: mx.example.net;\r\n none\r\n',
  );
});

test('RFC 8601 2.7.6: our own rules stand in a field of their own', () => {
  const v = verification({ mismatch: { ...verification().mismatch, alignedFrom: 'orgdomain_pass' } });
  deepEqual(readBack(formatPrivateResults('mx.example.net', v)), [
    'x-aligned-from=orgdomain_pass',
    'x-mismatch=same',
    'x-origin=external',
    'x-impersonation=clean',
  ]);
  ok(!formatAuthenticationResults('mx.example.net', v).includes('x-'));
});

test('an empty authserv-id is our own mistake', () => {
  throws(() => formatAuthenticationResults(' ', verification()), TypeError);
});

// Texts of strangers that reach the field, each a way out of it that worked against somebody (espoofer, chapter A).
const hostile = [
  ['NUL', 'a\0@evil.example'],
  ['quote and result', '"; dmarc=pass header.from=a.example; x="@evil.example'],
  ['parenthesis', 'a(;dmarc=pass header.from=bank.example)@evil.example'],
  ['an open parenthesis', '(@evil.example'],
  ['a new field', 'a\r\nAuthentication-Results: mx.example.net; dmarc=pass\r\nX: @evil.example'],
  ['backslash at the end of a quoted local part', 'a b\\@evil.example'],
  ['domain of another behind a fold', 'a\n dmarc=pass@evil.example'],
  ['address literal', 'a@[192.0.2.1]; dmarc=pass'],
] as const;
for (const [name, sender] of hostile)
  test(`espoofer: ${name}`, () => {
    const dkim = {
      ...DKIM_PASS,
      status: 'fail',
      reason: 'signature',
      identity: sender,
      selector: sender,
    } as const;
    const dmarc = { ...noAuthor, status: 'none', reason: 'no-record', wouldPass: false } as const;
    const v = verification({
      spf: { ...SPF_PASS, status: 'fail', sender },
      dkim: [{ ...dkim, algorithm: sender, signaturePrefix: sender }],
      dmarc: { ...dmarc, authorDomain: domain('evil.example') },
      authenticatedAs: sender,
    });
    const results = readBack(formatAuthenticationResults('mx.example.net', v, envelope));
    deepEqual(
      results.map((r) => r.split(' ', 1)[0]),
      ['auth=pass', 'spf=fail', 'spf=none', 'dkim=fail', 'dmarc=none', 'arc=none'],
    );
    ok(results.includes('dmarc=none no-record header.from=evil.example'));
  });

const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '?');

test('property: what is written is read back', () => {
  const keyword = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
  // Blanks at the ends and runs of them are white space to a header, also inside quotes.
  const value = fc
    .oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('a@b.example', '"@b.example', 'a=b', ')', '\\'),
    )
    .map((text) => printable(text).replace(/ /g, '_'));
  const property = fc.record({ ptype: keyword, property: keyword, value }, { noNullPrototype: true });
  const result: fc.Arbitrary<MethodResult> = fc.record(
    {
      method: keyword,
      methodVersion: fc.integer({ min: 1, max: 9 }),
      result: keyword,
      reason: value,
      properties: fc.array(property, { maxLength: 4 }),
      comments: fc.constant([]),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(result, { maxLength: 4 }), value, (results, id) => {
      const written = { authservId: id.trim() === '' ? 'x' : id, version: 1, results };
      const head = readHeaderBlock(encodeUtf8(`${formatResultsField(written)}\r\n`), DEFAULT_LIMITS);
      const [field] = head.fields;
      ok(field !== undefined && head.fields.length === 1);
      const read = parseAuthenticationResults(valueBytes(head, field));
      ok(read.ok, read.ok ? '' : read.problem.message);
      deepEqual(read.value, written);
    }),
    { numRuns: 400 },
  );
});
