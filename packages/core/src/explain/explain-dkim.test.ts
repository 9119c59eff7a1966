import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { readHeaderBlock } from '../message/header-block.js';
import { signField } from '../sign/signature-field.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { signedHeaderBytes } from '../signature/canonical-header.js';
import { parseSignatureTags } from '../signature/signature-tags.js';
import { encodeBase64 } from '../syntax/base64.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { signMessage, type SignOptions } from '../sign/sign-message.js';
import { concat, encodeLatin1, encodeUtf8 } from '../syntax/bytes.js';
import { keyZone, testSigner, type TestSigner } from '../testing/signers.js';
import { TEST_TIME_SECONDS, world } from '../testing/world.js';
import { explainDkim, type DkimExplanation } from './explain-dkim.js';

const RSA = testSigner('rsa', 'a.example');
const ED25519 = testSigner('ed25519', 'a.example');
const WORLD = world(keyZone(RSA, ED25519));
const HEAD = [
  'From: Author Name <author@a.example>',
  'To: list@l.example',
  'Subject: Hello there, this is a subject that somebody may want to fold, and fold again',
  'Date: Thu, 15 Jan 2026 12:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
].join('\r\n');
const BODY = 'Hello,\r\n\r\nthis is t\xe4xt =) that\thas\r\n.a dot and\r\n-- \r\na signature.\r\n';
const SIMPLE: SignOptions = { canonicalization: { header: 'simple', body: 'simple' } };
const RELAXED: SignOptions = {};

/** Signs, alters text (one character per byte), explains. */
async function explain(
  alter: (message: string) => string,
  options: SignOptions = RELAXED,
  { head = HEAD, body = BODY, signers = [RSA] as readonly TestSigner[], context = WORLD, chunk = 0 } = {},
): Promise<readonly DkimExplanation[]> {
  const message = encodeLatin1(`${head}\r\n${body}`);
  const signed = await signMessage(message, signers, WORLD, options);
  ok(signed.ok);
  const altered = encodeLatin1(
    alter(Buffer.from(concat([encodeUtf8(signed.value.join('')), message])).toString('latin1')),
  );
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < altered.length; at += chunk) yield altered.subarray(at, at + chunk);
  }
  return explainDkim(chunk > 0 ? pieces() : altered, context);
}

function short(explanation: DkimExplanation | undefined): string {
  const causes = explanation?.findings.map((f) => f.cause).join(' + ') ?? 'passes';
  return `${causes} (body ${explanation?.body ?? '-'}, header ${explanation?.header ?? '-'})`;
}

const swap = (from: string | RegExp, to: string) => (text: string) => {
  const out = text.replace(from, to);
  if (out === text) throw new TypeError(`the row changes nothing: ${String(from)}`);
  return out;
};
const inBody = (edit: (body: string) => string) => (text: string) => {
  const at = text.indexOf('\r\n\r\n') + 4;
  return text.slice(0, at) + edit(text.slice(at));
};
const add = (more: string) => (text: string) => text + more;
const both =
  (...edits: ((text: string) => string)[]) =>
  (text: string) =>
    edits.reduce((t, e) => e(t), text);
const TO_QP = inBody((b) =>
  b.replace('\xe4', '=E4').replace('=)', '=3D)').replace('has', 'ha=\r\ns').replace('-- ', '--=20'),
);
const FOOTER = '_______\r\nlist mailing list\r\nlist@l.example\r\n';
const PARTS =
  '--b1\r\nContent-Type: text/plain\r\n\r\nHello there\r\n--b1\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--b1--\r\n';
const MULTI = {
  head: HEAD.replace('text/plain; charset=utf-8', 'multipart/alternative; boundary=b1'),
  body: PARTS,
};
const BODY_IS = '(body explained, header unchanged)';
const HEAD_IS = '(body unchanged, header explained)';

