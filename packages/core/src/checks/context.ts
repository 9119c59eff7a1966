import type { CryptoProvider } from '../crypto/provider.js';
import type { PublicSuffixes } from '../dns/public-suffix.js';
import type { Resolver } from '../dns/resolver.js';
import type { Domain } from '../words/domain.js';
import type { IpAddress } from '../words/ip.js';
import type { Limits } from '../words/limits.js';
import type { Mailbox, ReversePath } from '../words/mailbox.js';

export interface Clock {
  now(): Date;
}

/** The world, passed in: nothing below reads the time, the network or a file by itself. */
export interface Context {
  readonly resolver: Resolver;
  readonly crypto: CryptoProvider;
  readonly clock: Clock;
  readonly publicSuffixes?: PublicSuffixes;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
}

/** What the SMTP session said (RFC 5321). */
export interface Envelope {
  readonly clientIp: IpAddress;
  /** EHLO/HELO argument as received. */
  readonly helo: string;
  readonly mailFrom: ReversePath;
  readonly rcptTo: readonly Mailbox[];
  /** The login of an authenticated session, as our own server knows it. */
  readonly authenticatedAs?: string;
  /** Host name of the receiving server, for the SPF `r` macro and header fields; default: `site.authservId`. */
  readonly receiver?: string;
}

/** What the receiving site knows about itself. All optional parts default to empty. */
export interface SiteFacts {
  /** Name under which this site writes Authentication-Results (RFC 8601 2.5). */
  readonly authservId: string;
  /** Domains for which only our own authenticated users may speak; subdomains included. */
  readonly ownDomains: ReadonlySet<Domain>;
  /** Further domains watched for look-alikes. */
  readonly protectedDomains?: ReadonlySet<Domain>;
  /** People whose names are watched for in display names of strangers. */
  readonly protectedUsers?: readonly ProtectedUser[];
  /** ARC sealers (d= of every seal) whose word about earlier hops is believed. */
  readonly trustedSealers: ReadonlySet<Domain>;
  /** Networks (CIDR) that may send as our own domains without a login: scanners, applications, gateways. */
  readonly connectors?: readonly string[];
}

export interface ProtectedUser {
  readonly displayName: string;
  readonly addresses: readonly Mailbox[];
}
