import { rfc } from '../../words/clause.js';
import type { Domain } from '../../words/domain.js';
import { withLimits } from '../../words/limits.js';
import type { Problem } from '../../words/problem.js';
import type { Context } from '../context.js';
import type { DkimResult, DmarcResult, SpfResult, TraceStep } from '../results.js';
import { alignIdentifiers } from './alignment.js';
import { type Identifier, identifiersOf } from './identifiers.js';
import {
  byName,
  noAuthorDomain,
  noRecord,
  severalAuthorDomains,
  undecided,
  unreadableFrom,
} from './not-judged.js';
import { type Discovery, discoverPolicy } from './policy-discovery.js';
import { type Published, RecordFinder } from './record-finder.js';
import { appliedPolicy, requestedPolicy, type Standing } from './requested-policy.js';
import { suffixListView } from './suffix-list.js';

const RFC9989_3_2_13 = rfc('9989', '3.2.13');
const RFC9989_4_7 = rfc('9989', '4.7');
const RFC9989_5_3_5 = rfc('9989', '5.3.5');

/** What DMARC joins: the author domain of the message with what SPF and DKIM found out. */
export interface DmarcInput {
  /** Every domain the From field names, repeated or not. */
  readonly authorDomains: readonly Domain[];
  /** Why From cannot be read, where it cannot: then nothing is judged, even if some domain could be made out. */
  readonly fromProblem?: Problem;
  /**
   * SPF of the MAIL FROM identity. For the null sender that is postmaster at the HELO name (RFC 7208 2.4), and counts
   * (RFC 9989 3.2.4). Never the result of the HELO identity beside a MAIL FROM: that one does not (4.4.2), and cannot
   * be told from the former here.
   */
  readonly spf: SpfResult;
  readonly dkim: readonly DkimResult[];
}

/**
 * DMARC of one message (RFC 9989 5.3): finds the policy record, aligns what passed, says pass or fail and what the
 * domain asks for. Each name is asked once; a warm cache answers without a wait.
 *
 * `temperror` where a name did not answer that the verdict hangs on. A failed question about the author domain's
 * existence does not: without NXDOMAIN it is no Non-existent Domain (RFC 9989 3.2.13), and sp= or p= applies.
 * @throws `context.signal.reason` when aborted; mail and DNS trouble never reject
 */
export async function checkDmarc(input: DmarcInput, context: Context): Promise<DmarcResult> {
  context.signal?.throwIfAborted();
  const { authorDomains, fromProblem } = input;
  const identifiers = identifiersOf(input.spf, input.dkim);
  const authorDomain = authorDomains[0];
  if (fromProblem !== undefined) return unreadableFrom(identifiers, fromProblem);
  if (authorDomain === undefined) return noAuthorDomain(identifiers);
  if (authorDomains.some((domain) => domain !== authorDomain))
    return severalAuthorDomains(identifiers, new Set(authorDomains));
  return checkAuthorDomain(authorDomain, identifiers, context);
}

async function checkAuthorDomain(
  authorDomain: Domain,
  identifiers: readonly Identifier[],
  context: Context,
): Promise<DmarcResult> {
  const trace: TraceStep[] = [];
  const finder = new RecordFinder(context, trace);
  const { treeWalkQueries } = withLimits(context.limits);
  const discovery = await discoverPolicy(authorDomain, identifiers, finder, trace, treeWalkQueries);
  switch (discovery.kind) {
    case 'failed':
      return undecided(authorDomain, discovery.name, byName(authorDomain, identifiers, context), trace);
    case 'none':
      return noRecord(authorDomain, identifiers, context, trace, discovery.problem);
    case 'found':
      return judge(discovery, identifiers, context, finder, trace);
  }
}

async function judge(
  discovery: Extract<Discovery, { kind: 'found' }>,
  identifiers: readonly Identifier[],
  context: Context,
  finder: RecordFinder,
  trace: TraceStep[],
): Promise<DmarcResult> {
  const { record, policyDomain, organization, walked, atAuthor } = discovery;
  const { authorDomain, organizationalDomain } = organization;
  const { publicSuffixes } = context;
  const { treeWalkQueries } = withLimits(context.limits);
  const tools = { finder, treeWalkQueries, publicSuffixes, trace };
  const { identities, undecidedAt } = await alignIdentifiers(identifiers, organization, record, tools);
  const spfAligned = identities.some(({ method, counts }) => counts && method === 'spf');
  const dkimAligned = identities.some(({ method, counts }) => counts && method === 'dkim');
  const status = spfAligned || dkimAligned ? 'pass' : 'fail';
  if (status === 'fail' && undecidedAt !== undefined)
    return undecided(authorDomain, undecidedAt, identities, trace);

  const standing: Standing =
    policyDomain === authorDomain
      ? 'same-domain'
      : record.nonexistentPolicy === undefined || (await exists(authorDomain, atAuthor, context, trace))
        ? 'existing-subdomain'
        : 'nonexistent-subdomain';
  const requested = requestedPolicy(record, standing);
  const policy = appliedPolicy(record, requested.policy);
  trace.push({ clause: RFC9989_5_3_5, text: `${status}: ${describe(spfAligned, dkimAligned)}` });
  trace.push({
    clause: RFC9989_4_7,
    text: `${policyDomain} asks for ${requested.tag}=${requested.policy}${record.testing ? `; t=y makes it ${policy}` : ''}`,
  });
  const view =
    publicSuffixes === undefined
      ? undefined
      : await suffixListView(authorDomain, identifiers, publicSuffixes, finder);
  const differs =
    view !== undefined &&
    (view.status !== status || (walked && view.organizationalDomain !== organizationalDomain));
  return {
    check: 'dmarc',
    status,
    authorDomain,
    policyDomain,
    organizationalDomain,
    publishedPolicy: requested.policy,
    policy,
    policyTag: requested.tag,
    testing: record.testing,
    spfAligned,
    dkimAligned,
    record,
    ...(differs ? { suffixList: view } : {}),
    identities,
    trace,
  };
}

function describe(spfAligned: boolean, dkimAligned: boolean): string {
  if (spfAligned && dkimAligned) return 'SPF and DKIM passed for an aligned domain';
  if (spfAligned) return 'SPF passed for an aligned domain';
  return dkimAligned
    ? 'DKIM passed for an aligned domain'
    : 'nothing that passed is aligned with the author domain';
}

/**
 * RFC 9989 3.2.13: a domain does not exist if a query for it is answered NXDOMAIN. That answer is the same for every
 * type (RFC 8020), so one question, for A, is enough; none where `_dmarc` below it was found to exist.
 */
async function exists(
  domain: Domain,
  below: Published,
  context: Context,
  trace: TraceStep[],
): Promise<boolean> {
  if (below.kind === 'record' || (below.kind === 'none' && below.nameExists)) return true;
  const asked = context.resolver.query(domain, 'A', { signal: context.signal });
  const answer = 'kind' in asked ? asked : await asked;
  const text =
    answer.kind === 'no-name'
      ? 'no such name: np= applies'
      : answer.kind === 'failed'
        ? `${answer.cause}: not known to be non-existent`
        : 'exists';
  trace.push({
    clause: RFC9989_3_2_13,
    text: `${domain}: ${text}`,
    lookup: { name: domain, type: 'A', answer: answer.kind === 'failed' ? answer.cause : answer.kind },
  });
  return answer.kind !== 'no-name';
}
