import { concat, CR, LF } from '../syntax/bytes.js';
import { rfc } from '../words/clause.js';
import type { Limits } from '../words/limits.js';
import { problem, type Problem } from '../words/problem.js';
import { readHeaderBlock, type HeaderBlock } from './header-block.js';

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
}

export interface BodyFacts {
  readonly bytes: number;
  readonly problems: readonly Problem[];
}

type SourceLimits = Pick<Limits, 'headerBytes' | 'headerFields' | 'messageBytes'>;

const RFC5321_2_3_8 = rfc('5321', '2.3.8');
const RFC5321_4_5_3 = rfc('5321', '4.5.3');

/**
 * Reads the header block of a message. A message whose first line ends in LF alone is one that was stored with the line
 * ends of Unix: each LF of it is read as CRLF (RFC 6376 5.3). In any other message LF alone in the body is an ordinary byte.
 */
export function openMessage(source: MessageSource, limits: SourceLimits): Promise<OpenMessage> | OpenMessage {
  return source instanceof Uint8Array ? openWhole(plain(source), limits) : openStream(source, limits);
}

// A subclass (Buffer) brings its own, slower subarray and indexOf. Same memory, no copy.
function plain(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function openWhole(source: Uint8Array, limits: SourceLimits): OpenMessage {
  const lfOnly = firstLineEndsInLf(source);
  const bytes = lfOnly ? new LineEnds().convert(source) : source;
  const head = readHeaderBlock(bytes, limits);
  return {
    head,
    readBody(reader) {
      if (source.length > limits.messageBytes) reader.truncate();
      else reader.readWhole(bytes.subarray(head.bodyStart));
      return bodyFacts(source.length, lfOnly, limits);
    },
  };
}

async function openStream(source: AsyncIterable<Uint8Array>, limits: SourceLimits): Promise<OpenMessage> {
  const chunks = source[Symbol.asyncIterator]();
  const lineEnds = new LineEnds();
  let received = 0;
  let lfOnly: boolean | undefined;
  let ended = false;
  const next = async (): Promise<Uint8Array | undefined> => {
    const step = await chunks.next();
    if (step.done === true) {
      ended = true;
      return undefined;
    }
    const chunk = plain(step.value);
    received += chunk.length;
    return lfOnly === true ? lineEnds.convert(chunk) : chunk;
  };

  // Gather until the empty line. What was gathered without finding it is not searched again.
  let gathered: Uint8Array = new Uint8Array(0);
  let searched = 0;
  while (gathered.length < limits.headerBytes && !hasEmptyLine(gathered, searched)) {
    searched = gathered.length;
    const chunk = await next();
    if (chunk === undefined) break;
    gathered = append(gathered, chunk);
    if (lfOnly === undefined && gathered.includes(LF)) {
      lfOnly = firstLineEndsInLf(gathered);
      if (lfOnly) gathered = lineEnds.convert(gathered);
    }
  }
  const head = readHeaderBlock(gathered, limits);
  return {
    head,
    async readBody(reader) {
      reader.update(gathered.subarray(head.bodyStart));
      while (!ended && received <= limits.messageBytes) {
        const chunk = await next();
        if (chunk !== undefined) reader.update(chunk);
      }
      if (received > limits.messageBytes) {
        await chunks.return?.();
        reader.truncate();
      } else reader.finish();
      return bodyFacts(received, lfOnly === true, limits);
    },
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
  return { bytes, problems };
}

function firstLineEndsInLf(bytes: Uint8Array): boolean {
  const lf = bytes.indexOf(LF);
  return lf >= 0 && bytes[lf - 1] !== CR;
}

// Two bytes back: the empty line may straddle what was searched.
function hasEmptyLine(bytes: Uint8Array, from: number): boolean {
  for (let lf = bytes.indexOf(LF, Math.max(0, from - 3)); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) {
    if (lf === 0 || bytes[lf - 1] === LF) return true;
    if (bytes[lf - 1] === CR && (lf === 1 || bytes[lf - 2] === LF)) return true;
  }
  return false;
}

function append(before: Uint8Array, chunk: Uint8Array): Uint8Array {
  return before.length === 0 ? chunk : concat([before, chunk]);
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
