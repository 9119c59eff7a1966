import {
  parseIp,
  readHeaderBlock,
  fieldsNamed,
  unfoldedValue,
  DEFAULT_LIMITS,
  type IpAddress,
} from '@truefrom/core';

/** What a stored message lets one suppose about the session it came in. Anybody can write such fields: nothing is verified. */
export interface SessionGuess {
  readonly clientIp?: IpAddress;
  readonly helo?: string;
  /** Return-Path as written. */
  readonly mailFrom?: string;
}

const MAX_RECEIVED = 30;
const MAX_FIELD_CHARACTERS = 4096;

/**
 * Reads Return-Path and the topmost Received field with a public client address: in a mailbox export, the hop where
 * the message came in from outside (hops above it are inside, with private addresses).
 * @param head the start of the message, at least its header block
 */
export function guessSession(head: Uint8Array): SessionGuess {
  const block = readHeaderBlock(head, DEFAULT_LIMITS);
  const returnPath = fieldsNamed(block, 'return-path')[0];
  const mailFrom = returnPath === undefined ? undefined : unfoldedValue(block, returnPath);
  const guess = mailFrom === undefined ? {} : { mailFrom };
  for (const field of fieldsNamed(block, 'received').slice(0, MAX_RECEIVED)) {
    const hop = readReceived(unfoldedValue(block, field).slice(0, MAX_FIELD_CHARACTERS));
    if (hop !== undefined) return { ...guess, ...hop };
  }
  return guess;
}

/** `from HELO (name [ADDRESS]) by ...`: what follows `by` is another host's address and is not looked at. */
function readReceived(value: string): { readonly clientIp: IpAddress; readonly helo: string } | undefined {
  const words = value.split(/[ \t]+/);
  if (words[0]?.toLowerCase() !== 'from') return undefined;
  const by = words.findIndex((word) => word.toLowerCase() === 'by');
  const from = words.slice(1, by < 0 ? undefined : by);
  const helo = from[0] ?? '';
  for (const word of from.toReversed()) {
    const clientIp = publicAddress(word);
    if (clientIp !== undefined) return { clientIp, helo: helo.replace(/^\(|\)$/g, '') };
  }
  return undefined;
}

function publicAddress(word: string): IpAddress | undefined {
  const ip = parseIp(word.replace(/^[([]+(?:IPv6:)?|[)\];,]+$/gi, ''));
  return ip.ok && !isPrivate(ip.value) ? ip.value : undefined;
}

// RFC 1918, RFC 6598, RFC 3927, RFC 4193, loopback and "this host": nobody outside sends from these.
function isPrivate(ip: IpAddress): boolean {
  if (ip.includes(':')) return /^(?:::|::1|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)$/.test(ip);
  const [a = 0, b = 0] = ip.split('.').map(Number);
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168)
  );
}
