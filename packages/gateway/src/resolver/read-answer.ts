import { isWithin, type RecordType, type RecordTypes } from '@truefrom/core';
import type { DnsMessage, DnsRecord } from './message.js';
import type { RecordData } from './rdata.js';

/** What one reply says about a question. `elsewhere`: it ends in a CNAME, whose target must be asked for. */
export type AnswerPart<T> =
  | { readonly kind: 'records'; readonly records: readonly T[]; readonly ttlSeconds: number }
  | { readonly kind: 'no-data' | 'no-name'; readonly ttlSeconds: number }
  | {
      readonly kind: 'elsewhere';
      readonly name: string;
      readonly ttlSeconds: number;
      readonly cnames: number;
    }
  | { readonly kind: 'failed' };

const FAILED = { kind: 'failed' } as const;

const READERS: { readonly [K in RecordType]: (data: RecordData) => RecordTypes[K] | undefined } = {
  A: (data) => (data.type === 'A' ? data.address : undefined),
  AAAA: (data) => (data.type === 'AAAA' ? data.address : undefined),
  MX: (data) => (data.type === 'MX' ? { preference: data.preference, exchange: data.exchange } : undefined),
  PTR: (data) => (data.type === 'PTR' ? data.host : undefined),
  NS: (data) => (data.type === 'NS' ? data.host : undefined),
  TXT: (data) => (data.type === 'TXT' ? join(data.strings) : undefined),
  TLSA: (data) => (data.type === 'TLSA' ? data.rdata : undefined),
  SMIMEA: (data) => (data.type === 'SMIMEA' ? data.rdata : undefined),
  OPENPGPKEY: (data) => (data.type === 'OPENPGPKEY' ? data.rdata : undefined),
};

/**
 * Reads a reply (NOERROR or NXDOMAIN) to `name`, `type`. Only records on the way from the question count, by their
 * owner names; whatever else a server puts in is not looked at, so it cannot poison anything.
 *
 * @param maxCnames CNAMEs that may still be followed for this question; a longer chain, and so every loop, is `failed`
 */
export function readAnswer<K extends RecordType>(
  message: DnsMessage,
  name: string,
  type: K,
  maxCnames: number,
): AnswerPart<RecordTypes[K]> {
  const aliases = readAliases(message.answers);
  if (aliases === undefined) return FAILED;
  let current = name;
  let ttlSeconds = Infinity;
  for (let cnames = 0; cnames <= maxCnames; cnames++) {
    const found = recordsAt(message.answers, current, READERS[type]);
    if (found.records.length > 0 && message.rcode === 0)
      return { kind: 'records', records: found.records, ttlSeconds: Math.min(ttlSeconds, found.ttlSeconds) };
    const alias = aliases.get(current);
    if (alias === undefined) return lastName(message, current, ttlSeconds, cnames);
    ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds);
    current = alias.target;
  }
  return FAILED;
}

/** What is known of the name at the end of the chain, which has no record of the type. */
function lastName<T>(message: DnsMessage, name: string, ttlSeconds: number, cnames: number): AnswerPart<T> {
  const negativeSeconds = negativeTtl(message, name);
  // RFC 6604 3: the response code is about the last name of the chain.
  if (message.rcode !== 0) return { kind: 'no-name', ttlSeconds: Math.min(ttlSeconds, negativeSeconds ?? 0) };
  if (cnames > 0 && negativeSeconds === undefined) return { kind: 'elsewhere', name, ttlSeconds, cnames };
  // RFC 2308 5: without a SOA nobody said how long this holds.
  return { kind: 'no-data', ttlSeconds: Math.min(ttlSeconds, negativeSeconds ?? 0) };
}

/** RFC 2308 5: the lesser of the SOA's own TTL and its MINIMUM field. Only a SOA at or above the name speaks for it. */
function negativeTtl(message: DnsMessage, name: string): number | undefined {
  for (const { name: owner, ttlSeconds, data } of message.authorities)
    if (data.type === 'SOA' && (owner === '' || isWithin(name, owner)))
      return Math.min(ttlSeconds, data.minimumSeconds);
  return undefined;
}

interface Alias {
  readonly target: string;
  readonly ttlSeconds: number;
}

/** Undefined where one name is said to be an alias of two (RFC 2181 10.1): whichever we took, others would take the other. */
function readAliases(answers: readonly DnsRecord[]): ReadonlyMap<string, Alias> | undefined {
  const aliases = new Map<string, Alias>();
  for (const { name, ttlSeconds, data } of answers) {
    if (data.type !== 'CNAME') continue;
    const before = aliases.get(name);
    if (before !== undefined && before.target !== data.host) return undefined;
    aliases.set(name, {
      target: data.host,
      ttlSeconds: Math.min(ttlSeconds, before?.ttlSeconds ?? Infinity),
    });
  }
  return aliases;
}

function recordsAt<T>(
  answers: readonly DnsRecord[],
  name: string,
  read: (data: RecordData) => T | undefined,
): { readonly records: readonly T[]; readonly ttlSeconds: number } {
  const records: T[] = [];
  // RFC 2181 5: a record set holds each record once. A TXT record sent twice must not look like two SPF records.
  const seen = new Set<string>();
  let ttlSeconds = Infinity;
  for (const answer of answers) {
    if (answer.name !== name) continue;
    const record = read(answer.data);
    if (record === undefined) continue;
    ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds);
    const key = answers.length === 1 ? '' : identity(answer.data);
    if (seen.has(key)) continue;
    seen.add(key);
    records.push(record);
  }
  return { records, ttlSeconds };
}

function identity(data: RecordData): string {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.address;
    case 'NS':
    case 'PTR':
    case 'CNAME':
      return data.host;
    case 'MX':
      return `${data.preference} ${data.exchange}`;
    case 'TXT':
      return data.strings.map(hex).join(' ');
    case 'TLSA':
    case 'SMIMEA':
    case 'OPENPGPKEY':
    case 'other':
      return hex(data.rdata);
    case 'SOA':
      return `${data.primary} ${data.serial}`;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function join(strings: readonly Uint8Array[]): Uint8Array {
  const [first] = strings;
  return strings.length === 1 && first !== undefined ? first : new Uint8Array(Buffer.concat(strings));
}
