import type { DnsAnswer } from '../../dns/resolver.js';
import { rfc } from '../../words/clause.js';
import type { Domain } from '../../words/domain.js';
import { withLimits } from '../../words/limits.js';
import type { Context } from '../context.js';
import type { DmarcRecord, TraceStep } from '../results.js';
import { hasDmarcVersion, parseDmarcRecord } from './record.js';

const RFC9989_4_10 = rfc('9989', '4.10');

/** What is published at `_dmarc.<domain>`. */
export type Published =
  | { readonly kind: 'record'; readonly domain: Domain; readonly record: DmarcRecord }
  /** No usable record. `nameExists`: the answer proves that the name (and so every name above it) exists. */
  | { readonly kind: 'none'; readonly nameExists: boolean }
  | { readonly kind: 'failed'; readonly name: string };

/** Parsed records by the TXT object they came from, which a cache hands out for the life of its entry. */
const PARSED = new WeakMap<Uint8Array, DmarcRecord>();

/** Asks for DMARC policy records, each name once for one message however many walks come by. */
export class RecordFinder {
  readonly #context: Context;
  readonly #trace: TraceStep[];
  readonly #answers = new Map<Domain, Published>();
  readonly #recordBytes: number;
  readonly #deadline: number;

  constructor(context: Context, trace: TraceStep[]) {
    this.#context = context;
    this.#trace = trace;
    const limits = withLimits(context.limits);
    this.#recordBytes = limits.recordBytes;
    this.#deadline = context.clock.now().getTime() + limits.deadlineMs;
  }

  /**
   * The record at `_dmarc.<domain>`; at once where it was asked before or the resolver answers at once.
   * Past `limits.deadlineMs` nothing is asked any more and the answer is `failed`.
   * @throws `context.signal.reason` when aborted
   */
  find(domain: Domain): Published | Promise<Published> {
    const known = this.#answers.get(domain);
    if (known !== undefined) return known;
    const name = `_dmarc.${domain}`;
    if (this.#context.clock.now().getTime() > this.#deadline)
      return this.#keep(domain, name, { kind: 'failed', name }, 'not asked: out of time');
    const answer = this.#context.resolver.query(name, 'TXT', { signal: this.#context.signal });
    return 'kind' in answer
      ? this.#read(domain, name, answer)
      : answer.then((later) => this.#read(domain, name, later));
  }

  #read(domain: Domain, name: string, answer: DnsAnswer<Uint8Array>): Published {
    switch (answer.kind) {
      case 'failed':
        return this.#keep(domain, name, { kind: 'failed', name }, answer.cause);
      case 'no-name':
        return this.#keep(domain, name, { kind: 'none', nameExists: false }, 'no such name');
      case 'no-data':
        return this.#keep(domain, name, { kind: 'none', nameExists: true }, 'no TXT record');
      case 'records':
        return this.#select(domain, name, answer.records);
    }
  }

  // RFC 9989 4.10 steps 2 and 6: what is not DMARC is discarded; if several records are left, they all are.
  #select(domain: Domain, name: string, txts: readonly Uint8Array[]): Published {
    let record: DmarcRecord | undefined;
    let count = 0;
    for (const txt of txts) {
      const read = this.#parse(txt);
      if (read === undefined) continue;
      count++;
      record = read;
    }
    if (record === undefined || count > 1) {
      const answer = count > 1 ? `${count} DMARC records, all discarded` : 'TXT records, none of them DMARC';
      return this.#keep(domain, name, { kind: 'none', nameExists: true }, answer);
    }
    const { psd, policy } = record;
    return this.#keep(
      domain,
      name,
      { kind: 'record', domain, record },
      psd === 'u' ? `p=${policy}` : `p=${policy} psd=${psd}`,
    );
  }

  #parse(txt: Uint8Array): DmarcRecord | undefined {
    // A wildcard may answer with any number of long records of other kinds.
    if (txt.length > this.#recordBytes || !hasDmarcVersion(txt)) return undefined;
    const known = PARSED.get(txt);
    if (known !== undefined) return known;
    const read = parseDmarcRecord(txt);
    if (!read.ok) return undefined;
    PARSED.set(txt, read.value);
    return read.value;
  }

  #keep(domain: Domain, name: string, published: Published, answer: string): Published {
    this.#answers.set(domain, published);
    this.#trace.push({
      clause: RFC9989_4_10,
      text: `DMARC record of ${domain}: ${answer}`,
      lookup: { name, type: 'TXT', answer },
    });
    return published;
  }
}
