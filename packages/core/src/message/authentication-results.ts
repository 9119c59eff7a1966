import { rfc } from '../words/clause.js';
import { DEFAULT_LIMITS, type Limits } from '../words/limits.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem, type Problem, type ProblemCode } from '../words/problem.js';
import { ResultScanner } from './result-scanner.js';

/** One `ptype.property=value` of a result (RFC 8601 2.3). */
export interface ResultProperty {
  /** `smtp`, `header`, `body`, `policy` or another, in lower case; '' for a bare `name=value`, which has none. */
  readonly ptype: string;
  /** In lower case. */
  readonly property: string;
  /** The value without quotes, also those of a local part. The domain of an address follows the last "@". */
  readonly value: string;
}

/** What one method said (RFC 8601 2.2 resinfo). */
export interface MethodResult {
  /** In lower case. */
  readonly method: string;
  /** 1 where none is given (RFC 8601 2.6). */
  readonly methodVersion: number;
  /** In lower case; any word, registered or not. */
  readonly result: string;
  readonly reason?: string;
  readonly properties: readonly ResultProperty[];
  /** Text of the comments inside this result. For people: a comment proves nothing. */
  readonly comments: readonly string[];
}

/** An Authentication-Results field that follows RFC 8601 2.2. */
export interface AuthenticationResults {
  /** Who says so, without quotes, case as written. */
  readonly authservId: string;
  /** 1 where none is given (RFC 8601 2.6). */
  readonly version: number;
  /** Empty for `none` (RFC 8601 2.2 no-result). */
  readonly results: readonly MethodResult[];
}

/** The bounds a field is read under. */
export type ResultLimits = Pick<Limits, 'authResults' | 'addressDepth' | 'signatureBytes'>;

export interface ResultOptions {
  /** Offset of the first byte to read: past `i=1;` in an ARC-Authentication-Results value. */
  readonly start?: number;
  readonly limits?: ResultLimits;
}

const RFC8601_2_2 = rfc('8601', '2.2');
const RFC8601_2_5 = rfc('8601', '2.5');
const RFC8601_2_6 = rfc('8601', '2.6');
const RFC8601_7_8 = rfc('8601', '7.8');

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const SLASH = 0x2f;
const DOT = 0x2e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads the value of an Authentication-Results field by the grammar of RFC 8601 2.2, in one linear pass.
 *
 * Errors: `authres/too-long`, `authres/too-many-results`, `authres/control`, `authres/comment-open`,
 * `authres/comment-depth`, `authres/quote-open`, `authres/authserv-id`, `authres/version`, `authres/no-results`,
 * `authres/none-and-results`, `authres/method`, `authres/result`, `authres/property`, `authres/value`.
 *
 * Read although the grammar has it otherwise, because it stands in much real mail and can mean only one thing; each
 * gives a warning: a semicolon without a result (`authres/empty-result`), an unquoted value with characters that ask for quotes,
 * such as base64 or an IPv6 address (`authres/unquoted-value`), a property without a value (`authres/empty-value`),
 * and a bare `name=value` (`authres/no-ptype`).
 *
 * @param value the bytes after the colon, folds included
 */
export function parseAuthenticationResults(
  value: Uint8Array,
  options: ResultOptions = {},
): Parsed<AuthenticationResults> {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const start = options.start ?? 0;
  const long = tooLong(value, start, limits);
  if (long !== undefined) return failed(long);
  const reader = new ResultReader(value, start, limits);
  const head = readAuthservId(reader.scanner);
  if (head === undefined) return reader.failure();
  const results = reader.readResults();
  if (results === undefined) return reader.failure();
  return parsed({ ...head, results }, reader.warnings);
}

/**
 * Only the authserv-id and version at the start of a value, whatever follows them.
 * Errors: those of `parseAuthenticationResults` that can happen there.
 */
export function parseAuthservId(
  value: Uint8Array,
  options: ResultOptions = {},
): Parsed<Pick<AuthenticationResults, 'authservId' | 'version'>> {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const reader = new ResultReader(value, options.start ?? 0, limits);
  const head = readAuthservId(reader.scanner);
  return head === undefined ? reader.failure() : parsed(head);
}

/** The results of a field without authserv-id, as Exchange Online writes them: no grammar of RFC 8601 has that. */
export function parseResultsWithoutId(
  value: Uint8Array,
  limits: ResultLimits,
): Parsed<{ readonly results: readonly MethodResult[]; readonly strayWords: readonly string[] }> {
  const long = tooLong(value, 0, limits);
  if (long !== undefined) return failed(long);
  const strayWords: string[] = [];
  const reader = new ResultReader(value, 0, limits, strayWords);
  const results = reader.readResults();
  if (results === undefined) return reader.failure();
  return parsed({ results, strayWords }, reader.warnings);
}

