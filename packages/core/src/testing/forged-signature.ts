// DKIM signatures as strangers write them: any tags, and still a signature that is right for them.
import { readHeaderBlock } from '../message/header-block.js';
import { signField } from '../sign/signature-field.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { signedHeaderBytes } from '../signature/canonical-header.js';
import { parseSignatureTags, type Canonicalization } from '../signature/signature-tags.js';
import { encodeBase64 } from '../syntax/base64.js';
import { concat, encodeLatin1, encodeUtf8 } from '../syntax/bytes.js';
import type { TestSigner } from './signers.js';
import { world } from './world.js';

export interface Forgery {
  readonly signer: TestSigner;
  /** Tags that replace the default ones; undefined leaves one out. Tags that the verifier cannot read are not signed. */
  readonly tags?: Readonly<Record<string, string | undefined>>;
  /** Header with CRLF, without the empty line. */
  readonly head?: string;
  readonly body?: string;
}

export const FORGED_HEAD = 'From: a@a.example\r\nTo: b@b.example\r\nSubject: s\r\nDate: d\r\n';

/** The message, one byte per character, with its signature on top, in UTF-8. */
export async function forge({
  signer,
  tags = {},
  head = FORGED_HEAD,
  body = 'body\r\n',
}: Forgery): Promise<Uint8Array> {
  const { crypto } = world({ 'x.example': {} });
  const message = encodeLatin1(`${head}\r\n${body}`);
  const block = readHeaderBlock(message, { headerBytes: message.length, headerFields: 1e6 });
  const canonicalization = 'c' in tags ? (tags['c'] ?? 'simple') : 'relaxed/relaxed';
  const kind: Canonicalization = canonicalization.endsWith('/relaxed') ? 'relaxed' : 'simple';
  const bodies = new BodyHashes(crypto, 1);
  const length = Number(tags['l'] ?? NaN);
  const hash = bodies.want(kind, Number.isInteger(length) ? length : undefined);
  bodies.readWhole(message.subarray(block.bodyStart));
  const all = {
    v: '1',
    a: signer.key.algorithm,
    c: canonicalization,
    d: signer.domain,
    s: signer.selector,
    h: 'from:to:subject:date',
    bh: encodeBase64(hash?.digest ?? new Uint8Array(0)),
    ...tags,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value};`],
  );
  const field = await signField(
    { name: 'DKIM-Signature', lines },
    { head: block },
    signer,
    crypto,
    (whole, written) => {
      const read = parseSignatureTags(whole.bytes, written.valueStart, written.valueEnd, 'dkim');
      return read.ok ? signedHeaderBytes(whole, written, read.value).slice() : new Uint8Array(1);
    },
  );
  return concat([encodeUtf8(field), message]);
}
