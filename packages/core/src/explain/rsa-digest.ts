import { readDer } from '../crypto/der.js';
import type { PublicKey } from '../crypto/public-key.js';

/** DigestInfo of SHA-256 (RFC 8017 9.2 note 1), before the 32 bytes of the hash. */
const DIGEST_INFO = '3031300d060960864801650304020105000420';

/**
 * Opens an RSA signature: the SHA-256 its signer signed. So a guess at what was signed costs a hash, not a verification,
 * and a signature made with another key shows itself. Only explains; verdicts come from the crypto port.
 * @returns undefined where the signature was not made with this key
 */
export function openRsaSignature(key: PublicKey, signature: Uint8Array): Uint8Array | undefined {
  const sequence = readDer(key.bytes);
  const modulus = sequence && readDer(sequence.contents);
  const exponent = sequence && modulus && readDer(sequence.contents, modulus.whole.length);
  if (modulus === undefined || exponent === undefined) return undefined;
  const n = toNumber(modulus.contents);
  const s = toNumber(signature);
  if (signature.length > modulus.contents.length || s >= n) return undefined;
  const bytes = Math.ceil(key.bits / 8);
  const block = power(s, toNumber(exponent.contents), n)
    .toString(16)
    .padStart(bytes * 2, '0');
  // RFC 8017 9.2: 00 01 FF ... FF 00 DigestInfo hash.
  const padding = 'f'.repeat(Math.max(0, bytes * 2 - 6 - DIGEST_INFO.length - 64));
  const expected = `0001${padding}00${DIGEST_INFO}`;
  if (!block.startsWith(expected)) return undefined;
  const digest = new Uint8Array(32);
  for (let i = 0; i < 32; i++)
    digest[i] = Number.parseInt(block.slice(expected.length + i * 2, expected.length + i * 2 + 2), 16);
  return digest;
}

function toNumber(bytes: Uint8Array): bigint {
  let hex = '0';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(`0x${hex}`);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
