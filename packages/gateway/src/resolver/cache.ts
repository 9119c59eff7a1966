import type { DnsAnswer, RecordType, RecordTypes } from '@truefrom/core';
import type { Time } from './time.js';

/** Bounds on what is remembered, and for how long. */
export interface CacheBounds {
  /** Shortest life of an answer: one message asks the same thing more than once, also where the TTL is 0. */
  readonly minTtlSeconds: number;
  /** Longest life of records (RFC 8767 4 recommends a cap of 7 days). */
  readonly maxTtlSeconds: number;
  /** Longest life of "no such name" and "no such record" (RFC 2308 5 suggests one to three hours). */
  readonly maxNegativeTtlSeconds: number;
  /** Life of a failure (RFC 9520 3.2: at least 1 second, at most 5 minutes). */
  readonly failureTtlSeconds: number;
  /** Estimated memory, in bytes. The answer not used for longest goes first. */
  readonly maxBytes: number;
}

export const DEFAULT_CACHE_BOUNDS: CacheBounds = {
  minTtlSeconds: 1,
  maxTtlSeconds: 86_400,
  maxNegativeTtlSeconds: 3600,
  failureTtlSeconds: 5,
  maxBytes: 32 * 1024 * 1024,
};

/** Measured on 64-bit Node: an entry with its places in map and list, and the object one record is, both rounded up. */
const ENTRY_BYTES = 400;
const RECORD_BYTES = 250;

/** One answer in the map of its type and in the list of all, from newest to oldest use. */
interface Entry<T> extends Link {
  answer: DnsAnswer<T>;
  readonly expiresAtMs: number;
}

interface Link {
  readonly key: string;
  readonly shard: { delete(key: string): boolean };
  readonly bytes: number;
  newer: Link | undefined;
  older: Link | undefined;
}

type Shards = { readonly [K in RecordType]: Map<string, Entry<RecordTypes[K]>> };

/**
 * Answers by type and name, until their time or their memory is up. Record objects stay the same for the life of an
 * entry. Keys are names in the form of `nameText`.
 */
export class Cache {
  readonly #time: Time;
  readonly #bounds: CacheBounds;
  readonly #shards: Shards = {
    A: new Map(),
    AAAA: new Map(),
    MX: new Map(),
    PTR: new Map(),
    NS: new Map(),
    TXT: new Map(),
    TLSA: new Map(),
    SMIMEA: new Map(),
    OPENPGPKEY: new Map(),
  };
  #newest: Link | undefined;
  #oldest: Link | undefined;
  entries = 0;
  bytes = 0;
  evictions = 0;

  constructor(time: Time, bounds: CacheBounds) {
    this.#time = time;
    this.#bounds = bounds;
  }

  /** The answer with what is left of its time, in whole seconds, rounded up. */
  get<K extends RecordType>(key: string, type: K): DnsAnswer<RecordTypes[K]> | undefined {
    const entry = this.#shards[type].get(key);
    if (entry === undefined) return undefined;
    const leftMs = entry.expiresAtMs - this.#time.nowMs();
    if (leftMs <= 0) {
      this.#remove(entry);
      return undefined;
    }
    this.#touch(entry);
    const { answer } = entry;
    if (answer.kind === 'failed') return answer;
    const ttlSeconds = Math.ceil(leftMs / 1000);
    if (ttlSeconds !== answer.ttlSeconds) entry.answer = { ...answer, ttlSeconds };
    return entry.answer;
  }

  /** Remembers the answer, its time brought within bounds. @returns the answer as it was remembered */
  put<K extends RecordType>(
    key: string,
    type: K,
    answer: DnsAnswer<RecordTypes[K]>,
  ): DnsAnswer<RecordTypes[K]> {
    const ttlSeconds = this.#boundedTtl(answer);
    const kept = answer.kind === 'failed' ? answer : { ...answer, ttlSeconds };
    const shard = this.#shards[type];
    const before = shard.get(key);
    if (before !== undefined) this.#remove(before);
    const bytes = ENTRY_BYTES + key.length + recordBytes(answer);
    if (bytes > this.#bounds.maxBytes) return kept;
    const expiresAtMs = this.#time.nowMs() + ttlSeconds * 1000;
    const entry = { key, shard, bytes, answer: kept, expiresAtMs, newer: undefined, older: undefined };
    shard.set(key, entry);
    this.#link(entry);
    this.entries++;
    this.bytes += bytes;
    while (this.bytes > this.#bounds.maxBytes && this.#oldest !== undefined) {
      this.#remove(this.#oldest);
      this.evictions++;
    }
    return kept;
  }

  clear(): void {
    while (this.#oldest !== undefined) this.#remove(this.#oldest);
  }

  #boundedTtl(answer: DnsAnswer<unknown>): number {
    const { minTtlSeconds, maxTtlSeconds, maxNegativeTtlSeconds, failureTtlSeconds } = this.#bounds;
    switch (answer.kind) {
      case 'records':
        return Math.max(minTtlSeconds, Math.min(maxTtlSeconds, answer.ttlSeconds));
      case 'no-data':
      case 'no-name':
        return Math.max(minTtlSeconds, Math.min(maxNegativeTtlSeconds, answer.ttlSeconds));
      case 'failed':
        return failureTtlSeconds;
    }
  }

  #touch(entry: Link): void {
    if (entry === this.#newest) return;
    this.#unlink(entry);
    this.#link(entry);
  }

  #remove(entry: Link): void {
    entry.shard.delete(entry.key);
    this.#unlink(entry);
    this.entries--;
    this.bytes -= entry.bytes;
  }

  #link(entry: Link): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest !== undefined) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }

  #unlink(entry: Link): void {
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
  }
}

function recordBytes(answer: DnsAnswer<RecordTypes[RecordType]>): number {
  if (answer.kind !== 'records') return 0;
  let bytes = 0;
  for (const record of answer.records)
    bytes +=
      RECORD_BYTES +
      (typeof record === 'string' || record instanceof Uint8Array ? record.length : record.exchange.length);
  return bytes;
}
