import { DEFAULT_LIMITS, type SiteFacts } from '@truefrom/core';
import { sessionFromOptions } from '../check/session.js';
import type { SessionOptions } from '../check/session-options.js';
import { CliError, EXIT, usageError } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { BatchCaches } from './batch-caches.js';
import { listMail } from './mail-folder.js';
import { batchError, readBatchLine, type BatchError, type BatchItem } from './read-batch-line.js';
import { readLines } from './read-lines.js';
import { looksLikeMbox, readMbox } from './read-mbox.js';

/** A source of messages, and what its results are best shown as. */
export interface BatchInput {
  readonly kind: 'lines' | 'mail';
  readonly items: AsyncIterable<BatchItem | BatchError>;
  readonly total?: number;
}

const MAX_MESSAGE_BYTES = DEFAULT_LIMITS.messageBytes;
// Base64 takes four characters for three bytes; the rest of a line is small beside that.
const MAX_LINE_BYTES = Math.ceil((MAX_MESSAGE_BYTES * 4) / 3) + 4 * 1024 * 1024;

const OPENING_BRACE = 0x7b;

/**
 * Finds out what `--batch PATH` names: JSON lines, an mbox, a Maildir or a folder of .eml files.
 * @param options flags that hold for every message of an mbox or folder; JSON lines bring their own session
 * @throws CliError 65 where it is none of these
 */
export async function openBatch(
  io: Io,
  path: string,
  options: SessionOptions,
  site: SiteFacts,
): Promise<BatchInput> {
  if (path !== '-' && (await io.files.kind(path)) === 'directory') {
    const names: string[] = [];
    for await (const name of listMail(io.files, path)) names.push(name);
    if (names.length === 0)
      throw new CliError(EXIT.unreadable, `${path}: no mail here; a Maildir or .eml files were expected`);
    return { kind: 'mail', items: fromFiles(io, names, options), total: names.length };
  }
  if (path === '-' && io.stdinIsTty)
    throw usageError('--batch -: nothing is piped in; name a file, or pipe JSON lines in');
  const source = path === '-' ? io.stdin : io.files.stream(path);
  const { first, whole } = await peek(source);
  const name = path === '-' ? 'standard input' : path;
  if (first !== undefined && looksLikeMbox(first))
    return { kind: 'mail', items: fromMbox(whole, name, options) };
  // What is said to be lines is read as lines: a bad first line is an error of that line, not of the batch.
  const saidToBe = path === '-' || /\.(?:jsonl|ndjson)$/i.test(path);
  if (saidToBe || first === undefined || first[0] === OPENING_BRACE)
    return { kind: 'lines', items: fromLines(whole, site) };
  throw new CliError(
    EXIT.unreadable,
    `${name}: neither JSON lines (they start with "{") nor an mbox (it starts with "From "); for one message use truefrom check FILE`,
  );
}

async function* fromLines(
  source: AsyncIterable<Uint8Array>,
  site: SiteFacts,
): AsyncGenerator<BatchItem | BatchError, void, undefined> {
  const caches = new BatchCaches();
  for await (const line of readLines(source, MAX_LINE_BYTES)) {
    if (line.kind === 'too-long')
      yield batchError(null, 'line-too-long', `line ${line.number}: longer than ${MAX_LINE_BYTES} bytes`);
    else yield readBatchLine(line.bytes, line.number, caches, site);
  }
}

async function* fromFiles(
  io: Io,
  paths: readonly string[],
  options: SessionOptions,
): AsyncGenerator<BatchItem | BatchError, void, undefined> {
  for (const path of paths) {
    try {
      yield mailItem(path, await io.files.read(path, MAX_MESSAGE_BYTES), options);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      yield batchError(path, 'unreadable', error.message);
    }
  }
}

async function* fromMbox(
  source: AsyncIterable<Uint8Array>,
  name: string,
  options: SessionOptions,
): AsyncGenerator<BatchItem | BatchError, void, undefined> {
  for await (const message of readMbox(source, MAX_MESSAGE_BYTES)) {
    const id = `${name}#${message.number}`;
    if (message.kind === 'too-long')
      yield batchError(id, 'unreadable', `${id}: larger than ${MAX_MESSAGE_BYTES} bytes`);
    else {
      const { envelopeSender } = message;
      yield mailItem(
        id,
        message.bytes,
        envelopeSender === undefined ? options : { sender: envelopeSender, ...options },
      );
    }
  }
}

function mailItem(id: string, message: Uint8Array, options: SessionOptions): BatchItem {
  return { id, message, envelope: sessionFromOptions(options, message).envelope };
}

async function peek(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly first: Uint8Array | undefined; readonly whole: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array();
  let first = start;
  // Fewer than five bytes cannot tell an mbox; blank lines before the first object are let through.
  while (first.length < 5 && first[0] !== OPENING_BRACE) {
    const read = await iterator.next();
    if (read.done === true) break;
    start = Buffer.concat([start, read.value]);
    first = start.subarray(leadingBlank(start));
  }
  async function* whole(): AsyncGenerator<Uint8Array, void, undefined> {
    yield start.subarray(leadingMark(start));
    for (let read = await iterator.next(); read.done !== true; read = await iterator.next()) yield read.value;
  }
  return { first: first.length === 0 ? undefined : first, whole: whole() };
}

// The mark some editors of Windows leave at the start of a text file.
function leadingMark(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function leadingBlank(bytes: Uint8Array): number {
  let at = leadingMark(bytes);
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}
