// Values people write on the command line, in JSON lines and in files: one reader each, one clear complaint each.
import {
  parseDomain,
  parseIp,
  parseMailFrom,
  type Domain,
  type IpAddress,
  type Mailbox,
  type ReversePath,
} from '@truefrom/core';
import { usageError } from '../io/cli-error.js';

/** @param flag what to name in the complaint, e.g. `--own-domain` */
export function readDomain(text: string, flag: string): Domain {
  const domain = parseDomain(text);
  if (domain.ok) return domain.value;
  const hint = text.includes('@') ? '; give the domain alone, without the part before the @' : '';
  throw usageError(`${flag} "${text}": ${domain.problem.message}${hint}`);
}

export function readDomains(texts: readonly string[], flag: string): ReadonlySet<Domain> {
  // `--own-domain a,b` is what many try first.
  return new Set(texts.flatMap((text) => text.split(',')).map((text) => readDomain(text.trim(), flag)));
}

export function readIp(text: string, flag: string): IpAddress {
  const ip = parseIp(text.replace(/^\[(?:IPv6:)?|\]$/gi, ''));
  if (ip.ok) return ip.value;
  throw usageError(`${flag}: ${ip.problem.message}; write 192.0.2.1 or 2001:db8::1`);
}

export function readCidrs(texts: readonly string[], flag: string): readonly string[] {
  return texts.flatMap((text) => text.split(',')).map((text) => readCidr(text.trim(), flag));
}

function readCidr(text: string, flag: string): string {
  const [address = '', prefix, ...rest] = text.split('/');
  const ip = parseIp(address);
  const bits = ip.ok && ip.value.includes(':') ? 128 : 32;
  const fits = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  if (ip.ok && fits && rest.length === 0) return text;
  throw usageError(`${flag} "${text}": not a network; write 192.0.2.0/28 or 2001:db8::/32`);
}

/** MAIL FROM as people write it: with or without brackets; empty or `<>` is the null sender. */
export function readMailFrom(text: string, flag: string): ReversePath {
  const path = parseMailFrom(text);
  if (path.ok) return path.value;
  throw usageError(
    `${flag} "${text}": ${path.problem.message}; write user@example.com, or "" for the null sender`,
  );
}

export function readMailbox(text: string, flag: string): Mailbox {
  const mailbox = readMailFrom(text, flag);
  if (mailbox === null) throw usageError(`${flag}: an address is needed, e.g. user@example.com`);
  return mailbox;
}

// The last second Date can tell (ECMA-262 21.4.1.1).
const MAX_UNIX_SECONDS = 8_640_000_000_000;

/** Seconds since 1970; a fraction is let through and dropped. */
export function readUnixSeconds(text: string, flag: string): Date {
  const seconds = /^\d{1,13}(?:\.\d+)?$/.test(text) ? Math.floor(Number(text)) : NaN;
  if (!(seconds <= MAX_UNIX_SECONDS))
    throw usageError(
      `${flag} "${text}": not a time; write seconds since 1970, e.g. ${Math.floor(Date.UTC(2026, 0, 1) / 1000)}`,
    );
  return new Date(seconds * 1000);
}

/**
 * MAIL FROM as a client gave it, whatever it is: SPF has an answer for every text (RFC 7208 4.3), so a batch must not
 * refuse one. What is no path stays as the text behind its last "@", which is then no name DNS could know.
 */
export function readAnyMailFrom(text: string): ReversePath {
  const path = parseMailFrom(text);
  if (path.ok) return path.value;
  const bare = text.trim().replace(/^<|>$/g, '');
  const at = bare.lastIndexOf('@');
  const domain = parseDomain(bare.slice(at + 1));
  const localPart = at < 0 ? '' : bare.slice(0, at);
  // The one place where a Domain may be none: SPF reads it again and answers `none`; nothing equals it.
  return { localPart, domain: domain.ok && at >= 0 ? domain.value : (`${bare.slice(at + 1)}..` as Domain) };
}
