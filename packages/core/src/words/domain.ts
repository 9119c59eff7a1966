import { rfc } from './clause.js';
import { failed, parsed, type Parsed } from './parsed.js';
import { problem } from './problem.js';
import { punycodeDecode, punycodeEncode } from './punycode.js';

/** A-label domain name, lower case, no trailing dot. Made only by `parseDomain`. */
export type Domain = string & { readonly __brand: 'Domain' };

const RFC1035_2_3_4 = rfc('1035', '2.3.4');
const RFC5890_2_3_1 = rfc('5890', '2.3.1');

/** Longest text with U-labels that may be a name, in UTF-16 units: 253 characters, decomposed ones among them. */
const MAX_UNICODE_TEXT = 512;

/**
 * Reads a domain name as it stands in mail: any case, an optional final dot, U-labels or A-labels.
 *
 * Underscores are let through: they are common in names that send mail, though RFC 5321 has none.
 * Errors: `address/domain-syntax`, `address/domain-length`.
 */
export function parseDomain(text: string): Parsed<Domain> {
  const plain = text.endsWith('.') ? text.slice(0, -1) : text;
  let ascii = plain;
  for (let i = 0; i < plain.length; i++) {
    const c = plain.charCodeAt(i);
    if (c >= 0x80) {
      // Before it is normalized: for marks in the wrong order that takes time with the square of the length.
      if (plain.length > MAX_UNICODE_TEXT) return tooLong();
      const encoded = toAscii(plain);
      if (encoded === undefined)
        return failed(
          problem(
            'address/domain-syntax',
            i,
            RFC5890_2_3_1,
            'not a domain name: a label has characters that no domain can have',
          ),
        );
      ascii = encoded;
      break;
    }
  }
  const read = parseAscii(ascii);
  // An offset in the A-labels is none in the text that was given.
  return read.ok || ascii === plain ? read : failed({ ...read.problem, at: 0 });
}

function parseAscii(text: string): Parsed<Domain> {
  if (text.length === 0)
    return failed(problem('address/domain-syntax', 0, RFC1035_2_3_4, 'empty domain name'));
  if (text.length > 253) return tooLong();
  let labelStart = 0;
  let upper = false;
  for (let i = 0; i <= text.length; i++) {
    const c = i === text.length ? 0x2e : text.charCodeAt(i);
    if (c === 0x2e) {
      if (i === labelStart)
        return failed(problem('address/domain-syntax', i, RFC1035_2_3_4, 'domain name has an empty label'));
      if (i - labelStart > 63)
        return failed(
          problem('address/domain-length', labelStart, RFC1035_2_3_4, 'a label is longer than 63 characters'),
        );
      labelStart = i + 1;
    } else if (c >= 0x41 && c <= 0x5a) upper = true;
    else if (!((c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x5f))
      return failed(
        problem(
          'address/domain-syntax',
          i,
          RFC1035_2_3_4,
          'domain name has a character that is no letter, digit, hyphen or underscore',
        ),
      );
  }
  return parsed((upper ? text.toLowerCase() : text) as Domain);
}

function tooLong(): Parsed<never> {
  return failed(
    problem('address/domain-length', 253, RFC1035_2_3_4, 'domain name is longer than 253 characters'),
  );
}

/** The U-label form for people. A label that is not valid Punycode stays as it is. */
export function toUnicode(domain: string): string {
  if (!domain.includes('xn--')) return domain;
  return domain
    .split('.')
    .map((label) => {
      if (!label.startsWith('xn--')) return label;
      const decoded = punycodeDecode(label.slice(4));
      // A U-label that does not encode back to the same A-label would show one name and mean another.
      return decoded !== undefined && punycodeEncode(decoded) === label.slice(4) ? decoded : label;
    })
    .join('.');
}

/** Is `name` the domain itself or below it? Compared label by label, so `evilexample.com` is not in `example.com`. */
export function isWithin(name: string, domain: string): boolean {
  return (
    name === domain ||
    (name.length > domain.length &&
      name.endsWith(domain) &&
      name.charCodeAt(name.length - domain.length - 1) === 0x2e)
  );
}

/** How many labels the name has. */
export function labelCount(domain: string): number {
  let count = 1;
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.', dot + 1)) count++;
  return count;
}

/** The rightmost labels of a domain (1 or more): itself or an ancestor, never more than it has. */
export function lastLabels(domain: Domain, labels: number): Domain {
  let dot = domain.length;
  for (let i = 0; i < labels; i++) {
    dot = domain.lastIndexOf('.', dot - 1);
    if (dot < 0) return domain;
  }
  return domain.slice(dot + 1) as Domain;
}

/** The set's entry that is the name or an ancestor of it, the longest first. */
export function enclosingDomain(name: string, domains: ReadonlySet<string>): string | undefined {
  if (domains.size === 0) return undefined;
  for (let at = 0; ;) {
    const candidate = at === 0 ? name : name.slice(at);
    if (domains.has(candidate)) return candidate;
    const dot = name.indexOf('.', at);
    if (dot < 0) return undefined;
    at = dot + 1;
  }
}

const IDEOGRAPHIC_DOTS = /[\u3002\uff0e\uff61]/g;
// Letters, marks and digits make names (RFC 5892 2); what is invisible or turns text around does not.
const NAME_CHARACTER = /^[\p{L}\p{M}\p{N}\-_]+$/u;

function toAscii(text: string): string | undefined {
  const labels = text
    .normalize('NFKC')
    .replace(IDEOGRAPHIC_DOTS, '.')
    .toLowerCase()
    .normalize('NFC')
    .split('.');
  const out: string[] = [];
  for (const label of labels) {
    if (/^[\x00-\x7f]*$/.test(label)) {
      out.push(label);
      continue;
    }
    if (label.length > 63 || !NAME_CHARACTER.test(label)) return undefined;
    const encoded = punycodeEncode(label);
    if (encoded === undefined) return undefined;
    out.push(`xn--${encoded}`);
  }
  return out.join('.');
}
