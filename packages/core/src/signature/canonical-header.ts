import type { HeaderBlock, HeaderField } from '../message/header-block.js';
import { CR, isWsp, LF, SP } from '../syntax/bytes.js';
import type { Tag } from '../syntax/tag-list.js';
import type { Canonicalization, SignatureTags } from './signature-tags.js';

const COLON = 0x3a;

/**
 * The bytes a header signature is made over (RFC 6376 3.7): the fields of h=, each taken from the bottom up and only
 * once, a name with no field left contributing nothing (5.4.2), then the signature field itself with an empty b= and
 * without its closing CRLF.
 * @returns a view that is good until the next call
 */
export function signedHeaderBytes(
  head: HeaderBlock,
  signature: HeaderField,
  tags: SignatureTags,
): Uint8Array {
  const writer = new CanonicalWriter(head.bytes, tags.headerCanonicalization);
  const taken = new Map<string, number>();
  let others: readonly HeaderField[] | undefined;
  for (const name of tags.signedFields) {
    const named = head.byName.get(name);
    if (named === undefined) continue;
    // RFC 6376 3.5: h= "MUST NOT include the DKIM-Signature header field that is being created or verified".
    const fields = name === signature.name ? (others ??= withoutField(named, signature)) : named;
    const used = taken.get(name) ?? 0;
    const field = fields[fields.length - 1 - used];
    if (field === undefined) continue;
    taken.set(name, used + 1);
    writer.field(field);
  }
  writer.field(signature, tags.signatureTag);
  return writer.finish();
}

function withoutField(fields: readonly HeaderField[], { start }: HeaderField): readonly HeaderField[] {
  return fields.filter((field) => field.start !== start);
}

// One buffer for all: a fresh one for every signature costs more than filling it. Grows up to the largest header seen.
let scratch = new Uint8Array(16_384);

/** Writes fields in canonical form (RFC 6376 3.4.1, 3.4.2) one after another; one writer at a time. */
export class CanonicalWriter {
  readonly #source: Uint8Array;
  readonly #relaxed: boolean;
  #length = 0;

  constructor(source: Uint8Array, canonicalization: Canonicalization) {
    this.#source = source;
    this.#relaxed = canonicalization === 'relaxed';
  }

  /** One field with its line end; `emptied` names a tag whose value is left out. */
  field(field: HeaderField, emptied?: Tag): void {
    this.#reserve(field.end - field.start + 2);
    if (this.#relaxed) this.#relaxedField(field, emptied);
    else this.#simpleField(field, emptied);
  }

  /** What was written, without the line end of the last field. */
  finish(): Uint8Array {
    return scratch.subarray(0, Math.max(0, this.#length - 2));
  }

  // Simple: not a byte is changed. A field cut off by the end of the message still gets its line end.
  #simpleField(field: HeaderField, emptied: Tag | undefined): void {
    const { start, valueEnd } = field;
    if (emptied === undefined) this.#copy(start, valueEnd);
    else {
      this.#copy(start, emptied.outerStart);
      this.#copy(emptied.outerEnd, valueEnd);
    }
    this.#lineEnd();
  }

  #relaxedField(field: HeaderField, emptied: Tag | undefined): void {
    const out = scratch;
    let length = this.#length;
    for (let i = 0; i < field.name.length; i++) out[length++] = field.name.charCodeAt(i);
    out[length++] = COLON;
    const valueAt = length;
    const source = this.#source;
    // RFC 6376 3.7: b= goes with all white space around its value.
    const skipFrom = emptied !== undefined && emptied.outerEnd > emptied.outerStart ? emptied.outerStart : -1;
    let pendingSpace = false;
    for (let i = field.valueStart; i < field.valueEnd; i++) {
      if (i === skipFrom && emptied !== undefined) {
        i = emptied.outerEnd - 1;
        continue;
      }
      const b = source[i] ?? 0;
      if (b > SP) {
        if (pendingSpace) {
          if (length > valueAt) out[length++] = SP;
          pendingSpace = false;
        }
        out[length++] = b;
      } else if (isWsp(b)) pendingSpace = true;
      else if (!isFold(source, i)) {
        if (pendingSpace && length > valueAt) out[length++] = SP;
        pendingSpace = false;
        out[length++] = b;
      }
    }
    this.#length = length;
    this.#lineEnd();
  }

  #copy(from: number, to: number): void {
    if (to <= from) return;
    scratch.set(this.#source.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  #lineEnd(): void {
    scratch[this.#length++] = CR;
    scratch[this.#length++] = LF;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= scratch.length) return;
    const grown = new Uint8Array(Math.max(scratch.length * 2, this.#length + bytes));
    grown.set(scratch.subarray(0, this.#length));
    scratch = grown;
  }
}

// A line end inside a field is always a fold: the header reader ends a field at any other. LF alone folds there too.
function isFold(source: Uint8Array, at: number): boolean {
  return source[at] === LF || (source[at] === CR && source[at + 1] === LF);
}
