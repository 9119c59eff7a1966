import {
  DEFAULT_LIMITS,
  type DnsAnswer,
  type DnsFailure,
  type RecordType,
  type RecordTypes,
  type Resolver,
} from '@truefrom/core';
import { Cache } from './cache.js';
import { Counts } from './counts.js';
import { Flight } from './flight.js';
import { Gate } from './gate.js';
import { encodeName, nameText } from './name.js';
import type { ResolvedOptions } from './options.js';
import { TYPE_NUMBERS } from './rdata.js';
import { readAnswer } from './read-answer.js';
import { Servers } from './servers.js';

type Flights = { readonly [K in RecordType]: Map<string, Flight<DnsAnswer<RecordTypes[K]>>> };

/** What one flight carries: how to stop it, and why it was stopped. */
interface Journey {
  readonly controller: AbortController;
  stopped: DnsFailure | 'nobody-waits' | undefined;
}

/** Asks recursive resolvers, follows aliases, remembers answers, and asks each question once at a time. */
export class StubResolver implements Resolver {
  readonly counts: Counts = new Counts();
  readonly cache: Cache;
  readonly #options: ResolvedOptions;
  readonly #servers: Servers;
  readonly #gate: Gate;
  readonly #journeys = new Map<Journey, Promise<unknown>>();
  readonly #flights: Flights = {
    A: new Map(),
    AAAA: new Map(),
    MX: new Map(),
    PTR: new Map(),
    NS: new Map(),
    TXT: new Map(),
    TLSA: new Map(),
    SMIMEA: new Map(),
    OPENPGPKEY: new Map(),
  };
  #closed = false;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.cache = new Cache(options.time, options.cache);
    this.#servers = new Servers(options.servers, options, this.counts);
    this.#gate = new Gate(options.maxInFlight);
  }

  /** Answers at once what is in the cache. A name that cannot exist (a label of 64 bytes) is `no-name`, unasked. */
  query<K extends RecordType>(
    name: string,
    type: K,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<DnsAnswer<RecordTypes[K]>> | DnsAnswer<RecordTypes[K]> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    const hit = this.cache.get(name, type);
    if (hit === undefined) return this.#look(name, type, signal);
    this.counts.hits++;
    return hit;
  }

  /** Questions on the network, or waiting for their turn. */
  get inFlight(): number {
    return this.#journeys.size;
  }

  /** Ends what is under way (`failed`, `network`) and answers nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const journey of this.#journeys.keys()) stop(journey, 'network');
    await Promise.all(this.#journeys.values());
    this.cache.clear();
  }

  #look<K extends RecordType>(
    name: string,
    type: K,
    signal: AbortSignal | undefined,
  ): Promise<DnsAnswer<RecordTypes[K]>> | DnsAnswer<RecordTypes[K]> {
    const wire = encodeName(name);
    if (wire === undefined) return { kind: 'no-name', ttlSeconds: this.#options.cache.maxNegativeTtlSeconds };
    // The one way to write this name; the caller may have used upper case, a final dot or escapes.
    const key = nameText(wire);
    const hit = key === name ? undefined : this.cache.get(key, type);
    if (hit !== undefined) {
      this.counts.hits++;
      return hit;
    }
    if (this.#closed) return { kind: 'failed', cause: 'network' };
    const flying = this.#flights[type].get(key);
    if (flying !== undefined) {
      this.counts.joined++;
      return flying.join(signal);
    }
    this.counts.misses++;
    return this.#start(key, type).join(signal);
  }

  #start<K extends RecordType>(key: string, type: K): Flight<DnsAnswer<RecordTypes[K]>> {
    const flights = this.#flights[type];
    const journey: Journey = { controller: new AbortController(), stopped: undefined };
    const deadline = this.#options.time.after(this.#options.deadlineMs, () => stop(journey, 'timeout'));
    const promise = this.#resolve(key, type, journey.controller.signal)
      .then((answer) => this.#settle(key, type, journey, answer))
      .finally(() => {
        deadline();
        this.#journeys.delete(journey);
        if (flights.get(key) === flight) flights.delete(key);
      });
    const flight = new Flight(promise, () => {
      stop(journey, 'nobody-waits');
      // Whoever asks from now on starts anew.
      if (flights.get(key) === flight) flights.delete(key);
    });
    this.#journeys.set(journey, promise);
    flights.set(key, flight);
    return flight;
  }

  #settle<K extends RecordType>(
    key: string,
    type: K,
    { stopped }: Journey,
    answer: DnsAnswer<RecordTypes[K]>,
  ): DnsAnswer<RecordTypes[K]> {
    // Stopped by us, not by DNS: nothing was learnt that is worth remembering.
    if (stopped === 'nobody-waits' || stopped === 'network') return { kind: 'failed', cause: 'network' };
    return this.cache.put(key, type, stopped === undefined ? answer : { kind: 'failed', cause: stopped });
  }

  async #resolve<K extends RecordType>(
    key: string,
    type: K,
    signal: AbortSignal,
  ): Promise<DnsAnswer<RecordTypes[K]>> {
    const leave = await this.#gate.enter(signal);
    if (leave === undefined) return { kind: 'failed', cause: 'timeout' };
    try {
      return await this.#follow(key, type, signal);
    } finally {
      leave();
    }
  }

  /** Asks for the name and, as long as a reply ends in an alias, for its target. */
  async #follow<K extends RecordType>(
    key: string,
    type: K,
    signal: AbortSignal,
  ): Promise<DnsAnswer<RecordTypes[K]>> {
    let name = key;
    let cnamesLeft = DEFAULT_LIMITS.cnames;
    let ttlLimit = Infinity;
    let secure = true;
    for (;;) {
      const wire = encodeName(name);
      // Names from a reply can always be written again; were one not, it could not exist.
      if (wire === undefined) return { kind: 'failed', cause: 'servfail' };
      const reply = await this.#servers.ask({ name: wire, type: TYPE_NUMBERS[type] }, signal);
      if (reply.kind === 'failed') return reply;
      secure &&= reply.secure;
      const part = readAnswer(reply.message, name, type, cnamesLeft);
      if (part.kind === 'failed') return { kind: 'failed', cause: 'servfail' };
      const ttlSeconds = Math.min(ttlLimit, part.ttlSeconds);
      if (part.kind !== 'elsewhere') return { ...part, ttlSeconds, dnssec: secure ? 'secure' : 'unknown' };
      name = part.name;
      ttlLimit = ttlSeconds;
      cnamesLeft -= part.cnames;
    }
  }
}

function stop(journey: Journey, why: DnsFailure | 'nobody-waits'): void {
  journey.stopped ??= why;
  journey.controller.abort();
}
