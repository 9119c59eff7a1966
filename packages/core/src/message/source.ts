import { CR, LF } from '../syntax/bytes.js';
import { rfc } from '../words/clause.js';
import type { Limits } from '../words/limits.js';
import { problem, type Problem } from '../words/problem.js';
import { GatheredBytes } from './gathered-bytes.js';
import { readHeaderBlock, type HeaderBlock } from './header-block.js';
import { MessageChunks, plainBytes } from './message-chunks.js';

/** Raw message as received. Strings are refused by the type: mail is bytes. */
export type MessageSource = Uint8Array | AsyncIterable<Uint8Array>;

/** Takes the body: whole, where it is in memory, or piece by piece. */
export interface BodyReader {
  readWhole(body: Uint8Array): void;
  update(piece: Uint8Array): void;
  finish(): void;
  /** The body is longer than we read. */
  truncate(): void;
}

/** A message whose header is read and whose body is still to come. */
export interface OpenMessage {
  readonly head: HeaderBlock;
  /**
   * Reads the body once, in bounded memory.
   * @returns size of the message in bytes as received, and what was odd about its line ends or size
   * @throws what the source throws
   */
  readBody(reader: BodyReader): Promise<BodyFacts> | BodyFacts;
  /** Lets go of a source whose body nobody wants. */
  close(): void;
}

export interface BodyFacts {
  /** Bytes received; of a message past `limits.messageBytes` that many. */
  readonly bytes: number;
  readonly problems: readonly Problem[];
}

type SourceLimits = Pick<Limits, 'headerBytes' | 'headerFields' | 'messageBytes'>;

const RFC5321_2_3_8 = rfc('5321', '2.3.8');
const RFC5321_4_5_3 = rfc('5321', '4.5.3');

/**
 * Reads the header block of a message. A message whose first line ends in LF alone is one that was stored with the line
 * ends of Unix: each LF of it is read as CRLF (RFC 6376 5.3). In any other message LF alone in the body is an ordinary byte.
 *
 * Whole or in pieces, cut anywhere: the outcome is the same.
 * @throws `signal.reason` when aborted while a stream is read, and what the stream throws
 */
export function openMessage(
  source: MessageSource,
  limits: SourceLimits,
  signal?: AbortSignal,
): Promise<OpenMessage> | OpenMessage {
  return source instanceof Uint8Array
    ? openWhole(plainBytes(source), limits)
    : openStream(source, limits, signal);
}

function openWhole(source: Uint8Array, limits: SourceLimits): OpenMessage {
  const lfOnly = firstLineEndsInLf(source, 0, limits) === true;
  const bytes = lfOnly ? new LineEnds().convert(source) : source;
  const head = readHeaderBlock(bytes, limits);
  return {
    head,
    readBody(reader) {
      if (source.length > limits.messageBytes) reader.truncate();
      else reader.readWhole(bytes.subarray(head.bodyStart));
      return bodyFacts(source.length, lfOnly, limits);
    },
    close: () => undefined,
  };
}

async function openStream(
  source: AsyncIterable<Uint8Array>,
  limits: SourceLimits,
  signal: AbortSignal | undefined,
): Promise<OpenMessage> {
  const chunks = new MessageChunks(source, signal);
  const lineEnds = new LineEnds();
  const gathered = new GatheredBytes(limits.headerBytes);
  let lfOnly: boolean | undefined;
  // Gather until the empty line, or one byte past the limit: that there is more is part of the reading. What was
  // gathered without finding the line is not searched again.
  let searched = 0;
  while (gathered.length <= limits.headerBytes) {
    const chunk = await chunks.next();
    if (chunk === undefined) break;
    gathered.append(lfOnly === true ? lineEnds.convert(chunk) : chunk);
    if (lfOnly === undefined) {
      lfOnly = firstLineEndsInLf(gathered.bytes, searched, limits);
      if (lfOnly === true) gathered.replace(lineEnds.convert(gathered.bytes));
    }
    if (hasEmptyLine(gathered.bytes, searched)) break;
    searched = gathered.length;
  }
  const head = readHeaderBlock(gathered.bytes, limits);
  return {
    head,
    async readBody(reader) {
      reader.update(head.bytes.subarray(head.bodyStart));
      while (chunks.received <= limits.messageBytes) {
        const chunk = await chunks.next();
        if (chunk === undefined) break;
        reader.update(lfOnly === true ? lineEnds.convert(chunk) : chunk);
      }
      if (chunks.received > limits.messageBytes) {
        chunks.close();
        reader.truncate();
      } else reader.finish();
      return bodyFacts(chunks.received, lfOnly === true, limits);
    },
    close: () => chunks.close(),
  };
}

function bodyFacts(bytes: number, lfOnly: boolean, limits: SourceLimits): BodyFacts {
  const problems: Problem[] = [];
  if (lfOnly)
    problems.push(problem('message/lf-line-ends', 0, RFC5321_2_3_8, 'lines end in LF alone; read as CRLF'));
  if (bytes > limits.messageBytes)
    problems.push(
      problem(
        'message/too-long',
        limits.messageBytes,
        RFC5321_4_5_3,
        `the message is longer than ${limits.messageBytes} bytes`,
      ),
    );
  // Past the limit a stream is not read on: how much is left cannot be known, and must not depend on how it was cut.
  return { bytes: Math.min(bytes, limits.messageBytes), problems };
}

/** Undefined: no line has ended yet. A first line longer than any header is not looked at to its end. */
function firstLineEndsInLf(
  bytes: Uint8Array,
  from: number,
  { headerBytes }: SourceLimits,
): boolean | undefined {
  const lf = bytes.indexOf(LF, from);
  return lf < 0 || lf >= headerBytes ? undefined : bytes[lf - 1] !== CR;
}

// Two bytes back: the empty line may straddle what was searched.
function hasEmptyLine(bytes: Uint8Array, from: number): boolean {
  for (let lf = bytes.indexOf(LF, Math.max(0, from - 3)); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) {
    if (lf === 0 || bytes[lf - 1] === LF) return true;
    if (bytes[lf - 1] === CR && (lf === 1 || bytes[lf - 2] === LF)) return true;
  }
  return false;
}

/** Turns LF alone into CRLF, across pieces. */
class LineEnds {
  #afterCr = false;

  convert(piece: Uint8Array): Uint8Array {
    let bare = 0;
    for (let lf = piece.indexOf(LF); lf >= 0; lf = piece.indexOf(LF, lf + 1))
      if (!this.#isAfterCr(piece, lf)) bare++;
    const out = new Uint8Array(piece.length + bare);
    let from = 0;
    let at = 0;
    for (let lf = piece.indexOf(LF); lf >= 0; lf = piece.indexOf(LF, lf + 1)) {
      if (this.#isAfterCr(piece, lf)) continue;
      out.set(piece.subarray(from, lf), at);
      at += lf - from;
      out[at++] = CR;
      from = lf;
    }
    out.set(piece.subarray(from), at);
    if (piece.length > 0) this.#afterCr = piece[piece.length - 1] === CR;
    return out;
  }

  #isAfterCr(piece: Uint8Array, at: number): boolean {
    return at === 0 ? this.#afterCr : piece[at - 1] === CR;
  }
}
