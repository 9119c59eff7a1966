// RFC 8616 4: DKIM with internationalized names.
import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { encodeLatin1, latin1 } from '../../syntax/bytes.js';
import { forge } from '../../testing/forged-signature.js';
import { testSigner } from '../../testing/signers.js';
import { world } from '../../testing/world.js';
import { checkDkim } from '../../verify/check-dkim.js';

const SIGNER = testSigner('ed25519', 'xn--bcher-kva.example', { selector: 's' });
const rows = [
  [
    'i= in A-labels under d= in U-labels',
    { d: 'b\u00fccher.example', i: '@sub.xn--bcher-kva.example' },
    'pass',
  ],
  ['i= in U-labels under d= in A-labels', { i: '@b\u00fccher.example' }, 'pass'],
  ['i= in U-labels, upper case, local part too', { i: 'g\u00fcnter@B\u00dcCHER.example' }, 'pass'],
  ['i= in U-labels of another name', { i: '@b\u00f6cher.example' }, 'permerror domain-mismatch'],
  [
    'i= that only ends in the same letters',
    { i: '@x\u00fcb\u00fccher.example' },
    'permerror domain-mismatch',
  ],
] as const;
const say = async (message: Uint8Array): Promise<string | undefined> => {
  const [result] = await checkDkim(message, world({ [SIGNER.name]: { TXT: [SIGNER.record] } }));
  return result && 'reason' in result ? `${result.status} ${result.reason}` : result?.status;
};
for (const [name, tags, wanted] of rows)
  test(`RFC 8616 4: ${name}`, async () => {
    equal(await say(await forge({ signer: SIGNER, tags })), wanted);
  });

test('RFC 8616 4: a name in Latin-1 is no name', async () => {
  for (const tags of [{ d: 'b\u00fccher.example' }, { i: '@b\u00fccher.example' }]) {
    const made = latin1(await forge({ signer: SIGNER, tags }));
    equal(await say(encodeLatin1(made.replace('\u00c3\u00bc', '\u00fc'))), 'permerror syntax');
  }
});
