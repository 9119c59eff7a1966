import { rfc } from '../words/clause.js';
import { isBlankAboveAscii } from '../syntax/invisible.js';
import { parseDomain, type Domain } from '../words/domain.js';
import { DEFAULT_LIMITS, type Limits } from '../words/limits.js';
import type { Mailbox } from '../words/mailbox.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem, type Problem, type ProblemCode } from '../words/problem.js';
import { AddressScanner, isAtext, textOf } from './address-scanner.js';
import { decodeEncodedWords } from './encoded-word.js';

/** One address of a field, as a person would see it. */
export interface NamedMailbox {
  /** Display name, RFC 2047 decoded, or the trailing comment of the old form `a@example.com (Name)`; may be ''. */
  readonly displayName: string;
  readonly mailbox: Mailbox;
  /** The list element as it stands in the field. */
  readonly raw: string;
}

/** A whole address field. */
export interface AddressList {
  readonly mailboxes: readonly NamedMailbox[];
  readonly groups: number;
}

/** The bounds an address field is read under. */
export type AddressLimits = Pick<Limits, 'mailboxes' | 'addressDepth' | 'addressBytes' | 'localPartBytes'>;

const RFC5322_3_4 = rfc('5322', '3.4');
const RFC5322_3_4_1 = rfc('5322', '3.4.1');
const RFC5322_4_1 = rfc('5322', '4.1');
const RFC5322_4_4 = rfc('5322', '4.4');
const RFC5321_4_5_3_1 = rfc('5321', '4.5.3.1');
const RFC6532_3_1 = rfc('6532', '3.1');

/**
 * Reads an address field strictly (RFC 5322 3.4 with RFC 6532; groups in From and Sender are RFC 6854).
 *
 * A reader is asked to accept the obsolete forms of RFC 5322 4.4. We accept those that every client reads alike:
 * - dots in a display name (obs-phrase): `J. Doe <j@example.com>`, warning `address/obs-phrase`;
 * - empty list elements (obs-mbox-list): `a@example.com,, b@example.com`, warning `address/obs-empty-element`;
 * - folds made of white space only (obs-FWS).
 *
 * And refuse those that clients read differently, which is what an attacker needs:
 * - source routes (obs-route, obs-angle-addr): `<@a.example:b@c.example>`, `address/source-route`;
 * - quoted and unquoted parts mixed, or white space around dots (obs-local-part, obs-domain), `address/obs-local-part`
 *   and `address/obs-domain`; white space or a comment around "@" is not obsolete and stays allowed;
 * - NUL, bare CR and other control characters (obs-NO-WS-CTL, obs-qp), `address/control`.
 *
 * A domain literal is well formed but names no domain that could vouch for anything: `address/domain-literal`.
 */
export function parseAddressList(
  bytes: Uint8Array,
  limits: AddressLimits = DEFAULT_LIMITS,
): Parsed<AddressList> {
  if (bytes.length > limits.addressBytes)
    return failed(
      problem(
        'address/too-long',
        limits.addressBytes,
        RFC5321_4_5_3_1,
        `the field is longer than ${limits.addressBytes} bytes`,
      ),
    );
  return new ListReader(bytes, limits).read();
}

/** Reads exactly one mailbox, `a@example.com` or `Name <a@example.com>`. Error codes as for a list. */
export function parseMailbox(
  bytes: Uint8Array,
  limits: AddressLimits = DEFAULT_LIMITS,
): Parsed<NamedMailbox> {
  const list = parseAddressList(bytes, limits);
  if (!list.ok) return list;
  const [first] = list.value.mailboxes;
  if (first === undefined || list.value.mailboxes.length > 1 || list.value.groups > 0)
    return failed(
      problem('address/several-mailboxes', 0, RFC5322_3_4, 'one mailbox was expected, not a list or group'),
    );
  return parsed(first, list.warnings);
}

/** Text without the line ends of its folds (RFC 5322 2.2.3). */
export function unfold(text: string): string {
  return text.includes('\n') ? text.replace(/\r?\n/g, '') : text;
}

/** What stands before "@", "<" or ":": the words of a local part or display name. */
interface Words {
  readonly start: number;
  end: number;
  count: number;
  quoted: number;
  dots: number;
  /** Nothing but atext and dots, without white space or comment in between. */
  contiguous: boolean;
  /** The words as a person reads them, white space between them kept as one space. */
  text: string;
}

class ListReader {
  readonly #s: AddressScanner;
  readonly #limits: AddressLimits;
  readonly #mailboxes: NamedMailbox[] = [];
  readonly #warnings: Problem[] = [];
  #groups = 0;

  constructor(bytes: Uint8Array, limits: AddressLimits) {
    this.#s = new AddressScanner(bytes, limits.addressDepth);
    this.#limits = limits;
  }

