import { type Domain, parseDomain, type PublicSuffixes } from '@truefrom/core';

/** Answers kept: a message asks for a handful of names, and most mail for the same ones. */
const MAX_KNOWN = 4096;

const OPTIONS = {
  // Domains come here parsed, as lower-case A-labels: nothing to extract, nothing to validate.
  extractHostname: false,
  validateHostname: false,
  // The private part of the list names the suffixes that companies let strangers register under (github.io,
  // myshopify.com). The list is our brake on alignment, and one customer must not vouch for another, so they count;
  // receivers of RFC 7489 load them too. The price: a company that sends as its own private suffix aligns only where
  // the two domains are identical.
  allowPrivateDomains: true,
} as const;

/**
 * The Public Suffix List as shipped with tldts. Loaded at the first call: it takes tens of milliseconds, which a
 * command that verifies nothing should not wait for.
 */
export async function loadPublicSuffixes(): Promise<PublicSuffixes> {
  const { getDomain } = await import('tldts');
  const known = new Map<Domain, Domain | undefined>();
  return {
    organizationalDomain(domain) {
      const before = known.get(domain);
      if (before !== undefined || known.has(domain)) return before;
      const name = getDomain(domain, OPTIONS);
      const read = name === null ? undefined : parseDomain(name);
      const organization = read?.ok === true ? read.value : undefined;
      // Strangers choose the names: forget everything rather than grow.
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(domain, organization);
      return organization;
    },
  };
}
