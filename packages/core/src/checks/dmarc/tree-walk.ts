import { labelCount, lastLabels, type Domain } from '../../words/domain.js';
import type { DmarcRecord } from '../results.js';
import type { RecordFinder } from './record-finder.js';

/** A policy record with the domain it was found at. */
export interface FoundRecord {
  readonly domain: Domain;
  readonly record: DmarcRecord;
}

/** A DNS tree walk (RFC 9989 4.10) that came to its end, or the name where it could not go on. */
export type TreeWalk =
  | {
      readonly ok: true;
      /** The domains with a valid record, longest first. */
      readonly found: readonly FoundRecord[];
      readonly organizationalDomain: Domain;
    }
  | { readonly ok: false; readonly failedAt: string };

/**
 * The names a tree walk asks about, in order (RFC 9989 4.10 steps 3, 4 and 7).
 * @param limit most names asked about; the RFC has 8. A name of `limit` labels or more goes on with `limit - 1` labels.
 */
export function treeWalkTargets(domain: Domain, limit: number): Domain[] {
  const targets = [domain];
  for (let labels = Math.min(labelCount(domain), limit) - 1; labels > 0; labels--)
    targets.push(lastLabels(domain, labels));
  return targets;
}

/** Walks from `start` to the top level, or to a record that says psd=y or psd=n. */
export async function walkTree(start: Domain, finder: RecordFinder, limit: number): Promise<TreeWalk> {
  const found: FoundRecord[] = [];
  for (const target of treeWalkTargets(start, limit)) {
    const asked = finder.find(target);
    const published = 'kind' in asked ? asked : await asked;
    if (published.kind === 'failed') return { ok: false, failedAt: published.name };
    if (published.kind === 'none') continue;
    found.push(published);
    if (published.record.psd !== 'u') break;
  }
  return { ok: true, found, organizationalDomain: selectOrganizationalDomain(start, found) };
}

/**
 * RFC 9989 4.10.2: the organizational domain of `start`, from the records of its tree walk.
 * @param found longest domain first
 */
export function selectOrganizationalDomain(start: Domain, found: readonly FoundRecord[]): Domain {
  for (const { domain, record } of found) {
    // Rule 1.
    if (record.psd === 'n') return domain;
    // Rule 2: one label below the public suffix, unless the walk began at that suffix.
    if (record.psd === 'y' && domain !== start) return lastLabels(start, labelCount(domain) + 1);
  }
  // Rule 3: the fewest labels; without any record, the domain itself.
  return found.at(-1)?.domain ?? start;
}
