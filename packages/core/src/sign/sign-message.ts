import type { Context } from '../checks/context.js';
import { fieldsNamed, type HeaderBlock } from '../message/header-block.js';
import { openMessage, type MessageSource } from '../message/source.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { signedHeaderBytes } from '../signature/canonical-header.js';
import { parseSignatureTags, type Canonicalization } from '../signature/signature-tags.js';
import { encodeBase64 } from '../syntax/base64.js';
import { encodeUtf8 } from '../syntax/bytes.js';
import { rfc } from '../words/clause.js';
import { isWithin, parseDomain } from '../words/domain.js';
import { withLimits, type Limits } from '../words/limits.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem, type Problem } from '../words/problem.js';
import type { DkimSigner } from './dkim-signer.js';
import { foldedList, signField, type UnsignedField } from './signature-field.js';
import { chooseSignedFields, DEFAULT_SIGNED_FIELDS, type SignedFieldsPolicy } from './signed-fields.js';

export interface SignOptions {
  /** c=; default relaxed/relaxed: simple does not survive servers that fold again or trim lines. */
  readonly canonicalization?: { readonly header: Canonicalization; readonly body: Canonicalization };
  /** i=: the address or `@domain` the signature speaks for, within d= of every signer; default: none, which means @d. */
  readonly identity?: string;
  /** x=: how long the signature is good, in seconds from now; default: for ever. */
  readonly validSeconds?: number;
  readonly fields?: SignedFieldsPolicy;
}

const RFC6376_3_5 = rfc('6376', '3.5');
const RFC6376_3_8 = rfc('6376', '3.8');
const RFC6376_5_3 = rfc('6376', '5.3');
const RFC6376_5_4 = rfc('6376', '5.4');
const RFC5321_4_5_3 = rfc('5321', '4.5.3');

/** Fields that RFC 5322 3.6 allows once. */
const SINGLE_FIELDS = ['sender', 'reply-to', 'to', 'cc', 'subject', 'date', 'message-id'];

/**
 * Signs a message with every key, in one reading of it (RFC 6376 5, RFC 8463). The message itself is never touched. The
 * whole body is always signed: l= is never written (8.2).
 *
 * @param source the message as it will be sent: nothing may change it between signing and the next hop (5.3)
 * @returns one DKIM-Signature field per key in the order of the keys, folded, with CRLF, ready to prepend; warnings are
 *   what was odd about the message. Errors: `dkim/sign-no-from`, `dkim/sign-several-from`, `dkim/sign-header`,
 *   `dkim/sign-identity`, `dkim/sign-too-long`
 * @throws TypeError where the options contradict themselves; what a streaming source or the crypto provider throws
 */
export async function signMessage(
  source: MessageSource,
  keys: readonly DkimSigner[],
  context: Pick<Context, 'crypto' | 'clock' | 'limits' | 'signal'>,
  options: SignOptions = {},
): Promise<Parsed<readonly string[]>> {
  const { canonicalization = { header: 'relaxed', body: 'relaxed' }, fields = DEFAULT_SIGNED_FIELDS } =
    options;
  const { validSeconds } = options;
  if (validSeconds !== undefined && !(Number.isInteger(validSeconds) && validSeconds > 0))
    throw new TypeError('validSeconds is a whole number of seconds from 1');
  const limits = withLimits(context.limits);
  const message = await openMessage(source, limits, context.signal);
  const { head } = message;
  const refusal = refuse(head) ?? refuseIdentity(options.identity, keys);
  if (refusal !== undefined) {
    message.close();
    return failed(refusal);
  }

  const signedFields = chooseSignedFields(head, fields);
  if (!signedFields.includes('from')) throw new TypeError('RFC 6376 5.4: From is always signed');
  const h = foldedList('h', signedFields);
  if (h.join('').length > limits.signatureBytes - 4096) return failed(tooLong(limits));
  const bodies = new BodyHashes(context.crypto, 1);
  const bodyHash = bodies.want(canonicalization.body, undefined);
  const { problems } = await message.readBody(bodies);
  context.signal?.throwIfAborted();
  if (bodyHash === undefined || bodies.truncated) return failed(messageTooLong(limits));

  const nowSeconds = Math.floor(context.clock.now().getTime() / 1000);
  const expires = validSeconds === undefined ? '' : ` x=${nowSeconds + validSeconds};`;
  const identity = options.identity === undefined ? '' : ` i=${encodeQuotedPrintable(options.identity)};`;
  const signatures: string[] = [];
  for (const signer of keys) {
    const field: UnsignedField = {
      name: 'DKIM-Signature',
      lines: [
        `v=1; a=${signer.key.algorithm}; c=${canonicalization.header}/${canonicalization.body};`,
        `d=${signer.domain}; s=${signer.selector};${identity} t=${nowSeconds};${expires}`,
        ...h,
        `bh=${encodeBase64(bodyHash.digest)};`,
      ],
    };
    signatures.push(
      await signField(field, { head }, signer, context.crypto, (block, written) => {
        const tags = parseSignatureTags(block.bytes, written.valueStart, written.valueEnd, 'dkim');
        if (!tags.ok) throw new TypeError(`we wrote what we cannot read: ${tags.problem.message}`);
        return signedHeaderBytes(block, written, tags.value);
      }),
    );
  }
  return parsed(signatures, [...head.problems, ...problems, ...repeatedFields(head)]);
}

