import { parseAuthenticationResults } from '../../message/authentication-results.js';
import type { HeaderBlock } from '../../message/header-block.js';
import { latin1 } from '../../syntax/bytes.js';
import { parseDomain, type Domain } from '../../words/domain.js';
import type { ArcResult } from '../results.js';
import type { ArcSet } from './arc-set.js';

type Word = NonNullable<Extract<ArcResult, { status: 'pass' }>['vouchedFor']>;

/** Longest statement shown, in bytes. */
const SHOWN_BYTES = 2000;

/**
 * The word of a trusted sealer that DMARC passed for the author domain when the message reached it. It counts only where
 * every later hop is trusted as well: a stranger in between could have changed the message or the statement.
 * @returns the oldest such word
 */
export function vouchedFor(
  head: HeaderBlock,
  sets: readonly ArcSet[],
  trusted: ReadonlySet<Domain>,
  authorDomain: Domain | undefined,
): Word | undefined {
  let word: Word | undefined;
  if (authorDomain === undefined || trusted.size === 0) return undefined;
  for (const set of sets.toReversed()) {
    if (!trusted.has(set.seal.domain) || !trusted.has(set.signature.domain)) break;
    if (saysDmarcPassed(head, set, authorDomain))
      word = { authorDomain, by: set.seal.domain, instance: set.instance };
  }
  return word;
}

/** The results a sealer wrote down, as text. */
export function statementOf(head: HeaderBlock, set: ArcSet): string {
  const end = Math.min(set.resultsField.valueEnd, set.resultsStart + SHOWN_BYTES);
  return latin1(head.bytes, set.resultsStart, end).replace(/\s+/g, ' ').trim();
}

function saysDmarcPassed(head: HeaderBlock, set: ArcSet, authorDomain: Domain): boolean {
  const read = parseAuthenticationResults(head.bytes.subarray(set.resultsStart, set.resultsField.valueEnd));
  if (!read.ok) return false;
  const dmarc = read.value.results.filter((result) => result.method === 'dmarc');
  // Contradicting results say nothing.
  return (
    dmarc.length > 0 &&
    dmarc.every(
      (result) => result.result === 'pass' && result.properties.some((p) => isAuthor(p, authorDomain)),
    )
  );
}

function isAuthor(
  property: { readonly ptype: string; readonly property: string; readonly value: string },
  authorDomain: Domain,
): boolean {
  if (property.ptype !== 'header' || property.property !== 'from') return false;
  const domain = parseDomain(property.value.slice(property.value.lastIndexOf('@') + 1));
  return domain.ok && domain.value === authorDomain;
}
