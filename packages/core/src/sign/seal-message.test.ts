import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { importSigningKey } from '../../node/signing-key.js';
import { parseAuthenticationResults } from '../message/authentication-results.js';
import { fieldsNamed, readHeaderBlock, unfoldedValue, valueBytes } from '../message/header-block.js';
import { concat, encodeUtf8 } from '../syntax/bytes.js';
import { keyZone, testSigner } from '../testing/signers.js';
import { openSuite } from '../testing/suite-table.js';
import { withSuite } from '../testing/suites.js';
import { crlf, world } from '../testing/world.js';
import { checkArc } from '../verify/check-arc.js';
import { checkDkim } from '../verify/check-dkim.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { sealMessage, type ArcSealing, type SealOptions } from './seal-message.js';
import { signMessage } from './sign-message.js';

const RSA = testSigner('rsa', 'sealer.example');
const ED25519 = testSigner('ed25519', 'second.example');
const WORLD = world(keyZone(RSA, ED25519, testSigner('rsa', 'a.example')));
const SITE = { trustedSealers: new Set<never>() };
const MESSAGE = crlf('From: a@a.example\nTo: b@b.example\nSubject: s\n\nbody\n');
const ID = 'mx.sealer.example';
const FOUND = `${ID}; spf=pass smtp.mailfrom=a.example; dmarc=pass header.from=a.example`;

async function seal(
  message: Uint8Array,
  options: Partial<SealOptions> = {},
  key = RSA,
  context = WORLD,
): Promise<ArcSealing> {
  const sealed = await sealMessage(
    message,
    key,
    { authservId: ID, authenticationResults: FOUND, ...options },
    context,
  );
  if (!sealed.ok) throw new Error(`${sealed.problem.code}: ${sealed.problem.message}`);
  return sealed.value;
}

async function sealed(
  message: Uint8Array,
  options: Partial<SealOptions> = {},
  key = RSA,
): Promise<Uint8Array> {
  const made = await seal(message, options, key);
  if (made.status !== 'sealed') throw new Error(made.reason);
  return concat([encodeUtf8(made.fields.join('')), message]);
}

async function chain(message: Uint8Array): Promise<string> {
  const result = await checkArc(message, SITE, WORLD);
  return result.status === 'pass'
    ? `pass ${result.sealedBy.join()}`
    : `${result.status} ${'reason' in result ? result.reason : ''}`;
}

function change(message: Uint8Array, from: string, to: string): Uint8Array {
  const text = Buffer.from(message).toString('latin1');
  ok(text.includes(from), from);
  return Buffer.from(text.replace(from, to), 'latin1');
}

test('RFC 8617 5.1: a message without ARC gets instance 1 with cv=none', async () => {
  const made = await seal(MESSAGE);
  ok(made.status === 'sealed');
  deepEqual([made.instance, made.chainValidation], [1, 'none']);
  match(made.fields[0] ?? '', /^ARC-Seal: i=1; a=rsa-sha256; cv=none;/);
  match(made.fields[1] ?? '', /^ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed\/relaxed;/);
  match(made.fields[2] ?? '', /^ARC-Authentication-Results: i=1; mx\.sealer\.example;\r\n spf=pass/);
  equal(await chain(await sealed(MESSAGE)), 'pass sealer.example');
});

test('RFC 8617 5.1: each hop adds one, RSA and Ed25519 in turn', async () => {
  let message: Uint8Array = MESSAGE;
  for (let hop = 1; hop <= 4; hop++) message = await sealed(message, {}, hop % 2 === 0 ? ED25519 : RSA);
  equal(await chain(message), 'pass sealer.example,second.example,sealer.example,second.example');
});

test('RFC 8617 5.1: what was found on arrival decides, where the sealer has changed the message since', async () => {
  const first = await sealed(MESSAGE);
  const changed = change(first, 'body', 'body\r\n-- \r\nfooter');
  const later = await sealed(changed, { authenticationResults: `${ID}; arc=pass` }, ED25519);
  equal(await chain(later), 'pass sealer.example,second.example');
  const without = await seal(changed, {}, ED25519);
  equal(without.status === 'sealed' ? without.chainValidation : '', 'fail', 'found now, it does not verify');
});

test('RFC 8617 5.1.2: a chain that fails is sealed as failed, over the new set alone, and then no more', async () => {
  const broken = change(await sealed(MESSAGE), 'spf=pass', 'spf=fail');
  const made = await seal(broken, {}, ED25519);
  ok(made.status === 'sealed');
  deepEqual([made.instance, made.chainValidation], [2, 'fail']);
  const marked = concat([encodeUtf8(made.fields.join('')), broken]);
  equal(await chain(marked), 'fail chain-said-fail');
  deepEqual(await seal(marked), { status: 'not-sealed', reason: 'chain-failed' });
  // Over its own set alone: as instance 1 of a message without the broken set, cv= aside, it would verify.
  const renamed = change(marked, 'cv=fail', 'cv=pass');
  equal(await chain(renamed), 'fail seal-signature');
});

