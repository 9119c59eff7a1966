import { passesEveryone } from '../checks/passes-everyone.js';
import type { DkimResult, SpfResult } from '../checks/results.js';
import type { Verification } from '../verify/verification.js';
import { type Domain, isWithin } from '../words/domain.js';

export type DkimPass = Extract<DkimResult, { status: 'pass' }>;
export type SpfVerdict = Extract<SpfResult, { matched: string }>;

/** Who authenticated passes for the author domain. */
export interface Vouchers {
  /** Aligned SPF pass through something narrower than the whole Internet. */
  readonly spf?: SpfVerdict;
  /** Aligned SPF pass that everybody gets ("+all"): vouches for nobody. */
  readonly spfEveryone?: SpfVerdict;
  /** Aligned DKIM passes over the whole body with a key not in test mode. */
  readonly dkim: readonly DkimPass[];
  /** Aligned DKIM passes that do not count, for `l=` or test mode. */
  readonly dkimNotCounted: readonly DkimPass[];
  /** Whose word on alignment this is: the DMARC result's, or, without one, that one name is within the other. */
  readonly alignedBy: 'dmarc' | 'names';
}

const NOBODY: Vouchers = { dkim: [], dkimNotCounted: [], alignedBy: 'names' };

/**
 * The passing identities that stand for the author domain. Where DMARC has a verdict its alignment decides; without a
 * record (or with DNS in the way) an identity aligns when its domain is the author domain, above it or below it.
 */
export function vouchers(v: Verification): Vouchers {
  const author = v.authorDomain;
  if (author === undefined) return NOBODY;
  const { dmarc } = v;
  const alignedBy = dmarc.status === 'pass' || dmarc.status === 'fail' ? 'dmarc' : 'names';
  const dkim: DkimPass[] = [];
  const dkimNotCounted: DkimPass[] = [];
  for (let at = 0; at < v.dkim.length; at++) {
    const signature = v.dkim[at];
    if (signature?.status !== 'pass') continue;
    const aligned =
      alignedBy === 'names'
        ? related(signature.domain, author)
        : dmarc.identities.some(
            (i) => i.method === 'dkim' && (i.index ?? at) === at && mayCount(i, signature),
          );
    if (!aligned) continue;
    // RFC 6376 3.6.1: mail of a signer in test mode is not treated differently from unsigned mail.
    if (signature.coversWholeBody && signature.testing !== true) dkim.push(signature);
    else dkimNotCounted.push(signature);
  }
  const spf = v.spf;
  if (spf.status !== 'pass') return { dkim, dkimNotCounted, alignedBy };
  const spfAligned =
    alignedBy === 'names'
      ? related(spf.domain, author)
      : dmarc.identities.some((i) => i.method === 'spf' && i.counts && i.domain === spf.domain);
  if (!spfAligned) return { dkim, dkimNotCounted, alignedBy };
  return passesEveryone(spf)
    ? { spfEveryone: spf, dkim, dkimNotCounted, alignedBy }
    : { spf, dkim, dkimNotCounted, alignedBy };
}

type Identity = Verification['dmarc']['identities'][number];

/** Counts for DMARC, or would but for what the signature leaves unsigned. */
function mayCount(identity: Identity, signature: DkimPass): boolean {
  if (identity.domain !== signature.domain) return false;
  return identity.counts || (identity.alignment !== 'none' && !signature.coversWholeBody);
}

/** One name is the other or within it, and the shorter one is no top-level domain. */
function related(a: Domain, b: Domain): boolean {
  if (a === b) return true;
  const shorter = a.length < b.length ? a : b;
  return shorter.includes('.') && (isWithin(a, b) || isWithin(b, a));
}
