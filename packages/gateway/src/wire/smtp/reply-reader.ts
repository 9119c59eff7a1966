import { LineBuffer } from './line-buffer.js';
import type { Reply } from './reply.js';

/** What the server's side of the stream holds next. */
export type ReadReply =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'broken'; readonly reason: ReplyFault };

export type ReplyFault = 'line-end' | 'line-too-long' | 'too-many-lines' | 'syntax' | 'codes-differ';

/** Longest reply line we read, with CRLF: eight times what RFC 5321 4.5.3.1.5 lets a server send. */
export const MAX_READ_LINE_BYTES = 4096;
/** Most lines of one reply: an EHLO reply has some thirty. */
export const MAX_READ_LINES = 128;

const CODE_LINE = /^([2-5][0-9]{2})(?:([ -])([^]*))?$/;
const ENHANCED_TEXT = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/;

/**
 * Reads replies from a stream (RFC 5321 4.2). A server that sends something else is not understood from there on: the
 * answer is `broken` for good, because a reply taken for that of another command loses mail.
 */
export class ReplyReader {
  readonly #input = new LineBuffer();
  #lines: string[] = [];
  #code = 0;
  #fault: ReplyFault | undefined;

  push(chunk: Buffer): void {
    if (this.#fault === undefined) this.#input.push(chunk);
  }

  /** True between replies, with no byte of the next one there. */
  get empty(): boolean {
    return this.#input.length === 0 && this.#lines.length === 0;
  }

  /** The next whole reply; undefined until it is there. */
  next(): ReadReply | undefined {
    while (this.#fault === undefined) {
      const line = this.#input.line(MAX_READ_LINE_BYTES);
      if (line === undefined) return undefined;
      if (line.kind !== 'line') {
        this.#fault = line.kind === 'too-long' ? 'line-too-long' : 'line-end';
        break;
      }
      const reply = this.#add(line.bytes.toString('latin1'));
      if (reply !== undefined) return { kind: 'reply', reply };
    }
    return { kind: 'broken', reason: this.#fault };
  }

  #add(text: string): Reply | undefined {
    const match = CODE_LINE.exec(text);
    const code = Number(match?.[1] ?? 0);
    if (match === null) this.#fault = 'syntax';
    // RFC 5321 4.2.1: the code of every line of a reply is the same.
    else if (this.#lines.length > 0 && code !== this.#code) this.#fault = 'codes-differ';
    else if (this.#lines.length === MAX_READ_LINES) this.#fault = 'too-many-lines';
    else {
      this.#code = code;
      this.#lines.push(match[3] ?? '');
      if (match[2] !== '-') return this.#finish(code);
    }
    return undefined;
  }

  #finish(code: number): Reply {
    const lines = this.#lines;
    this.#lines = [];
    const enhanced = ENHANCED_TEXT.exec(lines[0] ?? '')?.[1];
    // RFC 2034 4: the class of the enhanced code is that of the reply, else it is text that looks like one.
    if (enhanced === undefined || enhanced[0] !== String(code)[0]) return { code, lines };
    const rest = lines.map((line) =>
      line === enhanced || line.startsWith(`${enhanced} `) ? line.slice(enhanced.length + 1) : line,
    );
    return { code, enhanced, lines: rest };
  }
}
