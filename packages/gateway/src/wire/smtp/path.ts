import { type Domain, type IpAddress, parseDomain, parseIp } from '@truefrom/core';

/** A reverse-path or forward-path that is an address (RFC 5321 4.1.2), without source route and brackets. */
export interface Path {
  /** As written, for a next hop: `"a b"@example.com`. */
  readonly address: string;
  /** Unquoted, case kept. */
  readonly localPart: string;
  /** Where the address ends in a domain. Neither this nor `literal`: `<Postmaster>`. */
  readonly domain?: Domain;
  /** Where it ends in an address literal, `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
  readonly literal?: IpAddress;
  /** Has characters beyond ASCII: only with SMTPUTF8 (RFC 6531). */
  readonly international: boolean;
}

/** `null` is the empty reverse-path `<>`. */
export type PathFault = 'brackets' | 'route' | 'local-part' | 'domain' | 'literal' | 'length';
export type ReadPath =
  | { readonly ok: true; readonly path: Path | null; readonly end: number }
  | { readonly ok: false; readonly fault: PathFault };

/**
 * Longest local part, in characters. RFC 5321 4.5.3.1.1 asks for 64 at least; the return addresses of newsletters and
 * of SRS are longer.
 */
export const MAX_LOCAL_PART = 512;
/** A-d-l of a source route: hosts in it. */
const MAX_ROUTE_HOSTS = 32;
/** RFC 5321 4.5.3.1.2. */
const MAX_DOMAIN = 255;

const ATEXT = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]/u;
const NON_ASCII = /[\u0080-\u{10ffff}]/u;

/**
 * Reads a path that starts at `<`. `end` is the offset behind `>`.
 *
 * A source route is read and dropped (RFC 5321 4.1.1.3, appendix C). Everything else the grammar does not have is a
 * fault: an address that two servers read differently is judged by one and delivered by the other.
 */
export function parsePath(text: string, start: number): ReadPath {
  if (text[start] !== '<') return { ok: false, fault: 'brackets' };
  if (text[start + 1] === '>') return { ok: true, path: null, end: start + 2 };
  const at = skipRoute(text, start + 1);
  if (at === undefined) return { ok: false, fault: 'route' };
  const local = text[at] === '"' ? quotedLocal(text, at) : dotString(text, at);
  if (local === undefined) return { ok: false, fault: 'local-part' };
  if (local.value.length > MAX_LOCAL_PART) return { ok: false, fault: 'length' };
  if (text[local.end] === '>' && at === start + 1 && /^postmaster$/i.test(local.value))
    return found(text.slice(at, local.end), local.value, {}, local.end + 1);
  if (text[local.end] !== '@')
    return { ok: false, fault: text[local.end] === undefined ? 'brackets' : 'local-part' };
  return readDomain(text, at, local.value, local.end + 1);
}

function readDomain(text: string, at: number, localPart: string, start: number): ReadPath {
  const end = text.indexOf('>', start);
  if (end < 0) return { ok: false, fault: 'brackets' };
  if (end - start > MAX_DOMAIN) return { ok: false, fault: 'length' };
  const written = text.slice(start, end);
  if (written.startsWith('[')) {
    const literal = parseLiteral(written);
    if (literal === undefined) return { ok: false, fault: 'literal' };
    return found(text.slice(at, end), localPart, { literal }, end + 1);
  }
  const domain = parseDomain(written);
  // RFC 5321 2.3.5: no dot at the end of a domain in an address.
  if (!domain.ok || written.endsWith('.')) return { ok: false, fault: 'domain' };
  return found(text.slice(at, end), localPart, { domain: domain.value }, end + 1);
}

function found(
  address: string,
  localPart: string,
  where: Pick<Path, 'domain' | 'literal'>,
  end: number,
): ReadPath {
  return { ok: true, path: { address, localPart, ...where, international: NON_ASCII.test(address) }, end };
}

/** RFC 5321 4.1.3; undefined for what is no address, and for the literals nobody has registered a tag for. */
export function parseLiteral(text: string): IpAddress | undefined {
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const inner = text.slice(1, -1);
  const six = /^ipv6:/i.test(inner);
  const address = six ? inner.slice(5) : inner;
  if (six !== address.includes(':')) return undefined;
  const ip = parseIp(address);
  return ip.ok ? ip.value : undefined;
}

/** `@a,@b:` before the mailbox. @returns where the mailbox starts */
function skipRoute(text: string, start: number): number | undefined {
  let at = start;
  for (let hosts = 0; text[at] === '@'; hosts++) {
    if (hosts === MAX_ROUTE_HOSTS) return undefined;
    let end = at + 1;
    while (end < text.length && !',:>@'.includes(text[end] ?? '')) end++;
    if (!parseDomain(text.slice(at + 1, end)).ok) return undefined;
    if (text[end] === ':') return end + 1;
    if (text[end] !== ',' || text[end + 1] !== '@') return undefined;
    at = end + 1;
  }
  return at;
}

interface LocalPart {
  readonly value: string;
  readonly end: number;
}

function dotString(text: string, start: number): LocalPart | undefined {
  let end = start;
  let dot = true;
  for (; end < text.length; end++) {
    const char = text[end] ?? '';
    if (char === '.') {
      if (dot) return undefined;
      dot = true;
    } else if (ATEXT.test(char) || isSurrogate(char)) dot = false;
    else break;
  }
  return dot ? undefined : { value: text.slice(start, end), end };
}

function quotedLocal(text: string, start: number): LocalPart | undefined {
  let value = '';
  for (let i = start + 1; i < text.length; i++) {
    const char = text[i] ?? '';
    // An empty quoted local part is in the grammar, but names nobody.
    if (char === '"') return value === '' ? undefined : { value, end: i + 1 };
    if (char === '\\') {
      const next = text.charCodeAt(++i);
      if (!(next >= 0x20 && next < 0x7f)) return undefined;
      value += text[i] ?? '';
    } else if (char < ' ' || char === '\x7f') return undefined;
    else value += char;
  }
  return undefined;
}

/** The line was decoded from UTF-8 that is well formed, so surrogates come in pairs. */
function isSurrogate(char: string): boolean {
  const unit = char.charCodeAt(0);
  return unit >= 0xd800 && unit <= 0xdfff;
}
