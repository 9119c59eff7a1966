import type { DnsAnswer, RecordType, RecordTypes } from '../../dns/resolver.js';
import type { Clause } from '../../words/clause.js';
import { type IpBytes, formatIp, ipToBytes } from '../../words/ip.js';
import { type Limits, withLimits } from '../../words/limits.js';
import type { Context, Envelope } from '../context.js';
import type { SpfNode, TraceStep } from '../results.js';
import { Budget } from './budget.js';
import type { MacroValues } from './expand-macros.js';
import type { Halt } from './outcome.js';
import { ValidatedNames } from './validated-names.js';

/** The answer to a question, or that there was no time left to wait for one. */
export type Answer<T> = DnsAnswer<T> | { readonly kind: 'late' };

const LATE = { kind: 'late' } as const;

/** One check while it runs: who is asked about, what it has cost, what it has seen. */
export class SpfCheck {
  readonly ip: IpBytes;
  /** Normal text form, which the addresses of DNS answers have too. */
  readonly ipText: string;
  readonly values: MacroValues;
  readonly limits: Limits;
  readonly budget: Budget;
  readonly names: ValidatedNames;
  readonly trace: TraceStep[] = [];
  /** Includes and redirects the evaluation is inside of. */
  depth = 0;
  readonly #context: Context;
  readonly #startMs: number;
  readonly #options: { readonly signal?: AbortSignal };
  #nodes = 0;

  constructor(
    envelope: Pick<Envelope, 'clientIp' | 'receiver'>,
    sender: Pick<MacroValues, 'localPart' | 'senderDomain' | 'helo'>,
    context: Context,
  ) {
    const ip = ipToBytes(envelope.clientIp);
    if (ip === undefined)
      throw new TypeError('envelope.clientIp is not an IP address: make it with parseIp()');
    this.ip = ip;
    this.ipText = formatIp(ip);
    this.#context = context;
    this.#options = context.signal === undefined ? {} : { signal: context.signal };
    this.#startMs = context.clock.now().getTime();
    this.limits = withLimits(context.limits);
    this.budget = new Budget(this.limits);
    this.names = new ValidatedNames(this);
    this.values = {
      localPart: sender.localPart,
      senderDomain: sender.senderDomain,
      helo: sender.helo,
      clientText: this.ipText,
      clientDotted: ip.length === 4 ? this.ipText : nibbles(ip),
      isIpv4: ip.length === 4,
      receiver: envelope.receiver ?? 'unknown',
      timestampSeconds: () => Math.floor(context.clock.now().getTime() / 1000),
    };
  }

  /** RFC 7208 5: A for an IPv4 client, IPv4-mapped ones among them, else AAAA. */
  get addressType(): 'A' | 'AAAA' {
    return this.ip.length === 4 ? 'A' : 'AAAA';
  }

  /**
   * Asks DNS one question, within the time RFC 7208 4.6.4 gives the whole check. The core has no timer: a question
   * that is out waits for the resolver's own time-out or for the signal, and none is asked once the time is over.
   * @throws the signal's reason when aborted
   */
  ask<K extends RecordType>(
    clause: Clause,
    name: string,
    type: K,
  ): Answer<RecordTypes[K]> | Promise<Answer<RecordTypes[K]>> {
    this.#context.signal?.throwIfAborted();
    if (this.#isLate()) return this.#note(clause, name, type, LATE);
    const answer = this.#context.resolver.query(name, type, this.#options);
    return 'kind' in answer
      ? this.#note(clause, name, type, answer)
      : this.#waitFor(clause, name, type, answer);
  }

  async #waitFor<K extends RecordType>(
    clause: Clause,
    name: string,
    type: K,
    pending: Promise<DnsAnswer<RecordTypes[K]>>,
  ): Promise<Answer<RecordTypes[K]>> {
    const { signal } = this.#context;
    const answer = await (signal === undefined ? pending : unlessAborted(pending, signal));
    return this.#note(clause, name, type, this.#isLate() ? LATE : answer);
  }

  #isLate(): boolean {
    return this.#context.clock.now().getTime() - this.#startMs > this.limits.deadlineMs;
  }

  #note<T>(clause: Clause, name: string, type: RecordType, answer: Answer<T>): Answer<T> {
    if (this.trace.length < this.limits.traceSteps) {
      const short =
        answer.kind === 'records'
          ? `${answer.records.length} ${answer.records.length === 1 ? 'record' : 'records'}`
          : answer.kind === 'failed'
            ? answer.cause
            : answer.kind === 'late'
              ? 'deadline'
              : answer.kind;
      this.trace.push({
        clause,
        text: `${name} ${type}: ${short}`,
        lookup: { name, type, answer: short },
        depth: this.depth,
      });
    }
    return answer;
  }

  say(clause: Clause, text: string): void {
    if (this.trace.length < this.limits.traceSteps) this.trace.push({ clause, text, depth: this.depth });
  }

  /** Keeps a node of the evaluation tree, as many in all as a trace has steps: records of strangers have no bound. */
  grow(nodes: SpfNode[], node: SpfNode): void {
    if (this.#nodes++ < this.limits.traceSteps) nodes.push(node);
  }

  get treeIsFull(): boolean {
    return this.#nodes >= this.limits.traceSteps;
  }
}

/** RFC 7208 5: an address question that failed ends the check; so does the end of time (4.6.4). */
export function dnsHalt(name: string, answer: Extract<Answer<unknown>, { kind: 'failed' | 'late' }>): Halt {
  return answer.kind === 'late'
    ? { status: 'temperror', reason: 'deadline', name }
    : { status: 'temperror', reason: 'dns', name, cause: answer.cause };
}

function unlessAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's reason, as it is
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    pending.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}

// RFC 7208 7.3: for IPv6 `i` is the nibbles with dots between, so that `%{ir}` fits below ip6.arpa.
function nibbles(ip: IpBytes): string {
  const parts: string[] = [];
  for (const byte of ip) parts.push((byte >> 4).toString(16), (byte & 15).toString(16));
  return parts.join('.').toUpperCase();
}