type Row = readonly [
  name: string,
  alter: (text: string) => string,
  wanted: string,
  options?: SignOptions,
  more?: Parameters<typeof explain>[2],
];
const ROWS: readonly Row[] = [
  ['a subject tag', swap('Subject: ', 'Subject: [list] '), `subject-tag-added ${HEAD_IS}`],
  [
    'a subject tag after Re:',
    swap('Subject: Re: ', 'Subject: Re: [list] '),
    `subject-tag-added ${HEAD_IS}`,
    RELAXED,
    { head: HEAD.replace('Subject: ', 'Subject: Re: ') },
  ],
  ['a mark of a spam filter', swap('Subject: ', 'Subject: ***SPAM*** '), `subject-tag-added ${HEAD_IS}`],
  [
    'a mark of outside mail, signed simple',
    swap('Subject: ', 'Subject: EXTERNAL: '),
    `subject-tag-added ${HEAD_IS}`,
    SIMPLE,
  ],
  [
    'a subject tag removed',
    swap('Subject: [dev] ', 'List-Id: Developers <dev.l.example>\r\nSubject: '),
    `subject-tag-removed + field-added ${HEAD_IS}`,
    { fields: { closed: ['from', 'subject', 'list-id'], closedWherePresent: [], open: [] } },
    { head: HEAD.replace('Subject: ', 'Subject: [dev] ') },
  ],
  [
    'a subject turned into encoded words',
    swap('caf\xc3\xa9', '=?utf-8?q?caf=C3=A9?='),
    `subject-reencoded ${HEAD_IS}`,
    RELAXED,
    { head: HEAD.replace('Hello', 'caf\xc3\xa9') },
  ],
  [
    'From rewritten, original kept',
    swap(
      'From: Author Name <author@a.example>',
      'From: Author via List <list@l.example>\r\nX-Original-From: Author Name <author@a.example>',
    ),
    `from-rewritten ${HEAD_IS}`,
  ],
  [
    'From moved to Reply-To',
    swap(
      'From: Author Name <author@a.example>',
      'From: Author via List <list@l.example>\r\nReply-To: Author Name <author@a.example>',
    ),
    `from-rewritten ${HEAD_IS}`,
  ],
  [
    'quotes put around the name in From',
    swap('Author Name <', '"Author Name" <'),
    `display-name-quoted ${HEAD_IS}`,
  ],
  ['a closed field added', swap('To: ', 'Reply-To: list@l.example\r\nTo: '), `field-added ${HEAD_IS}`],
  ['a second Subject on top', (t) => `Subject: Buy now\r\n${t}`, `field-added ${HEAD_IS}`],
  [
    'two fields added',
    (t) => `Sender: list@l.example\r\nReply-To: list@l.example\r\n${t}`,
    `field-added + field-added ${HEAD_IS}`,
  ],
  [
    'Content-Transfer-Encoding alone',
    swap('Encoding: 8bit', 'Encoding: 7bit'),
    `transfer-encoding-field ${HEAD_IS}`,
  ],
  [
    '8-bit turned into quoted-printable',
    both(TO_QP, swap('Encoding: 8bit', 'Encoding: quoted-printable')),
    'body-reencoded + transfer-encoding-field (body explained, header explained)',
  ],
  [
    '8-bit turned into base64',
    both(
      inBody((b) => Buffer.from(b, 'latin1').toString('base64').replace(/.{76}/g, '$&\r\n')),
      swap('Encoding: 8bit', 'Encoding: base64'),
    ),
    'body-reencoded + transfer-encoding-field (body explained, header explained)',
  ],
  [
    'quoted-printable turned into 8-bit',
    both(swap('=E4', '\xe4'), swap('Encoding: quoted-printable', 'Encoding: 8bit')),
    'body-reencoded + transfer-encoding-field (body explained, header explained)',
    RELAXED,
    { head: HEAD.replace('8bit', 'quoted-printable'), body: 'a =E4 b\r\n' },
  ],
  ['a footer', add(FOOTER), `footer-added ${BODY_IS}`],
  ['a footer, signed simple', add(FOOTER), `footer-added ${BODY_IS}`, SIMPLE],
  ['a footer under an empty body', add(FOOTER), `footer-added ${BODY_IS}`, RELAXED, { body: '' }],
  ['a banner on top', inBody((b) => `CAUTION: outside mail\r\n\r\n${b}`), `text-inserted ${BODY_IS}`],
  [
    'a footer inside the first part',
    swap('Hello there\r\n', `Hello there\r\n${FOOTER}`),
    `text-inserted ${BODY_IS}`,
    RELAXED,
    MULTI,
  ],
  [
    'a banner inside the second part',
    swap('<p>Hello', '<p>Outside!</p>\r\n<p>Hello'),
    `text-inserted ${BODY_IS}`,
    RELAXED,
    MULTI,
  ],
  [
    'wrapped in a multipart',
    both(
      inBody(
        (b) =>
          `--w\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${b}\r\n--w\r\n\r\n${FOOTER}\r\n--w--\r\n`,
      ),
      swap('text/plain; charset=utf-8', 'multipart/mixed; boundary="w"'),
      swap('Content-Transfer-Encoding: 8bit\r\n', ''),
    ),
    'wrapped-in-multipart + content-type-field (body explained, header explained)',
  ],
  [
    'list: tag, footer and Reply-To',
    both(
      swap('Subject: ', 'Subject: [l] '),
      add(FOOTER),
      swap('To: list', 'Reply-To: x@l.example\r\nTo: list'),
    ),
    'footer-added + subject-tag-added + field-added (body explained, header explained)',
  ],
  [
    'footer on a body turned into quoted-printable',
    both(TO_QP, add(FOOTER), swap('Encoding: 8bit', 'Encoding: quoted-printable')),
    'body-reencoded + footer-added + transfer-encoding-field (body explained, header explained)',
  ],
  [
    'white space added at line ends, signed simple',
    inBody((b) => b.replace('Hello,', 'Hello, \t')),
    `trailing-white-space ${BODY_IS}`,
    SIMPLE,
    { body: 'Hello,\r\nx\r\n' },
  ],
  [
    'the blank after the signature dashes removed',
    swap('\r\n-- \r\n', '\r\n--\r\n'),
    `trailing-white-space ${BODY_IS}`,
    SIMPLE,
  ],
  ['tabs turned into blanks', swap('\thas', '        has'), `tabs-changed ${BODY_IS}`, SIMPLE],
  ['a tab turned into a blank', swap('a b', 'a\tb'), `tabs-changed ${BODY_IS}`, SIMPLE, { body: 'a b\r\n' }],
  ['CRLF turned into LF in the body', inBody((b) => b.replace(/\r\n/g, '\n')), `line-ends ${BODY_IS}`],
  ['CRLF turned into CR', inBody((b) => b.replace(/\r\n/g, '\r')), `line-ends ${BODY_IS}`],
  ['CRLF turned into CR CR LF', inBody((b) => b.replace(/\r\n/g, '\r\r\n')), `line-ends ${BODY_IS}`],
  [
    'LF in the signed body turned into CRLF',
    inBody((b) => b.replace(/\n/g, '\r\n')),
    `line-ends ${BODY_IS}`,
    RELAXED,
    { body: 'a\nb\n' },
  ],
  ['an empty line before the body', inBody((b) => `\r\n${b}`), `empty-line-added ${BODY_IS}`],
  [
    'the empty line before the body removed',
    inBody((b) => b.slice(2)),
    `empty-line-removed ${BODY_IS}`,
    RELAXED,
    { body: '\r\nx\r\n' },
  ],
  [
    'every line doubled',
    inBody((b) => b.replace(/\r\n/g, '\r\n\r\n')),
    `empty-line-added ${BODY_IS}`,
    RELAXED,
    { body: 'a\r\nb\r\nc\r\n' },
  ],
  ['a dot stuffed and not taken away', swap('\r\n.a dot', '\r\n..a dot'), `dot-stuffing ${BODY_IS}`],
  [
    'a dot taken away',
    swap('\r\n..x', '\r\n.x'),
    `dot-stuffing ${BODY_IS}`,
    RELAXED,
    { body: 'a\r\n..x\r\n' },
  ],
  [
    'a long field folded under simple',
    swap(' that somebody', '\r\n that somebody'),
    `refolded ${HEAD_IS}`,
    SIMPLE,
  ],
  [
    'a fold that began with a tab',
    swap('\r\n\tb@', '\r\n b@'),
    `refolded ${HEAD_IS}`,
    SIMPLE,
    { head: HEAD.replace('To: list@l.example', 'To: a@b.example,\r\n\tb@b.example') },
  ],
  [
    'a field name in another case under simple',
    swap('\r\nSubject:', '\r\nSUBJECT:'),
    `field-case ${HEAD_IS}`,
    SIMPLE,
  ],
  [
    'a blank less after the colon under simple',
    swap('\r\nSubject: ', '\r\nSubject:'),
    `field-spacing ${HEAD_IS}`,
    SIMPLE,
  ],
  ['c= itself changed', swap('c=relaxed/', 'c=simple/'), '(body unchanged, header unexplained)'],
];
for (const [name, alter, wanted, options, more] of ROWS)
  test(`explain: ${name}`, async () => {
    const [explanation, ...rest] = await explain(alter, options, more);
    equal(rest.length, 0);
    equal(short(explanation).trim(), wanted, JSON.stringify(explanation?.findings.map((f) => f.change)));
    for (const finding of explanation?.findings ?? [])
      ok(finding.by !== '' && finding.fix !== '' && finding.change !== '');
  });

