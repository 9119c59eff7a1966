import { rfc, type Clause } from '../../words/clause.js';
import { type IpBytes, ipToBytes } from '../../words/ip.js';
import { failed, parsed, type Parsed } from '../../words/parsed.js';
import { problem, type ProblemCode } from '../../words/problem.js';
import { type DomainSpec, parseDomainSpec } from './domain-spec.js';

/** A mechanism without its qualifier (RFC 7208 5). */
export type Mechanism =
  | { readonly kind: 'all' }
  | IncludeMechanism
  | HostsMechanism
  | PtrMechanism
  | ExistsMechanism
  | { readonly kind: 'ip4' | 'ip6'; readonly network: IpBytes; readonly prefix: number };

export interface IncludeMechanism {
  readonly kind: 'include';
  readonly target: DomainSpec;
}

export interface HostsMechanism {
  readonly kind: 'a' | 'mx';
  /** Absent: the domain of the record. */
  readonly target?: DomainSpec;
  readonly prefix4: number;
  readonly prefix6: number;
}

export interface PtrMechanism {
  readonly kind: 'ptr';
  readonly target?: DomainSpec;
}

export interface ExistsMechanism {
  readonly kind: 'exists';
  readonly target: DomainSpec;
}

const RFC7208_4_6_1 = rfc('7208', '4.6.1');
const RFC7208_5_1 = rfc('7208', '5.1');
const RFC7208_5_2 = rfc('7208', '5.2');
const RFC7208_5_3 = rfc('7208', '5.3');
const RFC7208_5_4 = rfc('7208', '5.4');
const RFC7208_5_5 = rfc('7208', '5.5');
const RFC7208_5_6 = rfc('7208', '5.6');
const RFC7208_5_7 = rfc('7208', '5.7');

const SLASH = 0x2f;

/** Reads `text[start, end)`, a term without its qualifier, as one mechanism (RFC 7208 5). */
export function parseMechanism(text: string, start: number, end: number): Parsed<Mechanism> {
  let nameEnd = start;
  while (nameEnd < end && text.charAt(nameEnd) !== ':' && text.charCodeAt(nameEnd) !== SLASH) nameEnd++;
  const name = nameEnd - start > 16 ? '' : text.slice(start, nameEnd).toLowerCase();
  switch (name) {
    case 'all':
      return nameEnd === end
        ? parsed({ kind: 'all' })
        : bad(nameEnd, RFC7208_5_1, 'spf/term-syntax', '"all" takes no argument');
    case 'include':
      return withTarget(text, nameEnd, end, name, RFC7208_5_2);
    case 'exists':
      return withTarget(text, nameEnd, end, name, RFC7208_5_7);
    case 'ptr':
      return parsePtr(text, nameEnd, end);
    case 'a':
      return parseHosts(text, nameEnd, end, name, RFC7208_5_3);
    case 'mx':
      return parseHosts(text, nameEnd, end, name, RFC7208_5_4);
    case 'ip4':
    case 'ip6':
      return parseNetwork(text, nameEnd, end, name);
    default:
      return bad(start, RFC7208_4_6_1, 'spf/unknown-mechanism', 'a term is neither mechanism nor modifier');
  }
}

function withTarget(
  text: string,
  at: number,
  end: number,
  kind: 'include' | 'exists',
  clause: Clause,
): Parsed<Mechanism> {
  if (text.charAt(at) !== ':' || at >= end)
    return bad(at, clause, 'spf/term-syntax', `"${kind}" wants ":" and a domain`);
  const target = parseDomainSpec(text, at + 1, end);
  return target.ok ? parsed({ kind, target: target.value }) : target;
}

function parsePtr(text: string, at: number, end: number): Parsed<Mechanism> {
  if (at === end) return parsed({ kind: 'ptr' });
  if (text.charAt(at) !== ':')
    return bad(at, RFC7208_5_5, 'spf/term-syntax', '"ptr" takes ":" and a domain, nothing else');
  const target = parseDomainSpec(text, at + 1, end);
  return target.ok ? parsed({ kind: 'ptr', target: target.value }) : target;
}

