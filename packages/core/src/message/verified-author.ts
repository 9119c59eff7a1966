import type { PublicSuffixes } from '../dns/public-suffix.js';
import { parseDomain, type Domain } from '../words/domain.js';
import type { MethodResult } from './authentication-results.js';

/** What trusted results say about one author domain. */
export type AuthorVerdict =
  | {
      readonly verified: true;
      readonly reason: 'dmarc-pass' | 'dkim-aligned' | 'spf-aligned';
      readonly text: string;
    }
  | {
      readonly verified: false;
      readonly reason: 'contradiction' | 'other-author' | 'not-passed' | 'no-result';
      readonly text: string;
    };

// IANA "Email Authentication Result Names": any other word is to be ignored (RFC 8601 4.1).
const REGISTERED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['dmarc', new Set(['pass', 'fail', 'none', 'temperror', 'permerror'])],
  ['dkim', new Set(['pass', 'fail', 'none', 'policy', 'neutral', 'temperror', 'permerror'])],
  [
    'spf',
    new Set(['pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror', 'hardfail']),
  ],
]);

// IANA "Email Authentication Property Types"; '' is a bare word of Exchange, which is no property at all.
const PTYPES: ReadonlySet<string> = new Set(['smtp', 'header', 'body', 'policy', 'dns', '']);

/**
 * Weighs all results together; neither the first nor the last wins.
 *
 * `dmarc=pass` verifies the author's domain where `header.from` names exactly that domain and no DMARC result says
 * otherwise. Only with `organizations`, and only where DMARC said nothing or `none` (the domain has no record): a DKIM
 * or SPF MAIL FROM pass whose organizational domain is the author's. RFC 8601 4.1: methods, result words and property
 * types that are not registered count for nothing.
 */
export function weighResults(
  results: readonly MethodResult[],
  author: Domain,
  organizations: PublicSuffixes | undefined,
): AuthorVerdict {
  const known = results.filter(isRegistered);
  const dmarc = known.filter((r) => r.method === 'dmarc');
  const passed = dmarc.filter((r) => r.result === 'pass');
  if (passed.length > 0) {
    if (passed.length < dmarc.length)
      return no('contradiction', `DMARC is said to be ${words(dmarc)} in one message`);
    const others = passed.filter((r) => onlyDomain(r, 'header', 'from') !== author);
    if (others.length === 0) return yes('dmarc-pass', `DMARC passed for ${author}`);
    return others.length < passed.length
      ? no('contradiction', `DMARC is said to have passed for ${author} and for another domain`)
      : no('other-author', `DMARC passed, but not for ${author}`);
  }
  if (dmarc.some((r) => r.result !== 'none')) return no('not-passed', `DMARC did not pass: ${words(dmarc)}`);
  if (organizations === undefined)
    return dmarc.length > 0
      ? no('not-passed', 'DMARC found no policy, and nothing else was asked to count')
      : no('no-result', 'the trusted fields hold no DMARC result');
  return weighAlignment(known, author, organizations);
}

function weighAlignment(
  known: readonly MethodResult[],
  author: Domain,
  organizations: PublicSuffixes,
): AuthorVerdict {
  const organization = organizations.organizationalDomain(author);
  if (organization === undefined) return no('not-passed', `${author} is a public suffix`);
  const aligned = (domain: Domain | undefined): boolean =>
    domain !== undefined && organizations.organizationalDomain(domain) === organization;
  const dkim = known.filter((r) => r.method === 'dkim' && aligned(signingDomain(r)));
  const spf = known.filter((r) => r.method === 'spf' && aligned(onlyDomain(r, 'smtp', 'mailfrom')));
  for (const group of [dkim, spf])
    if (contradicts(group)) return no('contradiction', `one check has two results: ${words(group)}`);
  const signature = dkim.find((r) => r.result === 'pass');
  if (signature !== undefined)
    return yes(
      'dkim-aligned',
      `a DKIM signature of ${signingDomain(signature)} passed, aligned with ${author}`,
    );
  const mailFrom = spf.find((r) => r.result === 'pass');
  if (mailFrom !== undefined)
    return yes(
      'spf-aligned',
      `SPF passed for ${onlyDomain(mailFrom, 'smtp', 'mailfrom')}, aligned with ${author}`,
    );
  return known.length === 0
    ? no('no-result', 'the trusted fields hold no result of SPF, DKIM or DMARC')
    : no('not-passed', `nothing that passed is aligned with ${author}`);
}

function isRegistered(r: MethodResult): boolean {
  return (
    r.methodVersion === 1 &&
    REGISTERED.get(r.method)?.has(r.result) === true &&
    r.properties.every((p) => PTYPES.has(p.ptype))
  );
}

/** Two different results about what is the same signature or address by all that is said of it. */
function contradicts(results: readonly MethodResult[]): boolean {
  const said = new Map<string, string>();
  for (const r of results) {
    const about = JSON.stringify(
      r.properties.map((p) => `${p.ptype}.${p.property}=${p.value.toLowerCase()}`).sort(),
    );
    if ((said.get(about) ?? r.result) !== r.result) return true;
    said.set(about, r.result);
  }
  return false;
}

/** header.d, or where it is missing the domain of header.i, which lies at or below d= (RFC 6376 3.5). */
function signingDomain(r: MethodResult): Domain | undefined {
  return r.properties.some((p) => p.ptype === 'header' && p.property === 'd')
    ? onlyDomain(r, 'header', 'd')
    : onlyDomain(r, 'header', 'i');
}

/** The domain of a property that stands exactly once. The domain of an address follows the last "@". */
function onlyDomain(r: MethodResult, ptype: string, name: string): Domain | undefined {
  const values = r.properties.filter((p) => p.ptype === ptype && p.property === name);
  const value = values.length === 1 ? values[0]?.value : undefined;
  if (value === undefined) return undefined;
  const domain = parseDomain(value.slice(value.lastIndexOf('@') + 1));
  return domain.ok ? domain.value : undefined;
}

function words(results: readonly MethodResult[]): string {
  return [...new Set(results.map((r) => r.result))].join(' and ');
}

function yes(reason: Extract<AuthorVerdict, { verified: true }>['reason'], text: string): AuthorVerdict {
  return { verified: true, reason, text };
}

function no(reason: Extract<AuthorVerdict, { verified: false }>['reason'], text: string): AuthorVerdict {
  return { verified: false, reason, text };
}
