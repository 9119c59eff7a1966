const LF = 0x0a;
const CR = 0x0d;
const LOOK_AHEAD_BYTES = 65_536;

/**
 * Was the message saved with Unix line ends? SMTP carries CRLF only, so a start without a single CRLF has been
 * rewritten since; signatures cover the CRLF form.
 */
export function hasUnixLineEnds(start: Uint8Array): boolean {
  const head = start.subarray(0, LOOK_AHEAD_BYTES);
  if (head.indexOf(LF) < 0) return false;
  for (let cr = head.indexOf(CR); cr >= 0; cr = head.indexOf(CR, cr + 1))
    if (head[cr + 1] === LF) return false;
  return true;
}

/** The bytes with each LF that follows no CR turned into CRLF. */
export function toCrlf(bytes: Uint8Array, previous = 0): Uint8Array {
  let bare = 0;
  for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, lf + 1))
    if ((lf === 0 ? previous : bytes[lf - 1]) !== CR) bare++;
  if (bare === 0) return bytes;
  const out = new Uint8Array(bytes.length + bare);
  let from = 0;
  let to = 0;
  for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) {
    out.set(bytes.subarray(from, lf), to);
    to += lf - from;
    if ((lf === 0 ? previous : bytes[lf - 1]) !== CR) out[to++] = CR;
    out[to++] = LF;
    from = lf + 1;
  }
  out.set(bytes.subarray(from), to);
  return out;
}

/** The same for a message in pieces. */
export async function* streamToCrlf(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let previous = 0;
  for await (const chunk of source) {
    if (chunk.length === 0) continue;
    yield toCrlf(chunk, previous);
    previous = chunk.at(-1) ?? 0;
  }
}

/** A whole message with the line ends of mail, if it was saved with those of Unix. */
export function withCrlf(message: Uint8Array): Uint8Array {
  return hasUnixLineEnds(message) ? toCrlf(message) : message;
}
