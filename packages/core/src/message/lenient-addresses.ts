import { isBlankAboveAscii, withoutInvisible } from '../syntax/invisible.js';
import { parseDomain } from '../words/domain.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { textOf } from './address-scanner.js';
import { unfold, type AddressLimits, type NamedMailbox } from './address-list.js';
import { decodeEncodedWords } from './encoded-word.js';

/** Longest display name and element kept for people, in characters. */
const MAX_SHOWN = 320;

/**
 * Every address that some mail client might show for an address field: what lies around each "@" of the text as it
 * stands, without its comments, with its encoded-words decoded, without control and invisible characters, without
 * the white space inside an address, and without its backslashes, each for itself and one after the other.
 *
 * One thing is not a reading: an address without angle brackets inside a quoted display name,
 * `"a@example.com" <b@example.net>`, or in an encoded-word that stands for one. Every client shows that as a name, and mailing lists write it daily;
 * `checks/impersonation` looks at names.
 *
 * Reads at most `addressBytes` of the field and returns at most `mailboxes` addresses; a field past these bounds
 * never reads strictly, so nothing hides there.
 */
export function readLenientAddresses(
  bytes: Uint8Array,
  limits: AddressLimits = DEFAULT_LIMITS,
): readonly NamedMailbox[] {
  const end = Math.min(bytes.length, limits.addressBytes);
  const collector = new Collector(limits);
  for (const view of viewsOf(unfold(textOf(bytes, 0, end)))) collector.collect(view);
  return [...collector.found.values()];
}

type View = (text: string) => string;

// What RFC 5322 allows comes first, so that one of the views below undoes that and nothing else.
const VIEWS: readonly View[] = [
  (text) => (text.includes('(') ? withoutComments(text) : text),
  withoutInnerSpace,
  withoutInvisible,
  // Decoding can bring out a NUL.
  (text) => (text.includes('=?') ? withoutInvisible(withDecodedWords(text)) : text),
  (text) => (text.includes('=?') ? withDecodedWords(text) : text),
  (text) => (text.includes('\\') ? text.replaceAll('\\', '') : text),
];

/** The text as it stands, each view of it, and the views heaped on each other. */
function viewsOf(text: string): ReadonlySet<string> {
  const views = new Set([text]);
  let heaped = text;
  for (const view of VIEWS) {
    heaped = view(heaped);
    views.add(view(text)).add(heaped);
  }
  return views;
}

// A decoded word stands in quotes, so that it is a name where a quoted string would be one, and an address where that
// would be: alone in its element, in angle brackets inside it, or before "@" (Mailsploit).
function withDecodedWords(text: string): string {
  const parts = text.split('"');
  return parts
    .map((part, i) => {
      // Every other part is inside quotes, but for the last where a quote is left open.
      if (i % 2 === 1 && i < parts.length - 1) return decodeEncodedWords(part, withoutQuotes);
      return decodeEncodedWords(part, (decoded) => `"${withoutQuotes(decoded)}"`);
    })
    .join('"');
}

function withoutQuotes(text: string): string {
  return text.replace(/["\\]/g, ' ');
}

function withoutComments(text: string): string {
  let out = '';
  let copied = 0;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === '"' && depth === 0) quoted = !quoted;
    else if (quoted) continue;
    else if (c === '(') {
      if (depth++ === 0) out += text.slice(copied, i);
    } else if (c === ')' && depth > 0 && --depth === 0) copied = i + 1;
  }
  return depth > 0 ? out : out + text.slice(copied);
}

// White space next to "@" and "." goes, and all of it between angle brackets; what is quoted stays.
function withoutInnerSpace(text: string): string {
  if (!text.includes(' ') && !text.includes('\t')) return text;
  let out = '';
  let inAngle = false;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') {
      out += text.slice(i, i + 2);
      i++;
      continue;
    }
    if (c === '"') quoted = !quoted;
    else if (c === '<') inAngle = true;
    else if (c === '>') inAngle = false;
    if (quoted || (c !== ' ' && c !== '\t')) out += c;
    else {
      let next = i;
      while (text[next + 1] === ' ' || text[next + 1] === '\t') next++;
      if (!inAngle && !joins(text[i - 1]) && !joins(text[next + 1])) out += ' ';
      i = next;
    }
  }
  return out;
}

function joins(c: string | undefined): boolean {
  return c === '@' || c === '.';
}

class Collector {
  readonly found = new Map<string, NamedMailbox>();
  readonly #limits: AddressLimits;

  constructor(limits: AddressLimits) {
    this.#limits = limits;
  }

  collect(text: string): void {
    const quotes = new Quotes(text);
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      if (this.found.size >= this.#limits.mailboxes) return;
      if (quotes.isName(at)) continue;
      this.#around(text, at, quotes);
    }
  }

