import type { Limits } from '../../words/limits.js';
import type { SpfCost } from '../results.js';

/**
 * What one check may still spend (RFC 7208 4.6.4). One budget for the whole check, includes and redirects among it:
 * that is what ends every bomb and loop.
 */
export class Budget {
  readonly #limits: Pick<Limits, 'dnsLookups' | 'voidLookups'>;
  #lookups = 0;
  #voidLookups = 0;
  #termIsVoid = false;

  constructor(limits: Pick<Limits, 'dnsLookups' | 'voidLookups'>) {
    this.#limits = limits;
  }

  get lookups(): number {
    return this.#lookups;
  }

  get voidLookups(): number {
    return this.#voidLookups;
  }

  cost(): SpfCost {
    return { lookups: this.#lookups, voidLookups: this.#voidLookups };
  }

  /** Opens a term that causes queries. @returns false where it is one too many; then it may not ask anything */
  beginTerm(): boolean {
    if (this.#lookups >= this.#limits.dnsLookups) return false;
    this.#lookups++;
    this.#termIsVoid = false;
    return true;
  }

  /**
   * Notes that a question of the open term was answered with nothing. RFC 7208 4.6.4 counts terms, not questions:
   * an "mx" with three hosts that have no AAAA is one void lookup, not three.
   * @returns false past the limit
   */
  noteVoid(): boolean {
    if (this.#termIsVoid) return true;
    this.#termIsVoid = true;
    this.#voidLookups++;
    return this.#voidLookups <= this.#limits.voidLookups;
  }
}
