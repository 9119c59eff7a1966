import { readLines } from './read-lines.js';

/** One message of an mbox file. */
export type MboxMessage =
  | {
      readonly kind: 'message';
      readonly number: number;
      readonly bytes: Uint8Array;
      readonly envelopeSender?: string;
    }
  | { readonly kind: 'too-long'; readonly number: number };

const FROM = Buffer.from('From ');
const GT = 0x3e;
const CRLF = Buffer.from('\r\n');
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Do these first bytes begin an mbox file? */
export function looksLikeMbox(start: Uint8Array): boolean {
  return Buffer.from(start.subarray(0, FROM.length)).equals(FROM);
}

/**
 * Splits an mbox file into messages with CRLF line ends (RFC 4155; quoting of "mboxrd": one `>` is taken from lines
 * that are `From ` behind any number of them). A separator counts only after an empty line and with a time of day in
 * it, so that a body line `From here on` does not cut a message in two.
 */
export async function* readMbox(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<MboxMessage, void, undefined> {
  let number = 0;
  let message: MessageParts | undefined;
  let afterEmpty = true;
  let lastLine = 0;
  for await (const line of readLines(source, MAX_LINE_BYTES)) {
    // readLines counts the empty lines it leaves out.
    for (let empty = lastLine + 1; empty < line.number; empty++) {
      message?.push(CRLF.subarray(0, 0));
      afterEmpty = true;
    }
    lastLine = line.number;
    const bytes = line.kind === 'line' ? line.bytes : undefined;
    if (bytes !== undefined && afterEmpty && isSeparator(bytes)) {
      if (message !== undefined) yield message.finish();
      message = new MessageParts(++number, maxBytes, senderOf(bytes));
    } else if (bytes === undefined) message?.overflow();
    else message?.push(unquote(bytes));
    afterEmpty = false;
  }
  if (message !== undefined) yield message.finish();
}

/** `From SENDER WEEKDAY MONTH DAY 12:00:00 YEAR`: every writer of mbox files puts the time there. */
function isSeparator(line: Uint8Array): boolean {
  return looksLikeMbox(line) && /\d\d:\d\d/.test(Buffer.from(line.subarray(0, 400)).toString('latin1'));
}

/** `From sender@example.com Thu Jan  1 00:00:00 2026`: the reverse-path as the delivering program knew it. */
function senderOf(line: Uint8Array): string | undefined {
  const word = Buffer.from(line.subarray(5, 400)).toString('latin1').split(' ')[0] ?? '';
  return word.includes('@') ? word : undefined;
}

function unquote(line: Uint8Array): Uint8Array {
  if (line[0] !== GT) return line;
  let at = 0;
  while (line[at] === GT) at++;
  return looksLikeMbox(line.subarray(at)) ? line.subarray(1) : line;
}

class MessageParts {
  readonly #number: number;
  readonly #maxBytes: number;
  readonly #sender: string | undefined;
  #parts: Uint8Array[] = [];
  #length = 0;
  #tooLong = false;

  constructor(number: number, maxBytes: number, sender: string | undefined) {
    this.#number = number;
    this.#maxBytes = maxBytes;
    this.#sender = sender;
  }

  push(line: Uint8Array): void {
    this.#length += line.length + 2;
    if (this.#length > this.#maxBytes) this.overflow();
    if (!this.#tooLong) this.#parts.push(line, CRLF);
  }

  overflow(): void {
    this.#tooLong = true;
    this.#parts = [];
  }

  finish(): MboxMessage {
    if (this.#tooLong) return { kind: 'too-long', number: this.#number };
    // The empty line before the next separator belongs to the file format, not to the message.
    const last = this.#parts.at(-2);
    if (last?.length === 0 && this.#parts.length > 2) this.#parts.splice(-2);
    return {
      kind: 'message',
      number: this.#number,
      bytes: Buffer.concat(this.#parts),
      ...(this.#sender !== undefined && { envelopeSender: this.#sender }),
    };
  }
}
