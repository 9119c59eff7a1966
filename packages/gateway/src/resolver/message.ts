import { type Parsed, rfc } from '@truefrom/core';
import { type Edns, readEdnsOptions } from './edns.js';
import { OPT, type RecordData, readRdata } from './rdata.js';
import { WireReader } from './wire-reader.js';

/** Class IN; nothing else is asked, and records of another class are left out. */
export const CLASS_IN = 1;

export interface Question {
  /** Lower case, without final dot, odd bytes as `\DDD`. */
  readonly name: string;
  /** Type number. */
  readonly type: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly data: RecordData;
}

/** One DNS message (RFC 1035 4.1, RFC 4035 3.1.6 for AD and CD, RFC 6891 for OPT). */
export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  /** With the upper bits from OPT. */
  readonly rcode: number;
  readonly question: Question | undefined;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
  readonly edns: Edns | undefined;
}

/** More records than any honest answer has; a message of 64 KiB could claim 65 535 in each section. */
export const MAX_RECORDS = 4096;
const SMALLEST_RECORD_BYTES = 11;
const HEADER_BYTES = 12;
const MAX_TTL_SECONDS = 0x7fff_ffff;

const RFC1035_4_1_1 = rfc('1035', '4.1.1');
const RFC6891_6_1_1 = rfc('6891', '6.1.1');
const RFC9619_4 = rfc('9619', '4');

/**
 * Reads a message strictly: every count, length and name must be right and nothing may follow the last record.
 * A truncated message (TC) is read up to its question; the rest "is not to be used" (RFC 2181 9).
 *
 * Errors: `dns/short`, `dns/name-pointer`, `dns/name-length`, `dns/label-type`, `dns/rdata-length`,
 * `dns/record-count`, `dns/question-count`, `dns/opt`, `dns/trailing-bytes`.
 */
export function decodeMessage(bytes: Uint8Array): Parsed<DnsMessage> {
  const reader = new WireReader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  const counts = {
    question: reader.u16(),
    answer: reader.u16(),
    authority: reader.u16(),
    additional: reader.u16(),
  };
  const records = counts.answer + counts.authority + counts.additional;
  const truncated = (flags & 0x0200) !== 0;
  // RFC 9619 4: QDCOUNT above 1 is a format error.
  if (counts.question > 1) reader.fail('dns/question-count', RFC9619_4, 'more than one question');
  if (!truncated && (records > MAX_RECORDS || records * SMALLEST_RECORD_BYTES > bytes.length - HEADER_BYTES))
    reader.fail('dns/record-count', RFC1035_4_1_1, 'more records than can be in the message');
  const question = counts.question === 1 ? readQuestion(reader) : undefined;
  const edns: FoundEdns = { edns: undefined, upperRcode: 0 };
  const answers = truncated ? [] : readSection(reader, counts.answer, undefined);
  const authorities = truncated ? [] : readSection(reader, counts.authority, undefined);
  const additionals = truncated ? [] : readSection(reader, counts.additional, edns);
  if (!truncated && reader.at !== bytes.length)
    reader.fail('dns/trailing-bytes', RFC1035_4_1_1, 'bytes follow the last record');
  if (reader.problem !== undefined) return { ok: false, problem: reader.problem };
  return {
    ok: true,
    warnings: [],
    value: {
      id,
      response: (flags & 0x8000) !== 0,
      opcode: (flags >> 11) & 15,
      authoritative: (flags & 0x0400) !== 0,
      truncated,
      recursionDesired: (flags & 0x0100) !== 0,
      recursionAvailable: (flags & 0x0080) !== 0,
      authenticData: (flags & 0x0020) !== 0,
      checkingDisabled: (flags & 0x0010) !== 0,
      rcode: (edns.upperRcode << 4) | (flags & 15),
      question,
      answers,
      authorities,
      additionals,
      edns: edns.edns,
    },
  };
}

interface FoundEdns {
  edns: Edns | undefined;
  upperRcode: number;
}

function readQuestion(reader: WireReader): Question {
  const question = { name: reader.name(), type: reader.u16() };
  if (reader.u16() !== CLASS_IN)
    reader.fail('dns/question-count', RFC1035_4_1_1, 'the question is not of class IN');
  return question;
}

/** @param edns where an OPT record goes; undefined where none may stand */
function readSection(reader: WireReader, count: number, edns: FoundEdns | undefined): DnsRecord[] {
  const records: DnsRecord[] = [];
  for (let i = 0; i < count && reader.problem === undefined; i++) {
    const name = reader.name();
    const type = reader.u16();
    const dnsClass = reader.u16();
    const ttl = reader.u32();
    const length = reader.u16();
    if (type === OPT) readOpt(reader, edns, { name, dnsClass, ttl, length });
    else {
      // RFC 2181 8: a TTL with the most significant bit set is zero.
      const ttlSeconds = ttl > MAX_TTL_SECONDS ? 0 : ttl;
      const data = readRdata(reader, dnsClass === CLASS_IN ? type : 0, length);
      if (dnsClass === CLASS_IN) records.push({ name, ttlSeconds, data });
    }
  }
  return records;
}

function readOpt(
  reader: WireReader,
  edns: FoundEdns | undefined,
  fixed: { readonly name: string; readonly dnsClass: number; readonly ttl: number; readonly length: number },
): void {
  // RFC 6891 6.1.1: at most one OPT, in the additional section, at the root.
  if (edns === undefined || edns.edns !== undefined || fixed.name !== '')
    reader.fail('dns/opt', RFC6891_6_1_1, 'an OPT record where none may stand');
  const options = readEdnsOptions(reader, reader.at + fixed.length);
  if (edns === undefined) return;
  edns.upperRcode = Math.floor(fixed.ttl / 0x100_0000);
  edns.edns = {
    udpPayloadBytes: fixed.dnsClass,
    version: (fixed.ttl >> 16) & 255,
    dnssecOk: (fixed.ttl & 0x8000) !== 0,
    options,
  };
}
