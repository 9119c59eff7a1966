import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHeaderBlock } from '../message/header-block.js';
import type { Canonicalization } from '../signature/signature-tags.js';
import { concat, encodeLatin1, encodeUtf8 } from '../syntax/bytes.js';
import { keyZone, testSigner } from '../testing/signers.js';
import { TEST_TIME_SECONDS, crlf, world } from '../testing/world.js';
import { checkDkim } from '../verify/check-dkim.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { signMessage, type SignOptions } from './sign-message.js';
import { chooseSignedFields, DEFAULT_SIGNED_FIELDS } from './signed-fields.js';

const RSA = testSigner('rsa', 'a.example');
const ED25519 = testSigner('ed25519', 'a.example');
const WORLD = world(keyZone(RSA, ED25519));
const HEAD =
  'From: Author <author@a.example>\nTo: b@b.example\nSubject:  two  blanks\t and a\n\tfold \nDate: Thu, 15 Jan 2026 12:00:00 +0000\nX-Other: 1\n';
const KINDS: readonly Canonicalization[] = ['simple', 'relaxed'];

async function sign(
  message: Uint8Array,
  options: SignOptions = {},
  signers = [RSA, ED25519],
): Promise<Uint8Array> {
  const signed = await signMessage(message, signers, WORLD, options);
  if (!signed.ok) throw new Error(signed.problem.message);
  return concat([encodeUtf8(signed.value.join('')), message]);
}

async function statuses(message: Uint8Array, zone = WORLD): Promise<readonly string[]> {
  return (await checkDkim(message, zone)).map((r) => r.status);
}

const BODIES: readonly (readonly [name: string, body: Uint8Array])[] = [
  ['plain', crlf('Hello,\nthis is it.\n')],
  ['empty', new Uint8Array(0)],
  ['only empty lines', crlf('\n\n\n')],
  ['empty lines at the end', crlf('text\n\n\n')],
  ['no final CRLF', crlf('text')],
  ['a final CR', crlf('text\r')],
  ['white space at line ends and inside', crlf('a \t b  \n\t\n  \nc\t\n')],
  ['white space only', crlf(' ')],
  ['8-bit and NUL', encodeLatin1('\xe4\xf6\xfc\x00\xff\r\n.\r\n..\r\n')],
  ['CR and LF alone', encodeLatin1('a\rb\nc\r\r\nd\n\r\n')],
  ['longer than the kernel', encodeLatin1(`${'word  \t'.repeat(20_000)}\r\n\r\n`)],
];

for (const header of KINDS)
  for (const body of KINDS)
    for (const [name, bytes] of BODIES)
      test(`RFC 6376 3.4: ${header}/${body}, ${name} body, signed with RSA and Ed25519 in one reading`, async () => {
        const message = await sign(concat([crlf(`${HEAD}\n`), bytes]), {
          canonicalization: { header, body },
        });
        deepEqual(await statuses(message), ['pass', 'pass']);
      });

const TAGS: readonly (readonly [clause: string, name: string, options: SignOptions, tag: RegExp])[] = [
  ['3.5', 't= is the clock', {}, new RegExp(`; t=${TEST_TIME_SECONDS};`)],
  [
    '3.5',
    'x= is t= and the time asked for',
    { validSeconds: 60 },
    new RegExp(`x=${TEST_TIME_SECONDS + 60};`),
  ],
  ['3.5', 'i= is written where asked for', { identity: 'author@sub.a.example' }, /i=author@sub\.a\.example;/],
  [
    '2.11',
    'i= is quoted-printable',
    { identity: 'a;b= c\u00e9@a.example' },
    /i=a=3Bb=3D=20c=C3=A9@a\.example;/,
  ],
  ['8.2', 'l= is never written', {}, /^(?!.*[; ]l=)/s],
  ['5.4', 'From is signed, and once more', {}, /h=from:from:/],
  ['3.5', 'c= is relaxed/relaxed by default', {}, /c=relaxed\/relaxed;/],
];
for (const [clause, name, options, tag] of TAGS)
  test(`RFC 6376 ${clause}: ${name}`, async () => {
    const message = crlf(`${HEAD}\nbody\n`);
    const signed = await signMessage(message, [RSA], WORLD, options);
    ok(signed.ok);
    match(signed.value.join('').replace(/\r\n/g, ''), tag);
    const [result] = await checkDkim(concat([encodeUtf8(signed.value.join('')), message]), WORLD);
    equal(result?.status, 'pass');
  });

