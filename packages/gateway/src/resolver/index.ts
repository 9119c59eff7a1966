// The resolver of the gateway: a caching stub. See docs/dns.md.
import type { Resolver } from '@truefrom/core';
import { type ResolverOptions, resolveOptions } from './options.js';
import { type ResolverStats, statsOf } from './stats.js';
import { StubResolver } from './stub-resolver.js';

export type { CacheBounds } from './cache.js';
export type { ResolverOptions } from './options.js';
export { loadPublicSuffixes } from './public-suffixes.js';
export { formatServer, parseServer, type ServerAddress } from './server-address.js';
export type { ResolverStats } from './stats.js';
export { readResolvConf, systemServers } from './system-servers.js';
export type { Time } from './time.js';

/** A resolver that holds sockets while it asks, and memory while it lives. */
export interface ClosableResolver extends Resolver {
  /** Ends what is under way (`failed`, `network`); nothing is asked any more. Resolves when all sockets are closed. */
  close(): Promise<void>;
  /** A snapshot of what it did so far. */
  stats(): ResolverStats;
}

/**
 * A caching stub resolver over UDP and TCP.
 * @throws TypeError for options out of range
 */
export function createResolver(options: ResolverOptions = {}): ClosableResolver {
  const stub = new StubResolver(resolveOptions(options));
  return {
    query: (name, type, queryOptions) => stub.query(name, type, queryOptions),
    close: () => stub.close(),
    stats: () => statsOf(stub),
  };
}
