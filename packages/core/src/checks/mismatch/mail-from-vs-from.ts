import { isParentOrChild } from '../../dns/organization.js';
import type { PublicSuffixes } from '../../dns/public-suffix.js';
import type { AuthorReading } from '../../message/author.js';
import { own } from '../../words/clause.js';
import { isWithin, type Domain } from '../../words/domain.js';
import { formatMailbox, type Mailbox } from '../../words/mailbox.js';
import type { Envelope } from '../context.js';
import type {
  AlignedFrom,
  ArcResult,
  DkimResult,
  DmarcResult,
  EnvelopeShape,
  MismatchResult,
  TraceStep,
} from '../results.js';
import { envelopeShapes } from './envelope-shape.js';

export interface MismatchInput {
  readonly envelope: Envelope;
  readonly author: AuthorReading;
  readonly dkim: readonly DkimResult[];
  readonly dmarc: DmarcResult;
  readonly arc: ArcResult;
  /** Names of the list and forwarding fields in the header (`MessageFacts.listFields`). */
  readonly listFields: readonly string[];
}

const CLAUSE = own('mismatch');
const NO_SHAPES: readonly EnvelopeShape[] = [];

/**
 * The rule "MAIL FROM differs from From". `alignedFrom` uses Fastmail's words: `pass` the addresses are equal (without
 * regard to case), `domain_pass` their domains are, `orgdomain_pass` both are of one organisation, `fail` none of it,
 * `permerror` From names several domains or none that can be read, and our `null_sender` for bounces. Several From
 * addresses of one domain count as one.
 *
 * One organisation: by the public suffix list where the context has one; else MAIL FROM is under the organizational
 * domain that DMARC found; else one domain is above the other.
 *
 * A difference is excused, in this order, by the `login` of the session; by `dkim`, a passing signature over the whole
 * body whose domain is of the author's organisation (a key in test mode excuses nothing, RFC 6376 3.6.1); by a `dmarc`
 * pass; by `arc`, a trusted sealer that vouches for the author domain. Shapes excuse nothing: anybody can write them.
 */
export function checkMismatch(
  input: MismatchInput,
  context: { readonly publicSuffixes?: PublicSuffixes } = {},
): MismatchResult {
  const { envelope, author } = input;
  const { mailFrom } = envelope;
  if (mailFrom === null)
    return notApplicable(
      'null_sender',
      'null-sender',
      'MAIL FROM is the null sender: a bounce or an automatic reply',
    );
  const [from] = author.domains;
  if (from === undefined && author.lenient.length === 0)
    return notApplicable('permerror', 'no-from', 'From names no author to compare MAIL FROM with');
  // Where mail clients may show several authors, equality with one of them says nothing.
  const shown = new Set(author.lenient.map(({ mailbox }) => mailbox.domain));
  if (from === undefined || shown.size > 1)
    return shown.size > 1
      ? notApplicable('permerror', 'several-from', 'From may be read as several authors of different domains')
      : notApplicable('permerror', 'no-from', 'From cannot be read strictly');
  return compare(input, { mailFrom, from }, context);
}

function compare(
  input: MismatchInput,
  { mailFrom, from }: { readonly mailFrom: Mailbox; readonly from: Domain },
  { publicSuffixes }: { readonly publicSuffixes?: PublicSuffixes },
): MismatchResult {
  const related = (domain: Domain): boolean => sameOrganization(domain, from, input.dmarc, publicSuffixes);
  const step = (text: string): readonly TraceStep[] => [
    { clause: CLAUSE, text: `MAIL FROM ${formatMailbox(mailFrom)}, From ${from}: ${text}` },
  ];
  if (mailFrom.domain === from) {
    const local = mailFrom.localPart.toLowerCase();
    const same = input.author.mailboxes.some(({ mailbox }) => mailbox.localPart.toLowerCase() === local);
    return {
      check: 'mismatch',
      status: 'same',
      alignedFrom: same ? 'pass' : 'domain_pass',
      shapes: NO_SHAPES,
      trace: step(same ? 'one address' : 'one domain'),
    };
  }
  const shapes = envelopeShapes(mailFrom, input.envelope, input.listFields);
  if (related(mailFrom.domain))
    return {
      check: 'mismatch',
      status: 'same-organization',
      alignedFrom: 'orgdomain_pass',
      shapes,
      trace: step('one organisation'),
    };
  const excusedBy = excuse(input, from, related);
  const looks = shapes.length === 0 ? '' : `, looks like ${shapes.join(' and ')}`;
  return {
    check: 'mismatch',
    status: 'different',
    alignedFrom: 'fail',
    shapes,
    mailFrom: mailFrom.domain,
    from,
    ...(excusedBy === undefined ? {} : { excusedBy }),
    trace: step(
      `different${looks}; ${excusedBy === undefined ? 'nothing excuses it' : `excused by ${excusedBy}`}`,
    ),
  };
}

function excuse(
  { envelope, dkim, dmarc, arc }: MismatchInput,
  from: Domain,
  related: (domain: Domain) => boolean,
): 'login' | 'dkim' | 'dmarc' | 'arc' | undefined {
  if (envelope.authenticatedAs !== undefined) return 'login';
  for (const signature of dkim)
    if (
      signature.status === 'pass' &&
      signature.coversWholeBody &&
      signature.testing !== true &&
      (signature.domain === from || related(signature.domain))
    )
      return 'dkim';
  if (dmarc.status === 'pass' && dmarc.authorDomain === from) return 'dmarc';
  if (arc.status === 'pass' && arc.vouchedFor?.authorDomain === from) return 'arc';
  return undefined;
}

function sameOrganization(
  domain: Domain,
  from: Domain,
  dmarc: DmarcResult,
  publicSuffixes: PublicSuffixes | undefined,
): boolean {
  if (publicSuffixes !== undefined) {
    const organization = publicSuffixes.organizationalDomain(from);
    return organization !== undefined && organization === publicSuffixes.organizationalDomain(domain);
  }
  if ((dmarc.status === 'pass' || dmarc.status === 'fail') && dmarc.authorDomain === from)
    return isWithin(domain, dmarc.organizationalDomain);
  return isParentOrChild(domain, from);
}

function notApplicable(
  alignedFrom: AlignedFrom,
  reason: 'null-sender' | 'no-from' | 'several-from',
  text: string,
): MismatchResult {
  return {
    check: 'mismatch',
    status: 'not-applicable',
    alignedFrom,
    reason,
    shapes: NO_SHAPES,
    trace: [{ clause: CLAUSE, text }],
  };
}
