import { latin1 } from '../../syntax/bytes.js';
import { rfc, type Clause } from '../../words/clause.js';
import { failed, parsed, type Parsed } from '../../words/parsed.js';
import { problem, type Problem, type ProblemCode } from '../../words/problem.js';
import { type DomainSpec, parseDomainSpec } from './domain-spec.js';
import { parseMacroString } from './macro-string.js';
import { type Mechanism, parseMechanism } from './mechanism.js';

export type Qualifier = '+' | '-' | '~' | '?';

interface Term {
  /** As published. */
  readonly text: string;
  /** Byte offset in the record. */
  readonly at: number;
}

/** A mechanism with its qualifier (RFC 7208 4.6.2, 5). */
export interface Directive extends Term {
  readonly qualifier: Qualifier;
  readonly mechanism: Mechanism;
}

/** `redirect=` or `exp=` (RFC 7208 6.1, 6.2). */
export type DomainModifier = Term & { readonly target: DomainSpec };

/** One SPF record, every term checked. */
export interface SpfRecord {
  readonly directives: readonly Directive[];
  readonly redirect?: DomainModifier;
  readonly exp?: DomainModifier;
  /** Modifiers that RFC 7208 does not know; they change nothing (6). */
  readonly unknownModifiers: readonly Term[];
}

const RFC7208_3_1 = rfc('7208', '3.1');
const RFC7208_4_5 = rfc('7208', '4.5');
const RFC7208_5_1 = rfc('7208', '5.1');
const RFC7208_5_5 = rfc('7208', '5.5');
const RFC7208_6 = rfc('7208', '6');

const VERSION = [0x76, 0x3d, 0x73, 0x70, 0x66, 0x31]; // "v=spf1"
const MAX_WARNINGS = 20;

/** RFC 7208 4.5: a TXT record is an SPF record where it is "v=spf1", in any case, alone or before a blank. */
export function isSpfRecord(txt: Uint8Array): boolean {
  if (txt.length < VERSION.length) return false;
  for (let i = 0; i < VERSION.length; i++) {
    const byte = txt[i] ?? 0;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== VERSION[i]) return false;
  }
  return txt.length === VERSION.length || txt[VERSION.length] === 0x20;
}

/**
 * Reads an SPF record whole: RFC 7208 4.6 makes a syntax error anywhere a permerror, before anything is evaluated.
 * One pass, linear in the length. Errors: `spf/version`, `spf/non-ascii`, `spf/term-syntax`, `spf/unknown-mechanism`,
 * `spf/duplicate-modifier`, `spf/cidr`, `spf/ip-network`, `spf/domain-spec`, `spf/macro-syntax`, `spf/macro-character`.
 * Warnings: `spf/after-all`, `spf/redirect-ignored`, `spf/ptr`.
 */
export function parseSpfRecord(txt: Uint8Array): Parsed<SpfRecord> {
  if (!isSpfRecord(txt)) return bad(0, RFC7208_4_5, 'spf/version', 'the record does not start with "v=spf1"');
  for (let i = 0; i < txt.length; i++)
    if ((txt[i] ?? 0) >= 0x80)
      return bad(i, RFC7208_3_1, 'spf/non-ascii', 'the record holds a byte that is not US-ASCII');
  const text = latin1(txt);
  const reader = new RecordReader(text);
  let at = VERSION.length;
  while (at < text.length) {
    // RFC 7208 4.6.1: terms are separated by SP alone; a tab or line end is part of a term, and its error.
    if (text.charCodeAt(at) === 0x20) {
      at++;
      continue;
    }
    const blank = text.indexOf(' ', at);
    const end = blank < 0 ? text.length : blank;
    const fault = reader.readTerm(at, end);
    if (fault !== undefined) return failed(fault);
    at = end;
  }
  return reader.finish();
}