test('RFC 6376 2.11: i= is read back as it was given', async () => {
  const [result] = await checkDkim(await sign(crlf(`${HEAD}\n`), { identity: 'a;b= c@a.example' }), WORLD);
  equal(result?.identity, 'a;b= c@a.example');
});

test('RFC 6376 3.5: x= written by us lapses', async () => {
  const message = await sign(crlf(`${HEAD}\nbody\n`), { validSeconds: 60 });
  const later = world(keyZone(RSA, ED25519), { timeSeconds: TEST_TIME_SECONDS + 61 });
  deepEqual(await statuses(message, later), ['neutral', 'neutral']);
});

test('RFC 5322 2.1.1: every line of a signature has at most 78 characters', async () => {
  const signed = await signMessage(
    crlf(`${HEAD}\n`),
    [testSigner('rsa', 'a.example', { bits: 3072 })],
    WORLD,
  );
  ok(signed.ok);
  for (const line of signed.value.join('').split('\r\n')) ok(line.length <= 78, line);
});

// RFC 6376 8.15: what may be added on the way without being noticed is what an attacker adds.
for (const name of [
  'From',
  'Subject',
  'To',
  'Cc',
  'Date',
  'Reply-To',
  'Sender',
  'Content-Type',
  'MIME-Version',
])
  test(`RFC 6376 8.15: ${name} added to a message we signed breaks the signature`, async () => {
    const message = await sign(crlf(`${HEAD}\nbody\n`));
    const added = encodeUtf8(`${name}: x <x@evil.example>\r\n`);
    deepEqual(await statuses(concat([added, message])), ['fail', 'fail'], 'on top');
    const cut = message.indexOf(0x58, message.lastIndexOf(0x2b)); // before X-Other
    deepEqual(await statuses(concat([message.subarray(0, cut), added, message.subarray(cut)])), [
      'fail',
      'fail',
    ]);
  });

test('RFC 6376 5.4.2: Received and unlisted fields may be added to a message we signed', async () => {
  const message = await sign(crlf(`${HEAD}\nbody\n`));
  const added = encodeUtf8('Received: from x\r\nX-New: y\r\nReturn-Path: <z@z.example>\r\n');
  deepEqual(await statuses(concat([added, message])), ['pass', 'pass']);
});

test('RFC 6376 5.4.2: a field that stands there three times is signed three times', () => {
  const head = readHeaderBlock(crlf('From: a\nList-Id: 1\nList-Id: 2\nDate: x\nDate: y\n\n'), DEFAULT_LIMITS);
  const names = chooseSignedFields(head, DEFAULT_SIGNED_FIELDS);
  const times = (name: string): number => names.filter((n) => n === name).length;
  deepEqual([times('from'), times('list-id'), times('date'), times('message-id')], [2, 2, 3, 0]);
});

const REFUSED: readonly (readonly [
  clause: string,
  name: string,
  message: string,
  code: string,
  options?: SignOptions,
])[] = [
  ['5.4', 'a message without From is not signed', 'To: a@a.example\n\nx\n', 'dkim/sign-no-from'],
  [
    '3.8',
    'a message with two From is not signed',
    'From: a@a.example\nFrom: b@b.example\n\n',
    'dkim/sign-several-from',
  ],
  ['5.3', 'a continuation on top would continue our field', ' x\nFrom: a@a.example\n\n', 'dkim/sign-header'],
  ['3.5', 'i= outside d= is not written', HEAD, 'dkim/sign-identity', { identity: '@evila.example' }],
  ['3.5', 'i= without @ is not written', HEAD, 'dkim/sign-identity', { identity: 'a.example' }],
  ['5.3', 'an empty message is not signed', '', 'dkim/sign-no-from'],
];
for (const [clause, name, message, code, options] of REFUSED)
  test(`RFC 6376 ${clause}: ${name}`, async () => {
    const signed = await signMessage(crlf(message), [RSA], WORLD, options);
    equal(signed.ok ? 'signed' : signed.problem.code, code);
  });

test('RFC 6376 5.3: a header or message too long to be read whole is not signed', async () => {
  const rows = [
    [{ headerFields: 3 }, 'dkim/sign-header'],
    [{ headerBytes: 100 }, 'dkim/sign-header'],
    [{ messageBytes: 100 }, 'dkim/sign-too-long'],
  ] as const;
  for (const [limits, code] of rows) {
    const signed = await signMessage(crlf(`${HEAD}\nbody\n`), [RSA], { ...WORLD, limits });
    equal(signed.ok ? 'signed' : signed.problem.code, code);
  }
});

