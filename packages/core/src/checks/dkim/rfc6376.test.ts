// RFC 6376, clause by clause, for what it asks of a verifier.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHeaderBlock } from '../../message/header-block.js';
import { BodyCanonicalizer } from '../../signature/canonical-body.js';
import { CanonicalWriter } from '../../signature/canonical-header.js';
import { concat, encodeLatin1, encodeUtf8, latin1 } from '../../syntax/bytes.js';
import { FORGED_HEAD, forge, type Forgery } from '../../testing/forged-signature.js';
import { testSigner } from '../../testing/signers.js';
import { TEST_TIME_SECONDS, crlf, world } from '../../testing/world.js';
import { checkDkim } from '../../verify/check-dkim.js';
import { DEFAULT_LIMITS, type Limits } from '../../words/limits.js';
import type { DkimResult } from '../results.js';

const RSA = testSigner('rsa', 'a.example', { selector: 's' });
const ED25519 = testSigner('ed25519', 'a.example', { selector: 'e' });
const P = RSA.record.slice(RSA.record.indexOf('p='));
const OTHER = testSigner('rsa', 'a.example', { label: 'other' }).record;
const NOW = TEST_TIME_SECONDS;

interface Case extends Omit<Forgery, 'signer'> {
  /** Zone under the selector; default: the key. */
  readonly key?: unknown;
  readonly zone?: Record<string, unknown>;
  readonly alter?: (message: string) => string;
  readonly limits?: Partial<Limits>;
  readonly signer?: Forgery['signer'];
}

async function results({
  key,
  zone,
  alter,
  limits,
  signer = RSA,
  ...forgery
}: Case): Promise<readonly DkimResult[]> {
  const made = await forge({ signer, ...forgery });
  const message = alter === undefined ? made : encodeLatin1(alter(latin1(made)));
  const context = world(zone ?? { [signer.name]: key ?? { TXT: [signer.record] } }, limits && { limits });
  return checkDkim(message, context);
}

const say = (result: DkimResult): string =>
  'reason' in result ? `${result.status} ${result.reason}` : result.status;

