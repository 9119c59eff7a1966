import { readDer, type DerValue } from './der.js';

/** A public key in the form the crypto port takes: RSAPublicKey DER or 32 raw Ed25519 bytes. */
export interface PublicKey {
  readonly keyType: 'rsa' | 'ed25519';
  readonly bytes: Uint8Array;
  readonly bits: number;
  /** RSA public exponent, in bits: an exponent as long as the modulus makes verifying as dear as signing. */
  readonly exponentBits: number;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
// 1.2.840.113549.1.1.1 rsaEncryption
const RSA_ENCRYPTION = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/**
 * An RSA key from DER: SubjectPublicKeyInfo as everybody publishes it, or the bare RSAPublicKey that RFC 6376 3.6.1 names.
 * @returns undefined where it is neither
 */
export function readRsaPublicKey(der: Uint8Array): PublicKey | undefined {
  const outer = readDer(der);
  if (outer?.tag !== SEQUENCE) return undefined;
  const first = readDer(outer.contents);
  if (first === undefined) return undefined;
  if (first.tag === INTEGER) return rsaKey(outer);
  if (first.tag !== SEQUENCE || !isRsaAlgorithm(first)) return undefined;
  const bits = readDer(outer.contents, first.whole.length);
  // The BIT STRING's first byte counts unused bits: none.
  if (bits?.tag !== BIT_STRING || bits.contents[0] !== 0) return undefined;
  const inner = readDer(bits.contents, 1);
  return inner?.tag === SEQUENCE ? rsaKey(inner) : undefined;
}

/** An Ed25519 key as RFC 8463 4 publishes it: the 32 bytes and nothing around them. */
export function readEd25519PublicKey(bytes: Uint8Array): PublicKey | undefined {
  return bytes.length === 32 ? { keyType: 'ed25519', bytes, bits: 256, exponentBits: 0 } : undefined;
}

function rsaKey(sequence: DerValue): PublicKey | undefined {
  const modulus = readDer(sequence.contents);
  if (modulus?.tag !== INTEGER) return undefined;
  const exponent = readDer(sequence.contents, modulus.whole.length);
  if (exponent?.tag !== INTEGER) return undefined;
  const bits = bitLength(modulus.contents);
  const exponentBits = bitLength(exponent.contents);
  if (bits === 0 || exponentBits === 0) return undefined;
  return { keyType: 'rsa', bytes: sequence.whole, bits, exponentBits };
}

function isRsaAlgorithm(algorithm: DerValue): boolean {
  const oid = readDer(algorithm.contents);
  return (
    oid?.tag === 0x06 &&
    oid.contents.length === RSA_ENCRYPTION.length &&
    RSA_ENCRYPTION.every((b, i) => oid.contents[i] === b)
  );
}

// Length of a positive DER integer; 0 for zero, negative or empty.
function bitLength(integer: Uint8Array): number {
  if ((integer[0] ?? 0x80) >= 0x80) return 0;
  let start = 0;
  while (start < integer.length && integer[start] === 0) start++;
  if (start === integer.length) return 0;
  return (integer.length - start) * 8 - Math.clz32(integer[start] ?? 0) + 24;
}
