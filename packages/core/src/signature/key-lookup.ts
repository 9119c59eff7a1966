import type { DnsAnswer, DnsFailure, DnssecState, Resolver } from '../dns/resolver.js';
import type { PublicKey } from '../crypto/public-key.js';
import type { Limits } from '../words/limits.js';
import type { Parsed } from '../words/parsed.js';
import type { Problem } from '../words/problem.js';
import { parseDkimKey, type DkimKey } from './key-record.js';

/** What DNS holds under a selector. */
export type KeyAnswer =
  | { readonly kind: 'keys'; readonly records: readonly Parsed<DkimKey>[]; readonly dnssec: DnssecState }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly cause: DnsFailure };

/** Why a key that was found may not be used. */
export type KeyRefusal =
  'key-syntax' | 'key-revoked' | 'key-mismatch' | 'key-hash' | 'key-service' | 'key-strict';

/** A key fit for the signature, or the reason why none is. */
export type KeyChoice =
  | { readonly usable: readonly { readonly record: DkimKey; readonly key: PublicKey }[] }
  | { readonly refusal: KeyRefusal; readonly problem?: Problem; readonly testing: boolean };

/** The signature a key is wanted for. */
interface Wanted {
  /** a=, e.g. `rsa-sha256`. */
  readonly algorithm: string;
  readonly domain: string;
  /** Domain of i=, for t=s. */
  readonly identityDomain: string;
}

interface Lookup {
  readonly resolver: Resolver;
  readonly signal?: AbortSignal;
}

// A cache hands out the same record object while it lives: what was parsed lives as long.
const parsedRecords = new WeakMap<Uint8Array, Parsed<DkimKey>>();

/** Name of the key record (RFC 6376 3.6.2.1). */
export function keyName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** Asks for the key records; RFC 6376 3.6.2.2. */
export function lookupKeys(name: string, context: Lookup): Promise<KeyAnswer> | KeyAnswer {
  const answer = context.resolver.query(name, 'TXT', { signal: context.signal });
  if ('kind' in answer) return readAnswer(answer);
  const later = Promise.resolve(answer).then(readAnswer);
  // Awaited only when the body has been read. A rejection until then (an abort) is not one that nobody will hear.
  later.catch(() => undefined);
  return later;
}

function readAnswer(answer: DnsAnswer<Uint8Array>): KeyAnswer {
  if (answer.kind === 'failed') return answer;
  if (answer.kind !== 'records') return { kind: 'none' };
  return { kind: 'keys', records: answer.records.map(readRecord), dnssec: answer.dnssec };
}

function readRecord(txt: Uint8Array): Parsed<DkimKey> {
  let record = parsedRecords.get(txt);
  if (record === undefined) {
    record = parseDkimKey(txt);
    parsedRecords.set(txt, record);
  }
  return record;
}

/**
 * The keys among the records that may verify this signature (RFC 6376 6.1.2). With several records the result is
 * undefined (3.6.2.2): every fitting one is tried, up to `limits.keyRecords`.
 */
export function chooseKeys(
  records: readonly Parsed<DkimKey>[],
  wanted: Wanted,
  limits: Pick<Limits, 'keyRecords'>,
): KeyChoice {
  const usable: { readonly record: DkimKey; readonly key: PublicKey }[] = [];
  let refused: KeyChoice | undefined;
  for (const record of records) {
    if (!record.ok) {
      refused ??= { refusal: 'key-syntax', problem: record.problem, testing: false };
      continue;
    }
    const refusal = refuse(record.value, wanted);
    const key = record.value.publicKey;
    if (refusal === undefined && key !== undefined) {
      usable.push({ record: record.value, key });
      if (usable.length === limits.keyRecords) break;
    } else refused ??= { refusal: refusal ?? 'key-mismatch', testing: record.value.testing };
  }
  if (usable.length > 0) return { usable };
  return refused ?? { refusal: 'key-syntax', testing: false };
}

function refuse(key: DkimKey, wanted: Wanted): KeyRefusal | undefined {
  const [keyType = '', hash = ''] = wanted.algorithm.split('-');
  // RFC 6376 6.1.2 in the order of its steps 5 to 9.
  if (key.hashes !== undefined && !key.hashes.includes(hash)) return 'key-hash';
  if (key.revoked) return 'key-revoked';
  if (key.keyType !== keyType) return 'key-mismatch';
  if (!key.services.includes('*') && !key.services.includes('email')) return 'key-service';
  if (key.strict && wanted.identityDomain !== wanted.domain) return 'key-strict';
  return undefined;
}
