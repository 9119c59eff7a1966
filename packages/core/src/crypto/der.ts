// As much DER (X.690) as public keys of mail need: tag, definite length, contents.

export interface DerValue {
  readonly tag: number;
  /** Contents, a view into the input. */
  readonly contents: Uint8Array;
  /** The whole value with tag and length, a view into the input. */
  readonly whole: Uint8Array;
}

/** The value that starts at `at`; undefined where the bytes do not hold one whole, definite-length value. */
export function readDer(bytes: Uint8Array, at = 0): DerValue | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) return undefined;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start++] ?? 0);
  }
  const end = start + length;
  if (end > bytes.length) return undefined;
  return { tag, contents: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}
