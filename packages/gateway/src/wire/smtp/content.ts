import { rfc } from '@truefrom/core';
import { refusal, type Refusal } from './reply.js';

/**
 * Why content is refused; from a defect on it is read to its real end and thrown away. Of several the first in this
 * list is told, so that the answer does not depend on how the content was cut into chunks.
 * - `bare-lf`, `bare-cr`: an LF without CR before it, a CR without LF after it
 * - `nul`: a byte 0
 * - `long-line`: a line above `ContentBounds.lineBytes`
 * - `too-big`: more than `ContentBounds.messageBytes`
 */
export type ContentDefect = 'bare-lf' | 'bare-cr' | 'nul' | 'long-line' | 'too-big';

export interface ContentBounds {
  /** Most bytes of one message, after dot-unstuffing. */
  readonly messageBytes: number;
  /**
   * Longest line with its CRLF. RFC 5321 4.5.3.1.6 has 1000, but mail with longer lines is daily bread and passes
   * through us unchanged; this is the bound against content that is no mail at all.
   */
  readonly lineBytes: number;
}

/** 50 MB, and lines up to 1 MiB. */
export const DEFAULT_CONTENT_BOUNDS: ContentBounds = { messageBytes: 52_428_800, lineBytes: 1_048_576 };

/** One piece of content, and where in the chunk reading has to go on. */
export interface ContentStep {
  /** May be empty. A view of the chunk, or a copy. */
  readonly content: Buffer;
  readonly next: number;
}

/** Defects as bits, so that a loop over bytes can note them. */
export const BARE_LF = 1;
export const BARE_CR = 2;
export const NUL = 4;
export const LONG_LINE = 8;
export const TOO_BIG = 16;

export function worstDefect(bits: number): ContentDefect | undefined {
  if ((bits & BARE_LF) !== 0) return 'bare-lf';
  if ((bits & BARE_CR) !== 0) return 'bare-cr';
  if ((bits & NUL) !== 0) return 'nul';
  if ((bits & LONG_LINE) !== 0) return 'long-line';
  return (bits & TOO_BIG) !== 0 ? 'too-big' : undefined;
}

export const NO_CONTENT: Buffer = Buffer.alloc(0);

const RFC5321_2_3_8 = rfc('5321', '2.3.8');
const RFC5321_4_1_1_4 = rfc('5321', '4.1.1.4');
const RFC5321_4_5_3_1_6 = rfc('5321', '4.5.3.1.6');
const RFC1870_6 = rfc('1870', '6');

/** What the client is told. Permanent each: the same bytes will not be better in an hour. */
export function contentRefusal(defect: ContentDefect): Refusal {
  switch (defect) {
    case 'bare-lf':
      return refusal(RFC5321_2_3_8, 550, '5.6.0', 'bare LF in the message: lines end with CRLF');
    case 'bare-cr':
      return refusal(RFC5321_2_3_8, 550, '5.6.0', 'bare CR in the message: lines end with CRLF');
    case 'nul':
      return refusal(RFC5321_4_1_1_4, 550, '5.6.0', 'NUL in the message');
    case 'long-line':
      return refusal(RFC5321_4_5_3_1_6, 550, '5.6.0', 'a line of the message is too long');
    case 'too-big':
      return refusal(RFC1870_6, 552, '5.3.4', 'message is too big');
  }
}
