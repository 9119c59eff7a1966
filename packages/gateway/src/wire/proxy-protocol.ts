import { formatIp, type IpAddress, ipToBytes, parseIp } from '@truefrom/core';

/** Who is at the other end of a connection that comes through a load balancer (PROXY protocol, versions 1 and 2). */
export type ProxyHeader =
  | {
      readonly kind: 'proxied';
      readonly source: Endpoint;
      readonly destination: Endpoint;
      readonly extras: readonly ProxyExtra[];
    }
  /** The balancer's own connection (a health check), or one it says nothing about: the socket's addresses hold. */
  | { readonly kind: 'local' };

export interface Endpoint {
  readonly ip: IpAddress;
  /** 0 to 65535. */
  readonly port: number;
}

/** One TLV of version 2, e.g. 0x02 (authority), 0x20 (TLS). */
export interface ProxyExtra {
  readonly type: number;
  readonly value: Buffer;
}

export type ReadProxy =
  /** The header is not whole yet; nothing else may be read from the connection before it is. */
  | { readonly kind: 'more' }
  | {
      readonly kind: 'header';
      readonly header: ProxyHeader;
      /** First byte behind it. */ readonly end: number;
    }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Longest header of version 1, with CRLF (section 2.1). */
export const MAX_V1_BYTES = 107;
/** Longest header of version 2 that we read: addresses, and TLVs with a client certificate's name. */
export const MAX_V2_BYTES = 4096;

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V1 = Buffer.from('PROXY ');
const CRC32C = 0x03;
const V2_HEAD = 16;

/**
 * Reads the header at the start of a connection. Both versions are read: they cannot be taken for each other. A
 * connection from a listed balancer without one is invalid, and so must be closed (section 5: never guess).
 */
export function readProxyHeader(bytes: Buffer): ReadProxy {
  if (matches(bytes, SIGNATURE)) return bytes.length < V2_HEAD ? { kind: 'more' } : readV2(bytes);
  if (matches(bytes, V1)) return readV1(bytes);
  return invalid('no PROXY header');
}

/** @throws TypeError for addresses of different families: version 1 cannot say that */
export function formatProxyV1(source: Endpoint, destination: Endpoint): Buffer {
  const six = source.ip.includes(':');
  if (six !== destination.ip.includes(':')) throw new TypeError('addresses of two families');
  return Buffer.from(
    `PROXY TCP${six ? 6 : 4} ${source.ip} ${destination.ip} ${source.port} ${destination.port}\r\n`,
  );
}

/** Version 2 over TCP, with a checksum. Of two families the IPv4 address is written as an IPv4-mapped one. */
export function formatProxyV2(
  source: Endpoint,
  destination: Endpoint,
  extras: readonly ProxyExtra[] = [],
): Buffer {
  const six = source.ip.includes(':') || destination.ip.includes(':');
  const addresses = Buffer.concat([addressBytes(source.ip, six), addressBytes(destination.ip, six)]);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const tlvs = [...extras, { type: CRC32C, value: Buffer.alloc(4) }].map(({ type, value }) => {
    const head = Buffer.from([type, value.length >> 8, value.length & 0xff]);
    return Buffer.concat([head, value]);
  });
  const body = Buffer.concat([addresses, ports, ...tlvs]);
  const head = Buffer.concat([
    SIGNATURE,
    Buffer.from([0x21, six ? 0x21 : 0x11, body.length >> 8, body.length & 0xff]),
  ]);
  const header = Buffer.concat([head, body]);
  header.writeUInt32BE(crc32c(header), header.length - 4);
  return header;
}

