// Signed and sealed messages for tests.
import { sealedBytes } from '../checks/arc/sealed-bytes.js';
import type { Context } from '../checks/context.js';
import { sealMessage } from '../sign/seal-message.js';
import { signField } from '../sign/signature-field.js';
import { signMessage } from '../sign/sign-message.js';
import { readHeaderBlock } from '../message/header-block.js';
import { signedHeaderBytes } from '../signature/canonical-header.js';
import { parseSealTags, parseSignatureTags } from '../signature/signature-tags.js';
import { concat, encodeUtf8 } from '../syntax/bytes.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import type { TestSigner } from './signers.js';

/** The message with one DKIM-Signature per signer on top. */
export async function signed(
  message: Uint8Array,
  signers: readonly TestSigner[],
  context: Context,
): Promise<Uint8Array> {
  const fields = await signMessage(message, signers, context);
  if (!fields.ok) throw new TypeError(fields.problem.message);
  return concat([encodeUtf8(fields.value.join('')), message]);
}

/** The message with a signature over the first `length` bytes of its body (l=), which we never write ourselves. */
export async function signedWithLength(
  message: Uint8Array,
  signer: TestSigner,
  length: number,
  context: Context,
): Promise<Uint8Array> {
  const head = readHeaderBlock(message, DEFAULT_LIMITS);
  const body = message.subarray(head.bodyStart, head.bodyStart + length);
  const bh = Buffer.from(context.crypto.hash('sha256', body)).toString('base64');
  const lines = [
    `v=1; a=${signer.key.algorithm}; c=simple/simple; d=${signer.domain}; s=${signer.selector};`,
    `h=from; l=${length}; bh=${bh};`,
  ];
  const field = await signField(
    { name: 'DKIM-Signature', lines },
    { head },
    signer,
    context.crypto,
    (block, written) => {
      const tags = parseSignatureTags(block.bytes, written.valueStart, written.valueEnd, 'dkim');
      if (!tags.ok) throw new TypeError(tags.problem.message);
      return signedHeaderBytes(block, written, tags.value);
    },
  );
  return concat([encodeUtf8(field), message]);
}

/** The message with one ARC set more, in which `results` stands. */
export async function sealed(
  message: Uint8Array,
  signer: TestSigner,
  results: string,
  context: Context,
): Promise<Uint8Array> {
  const authservId = `mx.${signer.domain}`;
  const options = { authservId, authenticationResults: `${authservId}; ${results}` };
  const sealing = await sealMessage(message, signer, options, context);
  if (!sealing.ok || sealing.value.status !== 'sealed') throw new TypeError(JSON.stringify(sealing));
  return concat([encodeUtf8(sealing.value.fields.join('')), message]);
}

/** The message with one ARC set whose message signature covers the first `length` bytes of its body (l=). */
export async function sealedWithLength(
  message: Uint8Array,
  signer: TestSigner,
  length: number,
  results: string,
  context: Context,
): Promise<Uint8Array> {
  const head = readHeaderBlock(message, DEFAULT_LIMITS);
  const body = message.subarray(head.bodyStart, head.bodyStart + length);
  const bh = Buffer.from(context.crypto.hash('sha256', body)).toString('base64');
  const who = `a=${signer.key.algorithm}; d=${signer.domain}; s=${signer.selector};`;
  const resultsField = `ARC-Authentication-Results: i=1; mx.${signer.domain}; ${results}\r\n`;
  const signature = await signField(
    {
      name: 'ARC-Message-Signature',
      lines: ['i=1; c=relaxed/simple;', who, `h=from; l=${length}; bh=${bh};`],
    },
    { head, below: resultsField },
    signer,
    context.crypto,
    (block, written) => {
      const tags = parseSignatureTags(block.bytes, written.valueStart, written.valueEnd, 'arc');
      if (!tags.ok) throw new TypeError(tags.problem.message);
      return signedHeaderBytes(block, written, tags.value);
    },
  );
  const below = `${signature}${resultsField}`;
  const seal = await signField(
    { name: 'ARC-Seal', lines: ['i=1; cv=none;', who] },
    { head, below },
    signer,
    context.crypto,
    (block, sealField) => {
      const [, signatureField, writtenResults] = block.fields;
      const tags = parseSealTags(block.bytes, sealField.valueStart, sealField.valueEnd);
      if (!tags.ok || signatureField === undefined || writtenResults === undefined)
        throw new TypeError('the test set cannot be read');
      return sealedBytes(block, [
        { resultsField: writtenResults, signatureField, sealField, seal: tags.value },
      ]);
    },
  );
  return concat([encodeUtf8(seal + below), message]);
}