  read(): Parsed<AddressList> {
    const s = this.#s;
    const ok = this.#readList(false);
    if (ok && s.at < s.bytes.length)
      s.fail('address/syntax', s.at, RFC5322_3_4, 'a character that starts no address');
    if (s.defect !== undefined) return failed(s.defect);
    if (this.#mailboxes.length === 0)
      return failed(problem('address/no-mailbox', 0, RFC5322_3_4, 'the field holds no address'));
    return parsed({ mailboxes: this.#mailboxes, groups: this.#groups }, this.#warnings);
  }

  // address-list, or inside a group the mailbox-list up to ";".
  #readList(inGroup: boolean): boolean {
    const s = this.#s;
    for (let wantsElement = false; ; wantsElement = true) {
      if (!s.skipCfws()) return false;
      const b = s.peek();
      if (b < 0 || (inGroup && b === 0x3b)) {
        if (wantsElement)
          this.#warn('address/obs-empty-element', s.at, 'an empty element in an address list');
        return true;
      }
      if (b === 0x2c) {
        s.at++;
        this.#warn('address/obs-empty-element', s.at - 1, 'an empty element in an address list');
        continue;
      }
      if (!this.#readElement(inGroup)) return false;
      const next = s.peek();
      if (next === 0x2c) s.at++;
      else if (next < 0 || (inGroup && next === 0x3b)) return true;
      else return this.#textAfter(next);
    }
  }

  #textAfter(next: number): false {
    const s = this.#s;
    return next === 0x3e
      ? s.fail('address/stray-bracket', s.at, RFC5322_3_4, '">" without "<"')
      : s.fail('address/text-after-address', s.at, RFC5322_3_4, 'text follows an address without a comma');
  }

  #readElement(inGroup: boolean): boolean {
    const s = this.#s;
    s.comment = '';
    const words = this.#readWords();
    if (words === undefined) return false;
    switch (s.peek()) {
      case 0x40: {
        const mailbox = this.#readAddrSpec(words);
        if (mailbox === undefined || !s.skipCfws()) return false;
        return this.#add(words.start, s.comment, mailbox);
      }
      case 0x3c: {
        this.#lookAtPhrase(words);
        const mailbox = this.#readAngle();
        if (mailbox === undefined) return false;
        const name = words.count > 0 ? words.text.trim() : s.comment;
        return this.#add(words.start, name, mailbox);
      }
      case 0x3a: {
        if (inGroup || words.count === 0)
          return s.fail(
            'address/syntax',
            s.at,
            RFC5322_3_4,
            inGroup ? 'a group inside a group' : '":" names no group',
          );
        return this.#readGroup(words);
      }
      default:
        return words.count === 0
          ? this.#textAfterNothing()
          : s.fail(
              'address/no-addr-spec',
              words.start,
              RFC5322_3_4,
              'a list element is a name or word without an address',
            );
    }
  }

  #textAfterNothing(): false {
    const s = this.#s;
    return s.peek() === 0x3e
      ? this.#textAfter(0x3e)
      : s.fail('address/syntax', s.at, RFC5322_3_4, 'a character that starts no address');
  }