/** Messages that are not signed: no signature on them would mean anything, or survive. */
export function refuse(head: HeaderBlock): Problem | undefined {
  for (const { code, at, clause, message } of head.problems) {
    // Cut off: the rest would not be signed. A continuation first: it would continue our own field.
    if (
      code === 'message/header-too-long' ||
      code === 'message/too-many-fields' ||
      code === 'message/leading-continuation'
    )
      return problem('dkim/sign-header', at, clause, `not signed: ${message}`);
  }
  const from = fieldsNamed(head, 'from');
  if (from.length === 0)
    return problem(
      'dkim/sign-no-from',
      0,
      RFC6376_5_4,
      'not signed: From must be signed, and the message has none',
    );
  if (from.length > 1)
    return problem(
      'dkim/sign-several-from',
      from[1]?.start ?? 0,
      RFC6376_3_8,
      'not signed: the message has several From fields, and readers choose differently',
    );
  return undefined;
}

function refuseIdentity(identity: string | undefined, keys: readonly DkimSigner[]): Problem | undefined {
  if (identity === undefined) return undefined;
  const at = identity.lastIndexOf('@');
  const domain = parseDomain(identity.slice(at + 1));
  const stranger = domain.ok ? keys.find((key) => !isWithin(domain.value, key.domain)) : undefined;
  if (at >= 0 && domain.ok && stranger === undefined) return undefined;
  const text =
    stranger === undefined ? 'i= is not an address or @domain' : `i= is not within d=${stranger.domain}`;
  return problem('dkim/sign-identity', 0, RFC6376_3_5, text);
}

function repeatedFields(head: HeaderBlock): readonly Problem[] {
  return SINGLE_FIELDS.flatMap((name) => {
    const second = fieldsNamed(head, name)[1];
    return second === undefined
      ? []
      : [
          problem(
            'dkim/sign-repeated-field',
            second.start,
            RFC6376_5_3,
            `signed, but ${name} stands there twice`,
          ),
        ];
  });
}

function tooLong(limits: Limits): Problem {
  return problem(
    'dkim/sign-too-long',
    0,
    RFC5321_4_5_3,
    `h= would be longer than ${limits.signatureBytes - 4096} bytes`,
  );
}

function messageTooLong(limits: Limits): Problem {
  return problem(
    'dkim/sign-too-long',
    limits.messageBytes,
    RFC5321_4_5_3,
    `the message is longer than ${limits.messageBytes} bytes`,
  );
}

// RFC 6376 2.11 dkim-quoted-printable: everything but dkim-safe-char as =XX.
function encodeQuotedPrintable(text: string): string {
  let out = '';
  for (const byte of encodeUtf8(text)) {
    const safe = byte > 0x20 && byte < 0x7f && byte !== 0x3b && byte !== 0x3d;
    out += safe ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
