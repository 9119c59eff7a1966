import { rfc } from '../../words/clause.js';
import { isWithin } from '../../words/domain.js';
import type { Halt } from './outcome.js';
import { dnsHalt, type SpfCheck } from './spf-check.js';
import { targetName } from './target-name.js';

const RFC7208_5_5 = rfc('7208', '5.5');
const RFC7208_7_3 = rfc('7208', '7.3');

/** Names of the client, at most `limits.ptrNames`; `isVoid` where the question was answered with nothing. */
export interface ClientNames {
  readonly names: readonly string[];
  readonly isVoid: boolean;
}

/**
 * The client's names that point back to it (RFC 7208 5.5). Each question is asked once per check, however many
 * "ptr" terms and `p` macros want it: at most one PTR and ten address questions.
 */
export class ValidatedNames {
  readonly #check: SpfCheck;
  #client: ClientNames | undefined;
  readonly #validated = new Map<string, boolean>();

  constructor(check: SpfCheck) {
    this.#check = check;
  }

  /** Has the PTR question been asked? */
  get isKnown(): boolean {
    return this.#client !== undefined;
  }

  /** The PTR names of the client. A DNS error is no name (RFC 7208 5.5). */
  async clientNames(): Promise<ClientNames | Halt> {
    if (this.#client !== undefined) return this.#client;
    const check = this.#check;
    const name = reverseName(check.ip, check.values.clientDotted);
    const answer = await check.ask(RFC7208_5_5, name, 'PTR');
    if (answer.kind === 'late') return dnsHalt(name, answer);
    const names: string[] = [];
    if (answer.kind === 'records') {
      // RFC 7208 4.6.4: names past the tenth are ignored; the client's network controls them, not the publisher.
      for (const published of answer.records.slice(0, check.limits.ptrNames)) {
        const usable = targetName(published);
        if (usable !== undefined) names.push(usable);
      }
    }
    this.#client = { names, isVoid: answer.kind === 'no-data' || answer.kind === 'no-name' };
    return this.#client;
  }

  /** Does the name's address lookup give the client? A DNS error skips the name (RFC 7208 5.5). */
  async isValidated(name: string): Promise<boolean | Halt> {
    const known = this.#validated.get(name);
    if (known !== undefined) return known;
    const check = this.#check;
    const answer = await check.ask(RFC7208_5_5, name, check.addressType);
    if (answer.kind === 'late') return dnsHalt(name, answer);
    const validated = answer.kind === 'records' && answer.records.some((address) => address === check.ipText);
    this.#validated.set(name, validated);
    return validated;
  }

  /** Value of the `p` macro: `<domain>` itself, else a name below it, else any, else "unknown" (RFC 7208 7.3). */
  async bestFor(domain: string): Promise<{ readonly name: string } | Halt> {
    const client = await this.clientNames();
    if ('status' in client) return client;
    const { names } = client;
    const inOrder = [
      ...names.filter((name) => name === domain),
      ...names.filter((name) => name !== domain && isWithin(name, domain)),
      ...names.filter((name) => !isWithin(name, domain)),
    ];
    for (const name of inOrder) {
      const validated = await this.isValidated(name);
      if (typeof validated === 'object') return validated;
      if (validated) {
        this.#check.say(RFC7208_7_3, `%{p} is ${name}`);
        return { name };
      }
    }
    return { name: 'unknown' };
  }
}

function reverseName(ip: Uint8Array, dotted: string): string {
  const reversed = dotted.split('.').reverse().join('.');
  return ip.length === 4 ? `${reversed}.in-addr.arpa` : `${reversed.toLowerCase()}.ip6.arpa`;
}
