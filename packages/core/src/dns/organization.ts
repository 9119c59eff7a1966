import { isWithin, parseDomain, type Domain } from '../words/domain.js';
import type { PublicSuffixes } from './public-suffix.js';

// Second-level labels under which many registries of two-letter top-level domains register names.
const REGISTRY_LABELS: ReadonlySet<string> = new Set(
  'ac co com edu gob gov gouv go gv id in ltd me mil ne net nhs nom or org plc sch web'.split(' '),
);

/**
 * The part of a domain that somebody registered: by the public suffix list where there is one, else a guess that is
 * good enough to compare names and too weak to let anything pass: the last two labels, three under `co.uk` and its like.
 */
export function registeredDomain(domain: Domain, suffixes?: PublicSuffixes): Domain {
  const listed = suffixes?.organizationalDomain(domain);
  if (listed !== undefined) return listed;
  const lastDot = domain.lastIndexOf('.');
  let start = domain.lastIndexOf('.', lastDot - 1);
  if (lastDot <= 0 || start < 0) return domain;
  if (domain.length - lastDot === 3 && REGISTRY_LABELS.has(domain.slice(start + 1, lastDot)))
    start = domain.lastIndexOf('.', start - 1);
  if (start < 0) return domain;
  const guess = parseDomain(domain.slice(start + 1));
  return guess.ok ? guess.value : domain;
}

/** Do both names belong to what looks like one registrant? For warnings only: nothing passes by it. */
export function sameRegistrant(a: Domain, b: Domain, suffixes?: PublicSuffixes): boolean {
  return a === b || registeredDomain(a, suffixes) === registeredDomain(b, suffixes);
}

/** Is one name above the other? A single label, such as a top-level domain, is above nothing. */
export function isParentOrChild(a: Domain, b: Domain): boolean {
  return (b.includes('.') && isWithin(a, b)) || (a.includes('.') && isWithin(b, a));
}
