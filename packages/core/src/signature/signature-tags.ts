import { decodeBase64 } from '../syntax/base64.js';
import { latin1 } from '../syntax/bytes.js';
import { compactText, parseTagList, tagText, type Tag } from '../syntax/tag-list.js';
import { rfc, type Clause } from '../words/clause.js';
import { parseDomain, type Domain } from '../words/domain.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem, type Problem, type ProblemCode } from '../words/problem.js';

/** The tags that DKIM-Signature and ARC-Message-Signature share (RFC 6376 3.5, RFC 8617 4.1.2). */
export interface SignatureTags {
  readonly algorithm: string;
  readonly signature: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly headerCanonicalization: Canonicalization;
  readonly bodyCanonicalization: Canonicalization;
  readonly domain: Domain;
  readonly selector: string;
  /** h=, lower case, in order. */
  readonly signedFields: readonly string[];
  /** l= */
  readonly bodyLength?: number;
  readonly timestamp?: number;
  readonly expiration?: number;
  /** The value of b=: what is left out when the field itself is hashed (RFC 6376 3.7). */
  readonly signatureTag: Tag;
  /** All tags, for those only one of the two fields has. */
  readonly tags: ReadonlyMap<string, Tag>;
}

export type Canonicalization = 'simple' | 'relaxed';

/** Which field is read: the prefix of its problem codes. */
export type SignatureArea = 'dkim' | 'arc';

const RFC6376_3_5 = rfc('6376', '3.5');
const RFC6376_3_2 = rfc('6376', '3.2');

/**
 * Reads the shared tags of a signature field's value.
 * Errors: `<area>/tag-syntax`, `<area>/duplicate-tag`, `<area>/missing-tag`, `<area>/base64`, `<area>/domain`,
 * `<area>/selector`, `<area>/signed-fields`, `<area>/canonicalization`, `<area>/number`.
 */
export function parseSignatureTags(
  bytes: Uint8Array,
  start: number,
  end: number,
  area: SignatureArea,
): Parsed<SignatureTags> {
  const list = parseTagList(bytes, start, end, { area, clause: RFC6376_3_2 });
  if (!list.ok) return list;
  return new TagReader(bytes, list.value, area).read();
}

/** The tags of an ARC-Seal (RFC 8617 4.1.3): no body, no h=, no canonicalization. */
export type SealTags = Pick<
  SignatureTags,
  'algorithm' | 'signature' | 'domain' | 'selector' | 'timestamp' | 'signatureTag' | 'tags'
>;

/** Reads an ARC-Seal's value. Errors: those of `parseSignatureTags`. */
export function parseSealTags(bytes: Uint8Array, start: number, end: number): Parsed<SealTags> {
  const list = parseTagList(bytes, start, end, { area: 'arc', clause: RFC6376_3_2 });
  if (!list.ok) return list;
  return new TagReader(bytes, list.value, 'arc').readSeal();
}

class TagReader {
  readonly #bytes: Uint8Array;
  readonly #tags: ReadonlyMap<string, Tag>;
  readonly #area: SignatureArea;
  #problem: Problem | undefined;

  constructor(bytes: Uint8Array, tags: ReadonlyMap<string, Tag>, area: SignatureArea) {
    this.#bytes = bytes;
    this.#tags = tags;
    this.#area = area;
  }

  read(): Parsed<SignatureTags> {
    const algorithm = this.#text('a');
    const signature = this.#base64('b');
    const bodyHash = this.#base64('bh');
    const domain = this.#domain();
    const selector = this.#selector();
    const signedFields = this.#signedFields();
    const canonicalization = this.#canonicalization();
    const bodyLength = this.#number('l', 76);
    const timestamp = this.#number('t', 12);
    const expiration = this.#number('x', 12);
    // RFC 6376 3.5: x= "MUST be greater than the value of the t= tag if both are present".
    if (timestamp !== undefined && expiration !== undefined && expiration <= timestamp)
      this.#fail('number', this.#tags.get('x'), 'x= is not after t=');
    const signatureTag = this.#tags.get('b');
    if (this.#problem !== undefined) return failed(this.#problem);
    if (signatureTag === undefined || domain === undefined)
      throw new TypeError('a missing tag was not reported');
    return parsed({
      algorithm,
      signature,
      bodyHash,
      domain,
      selector,
      signedFields,
      ...canonicalization,
      ...(bodyLength !== undefined && { bodyLength }),
      ...(timestamp !== undefined && { timestamp }),
      ...(expiration !== undefined && { expiration }),
      signatureTag,
      tags: this.#tags,
    });
  }

  readSeal(): Parsed<SealTags> {
    const algorithm = this.#text('a');
    const signature = this.#base64('b');
    const domain = this.#domain();
    const selector = this.#selector();
    const timestamp = this.#number('t', 12);
    const signatureTag = this.#tags.get('b');
    if (this.#problem !== undefined) return failed(this.#problem);
    if (signatureTag === undefined || domain === undefined)
      throw new TypeError('a missing tag was not reported');
    return parsed({
      algorithm,
      signature,
      domain,
      selector,
      ...(timestamp !== undefined && { timestamp }),
      signatureTag,
      tags: this.#tags,
    });
  }

  /** The first defect is the one reported. */
  #fail(what: string, tag: Tag | undefined, message: string, clause: Clause = RFC6376_3_5): void {
    this.#problem ??= problem(`${this.#area}/${what}` as ProblemCode, tag?.valueStart ?? 0, clause, message);
  }

  #required(name: string): Tag | undefined {
    const tag = this.#tags.get(name);
    if (tag === undefined) this.#fail('missing-tag', undefined, `${name}= is missing`);
    return tag;
  }

