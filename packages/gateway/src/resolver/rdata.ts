import { formatIp, type IpAddress, ipToBytes, parseIp, rfc } from '@truefrom/core';
import { encodeName } from './name.js';
import type { WireReader } from './wire-reader.js';

/** Numbers of the types we know by name (IANA, Domain Name System Parameters). */
export const TYPE_NUMBERS = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  TLSA: 52,
  SMIMEA: 53,
  OPENPGPKEY: 61,
} as const;

/** EDNS pseudo-record (RFC 6891). */
export const OPT = 41;

export type KnownType = keyof typeof TYPE_NUMBERS;

/** What a record says. Names are lower case without final dot. */
export type RecordData =
  | { readonly type: 'A' | 'AAAA'; readonly address: IpAddress }
  | { readonly type: 'NS' | 'PTR' | 'CNAME'; readonly host: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | { readonly type: 'TXT'; readonly strings: readonly Uint8Array[] }
  | {
      readonly type: 'SOA';
      readonly primary: string;
      readonly mailbox: string;
      readonly serial: number;
      readonly refreshSeconds: number;
      readonly retrySeconds: number;
      readonly expireSeconds: number;
      readonly minimumSeconds: number;
    }
  | { readonly type: 'TLSA' | 'SMIMEA' | 'OPENPGPKEY'; readonly rdata: Uint8Array }
  | { readonly type: 'other'; readonly number: number; readonly rdata: Uint8Array };

const NAMES: ReadonlyMap<number, KnownType> = new Map(
  (Object.keys(TYPE_NUMBERS) as KnownType[]).map((name) => [TYPE_NUMBERS[name], name]),
);

const RFC1035_3_3 = rfc('1035', '3.3');
const RFC1035_3_3_14 = rfc('1035', '3.3.14');

/** Reads the `length` bytes of rdata at the reader; they must be used up exactly. Defects stay in `reader.problem`. */
export function readRdata(reader: WireReader, number: number, length: number): RecordData {
  const end = reader.at + length;
  const data = readKnown(reader, NAMES.get(number), number, end);
  if (reader.at !== end)
    reader.fail('dns/rdata-length', RFC1035_3_3, `rdata of type ${number} is not as long as it says`);
  return data;
}

function readKnown(reader: WireReader, type: KnownType | undefined, number: number, end: number): RecordData {
  switch (type) {
    case 'A':
      return { type, address: readAddress(reader, 4) };
    case 'AAAA':
      return { type, address: readAddress(reader, 16) };
    case 'NS':
    case 'PTR':
    case 'CNAME':
      return { type, host: reader.name() };
    case 'MX':
      return { type, preference: reader.u16(), exchange: reader.name() };
    case 'TXT':
      return { type, strings: readStrings(reader, end) };
    case 'SOA':
      return {
        type,
        primary: reader.name(),
        mailbox: reader.name(),
        serial: reader.u32(),
        refreshSeconds: reader.u32(),
        retrySeconds: reader.u32(),
        expireSeconds: reader.u32(),
        minimumSeconds: reader.u32(),
      };
    case 'TLSA':
    case 'SMIMEA':
    case 'OPENPGPKEY':
      return { type, rdata: reader.take(end - reader.at) };
    case undefined:
      // RFC 3597 3: types we do not know are bytes, and names in them are not uncompressed.
      return { type: 'other', number, rdata: reader.take(end - reader.at) };
  }
}

function readAddress(reader: WireReader, length: 4 | 16): IpAddress {
  const bytes = reader.take(length);
  const text = formatIp(bytes);
  // An IPv4-mapped address in an AAAA record is that IPv4 address everywhere in the engine.
  const ip = length === 16 && text.startsWith('::ffff:') ? parseIp(text) : undefined;
  return ip?.ok === true ? ip.value : text;
}

function readStrings(reader: WireReader, end: number): Uint8Array[] {
  const strings: Uint8Array[] = [];
  while (reader.at < end && reader.problem === undefined) {
    const length = reader.u8();
    if (reader.at + length > end)
      reader.fail('dns/rdata-length', RFC1035_3_3_14, 'a character-string runs past its record');
    strings.push(reader.take(length));
  }
  if (strings.length === 0)
    reader.fail('dns/rdata-length', RFC1035_3_3_14, 'a TXT record without a character-string');
  return strings;
}

/** The rdata on the wire, without compression; undefined where it cannot be written (a bad name, a long string). */
export function writeRdata(data: RecordData): Uint8Array | undefined {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return writeAddress(data.address, data.type === 'A' ? 4 : 16);
    case 'NS':
    case 'PTR':
    case 'CNAME':
      return encodeName(data.host);
    case 'MX': {
      const exchange = encodeName(data.exchange);
      return exchange && Uint8Array.of(data.preference >> 8, data.preference & 255, ...exchange);
    }
    case 'TXT':
      if (data.strings.length === 0 || data.strings.some((s) => s.length > 255)) return undefined;
      return Uint8Array.from(data.strings.flatMap((s) => [s.length, ...s]));
    case 'SOA': {
      const primary = encodeName(data.primary);
      const mailbox = encodeName(data.mailbox);
      if (primary === undefined || mailbox === undefined) return undefined;
      const times = [data.serial, data.refreshSeconds, data.retrySeconds, data.expireSeconds];
      const numbers = new DataView(new ArrayBuffer(20));
      [...times, data.minimumSeconds].forEach((n, i) => numbers.setUint32(i * 4, n));
      return Uint8Array.of(...primary, ...mailbox, ...new Uint8Array(numbers.buffer));
    }
    case 'TLSA':
    case 'SMIMEA':
    case 'OPENPGPKEY':
    case 'other':
      return data.rdata;
  }
}

function writeAddress(address: IpAddress, length: 4 | 16): Uint8Array | undefined {
  const bytes = ipToBytes(address);
  if (bytes === undefined || bytes.length === length) return bytes;
  if (bytes.length === 16) return undefined;
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...bytes);
}
