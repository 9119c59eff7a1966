import { DEFAULT_LIMITS } from '../words/limits.js';
import type { DnsAnswer, RecordType, RecordTypes, Resolver } from './resolver.js';
import type { Zone } from './zone.js';

const TTL_SECONDS = 300;

/**
 * Answers from a zone in memory, at once: for tests, `-n ZONE.json`, batches and embedders.
 * A name neither present nor the ancestor of a present name does not exist; CNAMEs are followed, a loop is SERVFAIL.
 */
export class MemoryResolver implements Resolver {
  readonly #zone: Zone;
  /** Names that exist only because something below them does (RFC 8020). */
  readonly #ancestors = new Set<string>();
  /** Questions asked so far, for tests that count them. */
  readonly questions: string[] | undefined;

  constructor(zone: Zone, options: { readonly record?: boolean } = {}) {
    this.#zone = zone;
    this.questions = options.record === true ? [] : undefined;
    for (const name of zone.keys()) {
      for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
        this.#ancestors.add(name.slice(dot + 1));
    }
  }

  query<K extends RecordType>(
    name: string,
    type: K,
    options?: { readonly signal?: AbortSignal | undefined },
  ): DnsAnswer<RecordTypes[K]> {
    options?.signal?.throwIfAborted();
    let current = normal(name);
    this.questions?.push(`${current}/${type}`);
    for (let hop = 0; hop <= DEFAULT_LIMITS.cnames; hop++) {
      const entry = this.#zone.get(current);
      if (entry === undefined)
        return { kind: this.#ancestors.has(current) ? 'no-data' : 'no-name', ttlSeconds: TTL_SECONDS };
      // A type that has an answer or an error of its own is not touched by the name's error.
      const error = entry.errors.get(type) ?? (Object.hasOwn(entry.records, type) ? undefined : entry.error);
      if (error === 'no-name') return { kind: 'no-name', ttlSeconds: TTL_SECONDS };
      if (error !== undefined) return { kind: 'failed', cause: error };
      const records = entry.records[type];
      if (records !== undefined && records.length > 0)
        return { kind: 'records', records, ttlSeconds: TTL_SECONDS, dnssec: 'unknown' };
      if (entry.cname === undefined) return { kind: 'no-data', ttlSeconds: TTL_SECONDS };
      current = entry.cname;
    }
    return { kind: 'failed', cause: 'servfail' };
  }
}

function normal(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