  #readWords(): Words | undefined {
    const s = this.#s;
    const { bytes } = s;
    const words: Words = { start: s.at, end: s.at, count: 0, quoted: 0, dots: 0, contiguous: true, text: '' };
    for (;;) {
      const start = s.at;
      const b = s.peek();
      let text: string;
      if (isAtext(b) || b === 0x2e) {
        if (b === 0x2e) {
          s.at++;
          words.dots++;
        } else s.skipAtom();
        text = textOf(bytes, start, s.at);
      } else if (b === 0x22) {
        const unquoted = s.readQuotedString();
        if (unquoted === undefined) return undefined;
        text = unquoted;
        words.quoted++;
      } else return words;
      if (words.count > 0 && start !== words.end) {
        words.contiguous = false;
        words.text += ' ';
      }
      words.count++;
      words.text += text;
      words.end = s.at;
      if (!s.skipCfws()) return undefined;
    }
  }

  #lookAtPhrase(words: Words): void {
    if (words.dots > 0)
      this.#warn('address/obs-phrase', words.start, 'a dot in a display name that is not quoted');
    if (words.text.includes('\ufffd'))
      this.#warn('address/not-utf8', words.start, 'a display name is not UTF-8');
  }

  // angle-addr = [CFWS] "<" addr-spec ">" [CFWS]
  #readAngle(): Mailbox | undefined {
    const s = this.#s;
    const open = s.at++;
    if (!s.skipCfws()) return undefined;
    if (s.peek() === 0x40 || s.peek() === 0x2c) {
      s.fail('address/source-route', s.at, RFC5322_4_4, 'a source route before the address');
      return undefined;
    }
    if (s.peek() === 0x3e) {
      s.fail('address/empty', open, RFC5322_3_4, '"<>" holds no address');
      return undefined;
    }
    const words = this.#readWords();
    if (words === undefined) return undefined;
    if (s.peek() === 0x3a) {
      s.fail('address/source-route', s.at, RFC5322_4_4, 'a colon inside the angle brackets');
      return undefined;
    }
    const mailbox = this.#readAddrSpec(words);
    if (mailbox === undefined || !s.skipCfws()) return undefined;
    if (s.peek() !== 0x3e) {
      if (s.peek() < 0) s.fail('address/unterminated-angle', open, RFC5322_3_4, '"<" is not closed');
      else s.fail('address/syntax', s.at, RFC5322_3_4, 'text follows the address inside the angle brackets');
      return undefined;
    }
    s.at++;
    return s.skipCfws() ? mailbox : undefined;
  }

  // group = display-name ":" [mailbox-list / CFWS] ";" [CFWS]
  #readGroup(words: Words): boolean {
    const s = this.#s;
    this.#lookAtPhrase(words);
    s.at++;
    this.#groups++;
    if (!this.#readList(true)) return false;
    if (s.peek() !== 0x3b)
      return s.fail('address/unterminated-group', words.start, RFC5322_3_4, 'a group is not closed with ";"');
    s.at++;
    return s.skipCfws();
  }

  // addr-spec = local-part "@" domain (RFC 5322 3.4.1); the words before "@" are read already.
  #readAddrSpec(words: Words): Mailbox | undefined {
    const s = this.#s;
    if (s.peek() !== 0x40) {
      s.fail('address/no-at-sign', words.start, RFC5322_3_4_1, 'an address without "@"');
      return undefined;
    }
    if (!this.#looksLikeLocalPart(words)) return undefined;
    s.at++;
    if (!s.skipCfws()) return undefined;
    const domain = this.#readDomain();
    return domain === undefined ? undefined : { localPart: words.text, domain };
  }

  #looksLikeLocalPart(words: Words): boolean {
    const s = this.#s;
    const { start, end } = words;
    // RFC 5322 lets `""@example.com` in; an address that shows as nothing names nobody.
    if (words.text === '')
      return s.fail('address/no-local-part', s.at, RFC5322_3_4_1, 'nothing stands before "@"');
    if (end - start > this.#limits.localPartBytes)
      return s.fail('address/too-long', start, RFC5321_4_5_3_1, 'the local part is too long');
    if (words.text.includes('\ufffd'))
      return s.fail('address/not-utf8', start, RFC6532_3_1, 'the local part is not UTF-8');
    // Stricter than RFC 6532, which lets any character above ASCII in: nobody can tell such addresses apart.
    for (let i = 0; i < words.text.length; i++) {
      const code = words.text.charCodeAt(i);
      if (code >= 0x80 && isBlankAboveAscii(code))
        return s.fail('address/invisible', start, RFC6532_3_1, 'invisible characters in the local part');
    }
    if (words.quoted > 0)
      return (
        words.count === 1 ||
        s.fail('address/obs-local-part', start, RFC5322_4_4, 'a local part mixes quoted and unquoted words')
      );
    if (!words.contiguous)
      return words.dots > 0
        ? s.fail(
            'address/obs-local-part',
            start,
            RFC5322_4_4,
            'white space or a comment inside the local part',
          )
        : s.fail('address/space-in-address', start, RFC5322_3_4_1, 'several words stand before "@"');
    return this.#dotsInPlace(start, end);
  }

  #dotsInPlace(start: number, end: number): boolean {
    const { bytes } = this.#s;
    for (let i = start; i < end; i++)
      if (bytes[i] === 0x2e && (i === start || i === end - 1 || bytes[i - 1] === 0x2e))
        return this.#s.fail('address/dot', i, RFC5322_3_4_1, 'a dot at an end of a name, or two in a row');
    return true;
  }

  #readDomain(): Domain | undefined {
    const s = this.#s;
    const start = s.at;
    if (s.peek() === 0x5b) {
      s.fail('address/domain-literal', start, RFC5322_3_4_1, 'a domain literal is no domain name');
      return undefined;
    }
    s.skipDotAtom();
    const end = s.at;
    if (start === end) {
      s.fail('address/no-domain', start, RFC5322_3_4_1, 'no domain follows "@"');
      return undefined;
    }
    if (!this.#dotsInPlace(start, end) || !s.skipCfws()) return undefined;
    const next = s.peek();
    if (next === 0x2e) {
      s.fail('address/obs-domain', s.at, RFC5322_4_4, 'white space or a comment inside the domain');
      return undefined;
    }
    if (next === 0x40) {
      s.fail('address/several-at-signs', s.at, RFC5322_3_4_1, 'an address with several "@"');
      return undefined;
    }
    const domain = parseDomain(textOf(s.bytes, start, end));
    if (domain.ok) return domain.value;
    s.fail(
      domain.problem.code,
      Math.min(start + domain.problem.at, end),
      domain.problem.clause,
      domain.problem.message,
    );
    return undefined;
  }

  #add(start: number, name: string, mailbox: Mailbox): boolean {
    const s = this.#s;
    if (this.#mailboxes.length >= this.#limits.mailboxes)
      return s.fail(
        'address/too-many-mailboxes',
        start,
        RFC5322_3_4,
        `more than ${this.#limits.mailboxes} addresses in one field`,
      );
    this.#mailboxes.push({
      displayName: decodeEncodedWords(name),
      mailbox,
      raw: unfold(textOf(s.bytes, start, s.at)).trim(),
    });
    return true;
  }

  #warn(code: ProblemCode, at: number, message: string): void {
    if (!this.#warnings.some((w) => w.code === code))
      this.#warnings.push(problem(code, at, RFC5322_4_1, message));
  }
}
