// Memory that all messages share (the header's scratch buffer, the body kernel) is good until the next call only: a
// provider that answers later, and many messages at once, must not see each other's bytes.
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Context } from '../checks/context.js';
import type { CryptoProvider } from '../crypto/provider.js';
import { latin1 } from '../syntax/bytes.js';
import { sealed, signed } from '../testing/signed-mail.js';
import { keyZone, testSigner } from '../testing/signers.js';
import { crlf, world } from '../testing/world.js';
import { checkArc } from './check-arc.js';
import { checkDkim } from './check-dkim.js';

const RSA = testSigner('rsa', 'a.example');
const ED25519 = testSigner('ed25519', 'b.example');
const OTHER = testSigner('rsa', 'a.example', { label: 'other' }).record;

/** Copies what it is lent and answers after `turns` turns of the event loop, each call after another number. */
function later(crypto: CryptoProvider): CryptoProvider {
  let calls = 0;
  return {
    ...crypto,
    async verify(algorithm, key, lent, signature) {
      const bytes = lent.slice();
      const turns = (calls++ * 7) % 5;
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      return crypto.verify(algorithm, key, bytes, signature);
    },
  };
}

/** In pieces, with a pause before each. */
async function* slowly(message: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < message.length; at += size) {
    await new Promise((resolve) => setImmediate(resolve));
    yield message.subarray(at, at + size);
  }
}

test('many messages at once, with a crypto provider that answers later: each has its own verdict', async () => {
  const zone = { ...keyZone(RSA, ED25519), [RSA.name]: { TXT: [OTHER, RSA.record] } };
  const plain = world(zone);
  const messages: Uint8Array[] = [];
  for (let i = 0; i < 12; i++) {
    const body = `body  ${i}\t of  its own \n`.repeat(1 + i * 40);
    const text = crlf(`From: u${i}@a.example\nSubject: ${'s'.repeat(i * 300)}\n\n${body}\n\n`);
    const made = await sealed(await signed(text, [RSA, ED25519], plain), ED25519, 'dkim=pass', plain);
    // Every third is altered on the way.
    if (i % 3 === 2) made.set([0x21], made.length - 20);
    messages.push(made);
  }
  const site = { trustedSealers: new Set<never>() };
  const verdicts = (context: Context, cut?: number): Promise<readonly string[]> =>
    Promise.all(
      messages.map(async (message) => {
        const source = (): Uint8Array | AsyncGenerator<Uint8Array> =>
          cut === undefined ? message : slowly(message, cut);
        const [dkim, arc] = await Promise.all([
          checkDkim(source(), context),
          checkArc(source(), site, context),
        ]);
        return [...dkim, arc].map(({ status }) => status).join(' ');
      }),
    );
  const wanted = messages.map((_, i) => (i % 3 === 2 ? 'fail fail fail' : 'pass pass pass'));
  const slow = { ...plain, crypto: later(plain.crypto) };
  const before = messages.map((message) => latin1(message));
  deepEqual(await verdicts(plain), wanted);
  deepEqual(await verdicts(slow), wanted);
  deepEqual(await verdicts(slow, 97), wanted);
  messages.forEach((message, i) => equal(latin1(message), before[i], 'the message itself is only read'));
});
