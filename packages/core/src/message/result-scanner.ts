import type { Clause } from '../words/clause.js';
import { rfc } from '../words/clause.js';
import { problem, type Problem, type ProblemCode } from '../words/problem.js';
import { CR, isWsp, latin1, LF, utf8 } from '../syntax/bytes.js';

const RFC5322_3_2_2 = rfc('5322', '3.2.2');
const RFC5322_3_2_4 = rfc('5322', '3.2.4');

const OPEN = 0x28;
const CLOSE = 0x29;
const BACKSLASH = 0x5c;
const QUOTE = 0x22;

/** Bits of `CLASS`: which bytes may stand in which word. */
const TOKEN = 1;
const KEYWORD = 2;
const LOOSE = 4;

// RFC 2045 5.1 token; RFC 5321 4.1.2 Keyword; and what other writers leave unquoted (base64, IPv6, angle brackets),
// which can stand for nothing else: anything visible that has no meaning in the structure. RFC 6532 adds 8-bit bytes.
const CLASS = new Uint8Array(256);
for (let b = 0x21; b < 256; b++) {
  if (b === 0x7f) continue;
  const c = String.fromCharCode(b);
  if (!'();"\\'.includes(c)) CLASS[b] = LOOSE;
  if (!'()<>@,;:\\"/[]?='.includes(c)) CLASS[b] = (CLASS[b] ?? 0) | TOKEN;
  if (/[A-Za-z0-9_-]/.test(c)) CLASS[b] = (CLASS[b] ?? 0) | KEYWORD;
}

/**
 * Walks the words of a structured field. Every method moves `at` forward or leaves it; none looks back, so reading
 * is linear. A defect stops the walk for good: `defect` is set and the methods answer undefined or false.
 */
export class ResultScanner {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;
  defect: Problem | undefined;
  readonly #maxDepth: number;
  #comments: string[] = [];

  constructor(bytes: Uint8Array, start: number, maxDepth: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = bytes.length;
    this.#maxDepth = maxDepth;
  }

  /** The byte at hand; -1 at the end. */
  peek(): number {
    return this.at < this.end ? (this.bytes[this.at] ?? -1) : -1;
  }

  fail(code: ProblemCode, at: number, clause: Clause, message: string): undefined {
    this.defect ??= problem(code, at, clause, message);
    return undefined;
  }

  /** The comments passed since the last call, in order. */
  takeComments(): readonly string[] {
    const taken = this.#comments;
    this.#comments = [];
    return taken;
  }

  /** RFC 5322 3.2.2 CFWS, any amount of it, none included. False: a defect. */
  skipCfws(): boolean {
    for (; this.at < this.end; this.at++) {
      const b = this.bytes[this.at];
      if (isWsp(b)) continue;
      if (b === OPEN) {
        if (!this.#skipComment()) return false;
        continue;
      }
      if (b !== CR && b !== LF) return true;
      if (!this.#atFold()) return false;
    }
    return true;
  }

  /** At a CR or LF: is it the line end of a fold? Leaves `at` on its last byte. */
  #atFold(): boolean {
    if (this.bytes[this.at] === CR && this.bytes[this.at + 1] === LF) this.at++;
    const next = this.bytes[this.at + 1];
    if (this.bytes[this.at] === LF && (next === undefined || isWsp(next))) return true;
    this.fail('authres/control', this.at, RFC5322_3_2_2, 'a CR or LF that folds no line');
    return false;
  }

  // At "(". Leaves `at` on the ")" that closes it.
  #skipComment(): boolean {
    const start = this.at;
    let depth = 0;
    for (; this.at < this.end; this.at++) {
      const b = this.bytes[this.at] ?? 0;
      if (b === BACKSLASH) {
        this.at++;
        if (this.at >= this.end || !this.#isText(this.bytes[this.at] ?? 0)) break;
      } else if (b === OPEN) {
        if (++depth > this.#maxDepth) {
          this.fail('authres/comment-depth', this.at, RFC5322_3_2_2, 'comments are nested too deep');
          return false;
        }
      } else if (b === CLOSE) {
        if (--depth === 0) {
          this.#comments.push(this.text(start + 1, this.at));
          return true;
        }
      } else if (b === CR || b === LF) {
        if (!this.#atFold()) return false;
      } else if (!this.#isText(b)) break;
    }
    if (this.at < this.end)
      this.fail('authres/control', this.at, RFC5322_3_2_2, 'a control character in a comment');
    else this.fail('authres/comment-open', start, RFC5322_3_2_2, 'a comment is not closed');
    return false;
  }

  /** At `"`: the content of the quoted-string (RFC 5322 3.2.4), unescaped and unfolded. */
  quotedString(): string | undefined {
    const start = this.at++;
    let text = '';
    let run = this.at;
    for (; this.at < this.end; this.at++) {
      const b = this.bytes[this.at] ?? 0;
      if (b === QUOTE) {
        text += this.text(run, this.at++);
        return text;
      }
      if (b === BACKSLASH) {
        text += this.text(run, this.at++);
        run = this.at;
        if (this.at >= this.end || !this.#isText(this.bytes[this.at] ?? 0)) break;
      } else if (b === CR || b === LF) {
        text += this.text(run, this.at);
        if (!this.#atFold()) return undefined;
        run = this.at + 1;
      } else if (!this.#isText(b)) break;
    }
    if (this.at < this.end)
      return this.fail('authres/control', this.at, RFC5322_3_2_4, 'a control character in a quoted string');
    return this.fail('authres/quote-open', start, RFC5322_3_2_4, 'a quoted string is not closed');
  }

  #isText(b: number): boolean {
    return (b >= 0x20 && b !== 0x7f) || b === 0x09;
  }

  /** RFC 2045 5.1 token; '' where none stands here. */
  token(): string {
    return this.#word(TOKEN);
  }

  /** RFC 5321 4.1.2 Keyword, or one with underscores, in lower case; '' where none stands here. */
  keyword(): string {
    return this.#word(KEYWORD).toLowerCase();
  }

  /** A run of visible bytes that mean nothing to the structure. */
  loose(): string {
    return this.#word(LOOSE);
  }

  #word(kind: number): string {
    const start = this.at;
    while (this.at < this.end && ((CLASS[this.bytes[this.at] ?? 0] ?? 0) & kind) !== 0) this.at++;
    return start === this.at ? '' : this.text(start, this.at);
  }

  /** Decimal digits, at most nine. */
  number(): number | undefined {
    let value = 0;
    const start = this.at;
    for (; this.at < this.end; this.at++) {
      const digit = (this.bytes[this.at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      if (this.at - start >= 9) return undefined;
      value = value * 10 + digit;
    }
    return this.at === start ? undefined : value;
  }

  /** Bytes as text: UTF-8 where it is (RFC 6532), one character a byte where it is not. */
  text(start: number, end: number): string {
    // Most words are short ASCII: adding characters up is much faster than a decoder.
    if (end - start > 64) return this.#longText(start, end);
    let text = '';
    for (let i = start; i < end; i++) {
      const b = this.bytes[i] ?? 0;
      if (b >= 0x80) return this.#longText(start, end);
      text += String.fromCharCode(b);
    }
    return text;
  }

  #longText(start: number, end: number): string {
    for (let i = start; i < end; i++)
      if ((this.bytes[i] ?? 0) >= 0x80) {
        const decoded = utf8(this.bytes.subarray(start, end));
        return decoded.includes('\ufffd') ? latin1(this.bytes, start, end) : decoded;
      }
    return latin1(this.bytes, start, end);
  }
}