/** `a` and `mx`: [ ":" domain-spec ] [ dual-cidr-length ]. */
function parseHosts(
  text: string,
  at: number,
  end: number,
  kind: 'a' | 'mx',
  clause: Clause,
): Parsed<Mechanism> {
  // "/" may stand in a domain too, so the lengths are read from the end; a top label holds no "/".
  let rest = end;
  let prefix6 = 128;
  let prefix4 = 32;
  let digits = digitsStart(text, at, rest);
  if (digits < rest && digits - 2 >= at && isSlash(text, digits - 1) && isSlash(text, digits - 2)) {
    const prefix = prefixLength(text, digits, rest, 128);
    if (prefix === undefined)
      return bad(digits, clause, 'spf/cidr', 'the IPv6 prefix length is not 0 to 128');
    prefix6 = prefix;
    rest = digits - 2;
    digits = digitsStart(text, at, rest);
  }
  if (digits < rest && digits - 1 >= at && isSlash(text, digits - 1)) {
    const prefix = prefixLength(text, digits, rest, 32);
    if (prefix === undefined) return bad(digits, clause, 'spf/cidr', 'the IPv4 prefix length is not 0 to 32');
    prefix4 = prefix;
    rest = digits - 1;
  }
  if (rest === at) return parsed({ kind, prefix4, prefix6 });
  if (text.charAt(at) !== ':')
    return bad(at, clause, 'spf/cidr', `what follows "${kind}" is neither a domain nor prefix lengths`);
  const target: Parsed<DomainSpec> = parseDomainSpec(text, at + 1, rest);
  return target.ok ? parsed({ kind, target: target.value, prefix4, prefix6 }) : target;
}

function parseNetwork(text: string, at: number, end: number, kind: 'ip4' | 'ip6'): Parsed<Mechanism> {
  if (text.charAt(at) !== ':' || at >= end)
    return bad(at, RFC7208_5_6, 'spf/ip-network', `"${kind}" wants ":" and an address`);
  // Not indexOf: where this term has no slash it would search the rest of the record, for every term anew.
  let addressEnd = at;
  while (addressEnd < end && !isSlash(text, addressEnd)) addressEnd++;
  const network = networkBytes(text.slice(at + 1, addressEnd), kind);
  if (network === undefined)
    return bad(
      at + 1,
      RFC7208_5_6,
      'spf/ip-network',
      `"${kind}" holds no ${kind === 'ip4' ? 'IPv4' : 'IPv6'} address`,
    );
  const bits = network.length * 8;
  if (addressEnd === end) return parsed({ kind, network, prefix: bits });
  const prefix = prefixLength(text, addressEnd + 1, end, bits);
  return prefix === undefined
    ? bad(addressEnd + 1, RFC7208_5_6, 'spf/cidr', `the prefix length is not 0 to ${bits}`)
    : parsed({ kind, network, prefix });
}

function networkBytes(address: string, kind: 'ip4' | 'ip6'): IpBytes | undefined {
  if (address.includes(':') !== (kind === 'ip6')) return undefined;
  const bytes = ipToBytes(address);
  if (kind === 'ip4' || bytes === undefined || bytes.length === 16) return bytes;
  // An IPv4-mapped network stays IPv6 here: clients at such addresses are IPv4 and never meet it (RFC 7208 5).
  const mapped = new Uint8Array(16);
  mapped[10] = 0xff;
  mapped[11] = 0xff;
  mapped.set(bytes, 12);
  return mapped;
}

function digitsStart(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && text.charCodeAt(at - 1) >= 0x30 && text.charCodeAt(at - 1) <= 0x39) at--;
  return at;
}

function isSlash(text: string, at: number): boolean {
  return text.charCodeAt(at) === SLASH;
}

// RFC 7208 12: "0", or digits that do not start with 0.
function prefixLength(text: string, start: number, end: number, max: number): number | undefined {
  if (start >= end || end - start > 3) return undefined;
  if (end - start > 1 && text.charAt(start) === '0') return undefined;
  let value = 0;
  for (let i = start; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x30 || c > 0x39) return undefined;
    value = value * 10 + c - 0x30;
  }
  return value <= max ? value : undefined;
}

function bad(at: number, clause: Clause, code: ProblemCode, message: string): Parsed<never> {
  return failed(problem(code, at, clause, message));
}
