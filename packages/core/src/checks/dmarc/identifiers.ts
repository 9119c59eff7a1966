import type { Domain } from '../../words/domain.js';
import type { DkimResult, DmarcIdentity, SpfResult } from '../results.js';

/** An identifier SPF or DKIM speaks of, before anybody looked at alignment. */
export interface Identifier {
  readonly method: 'spf' | 'dkim';
  readonly domain: Domain;
  readonly status: string;
  /** An Authenticated Identifier of RFC 9989 3.2.1: only these are ever aligned. */
  readonly authenticated: boolean;
  /** Why a pass is no Authenticated Identifier here. */
  readonly notCounted?: string;
  readonly index?: number;
}

const PARTIAL = 'l= leaves the end of the body unsigned: anybody could have added to it';

/**
 * Everything SPF and DKIM said about some domain: SPF first, then the signatures from the top.
 * @param spf of the MAIL FROM identity (see `DmarcInput.spf`)
 */
export function identifiersOf(spf: SpfResult, dkim: readonly DkimResult[]): Identifier[] {
  const identifiers: Identifier[] = [];
  if (spf.domain !== undefined) {
    const { domain, status } = spf;
    // RFC 9989 3.2.4: with the null sender, and only there, this is SPF of the HELO name, as MAIL FROM identity.
    identifiers.push({ method: 'spf', domain, status, authenticated: status === 'pass' });
  }
  for (const [index, signature] of dkim.entries()) {
    const { domain, status } = signature;
    if (domain === undefined) continue;
    // RFC 9989 4.4.1 counts every signature that validates. We are stricter: with l= short of the end, the message
    // that was signed is not the message that is shown (RFC 6376 8.2).
    identifiers.push(
      status === 'pass' && !signature.coversWholeBody
        ? { method: 'dkim', domain, status, authenticated: false, notCounted: PARTIAL, index }
        : { method: 'dkim', domain, status, authenticated: status === 'pass', index },
    );
  }
  return identifiers;
}

/** An identifier as the result lists it. */
export function listed(
  identifier: Identifier,
  alignment: DmarcIdentity['alignment'],
  counts: boolean,
  notCounted: string | undefined = identifier.notCounted,
): DmarcIdentity {
  const { method, domain, status, index } = identifier;
  return {
    method,
    domain,
    status,
    alignment,
    counts,
    ...(index === undefined ? {} : { index }),
    ...(notCounted === undefined ? {} : { notCounted }),
  };
}