  #text(name: string): string {
    const tag = this.#required(name);
    return tag === undefined ? '' : tagText(this.#bytes, tag);
  }

  #base64(name: string): Uint8Array {
    const tag = this.#required(name);
    const data = tag === undefined ? undefined : decodeBase64(this.#bytes, tag.valueStart, tag.valueEnd);
    if (tag !== undefined && (data === undefined || data.length === 0))
      this.#fail('base64', tag, `${name}= is not base64`);
    return data ?? new Uint8Array(0);
  }

  // Read before any DNS question is made of it: a name such as "legitimate.example(.attacker.example" must not be asked.
  #domain(): Domain | undefined {
    const tag = this.#required('d');
    if (tag === undefined) return undefined;
    const domain = parseDomain(decodeName(this.#bytes, tag));
    if (domain.ok) return domain.value;
    this.#fail('domain', tag, `d= is not a domain name: ${domain.problem.message}`);
    return undefined;
  }

  #selector(): string {
    const tag = this.#required('s');
    if (tag === undefined) return '';
    const text = decodeName(this.#bytes, tag);
    if (!parseDomain(text).ok || text.endsWith('.'))
      this.#fail('selector', tag, 's= is not a selector: labels of letters, digits and hyphens');
    return text;
  }

  #signedFields(): readonly string[] {
    const tag = this.#required('h');
    if (tag === undefined) return [];
    const names = fieldNames(compactText(this.#bytes, tag));
    if (names.length === 0) this.#fail('signed-fields', tag, 'h= names no field');
    return names;
  }

  #canonicalization(): Pick<SignatureTags, 'headerCanonicalization' | 'bodyCanonicalization'> {
    const tag = this.#tags.get('c');
    const [header = 'simple', body = 'simple', more] =
      tag === undefined ? [] : tagText(this.#bytes, tag).split('/');
    if (isCanonicalization(header) && isCanonicalization(body) && more === undefined)
      return { headerCanonicalization: header, bodyCanonicalization: body };
    this.#fail('canonicalization', tag, 'c= names a canonicalization that does not exist');
    return { headerCanonicalization: 'simple', bodyCanonicalization: 'simple' };
  }

  #number(name: string, digits: number): number | undefined {
    const tag = this.#tags.get(name);
    if (tag === undefined) return undefined;
    const text = tagText(this.#bytes, tag);
    if (text.length === 0 || text.length > digits || !isDigits(text)) {
      this.#fail('number', tag, `${name}= is not a decimal number of at most ${digits} digits`);
      return undefined;
    }
    return Number(text);
  }
}

// A sender signs the same fields in every message: the list is taken apart once.
const knownLists = new Map<string, readonly string[]>();
const MAX_KNOWN_LISTS = 256;
const MAX_KNOWN_CHARACTERS = 1000;

// A blank between two colons names no field, like the name of a field that is not there.
function fieldNames(list: string): readonly string[] {
  const known = knownLists.get(list);
  if (known !== undefined) return known;
  const names = list
    .toLowerCase()
    .split(':')
    .filter((name) => name !== '');
  if (list.length <= MAX_KNOWN_CHARACTERS) {
    if (knownLists.size >= MAX_KNOWN_LISTS) knownLists.clear();
    knownLists.set(list, names);
  }
  return names;
}

function isCanonicalization(text: string): text is Canonicalization {
  return text === 'simple' || text === 'relaxed';
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return false;
  }
  return true;
}

const UTF8 = new TextDecoder('utf-8');

// RFC 8616 4: in an internationalized header d= and s= may be U-labels.
function decodeName(bytes: Uint8Array, tag: Tag): string {
  for (let i = tag.valueStart; i < tag.valueEnd; i++)
    if ((bytes[i] ?? 0) >= 0x80) return UTF8.decode(bytes.subarray(tag.valueStart, tag.valueEnd));
  return latin1(bytes, tag.valueStart, tag.valueEnd);
}
