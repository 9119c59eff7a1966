import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { DkimSigner } from '../src/sign/dkim-signer.js';
import { rfc, type Clause } from '../src/words/clause.js';
import { parseDomain } from '../src/words/domain.js';
import { failed, parsed, type Parsed } from '../src/words/parsed.js';
import { problem } from '../src/words/problem.js';
import type { NodeSigningKey } from './crypto.js';

/** A signer over node:crypto. */
export interface NodeDkimSigner extends DkimSigner {
  readonly key: NodeSigningKey;
}

const RFC6376_3_1 = rfc('6376', '3.1');
const RFC6376_3_3 = rfc('6376', '3.3');
const RFC8301_3_2 = rfc('8301', '3.2');

/** PKCS#8 around the 32 bytes of an Ed25519 private key (RFC 8410 7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Reads a private key and says where its public half is published.
 * @param key PEM as text or bytes, DER (PKCS#8, or PKCS#1 for RSA), or the 32 bytes of an Ed25519 private key
 * @returns the signer; a warning `dkim/signing-key-short` for RSA under 2048 bits. Errors: `dkim/signing-key-public`,
 *   `dkim/signing-key-encrypted`, `dkim/signing-key-unreadable`, `dkim/signing-key-type`, `dkim/signing-key-weak`,
 *   `dkim/domain`, `dkim/selector`
 */
export function importSigningKey(
  key: string | Uint8Array,
  { domain, selector }: { readonly domain: string; readonly selector: string },
): Parsed<NodeDkimSigner> {
  const name = parseDomain(domain);
  if (!name.ok)
    return fail('dkim/domain', RFC6376_3_1, `"${domain}" is no domain name: ${name.problem.message}`);
  const label = parseDomain(selector);
  if (!label.ok || selector.endsWith('.') || /[^\x21-\x7e]/.test(selector))
    return fail(
      'dkim/selector',
      RFC6376_3_1,
      `"${selector}" is no selector: labels of letters, digits and hyphens`,
    );
  const read = readPrivateKey(key);
  if (!read.ok) return read;
  const keyObject = read.value;
  const signer = (algorithm: NodeSigningKey['algorithm']): NodeDkimSigner => ({
    domain: name.value,
    selector: label.value,
    key: { algorithm, keyObject },
  });
  if (keyObject.asymmetricKeyType === 'ed25519') return parsed(signer('ed25519-sha256'));
  if (keyObject.asymmetricKeyType !== 'rsa')
    return fail(
      'dkim/signing-key-type',
      RFC6376_3_3,
      `DKIM signs with RSA or Ed25519, not with ${keyObject.asymmetricKeyType ?? 'this'}`,
    );
  const bits = keyObject.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < 1024)
    return fail(
      'dkim/signing-key-weak',
      RFC8301_3_2,
      `an RSA key of ${bits} bits is not accepted by verifiers; make one of 2048`,
    );
  if (bits >= 2048) return parsed(signer('rsa-sha256'));
  return parsed(signer('rsa-sha256'), [
    problem(
      'dkim/signing-key-short',
      0,
      RFC8301_3_2,
      `an RSA key of ${bits} bits should be replaced by one of 2048`,
    ),
  ]);
}

function readPrivateKey(key: string | Uint8Array): Parsed<KeyObject> {
  const bytes =
    typeof key === 'string' ? Buffer.from(key) : Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length === 32)
    return parsed(
      createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, bytes]), format: 'der', type: 'pkcs8' }),
    );
  const text = bytes.toString('latin1');
  if (text.includes('-----BEGIN')) {
    if (/-----BEGIN ENCRYPTED |Proc-Type: 4,ENCRYPTED/.test(text))
      return fail(
        'dkim/signing-key-encrypted',
        RFC6376_3_3,
        'the private key is encrypted; decrypt it first',
      );
    if (!text.includes('PRIVATE KEY-----'))
      return fail(
        'dkim/signing-key-public',
        RFC6376_3_3,
        'this is no private key: a public key or certificate cannot sign',
      );
    return attempt(() => createPrivateKey({ key: bytes, format: 'pem' }));
  }
  const pkcs8 = attempt(() => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' }));
  if (pkcs8.ok) return pkcs8;
  const pkcs1 = attempt(() => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs1' }));
  if (pkcs1.ok) return pkcs1;
  return attempt(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' })).ok
    ? fail('dkim/signing-key-public', RFC6376_3_3, 'this is a public key: it cannot sign')
    : pkcs8;
}

function attempt(read: () => KeyObject): Parsed<KeyObject> {
  try {
    return parsed(read());
  } catch (error) {
    // OpenSSL's two ways to say that this is no key: with a code of its own and, where it has nothing to say, without.
    if (error instanceof Error && ('code' in error || error.message.startsWith('Failed to read')))
      return fail('dkim/signing-key-unreadable', RFC6376_3_3, 'no private key in PEM or DER could be read');
    throw error;
  }
}

function fail(code: `dkim/${string}`, clause: Clause, message: string): Parsed<never> {
  return failed(problem(code, 0, clause, message));
}
