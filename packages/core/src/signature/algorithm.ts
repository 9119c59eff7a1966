/** Algorithms known by name. rsa-sha1 is told apart so that its refusal can say why (RFC 8301 3.1). */
export type KnownAlgorithm = 'rsa-sha256' | 'ed25519-sha256' | 'rsa-sha1';

/** The algorithm of an a= tag; undefined where it is none of DKIM's (RFC 6376 3.3, RFC 8463 3). */
export function knownAlgorithm(text: string): KnownAlgorithm | undefined {
  const lower = text.toLowerCase();
  return lower === 'rsa-sha256' || lower === 'ed25519-sha256' || lower === 'rsa-sha1' ? lower : undefined;
}
