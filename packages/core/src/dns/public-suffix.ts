import type { Domain } from '../words/domain.js';

/**
 * The port to a public suffix list. Optional: RFC 9989 finds organizational domains by DNS alone; the list is
 * used as a brake on alignment, for look-alikes, and to show what an RFC 7489 receiver would decide.
 */
export interface PublicSuffixes {
  /** The registrable domain (suffix plus one label), or undefined where the domain is itself a suffix. */
  organizationalDomain(domain: Domain): Domain | undefined;
}
