import type { NamedMailbox } from '../../message/author.js';
import { toUnicode, type Domain } from '../../words/domain.js';
import { formatMailbox } from '../../words/mailbox.js';
import type { ImpersonationFinding } from '../results.js';
import type { WatchedDomains } from './lookalike-domain.js';
import { shown } from './shown.js';

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
            ? `${name} mixes alphabets that look alike`
            : `${name} looks like ${target} (${method})`,
        ...(target === undefined ? {} : { target }),
        method,
      });
    }
  }
}
