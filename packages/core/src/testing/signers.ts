// Keys of test domains, made anew for each run, with the records that publish them.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { importSigningKey, type NodeDkimSigner } from '../../node/signing-key.js';

export interface TestSigner extends NodeDkimSigner {
  /** Text of the key record. */
  readonly record: string;
  /** Name of the key record. */
  readonly name: string;
  readonly pem: string;
}

const made = new Map<string, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>();

/** A signer of `domain`; the same type and label give the same key pair. */
export function testSigner(
  type: 'rsa' | 'ed25519',
  domain: string,
  { selector = type, bits = 2048, label = '' }: { selector?: string; bits?: number; label?: string } = {},
): TestSigner {
  const id = `${type} ${bits} ${label}`;
  let pair = made.get(id);
  if (pair === undefined) {
    pair =
      type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: bits }) : generateKeyPairSync('ed25519');
    made.set(id, pair);
  }
  const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const signer = importSigningKey(pem, { domain, selector });
  if (!signer.ok) throw new TypeError(signer.problem.message);
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  // RFC 8463 4: the 32 bytes alone; they end the SPKI.
  const p = (type === 'rsa' ? spki : spki.subarray(-32)).toString('base64');
  return {
    ...signer.value,
    pem,
    record: `v=DKIM1; k=${type}; p=${p}`,
    name: `${selector}._domainkey.${domain}`,
  };
}

/** The zone with the key records of these signers. */
export function keyZone(
  ...signers: readonly TestSigner[]
): Record<string, { readonly TXT: readonly string[] }> {
  return Object.fromEntries(signers.map(({ name, record }) => [name, { TXT: [record] }]));
}
