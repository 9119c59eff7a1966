import type { IpAddress } from '../words/ip.js';

/** What one record of each type looks like here. Host names are lower case, without the final dot. */
export interface RecordTypes {
  A: IpAddress;
  AAAA: IpAddress;
  MX: { readonly preference: number; readonly exchange: string };
  PTR: string;
  NS: string;
  /** The character-strings of one record joined without a blank (RFC 7208 3.3, RFC 6376 3.6.2.2). */
  TXT: Uint8Array;
  /** Raw rdata. */
  TLSA: Uint8Array;
  SMIMEA: Uint8Array;
  OPENPGPKEY: Uint8Array;
}

export type RecordType = keyof RecordTypes;

export type DnssecState = 'secure' | 'insecure' | 'unknown';

/** Why a question has no answer at all. */
export type DnsFailure = 'timeout' | 'servfail' | 'refused' | 'bogus' | 'network';

/**
 * "Here they are", "no such record", "no such name" and "could not ask" are four facts and stay apart.
 * `records` is never empty. A cache hands out the same record objects for the life of the entry,
 * so that what was parsed from them can be remembered by identity.
 */
export type DnsAnswer<T> =
  | {
      readonly kind: 'records';
      readonly records: readonly T[];
      readonly ttlSeconds: number;
      readonly dnssec: DnssecState;
    }
  | { readonly kind: 'no-data' | 'no-name'; readonly ttlSeconds: number; readonly dnssec?: DnssecState }
  | { readonly kind: 'failed'; readonly cause: DnsFailure };

/** The port through which every check asks DNS. Answers at once from a cache, or later. */
export interface Resolver {
  /**
   * @param name absolute name without final dot, A-labels, any case
   * @throws `options.signal.reason` when aborted; DNS trouble is an answer of kind `failed`
   */
  query<K extends RecordType>(
    name: string,
    type: K,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DnsAnswer<RecordTypes[K]>> | DnsAnswer<RecordTypes[K]>;
}
