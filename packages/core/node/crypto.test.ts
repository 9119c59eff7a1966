import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from './crypto.js';

// 32 bytes that are a whole RSAPublicKey (RFC 8017 A.1.1) and just as well an Ed25519 key (RFC 8463 4).
const BOTH = Uint8Array.of(0x30, 30, 0x02, 23, ...Array<number>(23).fill(0x55), 0x02, 3, 1, 0, 1);
const SIGNED = Uint8Array.of(1, 2, 3);

test('RFC 8463 4: one p= published as RSA and as Ed25519 key: neither is taken for the other, and nothing is thrown', () => {
  const orders = [
    ['ed25519-sha256', 'rsa-sha256', 'ed25519-sha256'],
    ['rsa-sha256', 'ed25519-sha256', 'rsa-sha256'],
  ] as const;
  for (const order of orders)
    for (const sameObject of [true, false]) {
      const crypto = nodeCrypto();
      const verdicts = order.map((algorithm) =>
        crypto.verify(algorithm, sameObject ? BOTH : BOTH.slice(), SIGNED, new Uint8Array(64)),
      );
      deepEqual(verdicts, [false, false, false], order.join());
    }
});

test('keys and signatures of no use verify nothing and throw nothing', () => {
  const crypto = nodeCrypto();
  const keys = [
    [],
    [0x30, 0],
    [0x30, 6, 2, 1, 1, 2, 1, 1],
    [0x30, 6, 2, 1, 0, 2, 1, 0],
    [0x30, 6, 2, 1, 3, 2, 1, 3],
  ];
  for (const key of keys)
    for (const algorithm of ['rsa-sha256', 'ed25519-sha256'] as const)
      for (const length of [0, 1, 64, 300])
        equal(crypto.verify(algorithm, Uint8Array.from(key), SIGNED, new Uint8Array(length)), false);
});