// RFC 8601 7.8: the field may be extraordinarily large on purpose.
function tooLong(value: Uint8Array, start: number, limits: ResultLimits): Problem | undefined {
  return value.length - start <= limits.signatureBytes
    ? undefined
    : problem(
        'authres/too-long',
        start,
        RFC8601_7_8,
        `the field is longer than ${limits.signatureBytes} bytes`,
      );
}

function readAuthservId(s: ResultScanner): { authservId: string; version: number } | undefined {
  if (!s.skipCfws()) return undefined;
  const at = s.at;
  const authservId = s.peek() === QUOTE ? s.quotedString() : s.token();
  if (authservId === undefined) return undefined;
  if (authservId === '') return s.fail('authres/authserv-id', at, RFC8601_2_5, 'no authserv-id');
  const idEnd = s.at;
  if (!s.skipCfws()) return undefined;
  s.takeComments();
  const next = s.peek();
  if (next === SEMICOLON) return { authservId, version: 1 };
  if (next < 0) return s.fail('authres/no-results', s.at, RFC8601_2_2, 'nothing follows the authserv-id');
  // Without white space between them, the version would be part of the id.
  if (next < 0x30 || next > 0x39 || idEnd === s.at)
    return s.fail(
      'authres/authserv-id',
      s.at,
      RFC8601_2_5,
      'something else where the authserv-id should end',
    );
  const version = s.number();
  if (version === undefined || !s.skipCfws() || (s.peek() >= 0 && s.peek() !== SEMICOLON))
    return s.fail('authres/version', s.at, RFC8601_2_6, 'the version is no number');
  if (s.peek() < 0) return s.fail('authres/no-results', s.at, RFC8601_2_2, 'nothing follows the version');
  s.takeComments();
  return { authservId, version };
}

class ResultReader {
  readonly scanner: ResultScanner;
  readonly warnings: Problem[] = [];
  readonly #limits: ResultLimits;
  readonly #strayWords: string[] | undefined;

  /** @param strayWords collects words that are no result; without it they are a defect */
  constructor(value: Uint8Array, start: number, limits: ResultLimits, strayWords?: string[]) {
    this.scanner = new ResultScanner(value, start, limits.addressDepth);
    this.#limits = limits;
    this.#strayWords = strayWords;
  }

  failure(): Parsed<never> {
    return failed(
      this.scanner.defect ?? problem('authres/result', this.scanner.at, RFC8601_2_2, 'not a result'),
    );
  }

