import { rfc, type Clause } from '../words/clause.js';
import { problem, type Problem, type ProblemCode } from '../words/problem.js';
import { CR, isWsp, latin1, LF, utf8 } from '../syntax/bytes.js';

// Character classes of RFC 5322 3.2; RFC 6532 3.2 adds every non-ASCII character to atext, qtext and ctext.
const ATEXT = new Uint8Array(256);
for (let b = 0x80; b < 256; b++) ATEXT[b] = 1;
for (const c of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~")
  ATEXT[c.charCodeAt(0)] = 1;

const RFC5322_3_2_2 = rfc('5322', '3.2.2');
const RFC5322_3_2_4 = rfc('5322', '3.2.4');
const RFC5322_4_1 = rfc('5322', '4.1');

export function isAtext(byte: number | undefined): boolean {
  return byte !== undefined && ATEXT[byte] === 1;
}

/** Bytes [start, end) as text: UTF-8 where a byte is above 0x7f (RFC 6532), else one character per byte. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) >= 0x80) return utf8(bytes.subarray(start, end));
  return latin1(bytes, start, end);
}

/**
 * The lexical tokens that address fields are made of. Each method moves `at` forwards over one token and never
 * back, so a whole field costs one look at each byte. The first defect is kept in `defect` and ends the reading.
 */
export class AddressScanner {
  readonly bytes: Uint8Array;
  readonly #maxDepth: number;
  at = 0;
  defect: Problem | undefined;
  /** Content of the comment read last, without its outer parentheses and the white space at its ends. */
  comment = '';

  constructor(bytes: Uint8Array, maxDepth: number) {
    this.bytes = bytes;
    this.#maxDepth = maxDepth;
  }

  peek(): number {
    return this.at < this.bytes.length ? (this.bytes[this.at] ?? -1) : -1;
  }

  fail(code: ProblemCode, at: number, clause: Clause, message: string): false {
    this.defect ??= problem(code, at, clause, message);
    return false;
  }

  /** CFWS of RFC 5322 3.2.2. False on a defect in it. */
  skipCfws(): boolean {
    for (;;) {
      const b = this.peek();
      if (b === 0x20 || b === 0x09) this.at++;
      else if (b === CR || b === LF) {
        if (!this.#skipFold()) return false;
      } else if (b === 0x28) {
        if (!this.#skipComment()) return false;
      } else return true;
    }
  }

  /** A run of atext and dots, where both are let through; the caller looks at the dots. */
  skipDotAtom(): void {
    while (ATEXT[this.peek()] === 1 || this.peek() === 0x2e) this.at++;
  }

  skipAtom(): void {
    while (ATEXT[this.peek()] === 1) this.at++;
  }

  /** The quoted-string at `at`, unquoted and unfolded; undefined on a defect. */
  readQuotedString(): string | undefined {
    const start = this.at++;
    let out = '';
    let copied = this.at;
    for (;;) {
      const b = this.peek();
      if (b === 0x22) {
        out += textOf(this.bytes, copied, this.at);
        this.at++;
        return out;
      }
      if (b < 0) {
        this.fail('address/unterminated-quote', start, RFC5322_3_2_4, 'a quoted string is not closed');
        return undefined;
      }
      if (b === 0x5c) {
        out += textOf(this.bytes, copied, this.at);
        this.at++;
        copied = this.at;
        if (!this.#skipQuotedPair()) return undefined;
      } else if (b === CR || b === LF) {
        // RFC 5322 2.2.3: the line end of a fold is no part of the value, the white space after it is.
        out += textOf(this.bytes, copied, this.at);
        if (!this.#skipFold()) return undefined;
        copied = this.at;
      } else if (!this.#skipText(b)) return undefined;
    }
  }

  // Iterative: fifty thousand open parentheses must not reach the end of the stack.
  #skipComment(): boolean {
    const start = this.at;
    let depth = 0;
    do {
      const b = this.peek();
      if (b === 0x28) {
        if (++depth > this.#maxDepth)
          return this.fail(
            'address/too-deep',
            this.at,
            RFC5322_3_2_2,
            `comments are nested deeper than ${this.#maxDepth}`,
          );
        this.at++;
      } else if (b === 0x29) {
        depth--;
        this.at++;
      } else if (b < 0)
        return this.fail('address/unterminated-comment', start, RFC5322_3_2_2, 'a comment is not closed');
      else if (b === 0x5c) {
        this.at++;
        if (!this.#skipQuotedPair()) return false;
      } else if (b === CR || b === LF) {
        if (!this.#skipFold()) return false;
      } else if (!this.#skipText(b)) return false;
    } while (depth > 0);
    this.comment = textOf(this.bytes, start + 1, this.at - 1).trim();
    return true;
  }

  // RFC 5322 4.1 lets a quoted-pair or a text hold any control character (obs-NO-WS-CTL, obs-qp). We refuse them:
  // nobody sends them, and clients cut, drop or show them as they like.
  #skipText(b: number): boolean {
    if ((b < 0x20 && b !== 0x09) || b === 0x7f)
      return this.fail('address/control', this.at, RFC5322_4_1, 'an address field holds a control character');
    this.at++;
    return true;
  }

  #skipQuotedPair(): boolean {
    const b = this.peek();
    if (b < 0)
      return this.fail('address/unterminated-quote', this.at, RFC5322_3_2_4, 'a backslash is the last byte');
    return this.#skipText(b);
  }

  // FWS (RFC 5322 3.2.2). Several folds in a row are obs-FWS (4.2), accepted: they say nothing.
  #skipFold(): boolean {
    const { bytes, at } = this;
    const lf = bytes[at] === CR ? at + 1 : at;
    if (bytes[lf] !== LF || !isWsp(bytes[lf + 1]))
      return this.fail('address/control', at, RFC5322_4_1, 'a CR or LF that is no fold');
    this.at = lf + 1;
    return true;
  }
}
