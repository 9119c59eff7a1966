/** What made a signature fail, as far as it can be told. */
export type DkimCause =
  | 'subject-tag-added'
  | 'subject-tag-removed'
  | 'subject-reencoded'
  | 'from-rewritten'
  | 'display-name-quoted'
  | 'field-added'
  | 'transfer-encoding-field'
  | 'content-type-field'
  | 'refolded'
  | 'field-case'
  | 'field-spacing'
  | 'header-canonicalization'
  | 'body-canonicalization'
  | 'footer-added'
  | 'text-inserted'
  | 'wrapped-in-multipart'
  | 'body-reencoded'
  | 'trailing-white-space'
  | 'tabs-changed'
  | 'line-ends'
  | 'empty-line-added'
  | 'empty-line-removed'
  | 'dot-stuffing'
  | 'wrong-key'
  | 'other-selector'
  | 'expired'
  | 'not-yet-valid'
  | 'key-record'
  | 'key-restricted'
  | 'weak-crypto'
  | 'our-bounds'
  | 'signature-syntax'
  | 'dns';

export interface CauseText {
  /** Who usually does this. */
  readonly by: string;
  readonly fix: string;
}

const LIST = 'a mailing list or alias server';
const TRANSPORT = 'a server on the way that rewrites what it relays';
const SIGNER = 'the signer';
const KEEP =
  'let the server that changes the message sign it anew with its own domain, or leave the message as it is';

/** Each cause with its usual author and the fix. */
export const CAUSES: Readonly<Record<DkimCause, CauseText>> = {
  'subject-tag-added': {
    by: `${LIST}, or a filter that marks mail`,
    fix: 'turn the subject tag off, or rewrite From and sign anew',
  },
  'subject-tag-removed': {
    by: 'a server that strips list tags from the subject',
    fix: 'leave the subject as it arrives',
  },
  'subject-reencoded': {
    by: TRANSPORT,
    fix: 'write non-ASCII subjects as encoded words (RFC 2047) before signing',
  },
  'from-rewritten': {
    by: LIST,
    fix: 'expected where a list rewrites From: the list must sign the message with its own domain',
  },
  'display-name-quoted': {
    by: TRANSPORT,
    fix: 'leave address fields as they are; sign relaxed does not help here',
  },
  'field-added': {
    by: `${LIST}, or somebody who wants readers to see another value`,
    fix: 'do not add fields that the signer closed; check who added this one',
  },
  'transfer-encoding-field': {
    by: TRANSPORT,
    fix: 'send 7-bit content only (RFC 6376 5.3), so that nobody needs to convert it',
  },
  'content-type-field': { by: LIST, fix: KEEP },
  refolded: { by: TRANSPORT, fix: 'sign with c=relaxed/...' },
  'field-case': { by: TRANSPORT, fix: 'sign with c=relaxed/...' },
  'field-spacing': { by: TRANSPORT, fix: 'sign with c=relaxed/...' },
  'header-canonicalization': {
    by: `${SIGNER}: c= names another header canonicalization than was used`,
    fix: 'repair the signing software',
  },
  'body-canonicalization': {
    by: `${SIGNER}: c= names another body canonicalization than was used`,
    fix: 'repair the signing software',
  },
  'footer-added': {
    by: `${LIST}, or a disclaimer or virus scanner`,
    fix: 'add no footer, or sign anew after adding it',
  },
  'text-inserted': {
    by: 'a disclaimer or "external mail" banner',
    fix: 'sign after the banner is added, or verify before it is',
  },
  'wrapped-in-multipart': { by: LIST, fix: KEEP },
  'body-reencoded': {
    by: TRANSPORT,
    fix: 'send 7-bit content only (RFC 6376 5.3), so that nobody needs to convert it',
  },
  'trailing-white-space': {
    by: TRANSPORT,
    fix: 'sign with c=.../relaxed, and do not send lines that end in blanks',
  },
  'tabs-changed': { by: TRANSPORT, fix: 'sign with c=.../relaxed' },
  'line-ends': {
    by: 'software that mixes CR, LF and CRLF',
    fix: 'send CRLF only, and sign what is sent (RFC 6376 5.3)',
  },
  'empty-line-added': { by: TRANSPORT, fix: 'leave the body as it is' },
  'empty-line-removed': { by: TRANSPORT, fix: 'leave the body as it is' },
  'dot-stuffing': {
    by: 'SMTP software that adds or removes dots once too often (RFC 5321 4.5.2)',
    fix: 'repair the software between signer and receiver',
  },
  'wrong-key': {
    by: `${SIGNER}: the key in DNS is not the one it signs with`,
    fix: 'publish the public half of the signing key under this selector',
  },
  'other-selector': {
    by: `${SIGNER}: s= names another selector than that of the key`,
    fix: 'set the selector of the signing key',
  },
  expired: { by: 'time: x= is past', fix: 'check queues and the clock; give signatures more time' },
  'not-yet-valid': { by: `${SIGNER}: its clock is ahead`, fix: 'set the clock of the signing server' },
  'key-record': { by: 'the owner of d=', fix: 'publish a valid key record under this selector' },
  'key-restricted': {
    by: 'the owner of d=',
    fix: 'let the key record allow what the signature uses, or sign as the record says',
  },
  'weak-crypto': { by: SIGNER, fix: 'sign rsa-sha256 with a key of 2048 bits, or ed25519-sha256 beside it' },
  'our-bounds': {
    by: 'a message with more signatures or bytes than we try',
    fix: 'nothing is known to be wrong; raise the bound to know more',
  },
  'signature-syntax': { by: SIGNER, fix: 'repair the signing software' },
  dns: {
    by: 'the DNS servers of d=, or the way to them',
    fix: 'try again; if it lasts, repair the DNS of d=',
  },
};
