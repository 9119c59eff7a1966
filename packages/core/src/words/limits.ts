/**
 * Every bound on what strangers may make us do. A caller may tighten or widen them through `Context.limits`;
 * RFC limits of SPF (lookups, void lookups) are not meant to be widened.
 */
export interface Limits {
  /** SPF terms that cause DNS queries in one check (RFC 7208 4.6.4). */
  readonly dnsLookups: number;
  /** SPF terms with a query answered with nothing, in one check (RFC 7208 4.6.4). */
  readonly voidLookups: number;
  /** Addresses of MX hosts looked up for one "mx" term (RFC 7208 4.6.4). */
  readonly mxHosts: number;
  /** PTR names validated for one "ptr" term or `p` macro (RFC 7208 4.6.4). */
  readonly ptrNames: number;
  /** Longest text a macro may expand to, in characters; above it no name is asked for, as for one that does not exist. */
  readonly macroBytes: number;
  /** Longest SPF, DKIM key or DMARC record read, in bytes. */
  readonly recordBytes: number;
  /** Longest wait for all DNS answers of one message, in milliseconds (RFC 7208 4.6.4 asks for 20 000 or more). */
  readonly deadlineMs: number;
  /** DKIM signatures tried in one message, counted from the top; the rest get `policy`, reason `too-many`. */
  readonly signatures: number;
  /** Different body hashes computed for one message (each canonicalization and each l= is one); signatures that want more get `policy`, reason `too-many`. */
  readonly bodyHashes: number;
  /** Key records tried for one selector; RFC 6376 3.6.2.2 leaves more than one undefined. */
  readonly keyRecords: number;
  /** DKIM signatures listed in the result at all; more are left out. */
  readonly listedSignatures: number;
  /** Longest DKIM-Signature, ARC or Authentication-Results field read, in bytes. */
  readonly signatureBytes: number;
  /** Largest RSA key a signature may ask us to use, in bits: work grows with the cube. */
  readonly rsaMaxBits: number;
  /** Largest RSA public exponent, in bits: one as long as the modulus makes verifying as dear as signing. */
  readonly rsaMaxExponentBits: number;
  /** How far ahead of our clock t= of a signature may lie, in seconds. */
  readonly clockSkewSeconds: number;
  /** Smallest RSA key that may pass, in bits (RFC 8301 3.2). */
  readonly rsaMinBits: number;
  /** Instances in an ARC chain (RFC 8617 4.2.1). */
  readonly arcSets: number;
  /** Longest header block, in bytes. Past it the message is read as having no more header fields. */
  readonly headerBytes: number;
  /** Header fields kept. Past it the rest is counted as problem, not as fields. */
  readonly headerFields: number;
  /** Largest message, in bytes. */
  readonly messageBytes: number;
  /** Mailboxes read from one address field. */
  readonly mailboxes: number;
  /** Longest address field or path read, in bytes. */
  readonly addressBytes: number;
  /** Longest local part read, in bytes. RFC 5321 4.5.3.1.1 says 64; VERP and SRS go past it. */
  readonly localPartBytes: number;
  /** Nested comments or groups in one address field. */
  readonly addressDepth: number;
  /** Questions of one DMARC tree walk; a name with as many labels or more skips the ones in between (RFC 9989 4.10). */
  readonly treeWalkQueries: number;
  /** Report addresses read from one tag of a DMARC record. */
  readonly reportUris: number;
  /** Authentication-Results fields and results read in one message. */
  readonly authResults: number;
  /** CNAMEs followed for one question. */
  readonly cnames: number;
  /** Steps kept in one trace. */
  readonly traceSteps: number;
}

export const DEFAULT_LIMITS: Limits = {
  dnsLookups: 10,
  voidLookups: 2,
  mxHosts: 10,
  ptrNames: 10,
  macroBytes: 2048,
  recordBytes: 65_535,
  deadlineMs: 20_000,
  signatures: 10,
  bodyHashes: 6,
  keyRecords: 3,
  listedSignatures: 50,
  signatureBytes: 32_768,
  rsaMaxBits: 4096,
  rsaMaxExponentBits: 64,
  clockSkewSeconds: 3600,
  rsaMinBits: 1024,
  arcSets: 50,
  headerBytes: 1_048_576,
  headerFields: 2000,
  messageBytes: 157_286_400,
  mailboxes: 100,
  addressBytes: 65_536,
  localPartBytes: 255,
  addressDepth: 50,
  treeWalkQueries: 8,
  reportUris: 20,
  authResults: 100,
  cnames: 8,
  traceSteps: 400,
};

/** The defaults with the caller's changes. */
export function withLimits(changes: Partial<Limits> | undefined): Limits {
  return changes === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...changes };
}
