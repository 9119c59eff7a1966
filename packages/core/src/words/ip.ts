import { rfc } from './clause.js';
import { failed, parsed, type Parsed } from './parsed.js';
import { problem, type ProblemCode } from './problem.js';

/** Normal text form (RFC 5952 for IPv6; IPv4-mapped IPv6 becomes IPv4). Made only by `parseIp`. */
export type IpAddress = string & { readonly __brand: 'IpAddress' };

/** 4 or 16 bytes. */
export type IpBytes = Uint8Array;

export interface Cidr {
  readonly bytes: IpBytes;
  readonly prefix: number;
}

const RFC4291 = rfc('4291', '2.2');
const SYNTAX: ProblemCode = 'address/ip-syntax';

/**
 * Reads an address strictly: dotted quad without leading zeros, or RFC 4291 text. An IPv4-mapped IPv6 address
 * is the IPv4 address (RFC 7208 5). Error: `address/ip-syntax`.
 */
export function parseIp(text: string): Parsed<IpAddress> {
  const bytes = ipToBytes(text);
  if (bytes === undefined)
    return failed(problem(SYNTAX, 0, RFC4291, `"${text.slice(0, 64)}" is not an IPv4 or IPv6 address`));
  return parsed(formatIp(bytes));
}

/** Bytes of an address in text form, IPv4-mapped addresses as their 4; undefined where it is none. */
export function ipToBytes(text: string): IpBytes | undefined {
  if (text.includes(':')) {
    const v6 = parseV6(text);
    return v6 !== undefined && isMapped(v6) ? v6.subarray(12) : v6;
  }
  return parseV4(text);
}

/** `address/prefix`, the prefix in range for the family; without one, the single address. Undefined where it is none. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const bytes = ipToBytes(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  if (slash < 0) return { bytes, prefix: bytes.length * 8 };
  const prefix = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bytes.length * 8) return undefined;
  return { bytes, prefix: Number(prefix) };
}

export function inCidr(address: IpBytes, network: IpBytes, prefix: number): boolean {
  if (address.length !== network.length) return false;
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== network[i]) return false;
  const rest = prefix & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((address[whole] ?? 0) & mask) === ((network[whole] ?? 0) & mask);
}

export function formatIp(bytes: IpBytes): IpAddress {
  if (bytes.length === 4) return bytes.join('.') as IpAddress;
  return formatV6(bytes) as IpAddress;
}

function parseV4(text: string): IpBytes | undefined {
  if (text.length < 7 || text.length > 15) return undefined;
  const out = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let i = 0; i <= text.length; i++) {
    const c = i === text.length ? 0x2e : text.charCodeAt(i);
    if (c === 0x2e) {
      if (value < 0 || part > 3) return undefined;
      out[part++] = value;
      value = -1;
    } else if (c >= 0x30 && c <= 0x39) {
      // A leading zero means octal to some readers and decimal to others: nobody may choose for us.
      if (value === 0) return undefined;
      value = (value < 0 ? 0 : value * 10) + c - 0x30;
      if (value > 255) return undefined;
    } else return undefined;
  }
  return part === 4 ? out : undefined;
}

function parseV6(text: string): IpBytes | undefined {
  if (text.length > 45) return undefined;
  let tail: IpBytes | undefined;
  let groupsText = text;
  const lastColon = text.lastIndexOf(':');
  if (text.includes('.')) {
    tail = parseV4(text.slice(lastColon + 1));
    if (tail === undefined) return undefined;
    groupsText = `${text.slice(0, lastColon + 1)}0:0`;
  }
  const halves = groupsText.split('::');
  if (halves.length > 2) return undefined;
  const left = readGroups(halves[0] ?? '');
  const right = halves.length === 2 ? readGroups(halves[1] ?? '') : [];
  if (left === undefined || right === undefined) return undefined;
  const given = left.length + right.length;
  if (halves.length === 2 ? given > 7 : given !== 8) return undefined;
  const out = new Uint8Array(16);
  left.forEach((g, i) => writeGroup(out, i, g));
  right.forEach((g, i) => writeGroup(out, 8 - right.length + i, g));
  if (tail !== undefined) out.set(tail, 12);
  return out;
}

function readGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const group of text.split(':')) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    groups.push(parseInt(group, 16));
  }
  return groups;
}

function writeGroup(out: Uint8Array, index: number, group: number): void {
  out[index * 2] = group >> 8;
  out[index * 2 + 1] = group & 0xff;
}

function isMapped(v6: IpBytes): boolean {
  for (let i = 0; i < 10; i++) if (v6[i] !== 0) return false;
  return v6[10] === 0xff && v6[11] === 0xff;
}

// RFC 5952 4: lower case, no leading zeros, the longest run of two or more zero groups shortened, the first of equals.
function formatV6(bytes: IpBytes): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) {
      bestStart = i;
      bestLength = end - i;
    }
    if (end > i) i = end;
  }
  const hex = groups.map((g) => g.toString(16));
  if (bestStart < 0) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}