test('explain: an Ed25519 signature is explained by verifying, not by opening', async () => {
  const [explanation] = await explain(swap('Subject: ', 'Subject: [list] '), RELAXED, { signers: [ED25519] });
  equal(short(explanation), `subject-tag-added ${HEAD_IS}`);
  ok((explanation?.work.verifications ?? 0) > 1);
});

test('explain: what passes needs no explanation, and each signature has its own', async () => {
  deepEqual(await explain((t) => t), []);
  const two = await explain(add(FOOTER), RELAXED, { signers: [RSA, ED25519] });
  deepEqual(two.map(short), [`footer-added ${BODY_IS}`, `footer-added ${BODY_IS}`]);
});

test('explain: another key is published under the selector', async () => {
  const stranger = testSigner('rsa', 'a.example', { label: 'other' });
  const [explanation] = await explain((t) => t, RELAXED, { context: world(keyZone(stranger)) });
  equal(short(explanation), 'wrong-key (body unchanged, header wrong-key)');
});

test('explain: the key of another selector signed', async () => {
  const stranger = testSigner('rsa', 'a.example', { label: 'other' });
  const moved = { ...RSA, name: 'selector2._domainkey.a.example' };
  const [explanation] = await explain((t) => t, RELAXED, { context: world(keyZone(stranger, moved)) });
  equal(short(explanation), 'other-selector (body unchanged, header wrong-key)');
  ok(explanation?.findings[0]?.change.includes('selector2'));
});

