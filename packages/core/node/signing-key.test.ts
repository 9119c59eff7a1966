import { deepEqual, equal, ok } from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { importSigningKey } from './signing-key.js';

const AT = { domain: 'a.example', selector: 's1' };
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const rsa1024 = rsa(1024);
const rsa2048 = rsa(2048);
const pkcs8 = (key: ReturnType<typeof rsa>): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();
const ed25519 = generateKeyPairSync('ed25519').privateKey;
const publicPem = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).publicKey;
const seed = Buffer.from(ed25519.export({ format: 'jwk' }).d ?? '', 'base64url');

const GOOD: readonly (readonly [
  name: string,
  key: string | Uint8Array,
  algorithm: string,
  warnings?: string,
])[] = [
  ['RSA, PKCS#8 in PEM', pkcs8(rsa2048), 'rsa-sha256'],
  ['RSA, PKCS#1 in PEM', rsa2048.export({ type: 'pkcs1', format: 'pem' }).toString(), 'rsa-sha256'],
  ['RSA, PKCS#8 in DER', rsa2048.export({ type: 'pkcs8', format: 'der' }), 'rsa-sha256'],
  ['RSA, PKCS#1 in DER', rsa2048.export({ type: 'pkcs1', format: 'der' }), 'rsa-sha256'],
  ['RSA of 1024 bits, with a warning', pkcs8(rsa1024), 'rsa-sha256', 'dkim/signing-key-short'],
  ['Ed25519, PKCS#8 in PEM', ed25519.export({ type: 'pkcs8', format: 'pem' }).toString(), 'ed25519-sha256'],
  ['Ed25519, PEM as bytes', Buffer.from(ed25519.export({ type: 'pkcs8', format: 'pem' })), 'ed25519-sha256'],
  ['Ed25519, its 32 bytes', seed, 'ed25519-sha256'],
];
for (const [name, key, algorithm, warnings = ''] of GOOD)
  test(`RFC 8301 3.2: a signing key, ${name}`, () => {
    const read = importSigningKey(key, AT);
    ok(read.ok);
    equal(read.value.key.algorithm, algorithm);
    equal(read.warnings.map((w) => w.code).join(), warnings);
    equal(read.value.key.keyObject.type, 'private');
  });

const BAD: readonly (readonly [name: string, key: string | Uint8Array, code: string, at?: typeof AT])[] = [
  ['RSA of 1023 bits', pkcs8(rsa(1023)), 'dkim/signing-key-weak'],
  [
    'RSA-PSS',
    generateKeyPairSync('rsa-pss', { modulusLength: 1024 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    'dkim/signing-key-type',
  ],
  [
    'an elliptic curve',
    generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
    'dkim/signing-key-type',
  ],
  [
    'an encrypted key',
    rsa1024.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString(),
    'dkim/signing-key-encrypted',
  ],
  [
    'an encrypted PKCS#1 key',
    rsa1024.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString(),
    'dkim/signing-key-encrypted',
  ],
  ['a public key', publicPem, 'dkim/signing-key-public'],
  [
    'a public key in DER',
    Buffer.from(publicPem.replace(/-.*-|\n/g, ''), 'base64'),
    'dkim/signing-key-public',
  ],
  ['rubbish', 'rubbish', 'dkim/signing-key-unreadable'],
  ['nothing', '', 'dkim/signing-key-unreadable'],
  ['PEM cut short', pkcs8(rsa2048).slice(0, 300), 'dkim/signing-key-unreadable'],
  ['no domain', pkcs8(rsa2048), 'dkim/domain', { domain: 'a..example', selector: 's' }],
  [
    'a selector that could end the field',
    pkcs8(rsa2048),
    'dkim/selector',
    { domain: 'a.example', selector: 's\r\nX: y' },
  ],
  ['an empty selector', pkcs8(rsa2048), 'dkim/selector', { domain: 'a.example', selector: '' }],
];
for (const [name, key, code, at = AT] of BAD)
  test(`RFC 8301 3.2: no signing key, ${name}`, () => {
    const read = importSigningKey(key, at);
    deepEqual(read.ok ? 'read' : read.problem.code, code);
  });
