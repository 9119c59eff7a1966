import { isWsp, latin1 } from '../../syntax/bytes.js';
import { rfc } from '../../words/clause.js';
import { DEFAULT_LIMITS } from '../../words/limits.js';
import { failed, parsed, type Parsed } from '../../words/parsed.js';
import { problem, type Problem, type ProblemCode } from '../../words/problem.js';
import type { DmarcPolicy, DmarcRecord } from '../results.js';
import { parseReportUris } from './report-uris.js';

const RFC6376_3_2 = rfc('6376', '3.2');
const RFC9989_4_7 = rfc('9989', '4.7');
const RFC9989_4_8 = rfc('9989', '4.8');
const RFC9989_4_10_1 = rfc('9989', '4.10.1');
const RFC9989_A_6 = rfc('9989', 'A.6');
const OUR_LIMIT = rfc('1035', '3.3');

const MAX_WARNINGS = 20;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const DMARC1 = [0x44, 0x4d, 0x41, 0x52, 0x43, 0x31];
const TAG_NAME = /^[A-Za-z]+$/;

const POLICIES: ReadonlyMap<string, DmarcPolicy> = new Map([
  ['none', 'none'],
  ['quarantine', 'quarantine'],
  ['reject', 'reject'],
]);
const ALIGNMENTS: ReadonlyMap<string, 'relaxed' | 'strict'> = new Map([
  ['r', 'relaxed'],
  ['s', 'strict'],
]);
const PSD: ReadonlyMap<string, 'y' | 'n' | 'u'> = new Map([
  ['y', 'y'],
  ['n', 'n'],
  ['u', 'u'],
]);
const YES_OR_NO: ReadonlyMap<string, boolean> = new Map([
  ['y', true],
  ['n', false],
]);

/**
 * Reads one TXT record as DMARC policy record (RFC 9989 4.7, 4.8).
 *
 * Only a record that does not begin with `v=DMARC1` has no value. Everything after that is read as far as it goes:
 * unknown tags are ignored; a defect costs its own tag, which then has its default, and is a warning. Of a tag that
 * stands twice the first counts. Names and key words are compared without regard to case, as the ABNF has them;
 * `DMARC1` exactly.
 * @param txt the character-strings of the record, joined (RFC 9989 4.5)
 *
 * Errors: `dmarc/version`, `dmarc/record-size`. Warnings: `dmarc/tag-syntax`, `dmarc/duplicate-tag`,
 * `dmarc/removed-tag`, `dmarc/policy-missing`, `dmarc/policy-value`, `dmarc/tag-value`, `dmarc/report-uri`,
 * `dmarc/report-size`, `dmarc/report-limit`.
 */
export function parseDmarcRecord(txt: Uint8Array): Parsed<DmarcRecord> {
  const tagsStart = endOfVersion(txt);
  if (tagsStart < 0)
    return failed(problem('dmarc/version', 0, RFC9989_4_7, 'the record does not begin with "v=DMARC1"'));
  const limit = DEFAULT_LIMITS.recordBytes;
  if (txt.length > limit)
    return failed(problem('dmarc/record-size', limit, OUR_LIMIT, `the record is longer than ${limit} bytes`));
  const record = new RecordReader(latin1(txt), tagsStart).read();
  return parsed(record, record.warnings);
}

/** Is this TXT record meant as DMARC policy record? Everything else at the name is discarded (RFC 9989 4.10 step 2). */
export function hasDmarcVersion(txt: Uint8Array): boolean {
  return endOfVersion(txt) >= 0;
}

// RFC 9989 4.8: "v" *WSP "=" *WSP %s"DMARC1", then *WSP and a semicolon or the end. Nothing stands before it.
function endOfVersion(txt: Uint8Array): number {
  if (txt[0] !== 0x76 && txt[0] !== 0x56) return -1;
  let at = skipWsp(txt, 1);
  if (txt[at] !== EQUALS) return -1;
  at = skipWsp(txt, at + 1);
  for (const byte of DMARC1) if (txt[at++] !== byte) return -1;
  at = skipWsp(txt, at);
  if (at === txt.length) return at;
  return txt[at] === SEMICOLON ? at + 1 : -1;
}

function skipWsp(txt: Uint8Array, start: number): number {
  let at = start;
  while (isWsp(txt[at])) at++;
  return at;
}

type Draft = { -readonly [K in keyof DmarcRecord]: DmarcRecord[K] };

