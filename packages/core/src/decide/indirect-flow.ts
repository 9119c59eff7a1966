import type { Verification } from '../verify/verification.js';
import { isWithin } from '../words/domain.js';

/**
 * What suggests that a message came by way of a list or forwarder: the "other knowledge" without which RFC 9989 7.4
 * does not let a receiver reject. All of it can be forged, so it never does more than turn a reject into a quarantine.
 * @returns the signs in words; empty: none
 */
export function indirectFlowSigns(v: Verification): readonly string[] {
  const signs: string[] = [];
  if (v.facts.listFields.length > 0) signs.push(`list fields: ${v.facts.listFields.join(', ')}`);
  const { arc } = v;
  if (arc.sets.length > 0 || arc.status !== 'none') signs.push('the message bears an ARC chain');
  const author = v.authorDomain;
  if (author === undefined) return signs;
  for (const signature of v.dkim) {
    if (signature.status !== 'fail') continue;
    const { domain } = signature;
    if (domain !== undefined && (isWithin(domain, author) || isWithin(author, domain))) {
      signs.push(`broken DKIM signature of ${domain}, which may have been whole once`);
      break;
    }
  }
  return signs;
}