function matches(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function invalid(reason: string): ReadProxy {
  return { kind: 'invalid', reason };
}

function readV1(bytes: Buffer): ReadProxy {
  const lf = bytes.subarray(0, MAX_V1_BYTES).indexOf(0x0a);
  if (lf < 0) return bytes.length >= MAX_V1_BYTES ? invalid('PROXY line is too long') : { kind: 'more' };
  if (bytes[lf - 1] !== 0x0d) return invalid('PROXY line does not end with CRLF');
  const line = bytes.toString('latin1', 0, lf - 1);
  const end = lf + 1;
  // Section 2.1: whatever follows UNKNOWN is to be ignored.
  if (/^PROXY UNKNOWN(?: |$)/.test(line)) return { kind: 'header', header: { kind: 'local' }, end };
  const words = line.split(' ');
  const [, family, from = '', to = '', fromPort = '', toPort = ''] = words;
  if (words.length !== 6 || (family !== 'TCP4' && family !== 'TCP6'))
    return invalid('PROXY line has a syntax error');
  const source = endpoint(from, fromPort, family === 'TCP6');
  const destination = endpoint(to, toPort, family === 'TCP6');
  if (source === undefined || destination === undefined)
    return invalid('PROXY line has no valid address or port');
  return { kind: 'header', header: { kind: 'proxied', source, destination, extras: [] }, end };
}

function endpoint(address: string, port: string, six: boolean): Endpoint | undefined {
  const ip = parseIp(address);
  if (!ip.ok || address.includes(':') !== six) return undefined;
  if (!/^(?:0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65_535) return undefined;
  return { ip: ip.value, port: Number(port) };
}

function readV2(bytes: Buffer): ReadProxy {
  const end = V2_HEAD + bytes.readUInt16BE(14);
  const version = (bytes[12] ?? 0) >> 4;
  const command = (bytes[12] ?? 0) & 0x0f;
  if (version !== 2) return invalid('PROXY version is not 2');
  if (command > 1) return invalid('PROXY command is not known');
  if (end > MAX_V2_BYTES) return invalid('PROXY header is too long');
  if (bytes.length < end) return { kind: 'more' };
  // Section 2.2: LOCAL, and families we do not listen on: the header is passed over.
  const family = bytes[13];
  if (command === 0 || (family !== 0x11 && family !== 0x21))
    return command === 1 && family !== 0
      ? invalid('PROXY family is not TCP')
      : { kind: 'header', header: { kind: 'local' }, end };
  const width = family === 0x21 ? 16 : 4;
  const addresses = V2_HEAD + 2 * width + 4;
  if (end < addresses) return invalid('PROXY header is too short for its addresses');
  const extras = readExtras(bytes.subarray(0, end), addresses);
  if (extras === undefined) return invalid('PROXY header has a broken TLV or checksum');
  const at = (i: number): Endpoint => ({
    ip: mappedIp(bytes.subarray(V2_HEAD + i * width, V2_HEAD + (i + 1) * width)),
    port: bytes.readUInt16BE(V2_HEAD + 2 * width + 2 * i),
  });
  return { kind: 'header', header: { kind: 'proxied', source: at(0), destination: at(1), extras }, end };
}

function readExtras(header: Buffer, start: number): readonly ProxyExtra[] | undefined {
  const extras: ProxyExtra[] = [];
  let checked = false;
  for (let at = start; at < header.length;) {
    if (at + 3 > header.length) return undefined;
    const type = header[at] ?? 0;
    const from = at + 3;
    const to = from + header.readUInt16BE(at + 1);
    if (to > header.length) return undefined;
    // Section 2.2.2: the checksum is over the header with its own field as zeros.
    if (type !== CRC32C) extras.push({ type, value: Buffer.from(header.subarray(from, to)) });
    else if (checked || to - from !== 4 || header.readUInt32BE(from) !== crcWithout(header, from))
      return undefined;
    else checked = true;
    at = to;
  }
  return extras;
}

function crcWithout(header: Buffer, field: number): number {
  const copy = Buffer.from(header);
  copy.writeUInt32BE(0, field);
  return crc32c(copy);
}

function mappedIp(bytes: Uint8Array): IpAddress {
  const text = formatIp(bytes);
  // An IPv4-mapped address is the IPv4 address (RFC 7208 5): formatIp shows it as it stands, parseIp knows.
  const ip = parseIp(text);
  return ip.ok ? ip.value : text;
}

function addressBytes(ip: IpAddress, six: boolean): Uint8Array {
  const bytes = ipToBytes(ip) ?? new Uint8Array(4);
  if (!six || bytes.length === 16) return bytes;
  const mapped = new Uint8Array(16);
  mapped.fill(0xff, 10, 12);
  mapped.set(bytes, 12);
  return mapped;
}

/** CRC-32C (RFC 3720 appendix B.4), bit by bit: it is for a few dozen bytes per connection. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
