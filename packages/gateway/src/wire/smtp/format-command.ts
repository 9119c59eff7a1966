import type { Capabilities } from './capabilities.js';
import type { MailParameters, RcptParameters } from './parameters.js';
import type { Path } from './path.js';

/**
 * The MAIL command for a next hop (without CRLF), with those parameters that it offers. Whether the message may go
 * without one that is left out (SMTPUTF8, REQUIRETLS, 8BITMIME) is for the caller to decide first: see `cannotCarry`.
 */
export function formatMail(path: Path | null, parameters: MailParameters, peer: Capabilities): string {
  let text = `MAIL FROM:<${path?.address ?? ''}>`;
  if (peer.size !== undefined && parameters.size !== undefined) text += ` SIZE=${parameters.size}`;
  if (peer.eightBitMime && parameters.body !== undefined) text += ` BODY=${parameters.body}`;
  if (peer.smtpUtf8 && parameters.smtpUtf8) text += ' SMTPUTF8';
  if (peer.requireTls && parameters.requireTls) text += ' REQUIRETLS';
  if (peer.dsn && parameters.ret !== undefined) text += ` RET=${parameters.ret}`;
  if (peer.dsn && parameters.envid !== undefined) text += ` ENVID=${parameters.envid}`;
  if (peer.auth.length > 0 && parameters.auth !== undefined) text += ` AUTH=${parameters.auth}`;
  return text;
}

/** The RCPT command for a next hop (without CRLF), with those parameters that it offers. */
export function formatRcpt(path: Path, parameters: RcptParameters, peer: Capabilities): string {
  let text = `RCPT TO:<${path.address}>`;
  if (peer.dsn && parameters.notify !== undefined) text += ` NOTIFY=${parameters.notify.join(',')}`;
  if (peer.dsn && parameters.orcpt !== undefined) text += ` ORCPT=${parameters.orcpt}`;
  return text;
}

/** What this mail asks for and the next hop does not offer, where leaving it out would change the mail or its safety. */
export function cannotCarry(
  parameters: MailParameters,
  peer: Capabilities,
): 'SMTPUTF8' | 'REQUIRETLS' | '8BITMIME' | undefined {
  if (parameters.smtpUtf8 === true && !peer.smtpUtf8) return 'SMTPUTF8';
  if (parameters.requireTls === true && !peer.requireTls) return 'REQUIRETLS';
  if (parameters.body === '8BITMIME' && !peer.eightBitMime) return '8BITMIME';
  return undefined;
}