test('RFC 6376 5.3: a repeated Subject is signed with a warning', async () => {
  const signed = await signMessage(crlf(`Subject: 1\n${HEAD}\n`), [RSA], WORLD);
  ok(signed.ok);
  deepEqual(
    signed.warnings.map((w) => w.code),
    ['dkim/sign-repeated-field'],
  );
});

test('options that contradict themselves are our own mistake', async () => {
  await rejects(signMessage(crlf(HEAD), [RSA], WORLD, { validSeconds: 0 }), TypeError);
  const fields = { closed: ['subject'], closedWherePresent: [], open: [] };
  await rejects(signMessage(crlf(HEAD), [RSA], WORLD, { fields }), TypeError);
});

// mailauth #115: the body hash depended on where chunks were cut.
test('any cut of a stream is signed as the whole message is', async () => {
  const text = fc.array(fc.constantFrom('a', ' ', '\t', '\r\n', '\r', '\n', '.', '\u00e9', 'word '), {
    maxLength: 40,
  });
  const run = fc.asyncProperty(
    text,
    fc.array(fc.nat(200), { maxLength: 6 }),
    fc.boolean(),
    async (words, cuts, lf) => {
      const header = lf ? HEAD : HEAD.replace(/\n/g, '\r\n');
      const message = encodeUtf8(`${header}${lf ? '\n' : '\r\n'}${words.join('')}`);
      const points = [...new Set([0, ...cuts.map((c) => c % message.length), message.length])].sort(
        (a, b) => a - b,
      );
      async function* stream(): AsyncGenerator<Uint8Array> {
        for (let i = 1; i < points.length; i++) yield message.subarray(points[i - 1], points[i]);
      }
      const whole = await signMessage(message, [ED25519], WORLD);
      const pieces = await signMessage(stream(), [ED25519], WORLD);
      ok(whole.ok && pieces.ok);
      deepEqual(pieces.value, whole.value);
      deepEqual(
        await statuses(
          concat([
            encodeUtf8(lf ? whole.value.join('').replace(/\r\n/g, '\n') : whole.value.join('')),
            message,
          ]),
        ),
        ['pass'],
      );
    },
  );
  await fc.assert(run, { numRuns: 150 });
});

const PYTHON = '/usr/bin/python3';
const HAS_DKIMPY = spawnSync(PYTHON, ['-c', 'import dkim, nacl']).status === 0;
// Reads messages as base64 lines and prints what dkimpy says of each signature.
const VERIFY = `
import sys, base64, json, dkim
zone = json.loads(sys.stdin.readline())
for line in sys.stdin:
    message = base64.b64decode(line)
    said = []
    for i in (0, 1):
        try: said.append(dkim.DKIM(message).verify(idx=i, dnsfunc=lambda name, timeout=5: zone.get(name.decode().rstrip('.'), '').encode()))
        except Exception as e: said.append(repr(e))
    print(json.dumps(said))
`;
const skip = HAS_DKIMPY ? false : 'SKIPPED: python3-dkim and python3-nacl are not installed';
test('dkimpy verifies what we sign, all canonicalizations and bodies', { skip }, async () => {
  const rows: { readonly name: string; readonly message: Uint8Array }[] = [];
  for (const header of KINDS)
    for (const body of KINDS)
      for (const [name, bytes] of BODIES) {
        // dkimpy reads LF and CR alone as line ends, and keeps white space that no CRLF follows.
        if (/alone|final CR$|NUL|space only/.test(name)) continue;
        const message = await sign(concat([crlf(`${HEAD}\n`), bytes]), {
          canonicalization: { header, body },
          validSeconds: 1e9,
        });
        rows.push({ name: `${header}/${body} ${name}`, message });
      }
  const zone = JSON.stringify(Object.fromEntries([RSA, ED25519].map(({ name, record }) => [name, record])));
  const input = [zone, ...rows.map(({ message }) => Buffer.from(message).toString('base64'))].join('\n');
  const run = spawnSync(PYTHON, ['-c', VERIFY], { input, encoding: 'utf8', maxBuffer: 1e8 });
  equal(run.status, 0, run.stderr);
  const said = run.stdout.trim().split('\n');
  equal(said.length, rows.length);
  rows.forEach(({ name }, i) => equal(said[i], '[true, true]', name));
});
