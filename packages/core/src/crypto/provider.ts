/** Algorithms that may make a signature pass. rsa-sha1 is named but never computed (RFC 8301 3.1). */
export type SignatureAlgorithm = 'rsa-sha256' | 'ed25519-sha256';

/** An incremental SHA-256. */
export interface Hasher {
  /** @param bytes lent for the call */
  update(bytes: Uint8Array): void;
  /** Another one that has read the same bytes so far. */
  copy(): Hasher;
  /** Ends this one. */
  digest(): Uint8Array;
}

/** A private key behind the provider; core never sees its bytes. */
export interface SigningKeyHandle {
  readonly algorithm: SignatureAlgorithm;
}

/** The port to hashing and signatures. Ready-made over node:crypto in `@truefrom/core/node`. */
export interface CryptoProvider {
  createHash(algorithm: 'sha256'): Hasher;
  /** SHA-256 of one piece, lent for the call. */
  hash(algorithm: 'sha256', bytes: Uint8Array): Uint8Array;
  /**
   * @param publicKey RSAPublicKey DER (RFC 8017 A.1.1) for RSA, the 32 raw bytes for Ed25519. The same object is
   *   handed in for the same record, so a provider may remember what it imported by identity.
   * @param signed lent for the call: a provider that answers later copies it first. What was signed, before hashing (for ed25519-sha256 the provider signs the SHA-256 of it, RFC 8463 3)
   * @returns false also for a key or signature that cannot be used
   */
  verify(
    algorithm: SignatureAlgorithm,
    publicKey: Uint8Array,
    signed: Uint8Array,
    signature: Uint8Array,
  ): Promise<boolean> | boolean;
  sign(key: SigningKeyHandle, toSign: Uint8Array): Promise<Uint8Array> | Uint8Array;
}
