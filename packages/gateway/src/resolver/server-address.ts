import { isIP } from 'node:net';
import { own, type Parsed, parseIp } from '@truefrom/core';

/** A recursive resolver to ask. */
export interface ServerAddress {
  /** IP address in normal form; an IPv6 link-local one may carry its zone (`fe80::1%eth0`). */
  readonly host: string;
  readonly port: number;
  /**
   * May its AD bit be believed? Only where nobody between can change it. A server on loopback always may;
   * true here says so of another one, for instance behind an encrypted tunnel.
   */
  readonly trusted?: boolean;
}

const DNS_PORT = 53;
const CLAUSE = own('dns');

/**
 * Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`; the port is 53 where none is given.
 * A name is no server address: it would need a resolver to find the resolver. Error: `dns/server-syntax`.
 */
export function parseServer(text: string): Parsed<ServerAddress> {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const plain = bracketed ?? /^([\d.]+)(?::(\d{1,5}))?$/.exec(text);
  const host = normalHost(plain === null ? text : (plain[1] ?? ''));
  const port = plain?.[2] === undefined ? DNS_PORT : Number(plain[2]);
  if (host === undefined || (bracketed !== null && !host.includes(':')) || port < 1 || port > 65_535)
    return {
      ok: false,
      problem: {
        code: 'dns/server-syntax',
        at: 0,
        clause: CLAUSE,
        message: `"${text.slice(0, 64)}" is not a name server: write 192.0.2.1, 192.0.2.1:5353, 2001:db8::1 or [2001:db8::1]:5353`,
      },
    };
  return { ok: true, value: { host, port }, warnings: [] };
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`: as `parseServer` reads it. */
export function formatServer(server: ServerAddress): string {
  return server.host.includes(':') ? `[${server.host}]:${server.port}` : `${server.host}:${server.port}`;
}

/** May the AD bit of this server be believed (RFC 4035 4.9.3: only over a secure channel)? */
export function isTrusted(server: ServerAddress): boolean {
  return server.trusted === true || server.host.startsWith('127.') || server.host === '::1';
}

function normalHost(text: string): string | undefined {
  const ip = parseIp(text);
  if (ip.ok) return ip.value;
  // A zone names an interface of this machine; only link-local addresses need one.
  return isIP(text) === 6 && /^fe80:/i.test(text) && /%[\w.-]{1,32}$/.test(text)
    ? text.toLowerCase()
    : undefined;
}
