import { registeredDomain } from '../../dns/organization.js';
import type { PublicSuffixes } from '../../dns/public-suffix.js';
import { enclosingDomain, toUnicode, type Domain } from '../../words/domain.js';
import type { ImpersonationFinding } from '../results.js';
import { editDistance } from './edit-distance.js';
import { mixesScripts, skeleton } from './skeleton.js';

export interface Lookalike {
  /** The own or protected domain that is imitated; absent where scripts are mixed and no target is known. */
  readonly target?: Domain;
  readonly method:
    | 'confusable'
    | 'mixed-script'
    | 'subdomain'
    | 'hyphen'
    | 'repetition'
    | 'edit-distance'
    | 'added-word'
    | 'tld';
  readonly confidence: ImpersonationFinding['confidence'];
}

/** A name taken apart. */
interface Seen {
  /** The label that was registered, as U-label: `contoso` of `mail.contoso.com`. */
  readonly label: string;
  /** What stands right of it. */
  readonly suffix: string;
  readonly skeleton: string;
}

/** A watched domain, taken apart once for a site. */
interface Watched extends Seen {
  readonly domain: Domain;
}

// Words that attackers put before or behind a name, and that a company of that name rarely does.
const ADDED_WORDS =
  'account accounts admin alert alerts auth bank billing center centre client confirm corp customer delivery desk docs group help helpdesk hr id inc info intl invoice invoices it login logon mail mfa my notice notification online pay payment payments payroll portal safe secure security service services shop signin sso support team tech update verification verify web';
const WORDS: ReadonlySet<string> = new Set(ADDED_WORDS.split(' '));

/** RFC 2606 3 keeps these for documentation: no stranger can register one to imitate another. */
const NOBODYS: ReadonlySet<string> = new Set(['example.com', 'example.net', 'example.org']);

/** Labels compared for the subdomain trick; a DNS name can have 127. */
const MAX_LABELS = 16;

/** The own and protected domains of a site, indexed by how they could be imitated. */
export class WatchedDomains {
  readonly #exempt = new Set<string>();
  readonly #byName = new Map<string, Watched>();
  readonly #byLabel = new Map<string, Watched>();
  readonly #bySkeleton = new Map<string, Watched>();
  readonly #byBare = new Map<string, Watched>();
  readonly #byCollapsed = new Map<string, Watched>();
  readonly #byLength = new Map<number, Watched[]>();
  readonly #suffixes: PublicSuffixes | undefined;