const ROWS: readonly (readonly [clause: string, name: string, wanted: string, how: Case])[] = [
  [
    '2.8',
    'white space and folds around tags are no part of them',
    'pass',
    { alter: (t) => t, tags: { h: ' from : to :\tsubject ', d: ' a.example ', q: ' dns/txt ' } },
  ],
  [
    '3.1',
    'a selector may have several labels',
    'pass',
    { tags: { s: 'x.y.s' }, zone: { 'x.y.s._domainkey.a.example': { TXT: [RSA.record] } } },
  ],
  ['3.1', 'a selector that is no name is not asked for', 'permerror syntax', { tags: { s: 'a b' } }],
  [
    '3.2',
    'a tag that stands twice',
    'permerror syntax',
    { alter: (t) => t.replace('a=rsa', 'a=rsa-sha256; a=rsa') },
  ],
  ['3.2', 'unknown tags are ignored', 'pass', { tags: { zz: 'y', unknown: '=;'.slice(0, 1) } }],
  [
    '3.2',
    'tag names have case: D= is not d=',
    'permerror syntax',
    { alter: (t) => t.replace('d=a.', 'D=a.') },
  ],
  ['3.2', 'an empty tag value is no number', 'permerror syntax', { tags: { t: '' } }],
  ['3.3', 'rsa-sha256 verifies', 'pass', {}],
  [
    '3.3.2',
    'rsa-sha256 over other bytes does not',
    'fail signature',
    { alter: (t) => t.replace('Subject: s', 'Subject: t') },
  ],
  [
    '3.3.2',
    'a signature that is no RSA block',
    'fail signature',
    { alter: (t) => t.replace(/ b=[^;]*\r\nFrom/, ' b=AAAA\r\nFrom') },
  ],
  ['3.3.3', 'a key of 1024 bits passes', 'pass', { signer: testSigner('rsa', 'a.example', { bits: 1024 }) }],
  ['3.3.3', 'a key of 4096 bits passes', 'pass', { signer: testSigner('rsa', 'a.example', { bits: 4096 }) }],
  ['3.3.4', 'an unknown algorithm', 'permerror unsupported-algorithm', { tags: { a: 'rsa-sha512' } }],
  ['3.3.4', 'algorithm names have no case', 'pass', { tags: { a: 'RSA-SHA256' } }],
  ['3.4', 'c= missing is simple/simple', 'pass', { tags: { c: undefined } }],
  ['3.4', 'c= with one name is that and simple', 'pass', { tags: { c: 'relaxed' } }],
  [
    '3.4',
    'an unknown canonicalization',
    'permerror unsupported-canonicalization',
    { tags: { c: 'nofws/simple' } },
  ],
  // mail-auth 0.9.2: body canonicalization used the header setting.
  [
    '3.4',
    'header and body have their own canonicalization',
    'pass',
    {
      tags: { c: 'relaxed/simple' },
      body: 'a  b \r\n',
      alter: (t) => t.replace('Subject: s', 'Subject:   s'),
    },
  ],
  [
    '3.4',
    'relaxed/simple does not relax the body',
    'fail body-hash',
    { tags: { c: 'relaxed/simple' }, alter: (t) => t.replace('body\r', 'body \r') },
  ],
  [
    '3.4',
    'simple/relaxed does not relax the header',
    'fail signature',
    { tags: { c: 'simple/relaxed' }, alter: (t) => t.replace('Subject: s', 'Subject:  s') },
  ],
  ['3.5', 'v= missing', 'permerror version', { tags: { v: undefined } }],
  ['3.5', 'v=2', 'permerror version', { tags: { v: '2' } }],
  ['3.5', 'v=1.0 is not 1', 'permerror version', { tags: { v: '1.0' } }],
  ...['a', 'b', 'bh', 'd', 'h', 's'].map(
    (tag) =>
      [
        '3.5',
        `${tag}= is required`,
        'permerror syntax',
        { alter: (t: string) => t.replace(new RegExp(`([ \\t])${tag}=`), `$1z${tag}=`) },
      ] as const,
  ),
  ['3.5', 'i= in a subdomain of d=', 'pass', { tags: { i: 'x@sub.a.example' } }],
  [
    '3.5',
    'h= that names DKIM-Signature means others, never the field itself',
    'pass',
    { tags: { h: 'from:dkim-signature:dkim-signature' } },
  ],
  [
    '3.5',
    'h= that names DKIM-Signature covers one that stands below',
    'pass, permerror syntax',
    { tags: { h: 'from:dkim-signature' }, head: `DKIM-Signature: a=b\r\n${FORGED_HEAD}` },
  ],
  [
    '3.5',
    'h= that names DKIM-Signature, and one was added below',
    'fail signature, permerror syntax',
    {
      tags: { h: 'from:dkim-signature' },
      alter: (t) => t.replace('\r\nFrom:', '\r\nDKIM-Signature: a=b\r\nFrom:'),
    },
  ],
  ['3.5', 'i= outside d=', 'permerror domain-mismatch', { tags: { i: '@b.example' } }],
  ['3.5', 'i= that only ends like d=', 'permerror domain-mismatch', { tags: { i: '@evila.example' } }],
  ['3.5', 'i= in another case', 'pass', { tags: { i: 'X@A.Example' } }],
  ['3.5', 'q= with an unknown method beside dns/txt', 'pass', { tags: { q: 'other:dns/txt' } }],
  ['3.5', 'q= without dns/txt', 'permerror unsupported-query', { tags: { q: 'dns/other' } }],
  ['3.5', 'x= in a second', 'pass', { tags: { t: '1', x: String(NOW + 1) } }],
  ['3.5', 'x= now', 'pass', { tags: { t: '1', x: String(NOW) } }],
  ['3.5', 'x= a second past', 'neutral expired', { tags: { t: '1', x: String(NOW - 1) } }],
  ['3.5', 'x= not after t=', 'permerror syntax', { tags: { t: '5', x: '5' } }],
  ['3.5', 't= at the edge of the clock skew', 'pass', { tags: { t: String(NOW + 3600) } }],
  ['3.5', 't= past it', 'neutral not-yet-valid', { tags: { t: String(NOW + 3601) } }],
  ['3.5', 't= of 13 digits', 'permerror syntax', { tags: { t: '1000000000000' } }],
  ['3.5', 't= that is no number', 'permerror syntax', { tags: { t: '-1' } }],
  ['3.5', 'l= as long as the body', 'pass', { tags: { l: '6' } }],
  ['3.5', 'l= longer than the body', 'fail body-hash', { tags: { l: '7' } }],
  // chasquid: panic.
  ['3.5', 'l=99999999', 'fail body-hash', { tags: { l: '99999999' } }],
  ['3.5', 'l= of 76 digits', 'fail body-hash', { tags: { l: '9'.repeat(76) } }],
  ['3.5', 'l= of 77 digits', 'permerror syntax', { tags: { l: '9'.repeat(77) } }],
  ['3.5', 'l=0 signs nothing of the body', 'pass', { tags: { l: '0' } }],
  ['3.5', 'z= is informative only', 'pass', { tags: { z: 'From:x@y.example|Subject:other' } }],
  ['3.6.1', 'k= missing is rsa', 'pass', { key: { TXT: [P] } }],
  ['3.6.1', 'v= is not first', 'permerror key-syntax', { key: { TXT: [`k=rsa; v=DKIM1; ${P}`] } }],
  ['3.6.1', 'v=DKIM2', 'permerror key-syntax', { key: { TXT: [`v=DKIM2; ${P}`] } }],
  ['3.6.1', 'v=dkim1 has case', 'permerror key-syntax', { key: { TXT: [`v=dkim1; ${P}`] } }],
  ['3.6.1', 'p= missing', 'permerror key-syntax', { key: { TXT: ['v=DKIM1; k=rsa'] } }],
  ['3.6.1', 'p= empty: revoked', 'permerror key-revoked', { key: { TXT: ['v=DKIM1; p='] } }],
  ['3.6.1', 'p= with white space in it', 'pass', { key: { TXT: [RSA.record.replace(/(.{60})/g, '$1 ')] } }],
  ['3.6.1', 'h= allows sha256', 'pass', { key: { TXT: [`h=sha1:sha256; ${P}`] } }],
  ['3.6.1', 'h=sha1', 'permerror key-hash', { key: { TXT: [`h=sha1; ${P}`] } }],
  ['3.6.1', 'k= of another type', 'permerror key-mismatch', { key: { TXT: [`k=new; ${P}`] } }],
  ['3.6.1', 's=email', 'pass', { key: { TXT: [`s=email; ${P}`] } }],
  ['3.6.1', 's=* beside others', 'pass', { key: { TXT: [`s=other:*; ${P}`] } }],
  ['3.6.1', 's=other', 'permerror key-service', { key: { TXT: [`s=other; ${P}`] } }],
  ['3.6.1', 't=s and i= of d= itself', 'pass', { key: { TXT: [`t=s; ${P}`] }, tags: { i: 'x@a.example' } }],
  [
    '3.6.1',
    't=s and i= of a subdomain',
    'permerror key-strict',
    { key: { TXT: [`t=s; ${P}`] }, tags: { i: '@sub.a.example' } },
  ],
  ['3.6.1', 'unknown tags and flags', 'pass', { key: { TXT: [`zz=1; t=new:y; n=note; ${P}`] } }],
  ['3.6.1', 'a duplicate tag', 'permerror key-syntax', { key: { TXT: [`k=rsa; k=rsa; ${P}`] } }],
  [
    '3.6.2.1',
    'the key is at <s>._domainkey.<d>',
    'permerror key-missing',
    { zone: { 's.a.example': { TXT: [RSA.record] } } },
  ],
  [
    '3.6.2.2',
    'strings of a record are joined without blanks',
    'pass',
    { key: { TXT: [[RSA.record.slice(0, 100), RSA.record.slice(100)]] } },
  ],
  [
    '3.6.2.2',
    'a selector that is an alias',
    'pass',
    { zone: { [RSA.name]: { CNAME: 'k.provider.example' }, 'k.provider.example': { TXT: [RSA.record] } } },
  ],
  ['3.6.2.2', 'several records: each is tried', 'pass', { key: { TXT: ['v=spf1 -all', OTHER, RSA.record] } }],
  [
    '3.6.2.2',
    'as many as the bound allows',
    'pass',
    {
      key: {
        TXT: [OTHER, testSigner('rsa', 'a.example', { label: 'third', bits: 1024 }).record, RSA.record],
      },
    },
  ],
  [
    '3.6.2.2',
    'and not one more',
    'fail signature',
    {
      key: {
        TXT: [OTHER, testSigner('rsa', 'a.example', { label: 'third', bits: 1024 }).record, RSA.record],
      },
      limits: { keyRecords: 2 },
    },
  ],
  [
    '3.7',
    'the value of b= is left out, with the blanks around it',
    'pass',
    { alter: (t) => t.replace(/ b=/, ' b= \r\n ') },
  ],
  [
    '3.7',
    'under simple everything but b= counts',
    'fail signature',
    { tags: { c: 'simple/simple' }, alter: (t) => t.replace('; s=s', ';  s=s').replace('s=s;', ' s=s;') },
  ],
  [
    '3.10',
    'a parent domain signs for i= below it',
    'pass',
    { tags: { i: '@x.y.a.example' }, head: FORGED_HEAD.replace('a@a', 'a@x.y.a') },
  ],
  [
    '5.4.2',
    'several instances are taken from the bottom up',
    'pass',
    { head: `X: 1\r\nX: 2\r\n${FORGED_HEAD}`, tags: { h: 'from:x:x' } },
  ],
  [
    '5.4.2',
    'one name takes the last instance: another on top changes nothing',
    'pass',
    { head: `X: 1\r\n${FORGED_HEAD}`, tags: { h: 'from:x' }, alter: (t) => `X: 0\r\n${t}` },
  ],
  [
    '5.4.2',
    'one name takes the last instance: another at the bottom does',
    'fail signature',
    {
      head: `X: 1\r\n${FORGED_HEAD}`,
      tags: { h: 'from:x' },
      alter: (t) => t.replace('\r\n\r\n', '\r\nX: 2\r\n\r\n'),
    },
  ],
  [
    '5.4.2',
    'a name with no field left counts as nothing',
    'pass',
    { tags: { h: 'from:from:subject:subject:none' } },
  ],
  [
    '6.1',
    'a field with garbage does not hide the others',
    'permerror syntax, pass',
    { alter: (t) => `DKIM-Signature: garbage\r\n${t}` },
  ],
  ['6.1', 'a field that is empty', 'permerror syntax, pass', { alter: (t) => `DKIM-Signature:\r\n${t}` }],
  ['6.1.1', 'h= without From', 'permerror from-not-signed', { tags: { h: 'to:subject' } }],
  [
    '6.1.1',
    'h= without From but with a name that holds it',
    'permerror from-not-signed',
    { tags: { h: 'x-from:fromage' } },
  ],
  ['6.1.1', 'h= empty', 'permerror syntax', { tags: { h: '' } }],
  ['6.1.2', 'no such name', 'permerror key-missing', { zone: { 'x.example': {} } }],
  ['6.1.2', 'the server fails', 'temperror dns', { key: { error: 'SERVFAIL' } }],
  ['6.1.2', 'no answer in time', 'temperror dns', { key: { error: 'TIMEOUT' } }],
  ['6.1.2', 'no TXT at the name', 'permerror key-missing', { key: { A: ['192.0.2.1'] } }],
  ['6.1.3', 'the body changed', 'fail body-hash', { alter: (t) => `${t}more\r\n` }],
  ['6.1.3', 'bh= of another length', 'fail body-hash', { tags: { bh: 'AAAA' } }],
  ['6.1.3', 'bh= that is no base64', 'permerror syntax', { tags: { bh: '?' } }],
  ['8.8', 'a key record of garbage', 'permerror key-syntax', { key: { TXT: ['\u0001=;;=p'] } }],
  ['8.8', 'p= that is no key', 'permerror key-syntax', { key: { TXT: ['p=AAAA'] } }],
  [
    '8.8',
    'p= of an Ed25519 key under k=rsa',
    'permerror key-syntax',
    { key: { TXT: [ED25519.record.replace('k=ed25519', 'k=rsa')] } },
  ],
  [
    '8.8',
    'a record of 64 KB',
    'permerror key-syntax',
    { key: { TXT: [`${RSA.record}; n=${'x'.repeat(60_000)}`] } },
  ],
  // dkimpy and others asked DNS for what is no name (USENIX Security 2020).
  [
    '8.9',
    'd=legitimate.example(.attacker.example',
    'permerror syntax',
    { tags: { d: 'legitimate.example(.attacker.example' } },
  ],
  [
    '8.9',
    'd= with a NUL',
    'permerror syntax',
    { alter: (t) => t.replace('d=a.example', 'd=a.example\0.evil.example') },
  ],
  ['8.9', 's= with a path', 'permerror syntax', { tags: { s: '../s' } }],
  [
    '8.9',
    'a control character in a tag',
    'permerror syntax',
    { alter: (t) => t.replace('v=1;', 'v=1; n=\u0001;') },
  ],
  [
    '8.15',
    'a second From, closed by the signer',
    'fail signature',
    { tags: { h: 'from:from' }, alter: (t) => `From: x@x.example\r\n${t}` },
  ],
  [
    '8.15',
    'a second From, left open by the signer, is not what was signed',
    'pass',
    { alter: (t) => `From: x@x.example\r\n${t}` },
  ],
];
for (const [clause, name, wanted, how] of ROWS)
  test(`RFC 6376 ${clause}: ${name}`, async () => {
    const got = await results(how);
    equal(got.map(say).join(', '), wanted, got.map((r) => r.trace.at(-1)?.text).join('; '));
  });

