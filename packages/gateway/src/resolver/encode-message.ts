import { CLASS_IN, type DnsMessage, type DnsRecord } from './message.js';
import { encodeName } from './name.js';
import { OPT, type RecordData, TYPE_NUMBERS, writeRdata } from './rdata.js';
import type { Edns } from './edns.js';

/** Longest DNS message: TCP has a length of 16 bits (RFC 1035 4.2.2). */
export const MAX_MESSAGE_BYTES = 65_535;

/**
 * Writes a message without compression. The case of the question is kept.
 * @returns undefined where it cannot be written: a name that cannot exist, a character-string over 255 bytes,
 *   more than 65 535 bytes in all
 */
export function encodeMessage(message: DnsMessage): Uint8Array | undefined {
  const parts: Uint8Array[] = [header(message)];
  if (message.question !== undefined) {
    const name = encodeName(message.question.name);
    if (name === undefined) return undefined;
    parts.push(name, u16s(message.question.type, CLASS_IN));
  }
  for (const record of [...message.answers, ...message.authorities, ...message.additionals]) {
    const written = writeRecord(record);
    if (written === undefined) return undefined;
    parts.push(...written);
  }
  if (message.edns !== undefined) parts.push(...writeOpt(message.edns, message.rcode));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > MAX_MESSAGE_BYTES) return undefined;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function header(message: DnsMessage): Uint8Array {
  const flags =
    (message.response ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x0400 : 0) |
    (message.truncated ? 0x0200 : 0) |
    (message.recursionDesired ? 0x0100 : 0) |
    (message.recursionAvailable ? 0x0080 : 0) |
    (message.authenticData ? 0x0020 : 0) |
    (message.checkingDisabled ? 0x0010 : 0) |
    (message.rcode & 15);
  return u16s(
    message.id,
    flags,
    message.question === undefined ? 0 : 1,
    message.answers.length,
    message.authorities.length,
    message.additionals.length + (message.edns === undefined ? 0 : 1),
  );
}

function writeRecord(record: DnsRecord): Uint8Array[] | undefined {
  const name = encodeName(record.name);
  const rdata = writeRdata(record.data);
  if (name === undefined || rdata === undefined || rdata.length > 0xffff) return undefined;
  const { ttlSeconds } = record;
  return [
    name,
    u16s(
      typeNumber(record.data),
      CLASS_IN,
      Math.floor(ttlSeconds / 0x1_0000),
      ttlSeconds & 0xffff,
      rdata.length,
    ),
    rdata,
  ];
}

function writeOpt(edns: Edns, rcode: number): Uint8Array[] {
  const options = edns.options.flatMap(({ code, data }) => [u16s(code, data.length), data]);
  const length = options.reduce((sum, part) => sum + part.length, 0);
  const upper = ((rcode >> 4) << 8) | edns.version;
  return [
    Uint8Array.of(0),
    u16s(OPT, edns.udpPayloadBytes, upper, edns.dnssecOk ? 0x8000 : 0, length),
    ...options,
  ];
}

function typeNumber(data: RecordData): number {
  return data.type === 'other' ? data.number : TYPE_NUMBERS[data.type];
}

function u16s(...values: readonly number[]): Uint8Array {
  const out = new Uint8Array(values.length * 2);
  values.forEach((value, i) => {
    out[i * 2] = (value >> 8) & 255;
    out[i * 2 + 1] = value & 255;
  });
  return out;
}