for (const [name, cause, override] of [
  ['body', 'body-canonicalization', 'relaxed/simple'],
  ['header', 'header-canonicalization', 'simple/relaxed'],
] as const)
  test(`explain: c= names another canonicalization of the ${name} than was used`, async () => {
    const message = encodeLatin1(`${HEAD}\r\n${BODY}`);
    const [header, body] = override.split('/') as ['simple' | 'relaxed', 'simple' | 'relaxed'];
    const hashes = new BodyHashes(WORLD.crypto, 1);
    const hash = hashes.want(body, undefined);
    const head = readHeaderBlock(message, DEFAULT_LIMITS);
    hashes.readWhole(message.subarray(head.bodyStart));
    const lines = ['v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=rsa;', 'h=from:to:subject;'];
    const field = {
      name: 'DKIM-Signature',
      lines: [...lines, `bh=${encodeBase64(hash?.digest ?? new Uint8Array(0))};`],
    } as const;
    const signed = await signField(field, { head }, RSA, WORLD.crypto, (block, written) => {
      const tags = parseSignatureTags(block.bytes, written.valueStart, written.valueEnd, 'dkim');
      ok(tags.ok);
      return signedHeaderBytes(block, written, { ...tags.value, headerCanonicalization: header });
    });
    const [explanation] = await explainDkim(concat([encodeUtf8(signed), message]), WORLD);
    deepEqual(
      explanation?.findings.map((f) => f.cause),
      [cause],
    );
  });

const NAMED: readonly (readonly [
  name: string,
  cause: string,
  record: string | undefined,
  alter: (t: string) => string,
])[] = [
  ['no key', 'key-record', undefined, (t) => t],
  ['a revoked key', 'key-record', 'v=DKIM1; p=', (t) => t],
  ['a key for other services', 'key-restricted', `s=other; ${RSA.record.slice(9)}`, (t) => t],
  ['rsa-sha1', 'weak-crypto', RSA.record, swap('rsa-sha256', 'rsa-sha1')],
  ['no version', 'signature-syntax', RSA.record, swap('v=1; ', '')],
  ['an x= that is past', 'expired', RSA.record, swap(/t=\d+;/, `t=1; x=${TEST_TIME_SECONDS - 1};`)],
];
for (const [name, cause, record, alter] of NAMED)
  test(`explain: ${name}, as the result says`, async () => {
    const context = world(record === undefined ? { 'x.example': {} } : { [RSA.name]: { TXT: [record] } });
    const [explanation] = await explain(alter, RELAXED, { context });
    deepEqual(
      explanation?.findings.map((f) => [f.cause, f.proof]),
      [[cause, 'result']],
    );
  });

test('explain: work has bounds, also for a body of a million lines', async () => {
  const message = encodeLatin1(`${HEAD}\r\n${'-- x\r\n'.repeat(200_000)}`);
  const signed = await signMessage(message, [RSA], WORLD);
  ok(signed.ok);
  const altered = Buffer.from(concat([encodeUtf8(signed.value.join('')), message]))
    .toString('latin1')
    .replace('-- x', '-- y')
    .replace('Hello', 'Hullo');
  const bounds = { hypotheses: 500, hashedBytes: 8_000_000, verifications: 5, questions: 3 };
  const [explanation] = await explainDkim(encodeLatin1(altered), WORLD, bounds);
  equal(short(explanation).trim(), '(body unexplained, header unexplained)');
  const work = explanation?.work;
  ok(
    work?.exhausted && work.hypotheses <= 500 && work.hashedBytes <= 8_000_000 && work.verifications <= 6,
    JSON.stringify(work),
  );
});

test('explain: a stream is explained as the whole message is', async () => {
  const [explanation] = await explain(add(FOOTER), RELAXED, { chunk: 7 });
  equal(short(explanation), `footer-added ${BODY_IS}`);
});
