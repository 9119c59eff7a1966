import { CLASS_IN } from './message.js';
import { OPT } from './rdata.js';

/** A question as bytes, ready to send. */
export interface Query {
  readonly bytes: Uint8Array;
  /** Where its question section ends; it begins at 12. */
  readonly questionEnd: number;
}

export interface QueryOptions {
  /** What to ask EDNS for; undefined sends no OPT record. */
  readonly edns: { readonly udpPayloadBytes: number; readonly dnssecOk: boolean } | undefined;
  /** Mix the case of the name at random ("0x20"): some 10 more bits that a forger must guess. */
  readonly mixedCase: boolean;
  readonly randomBytes: (length: number) => Uint8Array;
}

const HEADER_BYTES = 12;
/** RD: recurse for us. */
const FLAG_RECURSION_DESIRED = 0x01;
/** AD in a question: "tell me whether the data is authentic", without the signatures (RFC 6840 5.7). */
const FLAG_AUTHENTIC_DATA = 0x20;

/** @param name wire form, see `encodeName` */
export function buildQuery(name: Uint8Array, type: number, options: QueryOptions): Query {
  const { edns } = options;
  const questionEnd = HEADER_BYTES + name.length + 4;
  const bytes = new Uint8Array(questionEnd + (edns === undefined ? 0 : 11));
  const random = options.randomBytes(2 + (name.length >> 3) + 1);
  bytes[0] = random[0] ?? 0;
  bytes[1] = random[1] ?? 0;
  bytes[2] = FLAG_RECURSION_DESIRED;
  bytes[3] = FLAG_AUTHENTIC_DATA;
  bytes[5] = 1;
  bytes.set(name, HEADER_BYTES);
  if (options.mixedCase)
    mixCase(bytes.subarray(HEADER_BYTES, HEADER_BYTES + name.length), random.subarray(2));
  writeU16(bytes, questionEnd - 4, type);
  writeU16(bytes, questionEnd - 2, CLASS_IN);
  if (edns !== undefined) {
    bytes[11] = 1;
    writeU16(bytes, questionEnd + 1, OPT);
    writeU16(bytes, questionEnd + 3, edns.udpPayloadBytes);
    // RFC 6891 6.1.3: upper rcode and version zero, then the flags, of which DO is the first.
    if (edns.dnssecOk) bytes[questionEnd + 7] = 0x80;
  }
  return { bytes, questionEnd };
}

/** What a datagram is to our question. Only `reply` may be read further. */
export type ReplyMatch = 'reply' | 'garbage' | 'wrong-id' | 'wrong-question' | 'wrong-case';

/**
 * RFC 5452 9.1: id and question must be ours, byte for byte. A question right but for its case comes from a server
 * that folds case, or from someone who guessed all but the case: `wrong-case`.
 */
export function matchReply(query: Query, reply: Uint8Array): ReplyMatch {
  const sent = query.bytes;
  const end = query.questionEnd;
  // QR set, opcode QUERY.
  if (reply.length < HEADER_BYTES || ((reply[2] ?? 0) & 0xf8) !== 0x80) return 'garbage';
  if (reply[0] !== sent[0] || reply[1] !== sent[1]) return 'wrong-id';
  if (reply.length < end || reply[4] !== 0 || reply[5] !== 1) return 'wrong-question';
  let match: ReplyMatch = 'reply';
  for (let i = HEADER_BYTES; i < end; i++) {
    const a = reply[i] ?? 0;
    const b = sent[i] ?? 0;
    if (a === b) continue;
    // Length bytes are below 64 and so never look like letters; type and class are the last four bytes.
    if ((a ^ b) !== 0x20 || !isLetter(a) || i >= end - 4) return 'wrong-question';
    match = 'wrong-case';
  }
  return match;
}

function mixCase(name: Uint8Array, random: Uint8Array): void {
  for (let i = 0; i < name.length; i++) {
    const byte = name[i] ?? 0;
    if (isLetter(byte) && ((random[i >> 3] ?? 0) & (1 << (i & 7))) !== 0) name[i] = byte ^ 0x20;
  }
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 255;
}
