import { randomBytes } from 'node:crypto';
import { type CacheBounds, DEFAULT_CACHE_BOUNDS } from './cache.js';
import type { ServerAddress } from './server-address.js';
import { systemServers } from './system-servers.js';
import { SYSTEM_TIME, type Time } from './time.js';

/** How a resolver asks. Everything has a default; docs/dns.md says why each is what it is. */
export interface ResolverOptions {
  /** Recursive resolvers, asked in this order. Default: those of /etc/resolv.conf. */
  readonly servers?: readonly ServerAddress[];
  /** Longest wait for one server in the first round, in milliseconds; doubled in each further round. */
  readonly tryMs?: number;
  /** How often a server that does not answer is asked. */
  readonly rounds?: number;
  /** Longest time for one question with everything it needs, in milliseconds. Past it: `failed`, `timeout`. */
  readonly deadlineMs?: number;
  /** UDP payload announced with EDNS, in bytes; longer answers come over TCP. */
  readonly udpPayloadBytes?: number;
  /** Ask for DNSSEC records (DO) as well as for the AD bit. Only for servers that answer AD to nothing less. */
  readonly dnssecOk?: boolean;
  /** Mix the case of names at random, as one more thing a forger must guess. */
  readonly mixedCase?: boolean;
  /** Questions on the network at a time; more wait in line. */
  readonly maxInFlight?: number;
  readonly cache?: Partial<CacheBounds>;
  readonly time?: Time;
  /** Source of ids and mixed case; must be unpredictable. */
  readonly randomBytes?: (length: number) => Uint8Array;
}

export type ResolvedOptions = Omit<Required<ResolverOptions>, 'cache'> & { readonly cache: CacheBounds };

const DEFAULTS = {
  tryMs: 1500,
  rounds: 3,
  deadlineMs: 10_000,
  udpPayloadBytes: 1232,
  dnssecOk: false,
  mixedCase: true,
  maxInFlight: 256,
};

/** Range of each number, so that a slip in a configuration is an error and not a resolver that never answers. */
const RANGES = {
  tryMs: [1, 60_000],
  // RFC 9520 3.1: MUST NOT ask one server more than three times over one transport.
  rounds: [1, 3],
  deadlineMs: [1, 120_000],
  udpPayloadBytes: [512, 4096],
  maxInFlight: [1, 10_000],
} as const;

const CACHE_RANGES = {
  minTtlSeconds: [0, 3600],
  maxTtlSeconds: [0, 604_800],
  maxNegativeTtlSeconds: [0, 86_400],
  // RFC 9520 3.2: MUST remember a failure for 1 second, MUST NOT for more than 5 minutes.
  failureTtlSeconds: [1, 300],
  maxBytes: [0, 2 ** 40],
} as const;

/** The options with defaults. @throws TypeError for a number out of range, and where no server is given */
export function resolveOptions(options: ResolverOptions): ResolvedOptions {
  const cache = { ...DEFAULT_CACHE_BOUNDS, ...options.cache };
  const resolved = {
    time: SYSTEM_TIME,
    randomBytes: (length: number): Uint8Array => randomBytes(length),
    ...DEFAULTS,
    ...options,
    servers: options.servers ?? systemServers(),
    cache,
  };
  checkRanges(resolved, RANGES);
  checkRanges(cache, CACHE_RANGES);
  if (resolved.servers.length === 0) throw new TypeError('a resolver needs at least one server');
  return resolved;
}

function checkRanges<K extends string>(
  values: { readonly [P in NoInfer<K>]: number },
  ranges: { readonly [P in K]: readonly [number, number] },
): void {
  for (const name of Object.keys(ranges) as K[]) {
    const [min, max] = ranges[name];
    if (!(values[name] >= min && values[name] <= max))
      throw new TypeError(`${name} is ${values[name]}; it must be from ${min} to ${max}`);
  }
}
