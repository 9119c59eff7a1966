import type { PublicSuffixes } from '../../dns/public-suffix.js';
import type { AuthorReading } from '../../message/author.js';
import { own } from '../../words/clause.js';
import type { SiteFacts } from '../context.js';
import type { ImpersonationFinding, ImpersonationResult } from '../results.js';
import { authorFindings } from './author-findings.js';
import { WatchedDomains } from './lookalike-domain.js';
import { LookalikeFindings } from './lookalike-findings.js';
import { otherFieldFindings } from './other-fields.js';
import { ProtectedNames } from './protected-names.js';

export interface ImpersonationInput {
  readonly author: AuthorReading;
  /** The Sender field. */
  readonly sender: AuthorReading;
  readonly replyTo: AuthorReading;
  /** Names of the list and forwarding fields in the header (`MessageFacts.listFields`). */
  readonly listFields: readonly string[];
}

/** What a site watches, taken apart once. */
export interface Watch {
  readonly domains: WatchedDomains;
  readonly names: ProtectedNames;
  readonly suffixes: PublicSuffixes | undefined;
}

const CLAUSE = own('impersonation');
const RANK = { high: 0, medium: 1, low: 2 } as const;

/**
 * Looks for ways in which a message misleads a person about its author (the kinds of `ImpersonationKind`). A finding
 * of `low` confidence alone is common in honest mail; policy decides by the highest one. Names and domains of the
 * site, those it protects and all below them are never findings themselves.
 *
 * @returns findings, the surest first
 */
export function checkImpersonation(
  input: ImpersonationInput,
  site: SiteFacts,
  publicSuffixes?: PublicSuffixes,
): ImpersonationResult {
  const watch = watchOf(site, publicSuffixes);
  const findings: ImpersonationFinding[] = [];
  authorFindings(input, watch, findings);
  otherFieldFindings(input, watch, findings);
  const lookalikes = new LookalikeFindings(watch.domains, findings);
  lookalikes.judge('From', input.author.lenient);
  lookalikes.judge('Reply-To', input.replyTo.lenient);
  lookalikes.judge('Sender', input.sender.lenient);
  if (findings.length === 0)
    return {
      check: 'impersonation',
      status: 'clean',
      trace: [{ clause: CLAUSE, text: 'nothing in From, Sender and Reply-To misleads about the author' }],
    };
  findings.sort((a, b) => RANK[a.confidence] - RANK[b.confidence]);
  return {
    check: 'impersonation',
    status: 'suspicious',
    findings,
    trace: findings.map(({ kind, confidence, text }) => ({
      clause: CLAUSE,
      text: `${kind}, ${confidence}: ${text}`,
    })),
  };
}

const watches = new WeakMap<SiteFacts, Watch>();

function watchOf(site: SiteFacts, suffixes: PublicSuffixes | undefined): Watch {
  const known = watches.get(site);
  if (known !== undefined && known.suffixes === suffixes) return known;
  const watch: Watch = {
    domains: new WatchedDomains([...site.ownDomains, ...(site.protectedDomains ?? [])], suffixes),
    names: new ProtectedNames(site.protectedUsers ?? []),
    suffixes,
  };
  watches.set(site, watch);
  return watch;
}
