import { type IpAddress, parseIp } from '@truefrom/core';
import { decodeXtext, encodeXtext } from './smtp/xtext.js';

/**
 * Attributes of Postfix's XCLIENT and XFORWARD commands, decoded. `null`: the peer says that it does not know, or
 * could not find out for now (`[UNAVAILABLE]`, `[TEMPUNAVAIL]`).
 */
export type Attributes = ReadonlyMap<AttributeName, string | null>;

export type AttributeName =
  | 'NAME'
  | 'ADDR'
  | 'PORT'
  | 'PROTO'
  | 'HELO'
  | 'IDENT'
  | 'SOURCE'
  | 'LOGIN'
  | 'DESTADDR'
  | 'DESTPORT'
  | 'REVERSE_NAME';

export type ReadAttributes =
  { readonly ok: true; readonly attributes: Attributes } | { readonly ok: false; readonly problem: string };

/** The attributes of each command, in the order in which they are written. */
export const ATTRIBUTES: Readonly<Record<'XCLIENT' | 'XFORWARD', readonly AttributeName[]>> = {
  XCLIENT: ['NAME', 'REVERSE_NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'LOGIN', 'DESTADDR', 'DESTPORT'],
  XFORWARD: ['NAME', 'ADDR', 'PORT', 'PROTO', 'HELO', 'IDENT', 'SOURCE'],
};

/** Longest value, decoded: a host name or a login. */
export const MAX_ATTRIBUTE = 255;

const UNKNOWN = /^\[(?:UNAVAILABLE|TEMPUNAVAIL)\]$/i;

/** Reads `NAME=value ...`. An attribute not in the list, given twice, or with a value it cannot have, is a problem. */
export function parseAttributes(command: 'XCLIENT' | 'XFORWARD', text: string): ReadAttributes {
  const attributes = new Map<AttributeName, string | null>();
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const written = word.slice(0, Math.max(equals, 0)).toUpperCase();
    const name = ATTRIBUTES[command].find((known) => known === written);
    if (name === undefined) return { ok: false, problem: 'an attribute that is not known' };
    if (attributes.has(name)) return { ok: false, problem: `${name} is given twice` };
    const value = parseValue(name, word.slice(equals + 1));
    if (value === undefined) return { ok: false, problem: `${name} has no valid value` };
    attributes.set(name, value);
  }
  if (attributes.size === 0) return { ok: false, problem: 'no attributes' };
  return { ok: true, attributes };
}

/** `ADDR=192.0.2.1 HELO=a+20b`, in the order of `ATTRIBUTES`, without those the peer does not list. */
export function formatAttributes(
  command: 'XCLIENT' | 'XFORWARD',
  attributes: Attributes,
  listed: readonly string[] = ATTRIBUTES[command],
): string {
  const words: string[] = [];
  for (const name of ATTRIBUTES[command]) {
    const value = attributes.get(name);
    if (value === undefined || !listed.includes(name)) continue;
    words.push(`${name}=${value === null ? '[UNAVAILABLE]' : formatValue(name, value)}`);
  }
  return words.join(' ');
}

function parseValue(name: AttributeName, written: string): string | null | undefined {
  if (UNKNOWN.test(written)) return null;
  const value = decodeXtext(written);
  if (value === undefined || value === '' || value.length > MAX_ATTRIBUTE) return undefined;
  switch (name) {
    case 'ADDR':
    case 'DESTADDR':
      return parseAddress(value);
    case 'PORT':
    case 'DESTPORT':
      return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? String(Number(value)) : undefined;
    case 'PROTO':
      return /^[A-Z0-9]{1,20}$/i.test(value) ? value.toUpperCase() : undefined;
    case 'SOURCE':
      return /^(?:LOCAL|REMOTE)$/i.test(value) ? value.toUpperCase() : undefined;
    default:
      return value;
  }
}

function parseAddress(value: string): IpAddress | undefined {
  const ip = parseIp(/^ipv6:/i.test(value) ? value.slice(5) : value);
  return ip.ok ? ip.value : undefined;
}

function formatValue(name: AttributeName, value: string): string {
  const six = (name === 'ADDR' || name === 'DESTADDR') && value.includes(':');
  return encodeXtext(six ? `IPV6:${value}` : value);
}
