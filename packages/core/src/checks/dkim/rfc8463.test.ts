// RFC 8463, clause by clause: Ed25519.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { importSigningKey } from '../../../node/signing-key.js';
import { signMessage } from '../../sign/sign-message.js';
import { concat, encodeUtf8 } from '../../syntax/bytes.js';
import { forge, type Forgery } from '../../testing/forged-signature.js';
import { testSigner } from '../../testing/signers.js';
import { crlf, world } from '../../testing/world.js';
import { checkDkim } from '../../verify/check-dkim.js';

const ED25519 = testSigner('ed25519', 'a.example');
const RSA = testSigner('rsa', 'a.example');
const P = ED25519.record.slice(ED25519.record.indexOf('p=') + 2);
const SPKI = Buffer.concat([
  Buffer.from('302a300506032b6570032100', 'hex'),
  Buffer.from(P, 'base64'),
]).toString('base64');
const record = (text: string): Forgery => ({ signer: { ...ED25519, record: text } });

const ROWS: readonly (readonly [clause: string, name: string, wanted: string, forgery: Forgery])[] = [
  ['3', 'the SHA-256 of the data is signed', 'pass', { signer: ED25519 }],
  [
    '3',
    'another key of the same type',
    'fail signature',
    record(testSigner('ed25519', 'a.example', { label: 'x' }).record),
  ],
  ['4.1', 'a=ed25519-sha256 with an RSA key', 'permerror key-mismatch', record(RSA.record)],
  [
    '4.1',
    'a=rsa-sha256 with an Ed25519 key',
    'permerror key-mismatch',
    { signer: { ...RSA, record: ED25519.record } },
  ],
  [
    '4.1',
    'a=ed25519-sha1 is no algorithm',
    'permerror unsupported-algorithm',
    { signer: ED25519, tags: { a: 'ed25519-sha1' } },
  ],
  ['4.2', 'p= is the 32 bytes alone', 'pass', record(`v=DKIM1; k=ed25519; p=${P}`)],
  ['4.2', 'p= in an SPKI is not', 'permerror key-syntax', record(`v=DKIM1; k=ed25519; p=${SPKI}`)],
  [
    '4.2',
    'p= of 31 bytes',
    'permerror key-syntax',
    record(`v=DKIM1; k=ed25519; p=${Buffer.alloc(31).toString('base64')}`),
  ],
  [
    '4.2',
    'k= missing is rsa, and 32 bytes are no RSA key',
    'permerror key-syntax',
    record(`v=DKIM1; p=${P}`),
  ],
  ['4.2', 'an Ed25519 key is never weak', 'pass', record(`k=ed25519; p=${P}`)],
];
for (const [clause, name, wanted, forgery] of ROWS)
  test(`RFC 8463 ${clause}: ${name}`, async () => {
    const { signer } = forgery;
    const got = await checkDkim(await forge(forgery), world({ [signer.name]: { TXT: [signer.record] } }));
    deepEqual(
      got.map((r) => ('reason' in r ? `${r.status} ${r.reason}` : r.status)),
      [wanted],
    );
  });

// The message, keys and signatures of appendix A.
const MESSAGE = `From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`;
const SIGNATURES = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
`;
const EXAMPLE = world({
  'brisbane._domainkey.football.example.com': {
    TXT: ['v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='],
  },
  'test._domainkey.football.example.com': {
    TXT: [
      'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB',
    ],
  },
});

test('RFC 8463 A: the example verifies, with both signatures', async () => {
  const got = await checkDkim(crlf(SIGNATURES + MESSAGE), EXAMPLE);
  deepEqual(
    got.map((r) => [r.status, r.selector]),
    [
      ['pass', 'brisbane'],
      ['pass', 'test'],
    ],
  );
});

test('RFC 8463 A: the private key of the example signs for its public key', async () => {
  const seed = Buffer.from('nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=', 'base64');
  const key = importSigningKey(seed, { domain: 'football.example.com', selector: 'brisbane' });
  ok(key.ok);
  const signed = await signMessage(crlf(MESSAGE), [key.value], EXAMPLE);
  ok(signed.ok);
  const [result] = await checkDkim(concat([encodeUtf8(signed.value.join('')), crlf(MESSAGE)]), EXAMPLE);
  equal(result?.status, 'pass');
});