const CLAIMS: readonly (readonly [
  clause: string,
  name: string,
  message: Uint8Array,
  results: string,
  cv: string,
])[] = [
  ['5.1', 'arc=pass of a message without a chain is cv=none', MESSAGE, 'arc=pass', '1 none'],
  ['5.1', 'arc=fail of a message without a chain is cv=none', MESSAGE, 'arc=fail', '1 none'],
  ['5.1.2', 'contradicting arc results are cv=fail', await sealed(MESSAGE), 'arc=pass; arc=fail', '2 fail'],
  ['5.1.2', 'arc=none of a message with a chain is cv=fail', await sealed(MESSAGE), 'arc=none', '2 fail'],
  [
    '5.1.2',
    'arc=pass of sets that are not whole is cv=fail',
    change(await sealed(MESSAGE), 'ARC-Seal', 'X-Seal'),
    'arc=pass',
    '2 fail',
  ],
  [
    '5.1.2',
    'ARC fields without instance are marked as failed',
    concat([encodeUtf8('ARC-Seal: x\r\n'), MESSAGE]),
    'arc=fail',
    '1 fail',
  ],
];
for (const [clause, name, message, results, cv] of CLAIMS)
  test(`RFC 8617 ${clause}: ${name}`, async () => {
    const made = await seal(message, { authenticationResults: `${ID}; ${results}` });
    equal(made.status === 'sealed' ? `${made.instance} ${made.chainValidation}` : made.reason, cv);
  });

test('RFC 8617 4.2.1: a chain of 50 sets is not extended', async () => {
  let fields = '';
  for (let i = 49; i >= 1; i--) fields += `ARC-Seal: i=${i}; cv=none\r\n`;
  const results = { authenticationResults: `${ID}; arc=fail` };
  const made = await seal(concat([encodeUtf8(fields), MESSAGE]), results);
  equal(made.status === 'sealed' ? made.instance : 0, 50);
  const full = concat([encodeUtf8(`ARC-Seal: i=50; cv=none\r\n${fields}`), MESSAGE]);
  deepEqual(await seal(full, results), { status: 'not-sealed', reason: 'too-many-sets' });
});

test('RFC 8617 5.1: while DNS does not say whether the chain is valid, nothing is sealed', async () => {
  const silent = world({ 'rsa._domainkey.sealer.example': { error: 'SERVFAIL' } });
  deepEqual(await seal(await sealed(MESSAGE), {}, RSA, silent), { status: 'not-sealed', reason: 'dns' });
});

test('RFC 8617 5.1: DKIM signatures come first, and the chain covers them', async () => {
  const signed = await signMessage(MESSAGE, [testSigner('rsa', 'a.example')], WORLD);
  ok(signed.ok);
  const message = await sealed(concat([encodeUtf8(signed.value.join('')), MESSAGE]));
  equal(await chain(message), 'pass sealer.example');
  equal((await checkDkim(message, WORLD))[0]?.status, 'pass');
  equal(await chain(change(message, 'DKIM-Signature: v=1', 'DKIM-Signature: v=2')), 'fail message-signature');
});

test('RFC 8617 4.1.1: results of several fields of this site become one statement, those of others none', async () => {
  const fields = `Authentication-Results: ${ID}; spf=pass smtp.mailfrom=a.example\r\nAuthentication-Results: other.example; dkim=pass\r\nAuthentication-Results: MX.Sealer.Example.; dmarc=fail (p=none; x) header.from=a.example\r\n`;
  const made = await seal(concat([encodeUtf8(fields), MESSAGE]), {
    authenticationResults: undefined as never,
  });
  ok(made.status === 'sealed');
  equal(
    made.fields[2]?.replace(/\r\n/g, ''),
    `ARC-Authentication-Results: i=1; ${ID}; spf=pass smtp.mailfrom=a.example; dmarc=fail (p=none; x) header.from=a.example`,
  );
});

test('RFC 8617 4.1.1: results that are not of this site, or no results at all, are not stated', async () => {
  for (const authenticationResults of [
    'other.example; spf=pass',
    'mx.sealer.example\r\nX: y; spf=pass',
    '',
  ]) {
    const made = await sealMessage(MESSAGE, RSA, { authservId: ID, authenticationResults }, WORLD);
    equal(made.ok ? 'sealed' : made.problem.code, 'arc/seal-results');
  }
});

