import type { CryptoProvider, Hasher } from '../crypto/provider.js';
import { BodyCanonicalizer, canonicalizeWholeBody } from './canonical-body.js';
import type { Canonicalization } from './signature-tags.js';

/** One body hash that some signature wants. */
export interface BodyHash {
  readonly canonicalization: Canonicalization;
  /** l=; undefined: the whole body. */
  readonly length: number | undefined;
  /** SHA-256 of the first `length` canonical bytes. Only after the body was read. */
  readonly digest: Uint8Array;
  /** Length of the whole canonical body, in bytes. Only after the body was read. */
  readonly canonicalLength: number;
}

/**
 * All body hashes of a message in one reading of its body: one canonicalization per kind and one hash per distinct
 * kind and l=, however many signatures ask.
 */
export class BodyHashes {
  readonly #crypto: CryptoProvider;
  readonly #most: number;
  readonly #wanted: WantedHash[] = [];
  readonly #running: BodyCanonicalizer[] = [];
  #truncated = false;

  /** @param most different hashes computed at the most */
  constructor(crypto: CryptoProvider, most: number) {
    this.#crypto = crypto;
    this.#most = most;
  }

  /** Asks for a hash, before the body is read. Undefined: too many different ones are wanted already. */
  want(canonicalization: Canonicalization, length: number | undefined): BodyHash | undefined {
    for (const known of this.#wanted)
      if (known.canonicalization === canonicalization && known.length === length) return known;
    if (this.#wanted.length >= this.#most) return undefined;
    const wanted = new WantedHash(canonicalization, length);
    this.#wanted.push(wanted);
    return wanted;
  }

  /** Reads a body that is in memory as a whole. */
  readWhole(body: Uint8Array): void {
    for (const kind of this.#kinds()) {
      const pieces = canonicalizeWholeBody(kind, body);
      const sinks = this.#of(kind);
      if (pieces === undefined) {
        const canonicalizer = this.#canonicalizer(sinks);
        canonicalizer.update(body);
        canonicalizer.finish();
      } else for (const sink of sinks) sink.whole(this.#crypto, pieces);
    }
  }

  /** Reads the next piece of a body; the first call fixes what is wanted. */
  update(piece: Uint8Array): void {
    if (this.#running.length === 0) this.#start();
    for (const canonicalizer of this.#running) canonicalizer.update(piece);
  }

  /** The body is longer than we read: there are no hashes. */
  truncate(): void {
    this.#truncated = true;
  }

  get truncated(): boolean {
    return this.#truncated;
  }

  finish(): void {
    if (this.#running.length === 0) this.#start();
    for (const canonicalizer of this.#running) canonicalizer.finish();
  }

  #start(): void {
    for (const kind of this.#kinds()) this.#running.push(this.#canonicalizer(this.#of(kind)));
  }

  #canonicalizer(sinks: readonly WantedHash[]): BodyCanonicalizer {
    for (const sink of sinks) sink.start(this.#crypto);
    return new BodyCanonicalizer(sinks[0]?.canonicalization ?? 'simple', (bytes) => {
      for (const sink of sinks) sink.update(bytes);
    });
  }

  #kinds(): ReadonlySet<Canonicalization> {
    return new Set(this.#wanted.map((wanted) => wanted.canonicalization));
  }

  #of(kind: Canonicalization): readonly WantedHash[] {
    return this.#wanted.filter((wanted) => wanted.canonicalization === kind);
  }
}

class WantedHash implements BodyHash {
  readonly canonicalization: Canonicalization;
  readonly length: number | undefined;
  canonicalLength = 0;
  #hasher: Hasher | undefined;
  #digest: Uint8Array | undefined;

  constructor(canonicalization: Canonicalization, length: number | undefined) {
    this.canonicalization = canonicalization;
    this.length = length;
  }

  get digest(): Uint8Array {
    this.#digest ??= this.#hasher?.digest();
    if (this.#digest === undefined) throw new TypeError('the body has not been read');
    return this.#digest;
  }

  start(crypto: CryptoProvider): void {
    this.#hasher = crypto.createHash('sha256');
  }

  update(bytes: Uint8Array): void {
    const room = this.length === undefined ? bytes.length : Math.max(0, this.length - this.canonicalLength);
    if (room > 0) this.#hasher?.update(room < bytes.length ? bytes.subarray(0, room) : bytes);
    this.canonicalLength += bytes.length;
  }

  whole(crypto: CryptoProvider, pieces: readonly Uint8Array[]): void {
    const only = pieces[0];
    if (pieces.length === 1 && only !== undefined) {
      this.canonicalLength = only.length;
      this.#digest = crypto.hash('sha256', this.length === undefined ? only : only.subarray(0, this.length));
      return;
    }
    this.start(crypto);
    for (const piece of pieces) this.update(piece);
  }
}
