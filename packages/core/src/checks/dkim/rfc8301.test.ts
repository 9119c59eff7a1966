// RFC 8301, clause by clause: which algorithms and keys may pass.
import { generateKeyPairSync } from 'node:crypto';
import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { forge, type Forgery } from '../../testing/forged-signature.js';
import { testSigner, type TestSigner } from '../../testing/signers.js';
import { world } from '../../testing/world.js';
import { checkDkim } from '../../verify/check-dkim.js';
import type { Limits } from '../../words/limits.js';

/** A signer whose key our own import would refuse. */
function odd(modulusLength: number, publicExponent = 65_537): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  const p = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const base = testSigner('rsa', 'a.example');
  return { ...base, key: { algorithm: 'rsa-sha256', keyObject: privateKey }, record: `v=DKIM1; p=${p}` };
}

const RSA = testSigner('rsa', 'a.example');
const SMALL = testSigner('rsa', 'a.example', { bits: 1024 });
const ROWS: readonly (readonly [
  clause: string,
  name: string,
  wanted: string,
  forgery: Forgery,
  limits?: Partial<Limits>,
])[] = [
  ['3.1', 'rsa-sha256 is verified', 'pass', { signer: RSA }],
  [
    '3.1',
    'rsa-sha1 never passes, and is not computed',
    'policy sha1',
    { signer: RSA, tags: { a: 'rsa-sha1' } },
  ],
  [
    '3.1',
    'a key record that allows sha1 only',
    'permerror key-hash',
    { signer: { ...RSA, record: RSA.record.replace('k=rsa', 'k=rsa; h=sha1') } },
  ],
  ['3.2', 'a key of 1016 bits never passes', 'policy weak-key 1016', { signer: odd(1016) }],
  ['3.2', 'a key of 1024 bits does', 'pass 1024', { signer: SMALL }],
  ['3.2', 'a site may want more', 'policy weak-key 1024', { signer: SMALL }, { rsaMinBits: 1032 }],
  [
    '3.2',
    'a key of 4096 bits passes',
    'pass 4096',
    { signer: testSigner('rsa', 'a.example', { bits: 4096 }) },
  ],
  [
    '3.2',
    'a key longer than a verifier has to take is not computed',
    'policy large-key 2048',
    { signer: RSA },
    { rsaMaxBits: 2040 },
  ],
  [
    '3.2',
    'a key of 4104 bits is past our bound',
    'policy large-key 4104',
    { signer: { ...RSA, record: longKey(4104) } },
  ],
  ['3.2', 'an exponent of 32 bits', 'pass 1024', { signer: odd(1024, 2 ** 31 + 11) }],
  [
    '3.2',
    'an exponent of 64 bits is computed',
    'fail signature',
    { signer: { ...RSA, record: longKey(2048, 64) } },
  ],
  [
    '3.2',
    'an exponent of 65 bits is not',
    'policy large-key 2048',
    { signer: { ...RSA, record: longKey(2048, 65) } },
  ],
];

/** A record with a public key of that size, of which nobody has the private half. */
function longKey(bits: number, exponentBits = 17): string {
  const integer = (length: number): Buffer => {
    const bytes = Buffer.alloc(Math.ceil(length / 8), 0xff);
    if (length % 8 !== 0) bytes[0] = (1 << (length % 8)) - 1;
    const body = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
    return der(0x02, body);
  };
  return `v=DKIM1; p=${der(0x30, Buffer.concat([integer(bits), integer(exponentBits)])).toString('base64')}`;
}

function der(tag: number, contents: Buffer): Buffer {
  const length =
    contents.length < 128 ? [contents.length] : [0x82, contents.length >> 8, contents.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), contents]);
}

for (const [clause, name, wanted, forgery, limits] of ROWS)
  test(`RFC 8301 ${clause}: ${name}`, async () => {
    const { signer } = forgery;
    const context = world({ [signer.name]: { TXT: [signer.record] } }, limits && { limits });
    const got = (await checkDkim(await forge(forgery), context)).map((r) =>
      [r.status, 'reason' in r ? r.reason : '', 'keyBits' in r ? r.keyBits : '']
        .filter((x) => x !== '')
        .join(' '),
    );
    deepEqual(
      got.map((text) => text.slice(0, wanted.length)),
      [wanted],
      got.join(),
    );
  });
