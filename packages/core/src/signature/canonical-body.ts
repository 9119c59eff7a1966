import { CR, LF } from '../syntax/bytes.js';
import { KERNEL_AT, KERNEL_BYTES, relaxKernel } from './kernel/relax-kernel.js';
import type { Canonicalization } from './signature-tags.js';

/** Takes canonical bytes as they come. They are only lent: use or copy them before returning. */
export type ByteSink = (bytes: Uint8Array) => void;

const CRLFS = new Uint8Array(4096);
for (let i = 0; i < CRLFS.length; i++) CRLFS[i] = i % 2 === 0 ? CR : LF;

/**
 * Canonicalizes a body piece by piece (RFC 6376 3.4.3, 3.4.4); where the pieces are cut makes no difference.
 * Line ends are CRLF: CR or LF alone is an ordinary byte.
 */
export class BodyCanonicalizer {
  readonly #relaxed: boolean;
  readonly #lines: LineEndKeeper;
  // Relaxed: up to two bytes whose fate the next bytes decide.
  #held: Uint8Array = new Uint8Array(0);

  constructor(canonicalization: Canonicalization, sink: ByteSink) {
    this.#relaxed = canonicalization === 'relaxed';
    this.#lines = new LineEndKeeper(canonicalization, sink);
  }

  update(chunk: Uint8Array): void {
    if (!this.#relaxed) {
      this.#lines.update(chunk);
      return;
    }
    const step = KERNEL_BYTES - 2;
    for (let at = 0; at < chunk.length; at += step) this.#relax(chunk.subarray(at, at + step));
  }

  finish(): void {
    if (this.#relaxed && this.#held.length > 0) {
      // The body ends here or gets its CRLF here; both make a line end.
      const kernel = relaxKernel();
      const { memory } = kernel;
      memory.set(this.#held, KERNEL_AT);
      setLineEnd(memory, KERNEL_AT + this.#held.length);
      const end = kernel.relax(KERNEL_AT, this.#held.length);
      this.#lines.update(memory.subarray(KERNEL_AT, end));
    }
    this.#lines.finish();
  }

  #relax(piece: Uint8Array): void {
    const kernel = relaxKernel();
    const { memory } = kernel;
    const held = this.#held.length;
    memory.set(this.#held, KERNEL_AT);
    memory.set(piece, KERNEL_AT + held);
    const total = held + piece.length;
    const ready = Math.max(0, total - 2);
    this.#held = memory.slice(KERNEL_AT + ready, KERNEL_AT + total);
    const end = kernel.relax(KERNEL_AT, ready);
    this.#lines.update(memory.subarray(KERNEL_AT, end));
  }
}

/**
 * A whole body at once, without copies where it needs none.
 * @returns canonical bytes in one or two pieces, lent until the next body; undefined where the body is too large for one go
 */
export function canonicalizeWholeBody(
  canonicalization: Canonicalization,
  body: Uint8Array,
): readonly Uint8Array[] | undefined {
  if (canonicalization === 'simple') return wholeLines(body, 'simple');
  if (body.length > KERNEL_BYTES) return undefined;
  const kernel = relaxKernel();
  const { memory } = kernel;
  memory.set(body, KERNEL_AT);
  setLineEnd(memory, KERNEL_AT + body.length);
  return wholeLines(memory.subarray(KERNEL_AT, kernel.relax(KERNEL_AT, body.length)), 'relaxed');
}

function wholeLines(bytes: Uint8Array, canonicalization: Canonicalization): readonly Uint8Array[] {
  const end = contentEnd(bytes, bytes.length);
  if (end === 0) return canonicalization === 'simple' ? [CRLFS.subarray(0, 2)] : [];
  if (end < bytes.length) return [bytes.subarray(0, end + 2)];
  return [bytes, CRLFS.subarray(0, 2)];
}

function setLineEnd(memory: Uint8Array, at: number): void {
  memory[at] = CR;
  memory[at + 1] = LF;
}

/** Where the empty lines at the end begin: the first byte of the first of the closing CRLFs. */
function contentEnd(bytes: Uint8Array, length: number): number {
  let end = length;
  while (end >= 2 && bytes[end - 1] === LF && bytes[end - 2] === CR) end -= 2;
  return end;
}

/** Drops the empty lines at the end and sees that the last line is closed (RFC 6376 3.4.3, 3.4.4 b). */
class LineEndKeeper {
  readonly #emptyBodyIsLine: boolean;
  readonly #sink: ByteSink;
  #pendingCrlfs = 0;
  #pendingCr = false;
  #hasContent = false;

  constructor(canonicalization: Canonicalization, sink: ByteSink) {
    this.#emptyBodyIsLine = canonicalization === 'simple';
    this.#sink = sink;
  }

  update(chunk: Uint8Array): void {
    let bytes = chunk;
    if (bytes.length === 0) return;
    if (this.#pendingCr) {
      this.#pendingCr = false;
      if (bytes[0] === LF) {
        this.#pendingCrlfs++;
        bytes = bytes.subarray(1);
      } else this.#emit(CRLFS.subarray(0, 1));
    }
    const lastIsCr = bytes.length > 0 && bytes[bytes.length - 1] === CR;
    const length = lastIsCr ? bytes.length - 1 : bytes.length;
    const end = contentEnd(bytes, length);
    if (end > 0) this.#emit(bytes.subarray(0, end));
    this.#pendingCrlfs += (length - end) / 2;
    this.#pendingCr = lastIsCr;
  }

  finish(): void {
    if (this.#pendingCr) this.#emit(CRLFS.subarray(0, 1));
    if (this.#hasContent || this.#emptyBodyIsLine) this.#sink(CRLFS.subarray(0, 2));
  }

  #emit(content: Uint8Array): void {
    this.#hasContent = true;
    for (let bytes = this.#pendingCrlfs * 2; bytes > 0; bytes -= CRLFS.length)
      this.#sink(CRLFS.subarray(0, Math.min(bytes, CRLFS.length)));
    this.#pendingCrlfs = 0;
    this.#sink(content);
  }
}
