import type { Limits } from '../words/limits.js';
import type { Problem } from '../words/problem.js';
import { latin1 } from '../syntax/bytes.js';
import { parseAuthenticationResults, parseAuthservId, type MethodResult } from './authentication-results.js';
import { matchesAuthservId, normalizeAuthservId } from './authserv-id.js';
import { readExchangeResults, type ExchangeResults } from './exchange-results.js';
import { valueBytes, type HeaderBlock, type HeaderField } from './header-block.js';

/** What became of one Authentication-Results field, and why. */
export interface ResultsField {
  /** Offset of the field in the header. */
  readonly at: number;
  readonly fate:
    /** Its results were weighed. */
    | 'used'
    /** It carries the id of somebody else, or none that can be read. */
    | 'untrusted-id'
    /** It stands where a stranger may have put it. */
    | 'below-boundary'
    /** The same id also stands above a Received field that is higher up: one server writes at one hop. */
    | 'older-hop'
    /** Ours by its id, but of a version nobody here knows (RFC 8601 2.6). Nothing is verified then. */
    | 'unsupported-version'
    /** Ours by its id, but it breaks the grammar. Nothing is verified then. */
    | 'unreadable';
  /** As written; absent where none can be read. */
  readonly authservId?: string;
  /** The defect of a field that breaks the grammar. */
  readonly problem?: Problem;
  /** The same field in the form of Exchange Online, where it has that form. */
  readonly exchange?: ExchangeResults;
}

export interface TrustedResults {
  readonly fields: readonly ResultsField[];
  /** All results of the fields used, from the top. */
  readonly results: readonly MethodResult[];
  /** More fields than the limit stand where ours do. */
  readonly tooMany: boolean;
}

export interface Boundary {
  /** Received fields that our own servers put on every message. */
  readonly ownHops: number;
  /** A field without authserv-id in the form of Exchange Online is ours. */
  readonly exchangeOnline: boolean;
}

/** Fields an author's software writes. Trace fields are prepended (RFC 5322 3.6.7), so ours stand above them. */
const WRITTEN_BY_AUTHOR: ReadonlySet<string> = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
]);

interface Candidate {
  readonly field: ResultsField;
  readonly id: string;
  /** Received fields above it. */
  readonly hop: number;
  readonly results: readonly MethodResult[];
}

/**
 * Finds the Authentication-Results fields that our own servers may have written, by id and by place (RFC 8601 4.1, 5).
 *
 * A field counts where all of this holds:
 * 1. no more than `ownHops` Received fields stand above it, so it is above the first Received of a stranger;
 * 2. no field of the author's (From, To, Subject, Date ...) stands above it;
 * 3. its authserv-id is trusted;
 * 4. no field with the same id stands above a higher Received field: of two hops of one name only the later is ours.
 *
 * Between our last Received field and the first of the author's both ours and a stranger's can stand: there the id is
 * all there is, and our border must have removed what a stranger wrote under it (RFC 8601 5).
 */
export function findTrustedResults(
  head: HeaderBlock,
  trustedIds: readonly string[],
  boundary: Boundary,
  limits: Limits,
): TrustedResults {
  const found: (ResultsField | Candidate)[] = [];
  let hop = 0;
  let authorWrote = false;
  let tooMany = false;
  for (const field of head.fields) {
    if (field.name === 'received') hop++;
    else if (WRITTEN_BY_AUTHOR.has(field.name)) authorWrote = true;
    if (field.name !== 'authentication-results') continue;
    const below = authorWrote || hop > boundary.ownHops;
    if (found.length >= limits.authResults) {
      tooMany = !below;
      break;
    }
    const value = valueBytes(head, field);
    found.push(
      below
        ? belowBoundary(field, value, limits)
        : judge({ field, value, hop }, trustedIds, boundary, limits),
    );
  }
  return { ...keepLatestHop(found), tooMany };
}

function belowBoundary(field: HeaderField, value: Uint8Array, limits: Limits): ResultsField {
  const id = parseAuthservId(value, { limits });
  return {
    at: field.start,
    fate: 'below-boundary',
    ...(id.ok ? { authservId: id.value.authservId } : { problem: id.problem }),
  };
}

function judge(
  { field, value, hop }: { field: HeaderField; value: Uint8Array; hop: number },
  trustedIds: readonly string[],
  boundary: Boundary,
  limits: Limits,
): ResultsField | Candidate {
  const at = field.start;
  const id = parseAuthservId(value, { limits });
  if (id.ok) {
    const { authservId, version } = id.value;
    if (!matchesAuthservId(authservId, trustedIds)) return { at, fate: 'untrusted-id', authservId };
    if (version !== 1) return { at, fate: 'unsupported-version', authservId };
    const read = parseAuthenticationResults(value, { limits });
    if (!read.ok) return { at, fate: 'unreadable', authservId, problem: read.problem };
    return {
      field: { at, fate: 'used', authservId },
      id: normalizeAuthservId(authservId),
      hop,
      results: read.value.results,
    };
  }
  const exchange = readExchangeResults(value, limits);
  if (exchange.ok) {
    const { results } = exchange.value;
    if (!boundary.exchangeOnline) return { at, fate: 'untrusted-id', exchange: exchange.value };
    return { field: { at, fate: 'used', exchange: exchange.value }, id: '', hop, results };
  }
  const fate = showsId(value, trustedIds) ? 'unreadable' : 'untrusted-id';
  return { at, fate, problem: id.problem };
}

/** Might a server of ours have meant to write this? Then what it wanted to say is lost, and nothing else may speak. */
function showsId(value: Uint8Array, trustedIds: readonly string[]): boolean {
  const text = latin1(value).toLowerCase();
  return trustedIds.some((id) => text.includes(id.replace(/^\*/, '').toLowerCase()));
}

function keepLatestHop(found: readonly (ResultsField | Candidate)[]): Omit<TrustedResults, 'tooMany'> {
  const latest = new Map<string, number>();
  for (const item of found) if ('id' in item && !latest.has(item.id)) latest.set(item.id, item.hop);
  const fields: ResultsField[] = [];
  const results: MethodResult[] = [];
  for (const item of found) {
    if (!('id' in item)) fields.push(item);
    else if (latest.get(item.id) !== item.hop) fields.push({ ...item.field, fate: 'older-hop' });
    else {
      fields.push(item.field);
      results.push(...item.results);
    }
  }
  return { fields, results };
}
