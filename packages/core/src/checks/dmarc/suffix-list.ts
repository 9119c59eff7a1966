import type { PublicSuffixes } from '../../dns/public-suffix.js';
import { isWithin, type Domain } from '../../words/domain.js';
import type { DmarcRecord, SuffixListView } from '../results.js';
import type { Identifier } from './identifiers.js';
import type { RecordFinder } from './record-finder.js';
import { isApplicable } from './requested-policy.js';

/** Do the two belong to different registrants, or is one of them the suffix under which the other registered? */
export function crossesPublicSuffix(a: Domain, b: Domain, suffixes: PublicSuffixes): boolean {
  const organization = suffixes.organizationalDomain(a);
  return organization === undefined || organization !== suffixes.organizationalDomain(b);
}

/**
 * One organization by their names alone: by the suffix list, else only where one is the other's ancestor and not a
 * top-level domain. A guess to show, never a reason to pass.
 */
export function looksRelated(a: Domain, b: Domain, suffixes: PublicSuffixes | undefined): boolean {
  if (a === b) return true;
  if (suffixes !== undefined) return !crossesPublicSuffix(a, b, suffixes);
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return shorter.includes('.') && isWithin(longer, shorter);
}

/**
 * What a receiver that finds organizational domains by the suffix list (RFC 7489 3.2) would say of the same identifiers.
 * May ask DNS for one record more. Undefined where that fails.
 */
export async function suffixListView(
  authorDomain: Domain,
  identifiers: readonly Identifier[],
  suffixes: PublicSuffixes,
  finder: RecordFinder,
): Promise<SuffixListView | undefined> {
  const organization = suffixes.organizationalDomain(authorDomain);
  const organizationalDomain = organization === undefined ? {} : { organizationalDomain: organization };
  // RFC 7489 6.6.3: the author domain's record, else the organizational domain's.
  let record: DmarcRecord | undefined;
  for (const domain of [authorDomain, organization ?? authorDomain]) {
    const published = await finder.find(domain);
    if (published.kind === 'failed') return undefined;
    if (published.kind === 'none') continue;
    record = published.record;
    break;
  }
  if (record === undefined || !isApplicable(record)) return { ...organizationalDomain, status: 'none' };
  const { spfAlignment, dkimAlignment } = record;
  const passes = identifiers.some(({ authenticated, method, domain }) => {
    if (!authenticated) return false;
    if (domain === authorDomain) return true;
    const mode = method === 'spf' ? spfAlignment : dkimAlignment;
    return mode === 'relaxed' && !crossesPublicSuffix(authorDomain, domain, suffixes);
  });
  return { ...organizationalDomain, status: passes ? 'pass' : 'fail' };
}
