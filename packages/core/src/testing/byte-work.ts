// Counts bytes moved and searched, so that a test can tell linear work from quadratic without a clock.

export interface ByteWork {
  /** Bytes copied by `set`. */
  copied: number;
  /** Bytes that `indexOf` and `includes` may have walked over. */
  searched: number;
  /** The largest array written into, in bytes. */
  largest: number;
}

interface Methods {
  set: (this: Uint8Array, source: ArrayLike<number>, offset?: number) => void;
  indexOf: (this: Uint8Array, byte: number, from?: number) => number;
}

/** Runs something and counts what it does to byte arrays. One at a time: the count is taken at their prototype. */
export async function countByteWork<T>(
  run: () => Promise<T> | T,
): Promise<{ readonly value: T; readonly work: ByteWork }> {
  const work: ByteWork = { copied: 0, searched: 0, largest: 0 };
  const prototype = Object.getPrototypeOf(Uint8Array.prototype) as Methods;
  const { set, indexOf } = prototype;
  prototype.set = function (source, offset) {
    work.copied += source.length;
    work.largest = Math.max(work.largest, this.length);
    set.call(this, source, offset);
  };
  prototype.indexOf = function (byte, from = 0) {
    const found = indexOf.call(this, byte, from);
    work.searched += (found < 0 ? this.length : found + 1) - from;
    return found;
  };
  try {
    return { value: await run(), work };
  } finally {
    prototype.set = set;
    prototype.indexOf = indexOf;
  }
}