  #around(text: string, at: number, quotes: Quotes): void {
    let domainEnd = at + 1;
    while (isDomainCharacter(text.charCodeAt(domainEnd))) domainEnd++;
    const domainText = text.slice(at + 1, domainEnd).replace(/^\.+/, '');
    if (domainText === '') return;
    let start = at;
    while (start > 0 && isLocalCharacter(text.charCodeAt(start - 1))) start--;
    const open = quotes.openOf(at - 1);
    if (open >= 0) this.#add(text, open, domainEnd, unquote(text.slice(open + 1, at - 1)), domainText);
    if (start < at) {
      // 'a@example.com' in apostrophes, as some clients write it.
      const local = text[start] === "'" && text[domainEnd] === "'" ? start + 1 : start;
      this.#add(text, start, domainEnd, text.slice(local, at), domainText);
      // a@b@c: a client that looks for the last "@" sees "a@b" at c.
      if (text[start - 1] === '@' && text[domainEnd] !== '@') {
        const token = tokenStart(text, start - 1, this.#limits.localPartBytes);
        this.#add(text, start, domainEnd, text.slice(token, at), domainText);
      }
    }
  }

  #add(text: string, start: number, end: number, localPart: string, domainText: string): void {
    if (localPart === '' || localPart.length > this.#limits.localPartBytes || domainText.length > 255) return;
    const domain = parseDomain(lastDotsCut(domainText));
    if (!domain.ok) return;
    const key = `${localPart}@${domain.value}`;
    if (this.found.has(key)) return;
    this.found.set(key, {
      displayName: nameBefore(text, start),
      mailbox: { localPart, domain: domain.value },
      raw: text.slice(start, end).slice(0, MAX_SHOWN),
    });
  }
}

// Goes back no further than a local part can be long: every "@" of `a@b!@b!@b!...` asks.
function tokenStart(text: string, from: number, longest: number): number {
  let start = from;
  while (
    start > 0 &&
    from - start <= longest &&
    (text[start - 1] === '@' || isLocalCharacter(text.charCodeAt(start - 1)))
  )
    start--;
  while (text[start] === '@') start++;
  return start;
}

function lastDotsCut(domain: string): string {
  let end = domain.length;
  while (end > 0 && domain[end - 1] === '.') end--;
  return domain.slice(0, end);
}

// The words between the last separator and the address, quotes and encoded-words undone.
function nameBefore(text: string, start: number): string {
  let from = start;
  const bound = Math.max(0, start - MAX_SHOWN);
  while (from > bound && text[from - 1] !== ',' && text[from - 1] !== ';' && text[from - 1] !== '>') from--;
  const words = text.slice(from, start).replace(/["<]/g, '').trim();
  return decodeEncodedWords(words);
}

function unquote(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/gs, '$1') : text;
}

function isLocalCharacter(code: number): boolean {
  if (code >= 0x80) return !isBlankAboveAscii(code);
  // Not: controls, space, and ( ) , : ; < > @ [ \ ] "
  return (
    code > 0x20 &&
    code < 0x7f &&
    code !== 0x22 &&
    code !== 0x28 &&
    code !== 0x29 &&
    code !== 0x2c &&
    !(code >= 0x3a && code <= 0x3c) &&
    code !== 0x3e &&
    code !== 0x40 &&
    !(code >= 0x5b && code <= 0x5d)
  );
}

function isDomainCharacter(code: number): boolean {
  if (code >= 0x80) return !isBlankAboveAscii(code);
  const letter = code | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x5f
  );
}

// "<>" holds no address, so what stands before it is no address's name (CVE-2024-49040).
function endsName(text: string, at: number): boolean {
  const c = text[at];
  return c === ',' || c === ';' || c === '@' || (c === '<' && text[at + 1] !== '>');
}

/** Where the closed quoted strings of a text are, and which of them are display names. */
class Quotes {
  readonly #open: number[] = [];
  readonly #close: number[] = [];
  readonly #name: boolean[] = [];
  readonly #text: string;
  #cursor = 0;
  #scanned = 0;
  #bracket = -1;

  constructor(text: string) {
    this.#text = text;
    if (!text.includes('"')) return;
    const follows: string[] = [];
    let open = -1;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c === '\\') i++;
      else if (c === '"') {
        if (open < 0) open = i;
        else {
          this.#open.push(open);
          this.#close.push(i);
          follows.push('');
          open = -1;
        }
      } else if (open < 0 && follows[follows.length - 1] === '' && endsName(text, i))
        follows[follows.length - 1] = text.charAt(i);
    }
    // A quoted string is a name where an angle bracket follows before the element ends; another one may stand between.
    let next = '';
    for (let i = follows.length - 1; i >= 0; i--) {
      if (follows[i] !== '') next = follows[i] ?? '';
      this.#name[i] = next === '<';
    }
  }

  /** Is the "@" here part of a quoted name, and not in angle brackets within it? Asked from left to right. */
  isName(at: number): boolean {
    while (this.#cursor < this.#close.length && (this.#close[this.#cursor] ?? 0) < at) this.#cursor++;
    const open = this.#open[this.#cursor];
    if (open === undefined || open > at || this.#name[this.#cursor] !== true) return false;
    return !this.#bracketed(open, at);
  }

  /** Where the quoted string opens that closes here; -1 where none does. */
  openOf(close: number): number {
    const before = this.#cursor - 1;
    return before >= 0 && this.#close[before] === close ? (this.#open[before] ?? -1) : -1;
  }

  // Goes on from where the last question ended, so each character is looked at once.
  #bracketed(open: number, at: number): boolean {
    for (let i = Math.max(this.#scanned, open + 1); i < at; i++) {
      if (this.#text[i] === '<') this.#bracket = i;
      else if (this.#text[i] === '>') this.#bracket = -1;
    }
    this.#scanned = at;
    return this.#bracket > open;
  }
}
