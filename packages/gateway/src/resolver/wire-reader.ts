import { type Clause, type Problem, type ProblemCode, rfc } from '@truefrom/core';
import { labelText, MAX_NAME_BYTES } from './name.js';

const RFC1035_4_1 = rfc('1035', '4.1');
const RFC1035_4_1_4 = rfc('1035', '4.1.4');
const RFC1035_2_3_4 = rfc('1035', '2.3.4');

/** A message may begin with its header only: no name lies before this offset. */
const HEADER_BYTES = 12;
/** More pointers than a name can have labels are there to cost time (RFC 9267 2). */
const MAX_POINTERS = 127;

const EMPTY = new Uint8Array(0);

/**
 * Reads a message from left to right. The first defect stays in `problem`; every read after it answers zero, so that
 * a caller looks once, at the end of a record, instead of after every field.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  at = 0;
  problem: Problem | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  fail(code: ProblemCode, clause: Clause, message: string): void {
    this.problem ??= { code, at: this.at, clause, message };
  }

  u8(): number {
    if (!this.#has(1)) return 0;
    return this.bytes[this.at++] ?? 0;
  }

  u16(): number {
    if (!this.#has(2)) return 0;
    const value = ((this.bytes[this.at] ?? 0) << 8) | (this.bytes[this.at + 1] ?? 0);
    this.at += 2;
    return value;
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  /** A copy: what is kept must not keep the whole message in memory. */
  take(length: number): Uint8Array {
    if (!this.#has(length)) return EMPTY;
    const taken = new Uint8Array(length);
    taken.set(this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return taken;
  }

  /** A name, lower case, without final dot, odd bytes as `\DDD` (see `labelText`). */
  name(): string {
    const { bytes } = this;
    let text = '';
    let wireBytes = 1;
    let pointers = 0;
    let at = this.at;
    let start = at;
    let after = -1;
    for (;;) {
      const length = bytes[at];
      if (length === undefined || (length < 64 && at + 1 + length > bytes.length)) {
        this.fail('dns/short', RFC1035_4_1, 'the message ends inside a name');
        return '';
      }
      if (length === 0) break;
      if (length >= 0xc0) {
        const target = ((length & 0x3f) << 8) | (bytes[at + 1] ?? 0);
        if (after < 0) after = at + 2;
        // Only to before the labels just read: so every jump shortens what is left, and no loop can be written.
        if (at + 1 >= bytes.length || target >= start || target < HEADER_BYTES || ++pointers > MAX_POINTERS) {
          this.fail(
            'dns/name-pointer',
            RFC1035_4_1_4,
            'a compression pointer does not point to a prior name',
          );
          return '';
        }
        at = target;
        start = target;
        continue;
      }
      if (length > 63) {
        this.fail('dns/label-type', RFC1035_4_1_4, 'a label is neither a plain label nor a pointer');
        return '';
      }
      wireBytes += length + 1;
      if (wireBytes > MAX_NAME_BYTES) {
        this.fail('dns/name-length', RFC1035_2_3_4, 'a name is longer than 255 bytes');
        return '';
      }
      const label = labelText(bytes, at + 1, at + 1 + length);
      text = text === '' ? label : `${text}.${label}`;
      at += 1 + length;
    }
    this.at = after < 0 ? at + 1 : after;
    return text;
  }

  #has(length: number): boolean {
    if (this.problem === undefined && this.at + length > this.bytes.length)
      this.fail('dns/short', RFC1035_4_1, `the message ends ${length} byte(s) before its contents do`);
    return this.problem === undefined;
  }
}