class RecordReader {
  readonly #text: string;
  readonly #start: number;
  readonly #warnings: Problem[] = [];
  readonly #seen = new Set<string>();
  /** RFC 9989 4.10.1: one of p=, sp=, np= is there without a valid value. */
  #invalidPolicy = false;
  readonly #record: Draft = {
    policy: 'none',
    policyPresent: false,
    dkimAlignment: 'relaxed',
    spfAlignment: 'relaxed',
    psd: 'u',
    testing: false,
    aggregateReports: [],
    failureReports: [],
    failureOptions: ['0'],
    warnings: this.#warnings,
  };

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
  }

  read(): DmarcRecord {
    const text = this.#text;
    for (let at = this.#start; at < text.length;) {
      const semicolon = text.indexOf(';', at);
      const end = semicolon < 0 ? text.length : semicolon;
      this.#readTag(at, end);
      at = end + 1;
    }
    return this.#finish();
  }

  #finish(): DmarcRecord {
    const record = this.#record;
    if (!record.policyPresent && !this.#invalidPolicy)
      this.#warn(
        'policy-missing',
        this.#start,
        RFC9989_4_10_1,
        'p= is missing; the record is read as p=none',
      );
    if (this.#invalidPolicy) {
      // RFC 9989 4.10.1: the receiver acts "as if a record containing p=none was retrieved", whatever else it says.
      record.policy = 'none';
      record.policyPresent = false;
    }
    if (!record.policyPresent) {
      delete record.subdomainPolicy;
      delete record.nonexistentPolicy;
    }
    // RFC 9989 4.7: fo= "MUST be ignored if a ruf tag is not also specified".
    if (record.failureReports.length === 0) record.failureOptions = ['0'];
    return record;
  }

  #readTag(start: number, end: number): void {
    const spec = this.#text.slice(start, end);
    const equals = spec.indexOf('=');
    const name = (equals < 0 ? spec : spec.slice(0, equals)).trim();
    // RFC 9989 4.8: the list may end with a semicolon; a second one in a row holds no tag either.
    if (name === '' && equals < 0) return;
    if (equals < 0 || !TAG_NAME.test(name)) {
      this.#warn('tag-syntax', start, RFC9989_4_8, `"${shorten(spec)}" is not name=value`);
      return;
    }
    const value = spec.slice(equals + 1);
    const trimmed = value.trimStart();
    const valueStart = start + equals + 1 + (value.length - trimmed.length);
    this.#readValue(name.toLowerCase(), trimmed.trimEnd(), start, valueStart);
  }

  #readValue(name: string, value: string, start: number, at: number): void {
    if (!KNOWN.has(name)) return;
    if (this.#seen.has(name)) {
      // RFC 6376 3.2 forbids it; RFC 9989 4.8 has the error discarded, not the record.
      this.#warn('duplicate-tag', start, RFC6376_3_2, `${name}= stands twice; the first one counts`);
      return;
    }
    this.#seen.add(name);
    const record = this.#record;
    switch (name) {
      case 'p':
        record.policyPresent = true;
        record.policy = this.#policy(name, value, at) ?? 'none';
        break;
      case 'sp':
        this.#set('subdomainPolicy', this.#policy(name, value, at));
        break;
      case 'np':
        this.#set('nonexistentPolicy', this.#policy(name, value, at));
        break;
      case 'adkim':
        this.#set('dkimAlignment', this.#word(ALIGNMENTS, name, value, at));
        break;
      case 'aspf':
        this.#set('spfAlignment', this.#word(ALIGNMENTS, name, value, at));
        break;
      case 'psd':
        this.#set('psd', this.#word(PSD, name, value, at));
        break;
      case 't':
        this.#set('testing', this.#word(YES_OR_NO, name, value, at));
        break;
      case 'fo':
        this.#set('failureOptions', this.#failureOptions(value, at));
        break;
      case 'rua':
        record.aggregateReports = parseReportUris(value, at, (defect) => this.#add(defect));
        break;
      case 'ruf':
        record.failureReports = parseReportUris(value, at, (defect) => this.#add(defect));
        break;
      case 'v':
        // Only the first tag is the version.
        this.#warn('duplicate-tag', start, RFC6376_3_2, 'v= stands twice; the first one counts');
        break;
      default:
        this.#warn('removed-tag', start, RFC9989_A_6, `${name}= is no longer part of DMARC and is ignored`);
    }
  }

  #set<K extends keyof Draft>(field: K, value: Draft[K] | undefined): void {
    if (value !== undefined) this.#record[field] = value;
  }

  #policy(name: string, value: string, at: number): DmarcPolicy | undefined {
    const policy = POLICIES.get(value.toLowerCase());
    if (policy === undefined) {
      this.#invalidPolicy = true;
      const text = `${name}=${shorten(value)} is none of none, quarantine, reject; the record is read as p=none`;
      this.#warn('policy-value', at, RFC9989_4_10_1, text);
    }
    return policy;
  }

  #word<T>(words: ReadonlyMap<string, T>, name: string, value: string, at: number): T | undefined {
    const word = words.get(value.toLowerCase());
    if (word === undefined) this.#invalidValue(name, value, at);
    return word;
  }

  // RFC 9989 4.8 dmarc-fo: 0 or 1, d, s, in any order, each at most once, 0 and 1 not together.
  #failureOptions(value: string, at: number): readonly string[] | undefined {
    const options = value.toLowerCase().split(':', 4);
    const valid =
      options.every((o) => o === '0' || o === '1' || o === 'd' || o === 's') &&
      new Set(options).size === options.length &&
      !(options.includes('0') && options.includes('1'));
    if (valid) return options;
    this.#invalidValue('fo', value, at);
    return undefined;
  }

  #invalidValue(name: string, value: string, at: number): void {
    const text = `${name}=${shorten(value)} is not a value of this tag; its default is used`;
    this.#warn('tag-value', at, RFC9989_4_8, text);
  }

  #warn(what: WarningName, at: number, clause: Problem['clause'], message: string): void {
    this.#add(problem(`dmarc/${what}` satisfies ProblemCode, at, clause, message));
  }

  #add(defect: Problem): void {
    if (this.#warnings.length < MAX_WARNINGS) this.#warnings.push(defect);
  }
}

type WarningName =
  'tag-syntax' | 'duplicate-tag' | 'removed-tag' | 'policy-missing' | 'policy-value' | 'tag-value';

/** RFC 9989 9.3, with the tags it made historic: pct, rf, ri. All others are unknown and ignored (4.7). */
const KNOWN: ReadonlySet<string> = new Set('v p sp np adkim aspf fo rua ruf psd t pct rf ri'.split(' '));

/** A stranger's text inside ours: short, and without characters that move the cursor. */
function shorten(text: string): string {
  const shown = text
    .trim()
    .slice(0, 20)
    .replace(/[^\x20-\x7e]/g, '?');
  return text.trim().length > 20 ? `${shown}...` : shown;
}
