import type { CryptoProvider } from '../crypto/provider.js';
import { readHeaderBlock, type HeaderBlock, type HeaderField } from '../message/header-block.js';
import { formatHeaderLines } from '../message/header-writer.js';
import { encodeBase64 } from '../syntax/base64.js';
import { concat, encodeUtf8 } from '../syntax/bytes.js';
import type { DkimSigner } from './dkim-signer.js';

/** A signature field but for its b=: what it is called and its other tags, line by line. */
export interface UnsignedField {
  readonly name: 'DKIM-Signature' | 'ARC-Message-Signature' | 'ARC-Seal';
  readonly lines: readonly string[];
}

/** Characters of base64 or of a list on one line. */
const LINE_CHARACTERS = 70;
// Stands for b= until it is known: leaving it out leaves out nothing else (RFC 6376 3.7).
const PLACEHOLDER = 'AAAA';

/**
 * Signs a field. What is signed is read back by the verifier's own reader from the message as it will be, with the new
 * fields on top.
 * @param above fields that will stand above the message together with this one, which is the first of them
 * @param signedBytes what the verifier computes for the field
 * @returns the whole field, folded, with CRLF
 */
export async function signField(
  field: UnsignedField,
  { head, below = '' }: { readonly head: HeaderBlock; readonly below?: string },
  signer: DkimSigner,
  crypto: CryptoProvider,
  signedBytes: (head: HeaderBlock, field: HeaderField) => Uint8Array,
): Promise<string> {
  const unsigned = formatField(field, PLACEHOLDER);
  const block = prepend(`${unsigned}${below}`, head);
  const first = block.fields[0];
  if (first === undefined) throw new TypeError('the field just written is not there');
  // A copy: the provider may answer later, and the bytes are only lent.
  const signature = await crypto.sign(signer.key, signedBytes(block, first).slice());
  return formatField(field, encodeBase64(signature));
}

/** Tags of a list that may be folded after each colon (RFC 6376 3.5 h=), in lines. */
export function foldedList(tag: string, names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = `${tag}=`;
  names.forEach((name, i) => {
    const item = i < names.length - 1 ? `${name}:` : `${name};`;
    if (line.length + item.length > LINE_CHARACTERS && line !== `${tag}=`) {
      lines.push(line);
      line = '';
    }
    line += item;
  });
  return [...lines, line];
}

/** The header block as it will be with these fields on top of it. */
export function prepend(fields: string, head: HeaderBlock): HeaderBlock {
  const bytes = concat([encodeUtf8(fields), head.bytes.subarray(0, head.bodyStart)]);
  return readHeaderBlock(bytes, { headerBytes: bytes.length, headerFields: head.fields.length + 3 });
}

// b= begins a line of its own and comes last, so that the rest of the field is the same with and without it.
function formatField({ name, lines }: UnsignedField, base64: string): string {
  const parts = [...lines];
  for (let at = 0; at < base64.length; at += LINE_CHARACTERS)
    parts.push(`${at === 0 ? 'b=' : ''}${base64.slice(at, at + LINE_CHARACTERS)}`);
  return formatHeaderLines(name, parts);
}
