import type { Verification } from '../verify/verification.js';
import type { Domain } from '../words/domain.js';

/**
 * The trusted sealer who recorded that DMARC passed for this very author domain. A chain that vouches for another
 * domain, or for a message whose author cannot be told, means nothing here (RFC 8617 7.2.1).
 */
export function arcVouches(v: Verification): { readonly by: Domain; readonly instance: number } | undefined {
  if (v.arc.status !== 'pass' || v.authorDomain === undefined) return undefined;
  const word = v.arc.vouchedFor;
  return word?.authorDomain === v.authorDomain ? word : undefined;
}
