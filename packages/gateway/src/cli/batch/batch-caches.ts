import { MemoryResolver, readZone, type Resolver, type SiteFacts, type ZoneProblem } from '@truefrom/core';

/** A zone of a line, ready to be asked. */
export interface CachedZone {
  readonly resolver: Resolver;
  readonly problem: ZoneProblem | undefined;
}

const MAX_ENTRIES = 256;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Zones and sites of batch lines, remembered by their text: most lines of a batch share a few, and with the zone
 * come the records, with the records everything parsed from them (keys above all).
 */
export class BatchCaches {
  readonly #zones = new TextCache<CachedZone>();
  readonly #sites = new TextCache<SiteFacts>();

  zone(value: unknown): CachedZone {
    return this.#zones.get(JSON.stringify(value), () => {
      const { zone, problems } = readZone(value);
      return { resolver: new MemoryResolver(zone), problem: problems[0] };
    });
  }

  site(value: unknown, read: (value: unknown) => SiteFacts): SiteFacts {
    return this.#sites.get(JSON.stringify(value), () => read(value));
  }
}

/** Least recently used out first; bounded in entries and in characters of the keys. */
class TextCache<T> {
  readonly #entries = new Map<string, T>();
  #characters = 0;

  get(text: string, make: () => T): T {
    const known = this.#entries.get(text);
    if (known !== undefined) {
      this.#entries.delete(text);
      this.#entries.set(text, known);
      return known;
    }
    const made = make();
    if (text.length > MAX_CHARACTERS) return made;
    this.#entries.set(text, made);
    this.#characters += text.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES && this.#characters <= MAX_CHARACTERS) break;
      this.#entries.delete(oldest);
      this.#characters -= oldest.length;
    }
    return made;
  }
}
