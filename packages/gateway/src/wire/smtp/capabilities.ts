import type { ParameterOffers } from './parameters.js';

/** The extensions one side offers, as in its reply to EHLO or LHLO (RFC 5321 4.1.1.1). */
export interface Capabilities {
  /** RFC 2920. */
  readonly pipelining: boolean;
  /** RFC 1870: most bytes of a message; 0 is "no fixed bound", undefined is not offered. */
  readonly size: number | undefined;
  /** RFC 6152. */
  readonly eightBitMime: boolean;
  /** RFC 6531. */
  readonly smtpUtf8: boolean;
  /** RFC 3030. */
  readonly chunking: boolean;
  /** RFC 3461. */
  readonly dsn: boolean;
  /** RFC 2034. */
  readonly enhancedStatusCodes: boolean;
  /** RFC 3207. */
  readonly startTls: boolean;
  /** RFC 8689. */
  readonly requireTls: boolean;
  /** RFC 4954: mechanisms, upper case; empty is not offered. */
  readonly auth: readonly string[];
  /** Attributes the peer may set, upper case; empty is not offered. */
  readonly xclient: readonly string[];
  readonly xforward: readonly string[];
}

export const NO_CAPABILITIES: Capabilities = {
  pipelining: false,
  size: undefined,
  eightBitMime: false,
  smtpUtf8: false,
  chunking: false,
  dsn: false,
  enhancedStatusCodes: false,
  startTls: false,
  requireTls: false,
  auth: [],
  xclient: [],
  xforward: [],
};

/** Keyword lines of a reply to EHLO, to follow the line with the host name. */
export function formatCapabilities(capabilities: Capabilities): readonly string[] {
  const lines: string[] = [];
  if (capabilities.pipelining) lines.push('PIPELINING');
  if (capabilities.size !== undefined) lines.push(`SIZE ${capabilities.size}`);
  if (capabilities.startTls) lines.push('STARTTLS');
  if (capabilities.auth.length > 0) lines.push(`AUTH ${capabilities.auth.join(' ')}`);
  if (capabilities.requireTls) lines.push('REQUIRETLS');
  if (capabilities.enhancedStatusCodes) lines.push('ENHANCEDSTATUSCODES');
  if (capabilities.eightBitMime) lines.push('8BITMIME');
  if (capabilities.dsn) lines.push('DSN');
  if (capabilities.smtpUtf8) lines.push('SMTPUTF8');
  if (capabilities.chunking) lines.push('CHUNKING');
  if (capabilities.xclient.length > 0) lines.push(`XCLIENT ${capabilities.xclient.join(' ')}`);
  if (capabilities.xforward.length > 0) lines.push(`XFORWARD ${capabilities.xforward.join(' ')}`);
  return lines;
}

/** Reads the lines behind the first one of a reply to EHLO. What we do not know, or cannot read, is not offered. */
export function parseCapabilities(lines: readonly string[]): Capabilities {
  const found = new Map<string, readonly string[]>();
  for (const line of lines) {
    // Old servers write "AUTH=PLAIN"; it says nothing that the right line does not say.
    const [keyword = '', ...values] = line.trim().toUpperCase().split(/ +/);
    if (!found.has(keyword)) found.set(keyword, values);
  }
  const size = found.get('SIZE');
  return {
    pipelining: found.has('PIPELINING'),
    size: size === undefined ? undefined : readSize(size[0]),
    eightBitMime: found.has('8BITMIME'),
    smtpUtf8: found.has('SMTPUTF8'),
    chunking: found.has('CHUNKING'),
    dsn: found.has('DSN'),
    enhancedStatusCodes: found.has('ENHANCEDSTATUSCODES'),
    startTls: found.has('STARTTLS'),
    requireTls: found.has('REQUIRETLS'),
    auth: found.get('AUTH') ?? [],
    xclient: found.get('XCLIENT') ?? [],
    xforward: found.get('XFORWARD') ?? [],
  };
}

/** Which parameters of MAIL and RCPT go with these extensions. */
export function parameterOffers(capabilities: Capabilities): ParameterOffers {
  return {
    size: capabilities.size !== undefined,
    eightBitMime: capabilities.eightBitMime,
    smtpUtf8: capabilities.smtpUtf8,
    dsn: capabilities.dsn,
    auth: capabilities.auth.length > 0,
    requireTls: capabilities.requireTls,
  };
}

function readSize(digits: string | undefined): number {
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
}
