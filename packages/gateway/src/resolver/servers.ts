import type { DnsFailure } from '@truefrom/core';
import type { Counts } from './counts.js';
import { type Ask, askServer, type Exchanged, type ExchangeOptions, type ServerState } from './exchange.js';
import type { ServerAddress } from './server-address.js';

export interface FailoverOptions extends ExchangeOptions {
  /** Longest wait for one server in the first round, in milliseconds; doubled in each further round. */
  readonly tryMs: number;
  /** How often a server that did not answer is asked. */
  readonly rounds: number;
}

/** How long a server that did not answer is asked last, in milliseconds. */
const DOWN_MS = 30_000;

/** When several servers failed in different ways, the one that said most is right: later in this list. */
const LEAST_TO_MOST: readonly DnsFailure[] = ['timeout', 'network', 'refused', 'servfail', 'bogus'];

/** The configured servers, asked in order until one answers. */
export class Servers {
  readonly #servers: readonly ServerState[];
  readonly #options: FailoverOptions;
  readonly #counts: Counts;

  constructor(addresses: readonly ServerAddress[], options: FailoverOptions, counts: Counts) {
    this.#servers = addresses.map((address) => ({
      address,
      downUntilMs: -Infinity,
      plainUntilMs: -Infinity,
    }));
    this.#options = options;
    this.#counts = counts;
  }

  /**
   * A server that refuses, fails or says nonsense is passed over for this question; one that does not answer is asked
   * again in the next round. "Bogus" ends it: asking on until some server does not validate would undo the validation.
   */
  async ask(ask: Ask, signal: AbortSignal): Promise<Exchanged> {
    const { rounds, tryMs, time } = this.#options;
    let worst: DnsFailure = 'timeout';
    let candidates = this.#inOrder();
    for (let round = 0; round < rounds; round++) {
      const silent: ServerState[] = [];
      for (const server of candidates) {
        if (signal.aborted) return { kind: 'failed', cause: 'timeout' };
        const bounds = { tryMs: tryMs * 2 ** round, signal };
        const answer = await askServer(server, ask, this.#options, this.#counts, bounds);
        if (signal.aborted) return { kind: 'failed', cause: 'timeout' };
        if (answer.kind === 'answered') {
          server.downUntilMs = -Infinity;
          return answer;
        }
        this.#counts.failedTries[answer.cause]++;
        if (answer.cause === 'bogus') return answer;
        if (answer.cause === 'timeout' || answer.cause === 'network') {
          server.downUntilMs = time.nowMs() + DOWN_MS;
          silent.push(server);
        }
        if (LEAST_TO_MOST.indexOf(answer.cause) > LEAST_TO_MOST.indexOf(worst)) worst = answer.cause;
      }
      candidates = silent;
    }
    return { kind: 'failed', cause: worst };
  }

  #inOrder(): readonly ServerState[] {
    const nowMs = this.#options.time.nowMs();
    const down = this.#servers.filter((server) => server.downUntilMs > nowMs);
    if (down.length === 0) return this.#servers;
    return [...this.#servers.filter((server) => server.downUntilMs <= nowMs), ...down];
  }
}
