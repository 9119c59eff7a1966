const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
const END = Buffer.from('.\r\n');
const CRLF_END = Buffer.from('\r\n.\r\n');

/**
 * Writes content for DATA (RFC 5321 4.5.2): a dot before each dot that starts a line, and CRLF "." CRLF at the end.
 * Nothing else changes. Content with a bare CR or LF cannot go by DATA without danger: `unsafe` says so, and then the
 * end of data must not be written.
 */
export class DotStuffer {
  #lineStart = true;
  #afterCr = false;
  #unsafe = false;

  /** A bare CR or LF was in the content so far. */
  get unsafe(): boolean {
    return this.#unsafe || this.#afterCr;
  }

  /** The bytes to write for one piece of content: the piece itself where no dot has to come in. */
  stuff(content: Buffer): Buffer {
    const length = content.length;
    let lineStart = this.#lineStart;
    let afterCr = this.#afterCr;
    let start = 0;
    let stuffed: Buffer | undefined;
    let bytes = 0;
    for (let i = 0; i < length; i++) {
      let byte = content[i] as number;
      if (!lineStart && !afterCr) {
        while (byte > CR && ++i < length) byte = content[i] as number;
        if (i === length) break;
      }
      if (lineStart && byte === DOT) {
        // At most one dot comes in for three bytes: ".CRLF".
        stuffed ??= Buffer.allocUnsafe(length + Math.ceil(length / 3));
        for (; start < i; start++) stuffed[bytes++] = content[start] as number;
        stuffed[bytes++] = DOT;
      }
      if (afterCr !== (byte === LF)) this.#unsafe = true;
      lineStart = afterCr && byte === LF;
      afterCr = byte === CR;
    }
    this.#lineStart = lineStart;
    this.#afterCr = afterCr;
    if (stuffed === undefined) return content;
    bytes += content.copy(stuffed, bytes, start);
    return stuffed.subarray(0, bytes);
  }

  /**
   * The end of data. Content that does not end with CRLF gets one: DATA has no way to send it without (RFC 5321
   * 4.1.1.4).
   */
  end(): Buffer {
    return this.#lineStart ? END : CRLF_END;
  }
}
