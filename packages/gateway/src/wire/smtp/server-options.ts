import type { Capabilities } from './capabilities.js';
import { type ContentBounds, DEFAULT_CONTENT_BOUNDS } from './content.js';

/** What the session knows of itself when it is asked what to offer. */
export interface ServerState {
  /** TLS is on. */
  readonly secure: boolean;
  /** AUTH succeeded. */
  readonly authenticated: boolean;
}

export interface ServerOptions {
  readonly protocol: 'smtp' | 'lmtp';
  /** Our name in the greeting and in replies. */
  readonly hostName: string;
  /** Asked at each EHLO or LHLO. Only what is offered is accepted. */
  readonly offer: (state: ServerState) => Capabilities;
  /** TLS was on from the first byte. */
  readonly secure: boolean;
  /** RFC 3207 4: before TLS nothing but EHLO, NOOP, STARTTLS and QUIT. */
  readonly requireTls: boolean;
  readonly bounds: ServerBounds;
}

export interface ServerBounds {
  readonly content: ContentBounds;
  /** Commands we refused ourselves, then 421. */
  readonly errors: number;
  /** Commands and messages the caller answered with 5yz, then 421. */
  readonly refusals: number;
  /** Commands other than RCPT and BDAT without a message among them, then 421. */
  readonly idleCommands: number;
  /** Accepted recipients of one message; RFC 5321 4.5.3.1.8 asks for 100 or more. */
  readonly recipients: number;
  /** Input held while an answer is due. A caller that stops reading while `awaiting` never gets near it. */
  readonly heldBytes: number;
}

export const DEFAULT_SERVER_BOUNDS: ServerBounds = {
  content: DEFAULT_CONTENT_BOUNDS,
  errors: 20,
  refusals: 200,
  idleCommands: 100,
  recipients: 1000,
  heldBytes: 262_144,
};

/**
 * Longest command line but AUTH, with CRLF: RFC 5321 4.5.3.1.4 has 512, and each extension adds to it (DSN alone 500
 * for ORCPT).
 */
export const MAX_COMMAND_BYTES = 2048;
/** Longest line of an AUTH exchange, with CRLF (RFC 4954 4). */
export const MAX_AUTH_BYTES = 12_288;
