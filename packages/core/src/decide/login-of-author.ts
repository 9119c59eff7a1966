import type { Verification } from '../verify/verification.js';
import { formatMailbox, type Mailbox } from '../words/mailbox.js';

/**
 * Is the login the author? Either it is the address in From, or it has no domain (`jane`) and is the local part of an
 * own address in From: which of our domains a bare login belongs to is ours to know, and a stranger's domain is never
 * `internal` (checks/origin). Without regard to case, as logins and mailboxes are handed out.
 */
export function loginIsAuthor(login: string, author: Mailbox, v: Verification): boolean {
  const name = login.toLowerCase();
  if (name.includes('@')) return name === formatMailbox(author).toLowerCase();
  return v.origin.status === 'internal' && name === author.localPart.toLowerCase();
}
