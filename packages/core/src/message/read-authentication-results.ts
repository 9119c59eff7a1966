import type { PublicSuffixes } from '../dns/public-suffix.js';
import type { Domain } from '../words/domain.js';
import { withLimits, type Limits } from '../words/limits.js';
import type { MethodResult } from './authentication-results.js';
import { readAuthor } from './author.js';
import { readHeaderBlock, type HeaderBlock } from './header-block.js';
import { findTrustedResults, type ResultsField } from './trusted-results.js';
import { weighResults, type AuthorVerdict } from './verified-author.js';

export interface ReadResultsOptions {
  /**
   * How many Received fields your own servers put on every message they deliver; default 1. Fields below more than so
   * many are a stranger's. Too low finds nothing and says so; too high leans on your border removing forged fields.
   */
  readonly ownHops?: number;
  /** The mailbox is at Exchange Online, whose border writes fields without authserv-id. Default false. */
  readonly exchangeOnline?: boolean;
  /** Lets an aligned DKIM or SPF pass verify a domain that has no DMARC record. Default: only DMARC does. */
  readonly organizations?: PublicSuffixes;
  readonly limits?: Partial<Limits>;
}

export interface ResultsEvidence {
  /** Stable code of why; see `readAuthenticationResults`. */
  readonly reason:
    | AuthorVerdict['reason']
    | 'no-trusted-ids'
    | 'ambiguous-header'
    | 'no-single-author'
    | 'too-many-fields'
    | 'unreadable-field'
    | 'unsupported-version'
    | 'no-trusted-field';
  /** The same in words, for a log. */
  readonly text: string;
  /** The one domain From names, verified or not. */
  readonly authorDomain: Domain | null;
  /** Every Authentication-Results field and what became of it, from the top. */
  readonly fields: readonly ResultsField[];
  /** The results that were weighed. */
  readonly results: readonly MethodResult[];
}

/** Defects of a header that let two programs read two different headers. */
const AMBIGUOUS: ReadonlySet<string> = new Set([
  'message/nul',
  'message/bare-cr',
  'message/leading-continuation',
  'message/header-too-long',
  'message/too-many-fields',
]);

/**
 * The hardened reader for applications that act on mail: the domain of From if a server you trust verified it, else
 * null, with the evidence either way.
 *
 * It needs two things that only you can know: the authserv-ids of your own servers, and that your border removes
 * fields of strangers under these ids (RFC 8601 5; without that nobody can read this field safely). Which fields
 * count by their place is told at `findTrustedResults`. Answers null, with `evidence.reason`:
 *
 * - `no-trusted-ids`: you named none;
 * - `ambiguous-header`: NUL, bare CR, lines that are no fields, or a header too large to be read to its end;
 * - `no-single-author`: From is missing, double, unreadable, names several addresses or can be read in two ways;
 * - `too-many-fields`, `unreadable-field`, `unsupported-version`: of the fields that count, not all could be read;
 * - `no-trusted-field`: none counts;
 * - `contradiction`: results disagree; `other-author`: DMARC passed for another domain than From's;
 * - `not-passed`, `no-result`: nothing passed, or nothing was said.
 *
 * Otherwise `dmarc-pass`, or with `organizations` also `dkim-aligned` or `spf-aligned`.
 *
 * @param message a whole message, its header, or a header block already read
 * @param trustedIds exact authserv-ids, or `*.mx.example.net` for all names below mx.example.net
 */
export function readAuthenticationResults(
  message: Uint8Array | HeaderBlock,
  trustedIds: readonly string[],
  options: ReadResultsOptions = {},
): { readonly verifiedDomain: Domain | null; readonly evidence: ResultsEvidence } {
  const limits = withLimits(options.limits);
  const head = message instanceof Uint8Array ? readHeaderBlock(message, limits) : message;
  const boundary = { ownHops: options.ownHops ?? 1, exchangeOnline: options.exchangeOnline === true };
  const { fields, results, tooMany } = findTrustedResults(head, trustedIds, boundary, limits);
  const author = readAuthor(head, limits);
  const mailbox =
    author.problem === undefined && author.mailboxes.length === 1 ? author.mailboxes[0]?.mailbox : undefined;
  const answer = (reason: ResultsEvidence['reason'], text: string, verified = false) => ({
    verifiedDomain: verified ? (mailbox?.domain ?? null) : null,
    evidence: { reason, text, authorDomain: mailbox?.domain ?? null, fields, results },
  });

  if (trustedIds.length === 0 && !boundary.exchangeOnline)
    return answer('no-trusted-ids', 'no authserv-id is trusted');
  // A line in front of everything else is the "From " line of an mbox.
  const ambiguous = head.problems.find(
    (p) => AMBIGUOUS.has(p.code) || (p.code === 'message/no-colon' && p.at > 0),
  );
  if (ambiguous !== undefined) return answer('ambiguous-header', ambiguous.message);
  if (mailbox === undefined)
    return answer('no-single-author', author.problem?.message ?? 'From does not name exactly one address');
  if (tooMany) return answer('too-many-fields', `more than ${limits.authResults} fields`);
  for (const field of fields) {
    if (field.fate === 'unreadable')
      return answer('unreadable-field', field.problem?.message ?? 'a trusted field cannot be read');
    if (field.fate === 'unsupported-version')
      return answer('unsupported-version', 'a trusted field has a version that nobody here knows');
  }
  if (!fields.some((field) => field.fate === 'used'))
    return answer('no-trusted-field', whyNone(fields, trustedIds.length, boundary.ownHops));
  const verdict = weighResults(results, mailbox.domain, options.organizations);
  return answer(verdict.reason, verdict.text, verdict.verified);
}

function whyNone(fields: readonly ResultsField[], ids: number, ownHops: number): string {
  if (fields.length === 0) return 'the message has no Authentication-Results';
  const below = fields.filter((field) => field.fate === 'below-boundary').length;
  return below > 0
    ? `${below} of ${fields.length} fields stand below ${ownHops} Received: if your servers add more, say so in ownHops`
    : `none of ${fields.length} fields carries one of ${ids} trusted ids`;
}
