import type { StubResolver } from './stub-resolver.js';

/** Numbers since the resolver was made, for metrics and tests. */
export interface ResolverStats {
  /** Answered from memory. */
  readonly hits: number;
  /** Asked on the network. */
  readonly misses: number;
  /** Waited for an equal question that was under way already. */
  readonly joined: number;
  /** Under way, or waiting for their turn, now. */
  readonly inFlight: number;
  readonly sentUdp: number;
  readonly sentTcp: number;
  /** Datagrams that were not the reply, by what was wrong: a rise is a server at fault, or somebody guessing. */
  readonly ignoredReplies: {
    readonly source: number;
    readonly garbage: number;
    readonly id: number;
    readonly question: number;
    readonly case: number;
  };
  /** Replies to our question that are not sound DNS messages. */
  readonly malformedReplies: number;
  /** Tries at one server that gave no answer, by cause. */
  readonly failedTries: Readonly<Record<'timeout' | 'network' | 'servfail' | 'refused' | 'bogus', number>>;
  readonly cache: {
    readonly entries: number;
    /** Estimated memory. */
    readonly bytes: number;
    /** Answers dropped before their time, to stay within memory. */
    readonly evictions: number;
  };
}

export function statsOf(stub: StubResolver): ResolverStats {
  const { counts, cache, inFlight } = stub;
  return {
    ...counts,
    ignoredReplies: { ...counts.ignoredReplies },
    failedTries: { ...counts.failedTries },
    inFlight,
    cache: { entries: cache.entries, bytes: cache.bytes, evictions: cache.evictions },
  };
}
