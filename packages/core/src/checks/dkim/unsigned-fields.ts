import type { HeaderBlock } from '../../message/header-block.js';

// What a reader or a mail client acts on: RFC 6376 5.4.1 and the MIME fields that decide how the body is shown.
const WATCHED: readonly string[] = [
  'from',
  'reply-to',
  'sender',
  'subject',
  'date',
  'to',
  'cc',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'list-unsubscribe',
  'list-unsubscribe-post',
];

/** Fields of the message that a reader relies on and that h= leaves open, wholly or for one of several occurrences. */
export function unsignedFields(head: HeaderBlock, signedFields: readonly string[]): readonly string[] {
  const open: string[] = [];
  for (const name of WATCHED) {
    const present = head.byName.get(name)?.length ?? 0;
    if (present === 0) continue;
    let signed = 0;
    for (const field of signedFields) if (field === name) signed++;
    if (signed < present) open.push(name);
  }
  return open;
}