  constructor(domains: Iterable<Domain>, suffixes: PublicSuffixes | undefined) {
    this.#suffixes = suffixes;
    for (const domain of domains) {
      this.#exempt.add(domain);
      const registered = registeredDomain(domain, suffixes);
      if (this.#byName.has(registered)) continue;
      const [label, suffix] = takeApart(registered);
      const watched: Watched = { domain: registered, label, suffix, skeleton: skeleton(label) };
      this.#exempt.add(registered);
      this.#byName.set(registered, watched);
      this.#byLabel.set(label, watched);
      this.#bySkeleton.set(watched.skeleton, watched);
      this.#byBare.set(bare(watched.skeleton), watched);
      this.#byCollapsed.set(collapsed(watched.skeleton), watched);
      const { length } = watched.skeleton;
      const sameLength = this.#byLength.get(length);
      if (sameLength === undefined) this.#byLength.set(length, [watched]);
      else sameLength.push(watched);
    }
  }

  get isEmpty(): boolean {
    return this.#byName.size === 0;
  }

  /** Is the name a watched domain, under one, or of the same registrant? Such a name imitates nobody. */
  covers(domain: Domain): boolean {
    return (
      enclosingDomain(domain, this.#exempt) !== undefined ||
      this.#exempt.has(registeredDomain(domain, this.#suffixes))
    );
  }

  /** The most telling way in which a name imitates a watched domain. */
  imitatedBy(domain: Domain): Lookalike | undefined {
    if (enclosingDomain(domain, this.#exempt) !== undefined) return undefined;
    const registered = registeredDomain(domain, this.#suffixes);
    if (this.#exempt.has(registered) || NOBODYS.has(registered)) return undefined;
    const [label, suffix] = takeApart(registered);
    const seen: Seen = { label, suffix, skeleton: skeleton(label) };
    return (
      this.#lookedAt(seen) ??
      this.#subdomain(domain) ??
      this.#misspelt(seen) ??
      this.#addedWord(label) ??
      this.#otherSuffix(label) ??
      (toUnicode(domain).split('.').some(mixesScripts)
        ? { method: 'mixed-script', confidence: 'medium' }
        : undefined)
    );
  }

  #lookedAt({ label, suffix, skeleton }: Seen): Lookalike | undefined {
    const target = this.#bySkeleton.get(skeleton);
    if (target === undefined || target.label === label) return undefined;
    // Three letters such as "lnc" and "inc" meet by chance; a foreign alphabet does not.
    if (label.length < 4 && isAscii(label)) return undefined;
    return {
      target: target.domain,
      method: 'confusable',
      confidence: suffix === target.suffix || !isAscii(label) ? 'high' : 'medium',
    };
  }

  // contoso.com.evil.net, contoso-com.evil.net. The bare label, contoso.evil.net, is how services name their customers.
  #subdomain(domain: Domain): Lookalike | undefined {
    const labels = domain.split('.', MAX_LABELS);
    for (let from = 0; from < labels.length - 2; from++) {
      let name = '';
      for (let to = from; to < labels.length - 1; to++) {
        name = name === '' ? (labels[to] ?? '') : `${name}.${labels[to] ?? ''}`;
        const target = this.#byName.get(name);
        if (target !== undefined) return { target: target.domain, method: 'subdomain', confidence: 'high' };
      }
    }
    for (const label of labels.slice(0, -1)) {
      const parts = label.split('-', MAX_LABELS);
      for (let from = 0; from < parts.length - 1; from++)
        for (let to = from + 2; to <= Math.min(parts.length, from + 4); to++) {
          const target = this.#byName.get(parts.slice(from, to).join('.'));
          if (target !== undefined) return { target: target.domain, method: 'subdomain', confidence: 'high' };
        }
    }
    return undefined;
  }

  #misspelt({ label, suffix, skeleton: seen }: Seen): Lookalike | undefined {
    const hyphen = this.#byBare.get(bare(seen));
    if (hyphen !== undefined && hyphen.skeleton !== seen && hyphen.skeleton.length >= 4)
      return found(hyphen, 'hyphen', suffix);
    const repeated = this.#byCollapsed.get(collapsed(seen));
    if (repeated !== undefined && repeated.skeleton !== seen && repeated.skeleton.length >= 4)
      return found(repeated, 'repetition', suffix);
    for (let length = seen.length - 2; length <= seen.length + 2; length++)
      for (const target of this.#byLength.get(length) ?? []) {
        const allowed = target.skeleton.length >= 9 ? 2 : target.skeleton.length >= 5 ? 1 : 0;
        if (allowed === 0 || target.skeleton === seen || onlyDigitsDiffer(target.label, label)) continue;
        const distance = editDistance(target.skeleton, seen, allowed);
        if (distance > allowed) continue;
        const near = distance === 1 ? target.skeleton.length >= 7 : target.skeleton.length >= 12;
        const confidence = near && suffix === target.suffix ? 'medium' : 'low';
        return { target: target.domain, method: 'edit-distance', confidence };
      }
    return undefined;
  }

  #addedWord(label: string): Lookalike | undefined {
    const parts = label.split('-', MAX_LABELS);
    if (parts.length > 1) {
      const name = parts.filter((part) => !WORDS.has(part)).join('-');
      const target = this.#byLabel.get(name);
      if (target !== undefined) return { target: target.domain, method: 'added-word', confidence: 'medium' };
      for (const part of parts) {
        const inside = part.length >= 5 ? this.#byLabel.get(part) : undefined;
        if (inside !== undefined) return { target: inside.domain, method: 'added-word', confidence: 'low' };
      }
    }
    for (const word of WORDS) {
      const rest = label.startsWith(word)
        ? label.slice(word.length)
        : label.endsWith(word)
          ? label.slice(0, -word.length)
          : '';
      const target = rest.length >= 4 ? this.#byLabel.get(rest) : undefined;
      if (target !== undefined) return { target: target.domain, method: 'added-word', confidence: 'medium' };
    }
    return undefined;
  }

  #otherSuffix(label: string): Lookalike | undefined {
    const target = this.#byLabel.get(label);
    if (target === undefined || label.length < 4) return undefined;
    return { target: target.domain, method: 'tld', confidence: label.length >= 6 ? 'medium' : 'low' };
  }
}

function takeApart(registered: Domain): readonly [label: string, suffix: string] {
  const dot = registered.indexOf('.');
  if (dot < 0) return [toUnicode(registered), ''];
  return [toUnicode(registered.slice(0, dot)), registered.slice(dot + 1)];
}

function found(target: Watched, method: Lookalike['method'], suffix: string): Lookalike {
  return { target: target.domain, method, confidence: suffix === target.suffix ? 'medium' : 'low' };
}

function bare(label: string): string {
  return label.replaceAll('-', '');
}

/** Runs of one character as one. */
function collapsed(label: string): string {
  let out = '';
  for (const c of label) if (!out.endsWith(c)) out += c;
  return out;
}

// mx1 and mx2 are neighbours, not imitations.
function onlyDigitsDiffer(a: string, b: string): boolean {
  return a.replace(/\d/g, '') === b.replace(/\d/g, '') && /\d/.test(a) && /\d/.test(b);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
