import type { NamedMailbox } from '../../message/author.js';
import { toUnicode, type Domain } from '../../words/domain.js';
import { formatMailbox } from '../../words/mailbox.js';
import type { ImpersonationFinding } from '../results.js';
import type { Lookalike, WatchedDomains } from './lookalike-domain.js';
import { shown } from './shown.js';

/** How each method deceives, for people. */
const HOW: Readonly<Record<Lookalike['method'], string>> = {
  confusable: 'letters that look alike',
  'mixed-script': 'letters of several alphabets',
  subdomain: 'the known name as a part of another',
  hyphen: 'a hyphen more or less',
  repetition: 'a letter doubled or left out',
  'edit-distance': 'a letter or two changed',
  'added-word': 'a word added',
  tld: 'the same name under another ending',
};

/** Domains judged in one message. */
const MAX_DOMAINS = 20;

/** Collects the addresses whose domain imitates a watched one, each domain once, under the field seen first. */
export class LookalikeFindings {
  readonly #watched: WatchedDomains;
  readonly #findings: ImpersonationFinding[];
  readonly #judged = new Set<Domain>();

  constructor(watched: WatchedDomains, findings: ImpersonationFinding[]) {
    this.#watched = watched;
    this.#findings = findings;
  }

  judge(field: string, addresses: readonly NamedMailbox[]): void {
    for (const { mailbox } of addresses) {
      const { domain } = mailbox;
      if (this.#judged.size >= MAX_DOMAINS) return;
      if (this.#judged.has(domain)) continue;
      this.#judged.add(domain);
      // Without a watched domain only mixed alphabets can be seen.
      if (this.#watched.isEmpty && !domain.includes('xn--')) continue;
      const lookalike = this.#watched.imitatedBy(domain);
      if (lookalike === undefined) continue;
      const { target, method, confidence } = lookalike;
      const unicode = toUnicode(domain);
      const name = unicode === domain ? domain : `${unicode} (${domain})`;
      this.#findings.push({
        kind: 'lookalike-domain',
        confidence,
        evidence: shown(`${field}: ${formatMailbox(mailbox)}`),
        text:
          target === undefined
            ? `${field} is in ${name}, which mixes alphabets that look alike`
            : `${field} is in ${name}, which looks like ${target} (${HOW[method]})`,
        ...(target === undefined ? {} : { target }),
        method,
      });
    }
  }
}
