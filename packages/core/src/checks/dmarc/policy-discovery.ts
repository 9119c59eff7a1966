import { rfc } from '../../words/clause.js';
import type { Domain } from '../../words/domain.js';
import { problem, type Problem } from '../../words/problem.js';
import type { DmarcRecord, TraceStep } from '../results.js';
import { modeOf, type AuthorOrganization } from './alignment.js';
import type { Identifier } from './identifiers.js';
import type { Published, RecordFinder } from './record-finder.js';
import { isApplicable } from './requested-policy.js';
import { walkTree } from './tree-walk.js';

const RFC9989_4_10_1 = rfc('9989', '4.10.1');
const RFC9989_4_10_2 = rfc('9989', '4.10.2');

/** The record that applies to an author domain, and the author's side of alignment. */
export type Discovery =
  | {
      readonly kind: 'found';
      readonly policyDomain: Domain;
      readonly record: DmarcRecord;
      readonly organization: AuthorOrganization;
      /** False where the organizational domain was not needed and so not looked for. */
      readonly walked: boolean;
      /** What `_dmarc.<author domain>` answered. */
      readonly atAuthor: Published;
    }
  /** No record, or (with `problem`) one that has neither policy nor valid rua=. */
  | { readonly kind: 'none'; readonly problem?: Problem }
  | { readonly kind: 'failed'; readonly name: string };

/**
 * DMARC policy discovery (RFC 9989 4.10.1): the author domain's record, else its organizational domain's, else its
 * public suffix domain's. A record in between only helps to find the organizational domain.
 */
export async function discoverPolicy(
  authorDomain: Domain,
  identifiers: readonly Identifier[],
  finder: RecordFinder,
  trace: TraceStep[],
  treeWalkQueries: number,
): Promise<Discovery> {
  const asked = finder.find(authorDomain);
  const atAuthor = 'kind' in asked ? asked : await asked;
  if (atAuthor.kind === 'failed') return atAuthor;
  if (atAuthor.kind === 'record') {
    const { record } = atAuthor;
    if (!isApplicable(record)) return notApplicable(record);
    if (!needsOrganization(authorDomain, identifiers, record)) {
      trace.push({
        clause: RFC9989_4_10_2,
        text: `no tree walk: comparing with ${authorDomain} itself is all that is needed`,
      });
      const organization = { authorDomain, organizationalDomain: authorDomain };
      return { kind: 'found', policyDomain: authorDomain, record, organization, walked: false, atAuthor };
    }
  }
  const walk = await walkTree(authorDomain, finder, treeWalkQueries);
  if (!walk.ok) {
    if (atAuthor.kind !== 'record') return { kind: 'failed', name: walk.failedAt };
    // The policy is known all the same; an identical identifier can still pass.
    const { record } = atAuthor;
    const organization = { authorDomain, organizationalDomain: authorDomain, failedAt: walk.failedAt };
    return { kind: 'found', policyDomain: authorDomain, record, organization, walked: false, atAuthor };
  }
  const { found, organizationalDomain } = walk;
  trace.push({
    clause: RFC9989_4_10_2,
    text: `organizational domain of ${authorDomain}: ${organizationalDomain}`,
  });
  const applies =
    found.find(({ domain }) => domain === authorDomain) ??
    found.find(({ domain }) => domain === organizationalDomain) ??
    found.find(({ record }) => record.psd === 'y');
  if (applies === undefined) return { kind: 'none' };
  const { domain, record } = applies;
  if (!isApplicable(record)) return notApplicable(record);
  const organization = { authorDomain, organizationalDomain };
  return { kind: 'found', policyDomain: domain, record, organization, walked: true, atAuthor };
}

/**
 * RFC 9989 4.10.2: no walk where every Authenticated Identifier is the author domain, or is to be compared strictly.
 * A message without any is walked for, unless both modes are strict: reports and people want the organizational domain.
 */
function needsOrganization(
  authorDomain: Domain,
  identifiers: readonly Identifier[],
  record: DmarcRecord,
): boolean {
  let authenticated = 0;
  for (const identifier of identifiers) {
    if (!identifier.authenticated) continue;
    authenticated++;
    if (identifier.domain !== authorDomain && modeOf(identifier, record) === 'relaxed') return true;
  }
  return authenticated === 0 && (record.spfAlignment === 'relaxed' || record.dkimAlignment === 'relaxed');
}

function notApplicable(record: DmarcRecord): Discovery {
  const cause = record.warnings.find(({ code }) => code === 'dmarc/policy-value');
  const at = cause?.at ?? 0;
  const text = 'the record has no valid policy and no valid rua=: no DMARC processing';
  return { kind: 'none', problem: problem('dmarc/policy-missing', at, RFC9989_4_10_1, text) };
}
