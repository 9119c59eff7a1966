import { parseIp, parseMailFrom, type Envelope, type IpAddress, type ReversePath } from '@truefrom/core';
import { guessSession, type SessionGuess } from './guess-session.js';
import { readIp, readMailbox, readMailFrom } from './read-values.js';
import type { SessionOptions } from './session-options.js';

/** Something supposed, not known. `text` may hold words of the message. */
export interface Assumption {
  readonly what: 'clientIp' | 'mailFrom' | 'lineEnds';
  readonly text: string;
}

/** The SMTP session a message is judged by, and what of it was only guessed. */
export interface MessageSession {
  readonly envelope: Envelope;
  /** False where neither flags nor message tell the client address: SPF then has nobody to ask about. */
  readonly clientKnown: boolean;
  readonly assumptions: readonly Assumption[];
}

/**
 * The session as the flags give it, completed from the message's own fields where they do not.
 * @param head start of the message
 * @throws CliError 64 for a flag that cannot be read
 */
export function sessionFromOptions(options: SessionOptions, head: Uint8Array): MessageSession {
  const flags = {
    rcptTo: (options.rcpt ?? []).map((address) => readMailbox(address, '--rcpt')),
    ...(options.auth !== undefined && options.auth !== '' && { authenticatedAs: options.auth }),
  };
  const guess = options.clientIp !== undefined && options.sender !== undefined ? {} : guessSession(head);
  const client = clientOf(options, guess);
  if (client === undefined)
    return { envelope: { ...flags, ...NOBODY }, clientKnown: false, assumptions: [NO_CLIENT] };
  const sender = senderOf(options, guess);
  return {
    envelope: { ...flags, clientIp: client.ip, helo: client.helo, mailFrom: sender.mailFrom },
    clientKnown: true,
    assumptions: [...client.assumptions, ...sender.assumptions],
  };
}

/** Without a client SPF must ask nobody; with neither MAIL FROM nor HELO it has nobody to ask about (RFC 7208 4.3). */
const NOBODY = { clientIp: unspecified(), helo: '', mailFrom: null } as const;

const NO_CLIENT: Assumption = {
  what: 'clientIp',
  text: 'no Received field tells where the message came from: SPF and MAIL FROM were left out (give -i, -e and -f)',
};

function clientOf(
  options: SessionOptions,
  guess: SessionGuess,
): { ip: IpAddress; helo: string; assumptions: Assumption[] } | undefined {
  if (options.clientIp !== undefined)
    return { ip: readIp(options.clientIp, '--client-ip'), helo: options.helo ?? '', assumptions: [] };
  if (guess.clientIp === undefined) return undefined;
  const text = `client ${guess.clientIp} is guessed from a Received field, unverified; use -i if you know it`;
  return {
    ip: guess.clientIp,
    helo: options.helo ?? guess.helo ?? '',
    assumptions: [{ what: 'clientIp', text }],
  };
}

function senderOf(
  options: SessionOptions,
  guess: SessionGuess,
): { mailFrom: ReversePath; assumptions: Assumption[] } {
  if (options.sender !== undefined)
    return { mailFrom: readMailFrom(options.sender, '--sender'), assumptions: [] };
  const path = guess.mailFrom === undefined ? undefined : parseMailFrom(guess.mailFrom);
  if (path?.ok !== true) {
    const text = 'MAIL FROM is not known and taken as empty, as in a bounce; use -f if you know it';
    return { mailFrom: null, assumptions: [{ what: 'mailFrom', text }] };
  }
  const text = `MAIL FROM ${guess.mailFrom ?? ''} is guessed from Return-Path, unverified; use -f if you know it`;
  return { mailFrom: path.value, assumptions: [{ what: 'mailFrom', text }] };
}

function unspecified(): IpAddress {
  const ip = parseIp('0.0.0.0');
  if (!ip.ok) throw new TypeError('0.0.0.0 is an address');
  return ip.value;
}