// The example of the RFC, and what it leaves open.
const BODY_ROWS: readonly (readonly [
  clause: string,
  name: string,
  kind: 'simple' | 'relaxed',
  body: string,
  wanted: string,
])[] = [
  ['3.4.5', 'the example, relaxed', 'relaxed', ' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
  ['3.4.5', 'the example, simple', 'simple', ' C \r\nD \t E\r\n\r\n\r\n', ' C \r\nD \t E\r\n'],
  ['3.4.3', 'an empty body is one CRLF', 'simple', '', '\r\n'],
  ['3.4.3', 'a body of empty lines is one CRLF', 'simple', '\r\n\r\n', '\r\n'],
  ['3.4.3', 'a missing CRLF is added', 'simple', 'a', 'a\r\n'],
  ['3.4.4', 'an empty body is nothing', 'relaxed', '', ''],
  ['3.4.4', 'a body of blank lines is nothing', 'relaxed', ' \t\r\n\r\n', ''],
  ['3.4.4', 'a missing CRLF is added', 'relaxed', 'a ', 'a\r\n'],
  ['3.4.4', 'white space at the beginning of a line stays, as one blank', 'relaxed', '\t\ta\r\n', ' a\r\n'],
  // mailauth 5.0.3: a lone CR.
  ['3.4.4', 'a CR alone is an ordinary byte', 'relaxed', 'a \r b\r', 'a \r b\r\r\n'],
  ['3.4.3', 'an LF alone is an ordinary byte', 'simple', 'a\n\n', 'a\n\n\r\n'],
];
for (const [clause, name, kind, body, wanted] of BODY_ROWS)
  test(`RFC 6376 ${clause}: ${name}`, () => {
    for (const size of [1, 2, 3, 1000]) {
      let out = '';
      const canonicalizer = new BodyCanonicalizer(kind, (bytes) => (out += latin1(bytes)));
      for (let at = 0; at < body.length; at += size)
        canonicalizer.update(encodeLatin1(body.slice(at, at + size)));
      canonicalizer.finish();
      equal(JSON.stringify(out), JSON.stringify(wanted), `in pieces of ${size}`);
    }
  });

for (const [clause, kind, wanted] of [
  ['3.4.2', 'relaxed', 'a:X\r\nb:Y Z\r\n'],
  ['3.4.1', 'simple', 'A: X\r\nB : Y\t\r\n\tZ  \r\n'],
] as const)
  test(`RFC 6376 ${clause}: the header of the example, ${kind}`, () => {
    const head = readHeaderBlock(encodeLatin1('A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n'), DEFAULT_LIMITS);
    const writer = new CanonicalWriter(head.bytes, kind);
    for (const field of head.fields) writer.field(field);
    equal(`${latin1(writer.finish())}\r\n`, wanted);
  });

test('RFC 6376 3.8: a message that is hardly one is verified all the same', async () => {
  // mailauth 5.0.3: no body, a line that is no field.
  for (const how of [
    { alter: (t: string) => t.slice(0, t.indexOf('\r\n\r\n') + 2), body: '' },
    { alter: (t: string) => t.replace('\r\nTo:', '\r\nno field here\r\nTo:') },
  ])
    deepEqual((await results(how)).map(say), ['pass']);
});

test('RFC 6376 3.9: a result names domain, selector, identity and what was covered', async () => {
  const [result] = await results({ tags: { i: 'x@sub.a.example', l: '4' } });
  ok(result?.status === 'pass');
  deepEqual(
    [result.domain, result.selector, result.identity, result.coversWholeBody, result.keyBits],
    ['a.example', 's', 'x@sub.a.example', false, 2048],
  );
  deepEqual(result.unsignedFields, []);
});

test('RFC 6376 3.6.1: t=y is told, and changes no verdict', async () => {
  for (const [alter, status] of [
    [(t: string) => t, 'pass'],
    [(t: string) => `${t}x`, 'fail'],
  ] as const) {
    const [result] = await results({ key: { TXT: [`t=y:s; ${P}`] }, alter });
    deepEqual([result?.status, result?.testing], [status, true]);
  }
});

test('RFC 6376 4.2: several signatures are judged one by one', async () => {
  const inner = latin1(await forge({ signer: ED25519 }));
  const zone = { [RSA.name]: { TXT: [RSA.record] }, [ED25519.name]: { TXT: [ED25519.record] } };
  const got = await results({ zone, alter: (t) => inner.slice(0, inner.indexOf('From:')) + t });
  deepEqual(
    got.map((r) => `${r.index} ${say(r)}`),
    ['0 pass', '1 pass'],
  );
});

test('RFC 6376 6.2: a signature that fails is reported, not removed or taken for the message', async () => {
  const got = await results({ alter: (t) => t.replace('body', 'BODY') });
  deepEqual(
    got.map((r) => [r.status, r.domain, r.trace.length > 0]),
    [['fail', 'a.example', true]],
  );
});

test('RFC 6376 8.2: a body that l= covers only in part is told apart', async () => {
  const [result] = await results({ tags: { l: '6' }, alter: (t) => `${t}added\r\n` });
  ok(result?.status === 'pass');
  equal(result.coversWholeBody, false);
});

test('RFC 6376 8.15: fields that a signature leaves open are named', async () => {
  const [result] = await results({ tags: { h: 'from:to' }, head: `Reply-To: r@r.example\r\n${FORGED_HEAD}` });
  ok(result?.status === 'pass');
  deepEqual(result.unsignedFields, ['reply-to', 'subject', 'date']);
});

// Of a header that was cut off, the fields at its end were taken for the lowest: those of an old message passed again.
test('RFC 6376 5.4.2: a header that was not read to its end has no lowest fields, and no pass', async () => {
  const { length } = latin1(await forge({ signer: RSA })).split('\r\n\r\n')[0] ?? '';
  const forged = (fields: string) => (t: string) => t.replace('\r\n\r\n', `\r\n${fields}\r\n\r\n`);
  const rows: readonly (readonly [string, Case])[] = [
    ['pass', { limits: { headerFields: 5 } }],
    ['policy header-not-read', { limits: { headerFields: 5 }, alter: forged('From: x@x.example') }],
    ['policy header-not-read', { limits: { headerFields: 4 } }],
    ['fail signature', { limits: { headerFields: 6 }, alter: forged('From: x@x.example') }],
    ['pass', { limits: { headerBytes: length + 4 } }],
    ['policy header-not-read', { limits: { headerBytes: length + 1 } }],
  ];
  for (const [wanted, how] of rows) deepEqual((await results(how)).map(say), [wanted], JSON.stringify(how));
});

// mailauth: a signature that was skipped had no result.
test('RFC 6376 6.1: bounds on signatures: the tenth is tried, the eleventh has a result too; 50 are listed', async () => {
  const one = latin1(await forge({ signer: RSA }));
  const field = one.slice(0, one.indexOf('From:'));
  const got = await results({ alter: (t) => field.repeat(59) + t });
  equal(got.length, 50);
  deepEqual(got.slice(9, 11).map(say), ['pass', 'policy too-many']);
});

test('RFC 6376 6.1: bounds on a field: as long as allowed, and a byte longer', async () => {
  const made = latin1(await forge({ signer: RSA }));
  const length = made.indexOf('\r\nFrom:') - made.indexOf(':') - 1;
  for (const [signatureBytes, wanted] of [
    [length, 'pass'],
    [length - 1, 'policy too-many'],
  ] as const)
    deepEqual((await results({ limits: { signatureBytes } })).map(say), [wanted]);
});

test('RFC 6376 6.1: bounds on body hashes: six kinds are computed, the seventh is not', async () => {
  let fields = '';
  for (let l = 0; l < 7; l++) {
    const made = latin1(await forge({ signer: RSA, tags: { l: String(l) }, body: 'a long body\r\n' }));
    fields += made.slice(0, made.indexOf('From:'));
  }
  const got = await results({ body: 'a long body\r\n', alter: (t) => fields + t.slice(t.indexOf('From:')) });
  deepEqual(got.map(say), [...Array<string>(6).fill('pass'), 'policy too-many']);
});

test('RFC 6376 6.1: bounds on the message: a byte too long has no body hash', async () => {
  const { length } = await forge({ signer: RSA });
  for (const [messageBytes, wanted] of [
    [length, 'pass'],
    [length - 1, 'policy body-too-long'],
  ] as const)
    deepEqual((await results({ limits: { messageBytes } })).map(say), [wanted]);
});

test('RFC 6376 8.4: 10,000 signatures, 100,000 fields or a line of 8 MB cost bounded questions, verifications and fields', async () => {
  const one = latin1(await forge({ signer: RSA }));
  const field = one.slice(0, one.indexOf('From:'));
  const hostile: readonly (readonly [string, string])[] = [
    ['signatures', field.repeat(1800) + one],
    ['signatures past the header bound', field.replace('s=s', 's=t').repeat(10_000) + one],
    ['fields', 'X: y\r\n'.repeat(100_000) + one],
    ['a line', `X: ${'y'.repeat(8_000_000)}\r\n${one}`],
  ];
  for (const [name, message] of hostile) {
    const context = world({ [RSA.name]: { TXT: [RSA.record] } });
    let verified = 0;
    const counting = {
      ...context.crypto,
      verify: (...args: Parameters<typeof context.crypto.verify>) => (
        verified++,
        context.crypto.verify(...args)
      ),
    };
    const bytes = encodeLatin1(message);
    const got = await checkDkim(bytes, { ...context, crypto: counting });
    const head = readHeaderBlock(bytes, DEFAULT_LIMITS);
    ok(
      got.length <= 50 && verified <= 10 && (context.resolver.questions?.length ?? 0) <= 10,
      `${name}: ${got.length} results, ${verified} verified`,
    );
    ok(head.fields.length <= 2000 && head.bodyStart <= 1_048_576, name);
  }
});

// mailauth #115: the body hash depended on where chunks were cut.
test('RFC 6376 3.7: any cut of a stream gives the result of the whole message', async () => {
  const words = fc.array(fc.constantFrom('a', ' ', '\t', '\r\n', '\r', '\n', '\r\n\r\n', '\u00e9'), {
    maxLength: 30,
  });
  const property = fc.asyncProperty(
    words,
    fc.array(fc.nat(1000), { maxLength: 8 }),
    fc.constantFrom('simple', 'relaxed'),
    fc.boolean(),
    async (body, cuts, kind, lf) => {
      const made = await forge({ signer: ED25519, body: body.join(''), tags: { c: `${kind}/${kind}` } });
      const text = latin1(made);
      const message = encodeLatin1(lf ? text.replace(/\r\n/g, '\n') : text);
      const context = world({ [ED25519.name]: { TXT: [ED25519.record] } });
      const points = [...new Set([0, ...cuts.map((c) => c % message.length), message.length])].sort(
        (a, b) => a - b,
      );
      async function* stream(): AsyncGenerator<Uint8Array> {
        for (let i = 1; i < points.length; i++) yield message.subarray(points[i - 1], points[i]);
      }
      deepEqual(await checkDkim(stream(), context), await checkDkim(message, context));
      if (!lf) deepEqual((await checkDkim(message, context)).map(say), ['pass']);
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test('RFC 6376 2.11: i= may hold quoted-printable, also what decodes to nothing printable', async () => {
  for (const [i, wanted] of [
    ['a=3Bb@a.example', 'a;b@a.example'],
    ['a=0Ab@a.example', 'a=0Ab@a.example'],
    ['a=ZZ@a.example', 'a=ZZ@a.example'],
  ] as const)
    equal((await results({ tags: { i } }))[0]?.identity, wanted);
});

test('a DKIM-Signature of any bytes has a result and throws nothing', async () => {
  const context = world({ [RSA.name]: { TXT: [RSA.record] } });
  const soup = fc.string({
    unit: fc.constantFrom(
      'v=1;',
      'a=',
      'b=',
      'rsa-sha256;',
      'd=a.example;',
      's=s;',
      'h=from;',
      'bh=',
      'AAAA',
      ';',
      '=',
      ' ',
      '\r\n ',
      '\0',
      '\u00ff',
      'l=',
      '9',
      'x=',
      't=',
    ),
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(soup, async (text) => {
      const got = await checkDkim(
        concat([encodeUtf8('DKIM-Signature:'), encodeLatin1(text), crlf('\nFrom: a@a.example\n\nx')]),
        context,
      );
      equal(got.length, 1);
    }),
    { numRuns: 300 },
  );
});
