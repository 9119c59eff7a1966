import { readLenientAddresses } from '../../message/lenient-addresses.js';
import { encodeUtf8 } from '../../syntax/bytes.js';
import { withoutInvisible } from '../../syntax/invisible.js';
import type { Mailbox } from '../../words/mailbox.js';

/** Longest display name searched, in characters; clients cut sooner. */
const MAX_NAME = 1024;
const AT_SIGNS = /[@\uff20\ufe6b]/;

/**
 * The addresses a person reads in a display name, full-width forms and invisible characters undone. A handle, `@name`,
 * and an address of one label, `sales@home`, are none.
 */
export function displayedAddresses(displayName: string): readonly Mailbox[] {
  if (!AT_SIGNS.test(displayName)) return [];
  const text = withoutInvisible(displayName.slice(0, MAX_NAME).normalize('NFKC')).replaceAll('"', ' ');
  return readLenientAddresses(encodeUtf8(text))
    .map(({ mailbox }) => mailbox)
    .filter(({ domain }) => domain.includes('.') && !domain.endsWith('.'));
}
