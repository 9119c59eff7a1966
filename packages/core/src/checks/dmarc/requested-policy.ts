import type { DmarcPolicy, DmarcRecord } from '../results.js';

/** What a record asks for, and the tag that says so. */
export interface RequestedPolicy {
  readonly tag: 'p' | 'sp' | 'np';
  readonly policy: DmarcPolicy;
}

/** How the author domain stands to the domain the record was found at. */
export type Standing = 'same-domain' | 'existing-subdomain' | 'nonexistent-subdomain';

/** RFC 9989 4.7 and 4.10.1: p= for the domain itself, sp= below it, np= below it where the author domain does not exist. */
export function requestedPolicy(record: DmarcRecord, standing: Standing): RequestedPolicy {
  const { policy, subdomainPolicy, nonexistentPolicy } = record;
  if (standing === 'nonexistent-subdomain' && nonexistentPolicy !== undefined)
    return { tag: 'np', policy: nonexistentPolicy };
  if (standing !== 'same-domain' && subdomainPolicy !== undefined)
    return { tag: 'sp', policy: subdomainPolicy };
  return { tag: 'p', policy };
}

const ONE_STEP_BELOW: Readonly<Record<DmarcPolicy, DmarcPolicy>> = {
  reject: 'quarantine',
  quarantine: 'none',
  none: 'none',
};

/** RFC 9989 4.7 t=y: the policy applied is one level below the one published. */
export function appliedPolicy(record: DmarcRecord, published: DmarcPolicy): DmarcPolicy {
  return record.testing ? ONE_STEP_BELOW[published] : published;
}

/** RFC 9989 4.10.1: a record without valid policy applies only if somebody can be told, through a valid rua=. */
export function isApplicable(record: DmarcRecord): boolean {
  return record.policyPresent || record.aggregateReports.length > 0;
}
