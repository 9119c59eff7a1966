import {
  assess,
  checkSpf,
  checkSpfHelo,
  decide,
  headersFor,
  verifyMessage,
  type Context,
  type Envelope,
  type Policy,
  type SiteFacts,
  type SpfResult,
} from '@truefrom/core';
import type { CheckedMessage } from './checked-message.js';

/** Verifies one message, finds its rung, decides, and writes the header fields for it. */
export async function checkMessage(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  envelope: Envelope,
  site: SiteFacts,
  policy: Policy,
  context: Context,
): Promise<CheckedMessage> {
  const verification = await verifyMessage(source, envelope, site, context);
  const assurance = assess(verification);
  const decision = decide(verification, policy);
  return {
    verification,
    assurance,
    decision,
    headers: headersFor(site.authservId, verification, assurance, decision, envelope),
  };
}

/** The answer for a batch line without a message. */
export interface SpfOnly {
  readonly verification: { readonly spf: SpfResult; readonly spfHelo: SpfResult };
}

/** Both SPF identities of an envelope. */
export async function checkSpfOnly(envelope: Envelope, site: SiteFacts, context: Context): Promise<SpfOnly> {
  const asked = { ...envelope, receiver: envelope.receiver ?? site.authservId };
  const spf = await checkSpf(asked, context);
  // With a null sender both identities are the same one (RFC 7208 2.4).
  const spfHelo = envelope.mailFrom === null ? spf : await checkSpfHelo(asked, context);
  return { verification: { spf, spfHelo } };
}