class RecordReader {
  readonly #text: string;
  readonly #directives: Directive[] = [];
  readonly #unknown: Term[] = [];
  readonly #warnings: Problem[] = [];
  #redirect: DomainModifier | undefined;
  #exp: DomainModifier | undefined;
  #all: Directive | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  readTerm(at: number, end: number): Problem | undefined {
    const nameEnd = modifierNameEnd(this.#text, at, end);
    return nameEnd < 0 ? this.#readDirective(at, end) : this.#readModifier(at, nameEnd, end);
  }

  finish(): Parsed<SpfRecord> {
    if (this.#all !== undefined && this.#redirect !== undefined)
      this.#warn(
        'spf/redirect-ignored',
        this.#redirect.at,
        RFC7208_5_1,
        'redirect= has no effect beside "all"',
      );
    return parsed(
      {
        directives: this.#directives,
        ...(this.#redirect !== undefined && { redirect: this.#redirect }),
        ...(this.#exp !== undefined && { exp: this.#exp }),
        unknownModifiers: this.#unknown,
      },
      this.#warnings,
    );
  }

  #readDirective(at: number, end: number): Problem | undefined {
    const first = this.#text.charAt(at);
    const qualified = first === '+' || first === '-' || first === '~' || first === '?';
    const mechanism = parseMechanism(this.#text, qualified ? at + 1 : at, end);
    if (!mechanism.ok) return mechanism.problem;
    const directive: Directive = {
      text: this.#text.slice(at, end),
      at,
      qualifier: qualified ? first : '+',
      mechanism: mechanism.value,
    };
    if (this.#all !== undefined)
      this.#warn('spf/after-all', at, RFC7208_5_1, 'a mechanism after "all" is never tested');
    else if (directive.mechanism.kind === 'all') this.#all = directive;
    if (directive.mechanism.kind === 'ptr')
      this.#warn('spf/ptr', at, RFC7208_5_5, '"ptr" should not be published: slow and not reliable');
    this.#directives.push(directive);
    return undefined;
  }

  #readModifier(at: number, nameEnd: number, end: number): Problem | undefined {
    const name = this.#text.slice(at, nameEnd).toLowerCase();
    const term = { text: this.#text.slice(at, end), at };
    if (name !== 'redirect' && name !== 'exp') {
      const value = parseMacroString(this.#text, nameEnd + 1, end, 'modifier');
      if (!value.ok) return value.problem;
      this.#unknown.push(term);
      return undefined;
    }
    if ((name === 'redirect' ? this.#redirect : this.#exp) !== undefined)
      return problem('spf/duplicate-modifier', at, RFC7208_6, `${name}= stands more than once`);
    const target = parseDomainSpec(this.#text, nameEnd + 1, end);
    if (!target.ok) return target.problem;
    const modifier = { ...term, target: target.value };
    if (name === 'redirect') this.#redirect = modifier;
    else this.#exp = modifier;
    return undefined;
  }

  #warn(code: ProblemCode, at: number, clause: Clause, message: string): void {
    if (this.#warnings.length < MAX_WARNINGS) this.#warnings.push(problem(code, at, clause, message));
  }
}

/** End of a modifier's name, where the term is one (RFC 7208 4.6.1: "=" right after the name); else -1. */
function modifierNameEnd(text: string, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    const alpha = (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a;
    if (alpha) continue;
    if (i === start) return -1;
    if (c === 0x3d) return i;
    const other = (c >= 0x30 && c <= 0x39) || c === 0x2d || c === 0x5f || c === 0x2e;
    if (!other) return -1;
  }
  return -1;
}

function bad(at: number, clause: Clause, code: ProblemCode, message: string): Parsed<never> {
  return failed(problem(code, at, clause, message));
}

const MEMO = new WeakMap<Uint8Array, Parsed<SpfRecord>>();

/** `parseSpfRecord`, remembered by the record object, which a cache hands out again and again. */
export function readSpfRecord(txt: Uint8Array): Parsed<SpfRecord> {
  let record = MEMO.get(txt);
  if (record === undefined) {
    record = parseSpfRecord(txt);
    MEMO.set(txt, record);
  }
  return record;
}