test('RFC 8617 4.1.2: the message signature never covers Authentication-Results or ARC fields', async () => {
  for (const name of [
    'authentication-results',
    'arc-seal',
    'arc-message-signature',
    'arc-authentication-results',
  ]) {
    const fields = { closed: ['from', name], closedWherePresent: [], open: [] };
    await rejects(
      sealMessage(MESSAGE, RSA, { authservId: ID, authenticationResults: FOUND, fields }, WORLD),
      TypeError,
    );
  }
});

interface Scenario {
  readonly domain: string;
  readonly sel: string;
  readonly privatekey: string;
  readonly 'txt-records': Readonly<Record<string, string>>;
  readonly tests: Readonly<
    Record<
      string,
      {
        message: string;
        t: number;
        'sig-headers': string;
        'srv-id': string;
        AS: string;
        AMS: string;
        AAR: string;
      }
    >
  >;
}

/** Tags of a signature field; white space in values does not matter. */
function tags(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(';')
      .map((tag) => tag.replace(/\s/g, ''))
      .filter((tag) => tag !== '')
      .map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  );
}

// The published b= values hold for a signer that sorts its tags; ours are verified instead.
withSuite(['arc-draft', 'arc-draft-sign-tests.yml'], (text) => {
  const suite = openSuite('arc-draft-sign');
  for (const document of parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' })) {
    const scenario = document.toJS() as Scenario | null;
    if (scenario === null) continue;
    const zone = Object.fromEntries(
      Object.entries(scenario['txt-records']).map(([name, record]) => [
        name,
        { TXT: [record.trim().split('\n')] },
      ]),
    );
    for (const [id, wanted] of Object.entries(scenario.tests))
      suite.case(id, async () => {
        const key = importSigningKey(scenario.privatekey, {
          domain: scenario.domain,
          selector: scenario.sel,
        });
        ok(key.ok);
        const context = world(zone, { timeSeconds: wanted.t });
        const message = crlf(wanted.message);
        const fields = { closed: [], closedWherePresent: [], open: wanted['sig-headers'].split(':') };
        const made = await sealMessage(message, key.value, { authservId: wanted['srv-id'], fields }, context);
        ok(made.ok);
        if (wanted.AS.trim() === '') {
          deepEqual(made.value, { status: 'not-sealed', reason: 'chain-failed' });
          return;
        }
        ok(made.value.status === 'sealed');
        const whole = concat([encodeUtf8(made.value.fields.join('')), message]);
        const head = readHeaderBlock(whole, DEFAULT_LIMITS);
        const [seal, signature, results] = head.fields;
        ok(seal && signature && results);
        const shape = (all: Record<string, string>): Record<string, string> =>
          Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'b'));
        deepEqual(shape(tags(unfoldedValue(head, seal))), shape(tags(wanted.AS)));
        deepEqual(shape(tags(unfoldedValue(head, signature))), shape(tags(wanted.AMS)));
        const statement = (bytes: Uint8Array): unknown =>
          parseAuthenticationResults(bytes, { start: bytes.indexOf(0x3b) + 1 });
        deepEqual(
          statement(valueBytes(head, results)),
          statement(encodeUtf8(wanted.AAR.trim().replace(/\n/g, '\r\n '))),
        );
        const validated = await checkArc(whole, SITE, context);
        // A failed chain stays failed; every other one is valid with our set on top.
        equal(
          validated.status,
          made.value.chainValidation === 'fail' ? 'fail' : 'pass',
          validated.trace.at(-1)?.text,
        );
        equal(fieldsNamed(head, 'arc-seal').length, made.value.instance);
      });
  }
});

const PYTHON = '/usr/bin/python3';
const skip =
  spawnSync(PYTHON, ['-c', 'import dkim']).status === 0 ? false : 'SKIPPED: python3-dkim is not installed';
const VERIFY = `
import sys, base64, json, dkim
zone = json.loads(sys.stdin.readline())
cv, _, why = dkim.arc_verify(base64.b64decode(sys.stdin.readline()), dnsfunc=lambda name, timeout=5: zone.get(name.decode().rstrip('.'), '').encode())
print(cv.decode(), why)
`;
test('dkimpy validates a chain we sealed', { skip }, async () => {
  const message = await sealed(await sealed(MESSAGE));
  const input = `${JSON.stringify({ [RSA.name]: RSA.record })}\n${Buffer.from(message).toString('base64')}\n`;
  const run = spawnSync(PYTHON, ['-c', VERIFY], { input, encoding: 'utf8' });
  equal(run.stdout.trim(), 'pass success', run.stderr);
});
