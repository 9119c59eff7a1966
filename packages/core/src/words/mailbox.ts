import type { Domain } from './domain.js';

/** An address: local part as written (unquoted, case kept) and domain as A-labels in lower case. */
export interface Mailbox {
  readonly localPart: string;
  readonly domain: Domain;
}

/** `null` is the empty reverse-path `<>` (RFC 5321 4.5.5). */
export type ReversePath = Mailbox | null;

const DOT_ATOM =
  /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+)*$/u;

/** `local@domain`, the local part quoted where RFC 5321 4.1.2 wants it. */
export function formatMailbox(mailbox: Mailbox): string {
  const { localPart, domain } = mailbox;
  const local = DOT_ATOM.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`;
  return `${local}@${domain}`;
}

/** Same address? Domains without regard to case, local parts as the receiving host would be free to treat them: exactly. */
export function sameMailbox(a: Mailbox, b: Mailbox): boolean {
  return a.domain === b.domain && a.localPart === b.localPart;
}
