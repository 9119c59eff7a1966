import type { PublicSuffixes } from '../../dns/public-suffix.js';
import { own, rfc } from '../../words/clause.js';
import { isWithin, type Domain } from '../../words/domain.js';
import type { DmarcIdentity, DmarcRecord, TraceStep } from '../results.js';
import { type Identifier, listed } from './identifiers.js';
import { crossesPublicSuffix, looksRelated } from './suffix-list.js';
import type { RecordFinder } from './record-finder.js';
import { walkTree } from './tree-walk.js';

const RFC9989_4_4 = rfc('9989', '4.4');
const RFC9989_4_10_2 = rfc('9989', '4.10.2');
const SUFFIX_BRAKE = own('dmarc');

/** The author's side of every comparison. */
export interface AuthorOrganization {
  readonly authorDomain: Domain;
  readonly organizationalDomain: Domain;
  /** The name where the walk for it could not go on: relaxed alignment cannot be told. */
  readonly failedAt?: string;
}

/** What alignment asks the world. */
export interface AlignmentTools {
  readonly finder: RecordFinder;
  readonly treeWalkQueries: number;
  readonly publicSuffixes: PublicSuffixes | undefined;
  readonly trace: TraceStep[];
}

export interface Alignments {
  readonly identities: readonly DmarcIdentity[];
  /** A name that did not answer, and without which it cannot be said that nothing aligns. */
  readonly undecidedAt?: string;
}

/** The mode the record wants for this method: adkim= or aspf= (RFC 9989 4.7). */
export function modeOf(identifier: Identifier, record: DmarcRecord): 'relaxed' | 'strict' {
  return identifier.method === 'spf' ? record.spfAlignment : record.dkimAlignment;
}

/**
 * RFC 9989 4.10.2 for every identifier of the message. Only Authenticated Identifiers, those that passed, can count,
 * and only for them is DNS asked.
 */
export async function alignIdentifiers(
  identifiers: readonly Identifier[],
  author: AuthorOrganization,
  record: DmarcRecord,
  tools: AlignmentTools,
): Promise<Alignments> {
  const identities: DmarcIdentity[] = [];
  let undecidedAt: string | undefined;
  for (const identifier of identifiers) {
    if (!identifier.authenticated) {
      identities.push(listed(identifier, nameAlignment(identifier, author, tools), false));
      continue;
    }
    const outcome = await alignOne(identifier, author, modeOf(identifier, record), tools);
    if (outcome.failedAt !== undefined) undecidedAt ??= outcome.failedAt;
    const counts = outcome.alignment !== 'none' && outcome.notCounted === undefined;
    identities.push(listed(identifier, outcome.alignment, counts, outcome.notCounted));
    const verdict = counts ? 'and counts' : (outcome.notCounted ?? 'and does not count');
    tools.trace.push({
      clause: RFC9989_4_4,
      text: `${identifier.method} ${identifier.domain}: alignment ${outcome.alignment}, ${verdict}`,
    });
  }
  return { identities, ...(undecidedAt === undefined ? {} : { undecidedAt }) };
}

interface Outcome {
  readonly alignment: DmarcIdentity['alignment'];
  readonly notCounted?: string;
  readonly failedAt?: string;
}

const NOT_ALIGNED: Outcome = { alignment: 'none' };
const STRICT: Outcome = { alignment: 'strict' };
const RELAXED: Outcome = { alignment: 'relaxed' };

async function alignOne(
  identifier: Identifier,
  author: AuthorOrganization,
  mode: 'relaxed' | 'strict',
  tools: AlignmentTools,
): Promise<Outcome> {
  const { domain, method } = identifier;
  const { authorDomain, organizationalDomain } = author;
  if (domain === authorDomain) return STRICT;
  if (mode === 'strict') {
    // RFC 9989 4.10.2: "a simple string comparison is all that is required", and it has failed.
    const alignment = nameAlignment(identifier, author, tools);
    const tag = method === 'spf' ? 'aspf=s' : 'adkim=s';
    return alignment === 'none'
      ? NOT_ALIGNED
      : { alignment, notCounted: `${tag} asks for the author domain itself` };
  }
  if (author.failedAt !== undefined) return undecided(author.failedAt);
  // An organizational domain is the domain itself or above it: without this, no walk can end in the same place.
  if (!isWithin(domain, organizationalDomain)) return NOT_ALIGNED;
  const walk = await walkTree(domain, tools.finder, tools.treeWalkQueries);
  if (!walk.ok) return undecided(walk.failedAt);
  tools.trace.push({
    clause: RFC9989_4_10_2,
    text: `organizational domain of ${domain}: ${walk.organizationalDomain}`,
  });
  if (walk.organizationalDomain !== organizationalDomain) return NOT_ALIGNED;
  const { publicSuffixes } = tools;
  if (publicSuffixes !== undefined && crossesPublicSuffix(authorDomain, domain, publicSuffixes)) {
    // Stricter than RFC 9989, whose 11.8 names the danger: a suffix that publishes a record without psd=y turns all
    // its customers into one organization.
    const notCounted = `a public suffix lies between ${domain} and ${authorDomain}`;
    tools.trace.push({
      clause: SUFFIX_BRAKE,
      text: `warning: ${organizationalDomain} is the organizational domain of both by DNS, but ${notCounted}: no pass`,
    });
    return { alignment: 'relaxed', notCounted };
  }
  return RELAXED;
}

function undecided(failedAt: string): Outcome {
  return { alignment: 'none', notCounted: `not decided: DNS did not answer for ${failedAt}`, failedAt };
}

/** How the two names look, where nothing hangs on it and DNS is not asked. */
function nameAlignment(
  { domain }: Identifier,
  { authorDomain, organizationalDomain }: AuthorOrganization,
  { publicSuffixes }: AlignmentTools,
): DmarcIdentity['alignment'] {
  if (domain === authorDomain) return 'strict';
  return isWithin(domain, organizationalDomain) || looksRelated(domain, authorDomain, publicSuffixes)
    ? 'relaxed'
    : 'none';
}
