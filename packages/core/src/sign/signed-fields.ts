import type { HeaderBlock } from '../message/header-block.js';

/** Which header fields a signature covers. Names in lower case; their order is the order in h=. */
export interface SignedFieldsPolicy {
  /**
   * Signed and closed: named once more than the message has them, so that a field added on the way breaks the
   * signature (RFC 6376 8.15). Also where the message has none.
   */
  readonly closed: readonly string[];
  /** The same, but only where the message has one: others may lawfully add the first on its way out. */
  readonly closedWherePresent: readonly string[];
  /** Signed where present, every occurrence; more may be added. */
  readonly open: readonly string[];
}

/**
 * What we sign unless told otherwise: the fields of RFC 6376 5.4.1, the MIME fields that decide how the body is shown,
 * and those of RFC 8058. Not signed, because servers on the way change or remove them: Return-Path, Received, Bcc,
 * Comments, Keywords, everything else.
 */
export const DEFAULT_SIGNED_FIELDS: SignedFieldsPolicy = {
  closed: [
    'from',
    'sender',
    'reply-to',
    'to',
    'cc',
    'subject',
    'mime-version',
    'content-type',
    'content-transfer-encoding',
    'content-disposition',
  ],
  // RFC 6409 8: a submission server adds a missing Date or Message-ID.
  closedWherePresent: ['date', 'message-id', 'in-reply-to', 'references'],
  open: [
    'resent-date',
    'resent-from',
    'resent-sender',
    'resent-to',
    'resent-cc',
    'resent-message-id',
    'list-id',
    'list-help',
    'list-unsubscribe',
    'list-unsubscribe-post',
    'list-subscribe',
    'list-post',
    'list-owner',
    'list-archive',
    'content-id',
    'content-description',
  ],
};

/** The names of h= for this message: each as often as the field stands there, and once more where it is closed. */
export function chooseSignedFields(head: HeaderBlock, policy: SignedFieldsPolicy): readonly string[] {
  const names: string[] = [];
  const add = (name: string, extra: 'always' | 'where-present' | 'never'): void => {
    const present = head.byName.get(name)?.length ?? 0;
    const closing = extra === 'always' || (extra === 'where-present' && present > 0) ? 1 : 0;
    for (let i = 0; i < present + closing; i++) names.push(name);
  };
  for (const name of policy.closed) add(name, 'always');
  for (const name of policy.closedWherePresent) add(name, 'where-present');
  for (const name of policy.open) add(name, 'never');
  return names;
}
