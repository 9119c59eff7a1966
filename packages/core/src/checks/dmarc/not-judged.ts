// The results of messages that DMARC neither passes nor fails. Each still lists what SPF and DKIM said.
import { rfc } from '../../words/clause.js';
import type { Domain } from '../../words/domain.js';
import type { Problem } from '../../words/problem.js';
import type { Context } from '../context.js';
import type { DmarcIdentity, DmarcResult, TraceStep } from '../results.js';
import { type Identifier, listed } from './identifiers.js';
import { looksRelated } from './suffix-list.js';

const RFC9989_4_10_1 = rfc('9989', '4.10.1');
const RFC9989_5_3_1 = rfc('9989', '5.3.1');
const RFC9989_5_3_6 = rfc('9989', '5.3.6');
const RFC9989_11_5 = rfc('9989', '11.5');

/** Identities where no record says what counts. */
export function byName(
  authorDomain: Domain,
  identifiers: readonly Identifier[],
  { publicSuffixes }: Context,
): DmarcIdentity[] {
  return identifiers.map((identifier) => {
    const { domain } = identifier;
    if (domain === authorDomain) return listed(identifier, 'strict', false);
    return listed(identifier, looksRelated(domain, authorDomain, publicSuffixes) ? 'relaxed' : 'none', false);
  });
}

function unaligned(identifiers: readonly Identifier[]): DmarcIdentity[] {
  return identifiers.map((identifier) => listed(identifier, 'none', false));
}

export function undecided(
  authorDomain: Domain,
  name: string,
  identities: readonly DmarcIdentity[],
  trace: TraceStep[],
): DmarcResult {
  const text = `no answer for ${name}: the message can neither be said to pass nor to fail`;
  trace.push({ clause: RFC9989_5_3_6, text });
  return { check: 'dmarc', status: 'temperror', reason: 'dns', name, authorDomain, identities, trace };
}

export function noRecord(
  authorDomain: Domain,
  identifiers: readonly Identifier[],
  context: Context,
  trace: TraceStep[],
  problem: Problem | undefined,
): DmarcResult {
  const identities = byName(authorDomain, identifiers, context);
  const wouldPass = identifiers.some(
    ({ authenticated }, i) => authenticated && identities[i]?.alignment !== 'none',
  );
  trace.push({
    clause: RFC9989_4_10_1,
    text: problem?.message ?? `no DMARC record applies to ${authorDomain}`,
  });
  return {
    check: 'dmarc',
    status: 'none',
    reason: 'no-record',
    ...(problem === undefined ? {} : { problem }),
    wouldPass,
    authorDomain,
    identities,
    trace,
  };
}

export function noAuthorDomain(identifiers: readonly Identifier[]): DmarcResult {
  return {
    check: 'dmarc',
    status: 'none',
    reason: 'no-author-domain',
    wouldPass: false,
    identities: unaligned(identifiers),
    trace: [{ clause: RFC9989_5_3_1, text: 'From names no domain: DMARC validation is not possible' }],
  };
}

// Not "none": an unreadable From would otherwise look like a domain without policy (RFC 9989 11.5).
export function unreadableFrom(identifiers: readonly Identifier[], problem: Problem): DmarcResult {
  return {
    check: 'dmarc',
    status: 'permerror',
    reason: 'unreadable-from',
    problem,
    identities: unaligned(identifiers),
    trace: [
      {
        clause: RFC9989_5_3_1,
        text: `From cannot be read, DMARC validation is not possible: ${problem.message}`,
      },
      { clause: RFC9989_11_5, text: 'a receiver must recognize such messages as the threats they might be' },
    ],
  };
}

export function severalAuthorDomains(
  identifiers: readonly Identifier[],
  domains: ReadonlySet<Domain>,
): DmarcResult {
  const named = [...domains].slice(0, 5).join(', ');
  return {
    check: 'dmarc',
    status: 'permerror',
    reason: 'multiple-author-domains',
    identities: unaligned(identifiers),
    trace: [
      {
        clause: RFC9989_5_3_1,
        text: `From names ${domains.size} domains (${named}${domains.size > 5 ? ', ...' : ''}): DMARC validation is not possible and ends`,
      },
      {
        // 11.5 also describes judging each domain and taking the strictest answer; one author domain's pass would
        // then stand beside a name nobody vouched for.
        clause: RFC9989_11_5,
        text: 'a receiver must recognize such messages as the threats they might be',
      },
    ],
  };
}
