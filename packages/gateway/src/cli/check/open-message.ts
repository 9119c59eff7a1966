import { DEFAULT_LIMITS } from '@truefrom/core';
import type { Io } from '../io/io.js';
import { CliError, EXIT, usageError } from '../io/cli-error.js';
import { hasUnixLineEnds } from './line-ends.js';

/** A message about to be read: its start for a look ahead, and the whole as a stream, the start included. */
export interface OpenMessage {
  /** For people: the path, or `standard input`. */
  readonly name: string;
  readonly head: Uint8Array;
  readonly body: AsyncIterable<Uint8Array>;
  /** The file has Unix line ends, which the engine reads as those of mail. */
  readonly unixLineEnds: boolean;
}

const HEAD_BYTES = 1_048_576;

/**
 * Opens a message file, or standard input for `-`.
 * @throws CliError 64 where nothing is piped into standard input, 65 where the file cannot be read or is empty
 */
export async function openMessage(io: Io, path: string): Promise<OpenMessage> {
  if (path === '-' && io.stdinIsTty)
    throw usageError('no message: name a file, or pipe one in, e.g. truefrom check message.eml');
  const source = (path === '-' ? io.stdin : io.files.stream(path))[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  let done = false;
  while (length < HEAD_BYTES && !done) {
    const read = await source.next();
    if (read.done === true) done = true;
    else {
      parts.push(read.value);
      length += read.value.length;
      if (hasBody(read.value)) break;
    }
  }
  const head = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
  const name = path === '-' ? 'standard input' : path;
  if (length === 0) throw new CliError(EXIT.unreadable, `${name}: the message is empty`);
  return { name, head, body: chain(head, done ? undefined : source), unixLineEnds: hasUnixLineEnds(head) };
}

/** An empty line in a piece ends the header; one that is split between pieces only costs another piece. */
function hasBody(piece: Uint8Array): boolean {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  return bytes.includes('\r\n\r\n') || bytes.includes('\n\n');
}

async function* chain(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield head;
  if (rest === undefined) return;
  try {
    for (;;) {
      const read = await rest.next();
      if (read.done === true) return;
      yield read.value;
    }
  } finally {
    await rest.return?.();
  }
}

/**
 * The whole message in memory.
 * @throws CliError 65 where it is larger than a message may be
 */
export async function readWhole({ body, name }: OpenMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length > DEFAULT_LIMITS.messageBytes)
      throw new CliError(
        EXIT.unreadable,
        `${name}: larger than ${DEFAULT_LIMITS.messageBytes} bytes, which is the limit`,
      );
  }
  return Buffer.concat(parts, length);
}
