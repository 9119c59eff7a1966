/** A header field to be added. `value` is unfolded text; whatever it holds, the writer makes one field of it. */
export interface NewHeaderField {
  readonly name: string;
  readonly value: string;
}

/** RFC 5322 2.1.1: a line should not be longer, in octets without CRLF. */
const WANTED_LINE = 78;
/** RFC 5322 2.1.1: a line must not be longer, in octets without CRLF. */
const LONGEST_LINE = 998;
/** RFC 5322 2.2: printable ASCII without the colon. */
const FIELD_NAME = /^[!-9;-~]{1,76}$/;

/**
 * The one writer of header fields: `Name: value` with CRLF, folded (RFC 5322 2.2.3).
 *
 * Lines are folded at blanks that are already there, so that unfolding gives the value back. A blank is only added
 * where a word alone is longer than the 998 octets of RFC 5322 2.1.1. Characters that could end the field or
 * mislead a terminal or another parser are replaced by `?`: no value, however hostile, becomes two fields.
 *
 * @throws TypeError where the name is no field name: names are ours, never a stranger's
 */
export function formatHeaderField(field: NewHeaderField): string {
  if (!FIELD_NAME.test(field.name)) throw new TypeError('not a header field name');
  const out = new Folder(`${field.name}:`);
  for (const word of cleanLine(field.value).split(' ')) out.add(word);
  return out.finish();
}

/**
 * The same for a field of several parts that read better on lines of their own, joined by a blank. Parts after the
 * first start a new line; a part that holds no word stands where it is.
 */
export function formatHeaderLines(name: string, parts: readonly string[]): string {
  if (!FIELD_NAME.test(name)) throw new TypeError('not a header field name');
  const out = new Folder(`${name}:`);
  parts.forEach((part, i) => {
    if (i > 0) out.startLine();
    for (const word of cleanLine(part).split(' ')) out.add(word);
  });
  return out.finish();
}

/** Collects words into lines. A word never stands on a line before the blanks that led to it. */
class Folder {
  #done = '';
  #line: string;
  #octets: number;
  #blanks = 0;
  #words = 0;
  #mustBreak = false;

  constructor(start: string) {
    this.#line = start;
    this.#octets = start.length;
  }

  add(word: string): void {
    this.#blanks++;
    if (word === '') return;
    let rest = word;
    let octets = octetsOf(rest);
    // A fold keeps one blank at the head of the new line; the others end the old one, which must not be blank itself.
    const mayFold = this.#words > 0 || this.#octets + this.#blanks + octets > LONGEST_LINE;
    if (this.#mustBreak || (mayFold && this.#octets + this.#blanks + octets > WANTED_LINE)) {
      this.#mustBreak = false;
      this.#append(' '.repeat(this.#blanks - 1), this.#blanks - 1);
      this.#breakLine();
      this.#append(' ', 1);
    } else this.#append(' '.repeat(this.#blanks), this.#blanks);
    while (this.#octets + octets > LONGEST_LINE) {
      const fits = prefixOf(rest, LONGEST_LINE - this.#octets);
      this.#append(fits, octetsOf(fits));
      this.#breakLine();
      this.#append(' ', 1);
      rest = rest.slice(fits.length);
      octets = octetsOf(rest);
    }
    this.#append(rest, octets);
    this.#blanks = 0;
    this.#words++;
  }

  /** The next word goes to a new line, unless this one holds none yet. */
  startLine(): void {
    this.#mustBreak = this.#words > 0;
    this.#blanks = 0;
  }

  finish(): string {
    return `${this.#done}${this.#line}\r\n`;
  }

  #append(text: string, octets: number): void {
    this.#line += text;
    this.#octets += octets;
  }

  #breakLine(): void {
    this.#done += `${this.#line}\r\n`;
    this.#line = '';
    this.#octets = 0;
  }
}

function cleanLine(value: string): string {
  const text = replaceUnsafe(value).trim();
  // A run of blanks that fills a line would leave nothing else on it (RFC 5322 2.2.3).
  return text.includes('  ') ? text.replace(/ {78,}/g, ' ') : text;
}

/** Nearly every text: the expressions below have nothing to do then. */
function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c >= 0x7f) return false;
  }
  return true;
}

// C0 controls, DEL, C1 controls and the Unicode line ends that some software splits lines at; lone surrogates have
// no UTF-8 form.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/gu;

/** Folds and tabs become a blank, every other control character `?` (RFC 5322 2.2: only printable characters). */
function replaceUnsafe(text: string): string {
  if (isPrintableAscii(text)) return text;
  return text
    .replace(/\r?\n(?=[ \t])/g, '')
    .replace(/\t/g, ' ')
    .replace(UNSAFE, '?');
}

function octetsOf(text: string): number {
  let octets = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    // A surrogate pair is two units and four octets.
    if (c >= 0x80) octets += c < 0x800 || (c >= 0xd800 && c <= 0xdfff) ? 1 : 2;
  }
  return octets;
}

/** The longest start of `text` of at most `octets` octets, never half a character. */
function prefixOf(text: string, octets: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += octetsOf(character);
    if (used > octets) break;
    end += character.length;
  }
  return text.slice(0, Math.max(end, 1));
}

// RFC 2045 5.1 token: printable ASCII without blanks and tspecials.
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+$/;
const DOT_ATOM =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+)*$/u;
const DOMAIN_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}))*$/;

/** Is the text a token of RFC 2045 5.1, good to stand without quotes? */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** RFC 5322 3.2.4 quoted-string. Control characters are replaced by `?`, a quoted pair could not carry them. */
export function quoteString(text: string): string {
  return `"${replaceUnsafe(text).replace(/["\\]/g, '\\$&')}"`;
}

/** RFC 2045 5.1 value, as RFC 8601 2.2 wants it: a token where it can be one, else a quoted-string. */
export function formatValue(text: string): string {
  return isToken(text) ? text : quoteString(text);
}

/** RFC 5322 3.2.2 comment with its parentheses; parentheses inside are escaped, so it cannot be left or nested. */
export function formatComment(text: string): string {
  return `(${replaceUnsafe(text).replace(/[()\\]/g, '\\$&')})`;
}

/**
 * RFC 8601 2.2 pvalue for a domain or an address: `[[local-part] "@"] domain-name`, the local part quoted where it
 * is no dot-atom. What has no such form, like a host name with an underscore, becomes a value.
 */
export function formatAddressValue(text: string): string {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  if (!DOMAIN_NAME.test(domain)) return formatValue(text);
  if (at <= 0) return text;
  const localPart = text.slice(0, at);
  return `${DOT_ATOM.test(localPart) && !hasUnsafe(localPart) ? localPart : quoteString(localPart)}@${domain}`;
}

function hasUnsafe(text: string): boolean {
  return !isPrintableAscii(text) && text.search(UNSAFE) >= 0;
}