  #warn(code: ProblemCode, at: number, message: string): void {
    if (this.warnings.length < 20) this.warnings.push(problem(code, at, RFC8601_2_2, message));
  }

  /** `( no-result / 1*resinfo ) [CFWS]` up to the end. */
  readResults(): readonly MethodResult[] | undefined {
    const s = this.scanner;
    const results: MethodResult[] = [];
    let none = -1;
    for (let first = this.#strayWords !== undefined; ; first = false) {
      if (!s.skipCfws()) return undefined;
      if (s.peek() < 0) break;
      if (s.peek() === SEMICOLON) s.at++;
      else if (!first) return s.fail('authres/result', s.at, RFC8601_2_2, 'a result does not end here');
      if (!s.skipCfws()) return undefined;
      const next = s.peek();
      if (next === SEMICOLON || next < 0) {
        this.#warn('authres/empty-result', s.at, 'a semicolon without a result');
        continue;
      }
      s.takeComments();
      const at = s.at;
      const result = this.#readResult();
      if (s.defect !== undefined) return undefined;
      if (first && typeof result !== 'object')
        return s.fail('authres/result', at, RFC8601_2_2, 'the field does not begin with a result');
      if (result === 'none') none = at;
      else if (result !== undefined) results.push(result);
      if (results.length > this.#limits.authResults)
        return s.fail('authres/too-many-results', at, RFC8601_7_8, 'too many results in one field');
    }
    if (none >= 0 && results.length > 0)
      return s.fail('authres/none-and-results', none, RFC8601_2_2, '"none" stands beside results');
    return results;
  }

  // methodspec [ CFWS reasonspec ] [ CFWS 1*propspec ], up to ";" or the end
  #readResult(): MethodResult | 'none' | undefined {
    const s = this.scanner;
    const at = s.at;
    const method = s.keyword();
    if (!isKeyword(method) || !s.skipCfws()) return this.#notMethod(at);
    const methodVersion = this.#methodVersion();
    if (methodVersion === undefined) return undefined;
    if (s.peek() !== EQUALS) {
      if (method === 'none' && (s.peek() === SEMICOLON || s.peek() < 0)) return 'none';
      return this.#notMethod(at);
    }
    s.at++;
    if (!s.skipCfws()) return undefined;
    const result = s.keyword();
    if (!isKeyword(result)) return s.fail('authres/result', s.at, RFC8601_2_2, 'no result after "="');
    const properties: ResultProperty[] = [];
    const more: { reason?: string } = {};
    for (;;) {
      const before = s.at;
      if (!s.skipCfws()) return undefined;
      const next = s.peek();
      if (next < 0 || next === SEMICOLON) break;
      // A word that runs on without white space belongs to nothing: `dkim=pass/x`, `dkim=pass.x=y`.
      if (before === s.at && properties.length === 0 && more.reason === undefined)
        return s.fail('authres/result', s.at, RFC8601_2_2, 'a result is followed by something else');
      if (!this.#readProperty(properties, more)) return undefined;
    }
    return { method, methodVersion, result, ...more, properties, comments: s.takeComments() };
  }

  #notMethod(at: number): undefined {
    const s = this.scanner;
    if (this.#strayWords === undefined || s.defect !== undefined)
      return s.fail('authres/method', at, RFC8601_2_2, 'not a method, "=" and a result');
    s.at = at;
    const word = s.loose();
    if (word === '' || word.includes('=') || !s.skipCfws() || (s.peek() >= 0 && s.peek() !== SEMICOLON))
      return s.fail('authres/method', at, RFC8601_2_2, 'not a method, "=" and a result');
    this.#strayWords.push(word);
    return undefined;
  }

  // [ "/" [CFWS] method-version ]
  #methodVersion(): number | undefined {
    const s = this.scanner;
    if (s.peek() !== SLASH) return 1;
    s.at++;
    if (!s.skipCfws()) return undefined;
    const version = s.number();
    if (version === undefined)
      return s.fail('authres/version', s.at, RFC8601_2_6, 'the method version is no number');
    return s.skipCfws() ? version : undefined;
  }

  // reasonspec, propspec, or a bare name=value
  #readProperty(properties: ResultProperty[], more: { reason?: string }): boolean {
    const s = this.scanner;
    const at = s.at;
    const word = s.keyword();
    if (!isKeyword(word) || !s.skipCfws()) return this.#notProperty(at);
    if (s.peek() === EQUALS) {
      s.at++;
      if (word === 'reason' && more.reason === undefined && properties.length === 0) {
        const reason = this.#value();
        if (reason === undefined) return false;
        more.reason = reason;
        return true;
      }
      this.#warn('authres/no-ptype', at, 'a property without a property type');
      return this.#push(properties, '', word);
    }
    if (s.peek() !== DOT) return this.#notProperty(at);
    s.at++;
    if (!s.skipCfws()) return false;
    const property = s.keyword();
    if (!isKeyword(property) || !s.skipCfws() || s.peek() !== EQUALS) return this.#notProperty(at);
    s.at++;
    return this.#push(properties, word, property);
  }

  #push(properties: ResultProperty[], ptype: string, property: string): boolean {
    const value = this.#value();
    if (value === undefined) return false;
    properties.push({ ptype, property, value });
    return true;
  }

  #notProperty(at: number): false {
    this.scanner.fail(
      'authres/property',
      at,
      RFC8601_2_2,
      'not a property type, ".", a property, "=" and a value',
    );
    return false;
  }

  /**
   * pvalue = [CFWS] ( value / [ [ local-part ] "@" ] domain-name ) [CFWS]. Stricter than the grammar in one point:
   * a quoted string ends at white space, so that no property hides behind the closing quote.
   */
  #value(): string | undefined {
    const s = this.scanner;
    if (!s.skipCfws()) return undefined;
    const at = s.at;
    const next = s.peek();
    if (next < 0 || next === SEMICOLON) {
      this.#warn('authres/empty-value', at, 'a property without a value');
      return '';
    }
    const quoted = next === QUOTE ? s.quotedString() : '';
    if (quoted === undefined) return undefined;
    const run = s.loose();
    if (s.peek() === QUOTE || s.peek() === BACKSLASH) return this.#notValue(at);
    if (next !== QUOTE) return this.#unquoted(run, at);
    if (run === '') return quoted;
    if (!run.startsWith('@') || run.length === 1 || /[@=]/.test(run.slice(1))) return this.#notValue(at);
    return quoted + run;
  }

  // `header.b=dGVz/dA==` is one value, `header.d=a.example=b` is two things run together.
  #unquoted(run: string, at: number): string | undefined {
    const core = run.replace(/={1,2}$/, '');
    const domain = core.slice(core.indexOf('@') + 1);
    if (core === '' || domain.includes('=') || domain.includes('@')) return this.#notValue(at);
    if (domain.length === core.length && /[<>,:/[\]?=]/.test(run))
      this.#warn('authres/unquoted-value', at, 'a value that asks for quotes has none');
    return run;
  }

  #notValue(at: number): undefined {
    return this.scanner.fail('authres/value', at, RFC8601_2_2, 'not a value, domain or address');
  }
}

/**
 * RFC 5321 4.1.2 Ldh-str: letters, digits and hyphens, no hyphen at the end. Underscores are let through, as in
 * Fastmail's `x-aligned-from=domain_pass`: no other reading of such a word exists.
 */
export function isKeyword(word: string): boolean {
  return /^[A-Za-z0-9_-]*[A-Za-z0-9_]$/.test(word);
}
