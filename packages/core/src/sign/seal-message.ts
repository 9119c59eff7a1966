import { highestInstance, readArcSets, sealedAsFailed, type ArcSet } from '../checks/arc/arc-set.js';
import { sealedBytes, type SealedFields } from '../checks/arc/sealed-bytes.js';
import { beginArc } from '../checks/arc/verify.js';
import type { Context } from '../checks/context.js';
import { parseAuthenticationResults, type MethodResult } from '../message/authentication-results.js';
import { sameAuthservId } from '../message/authserv-id.js';
import { fieldsNamed, valueBytes, type HeaderBlock, type HeaderField } from '../message/header-block.js';
import { formatResultsField } from '../message/result-writer.js';
import { openMessage, type MessageSource } from '../message/source.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { signedHeaderBytes } from '../signature/canonical-header.js';
import { parseSealTags, parseSignatureTags } from '../signature/signature-tags.js';
import { encodeBase64 } from '../syntax/base64.js';
import { encodeUtf8 } from '../syntax/bytes.js';
import { rfc } from '../words/clause.js';
import { withLimits, type Limits } from '../words/limits.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem } from '../words/problem.js';
import type { DkimSigner } from './dkim-signer.js';
import { foldedList, signField, type UnsignedField } from './signature-field.js';
import { refuse } from './sign-message.js';
import { chooseSignedFields, DEFAULT_SIGNED_FIELDS, type SignedFieldsPolicy } from './signed-fields.js';

export interface SealOptions {
  /** Name under which this site writes its results. */
  readonly authservId: string;
  /**
   * What this site found on arrival: an Authentication-Results field or the value of one, of this authserv-id. Its arc=
   * result becomes cv=. Default: the fields of this authserv-id in the message itself, which is only safe where forged
   * ones were removed on arrival.
   */
  readonly authenticationResults?: string;
  readonly fields?: SignedFieldsPolicy;
}

/** What came of sealing. */
export type ArcSealing =
  | {
      readonly status: 'sealed';
      readonly instance: number;
      /** cv= */
      readonly chainValidation: 'none' | 'pass' | 'fail';
      /** ARC-Seal, ARC-Message-Signature, ARC-Authentication-Results: folded, with CRLF, to prepend in this order. */
      readonly fields: readonly string[];
    }
  | {
      readonly status: 'not-sealed';
      /**
       * `chain-failed`: an earlier hop sealed the chain as failed, and nothing is added to it (RFC 8617 5.1 step 2);
       * `too-many-sets`: the chain is as long as a chain may be (4.2.1); `dns`: whether the chain is valid is not known yet.
       */
      readonly reason: 'chain-failed' | 'too-many-sets' | 'dns';
    };

type ChainStatus = 'none' | 'pass' | 'fail';

const RFC8617_4_1_1 = rfc('8617', '4.1.1');
const RFC5321_4_5_3 = rfc('5321', '4.5.3');

/**
 * What an ARC-Message-Signature covers unless told otherwise: what DKIM covers, and the DKIM signatures (RFC 8617 4.1.2).
 * Never Authentication-Results or ARC fields.
 */
const SEALED_FIELDS: SignedFieldsPolicy = {
  ...DEFAULT_SIGNED_FIELDS,
  open: [...DEFAULT_SIGNED_FIELDS.open, 'dkim-signature'],
};
const NEVER_SIGNED = [
  'authentication-results',
  'arc-authentication-results',
  'arc-message-signature',
  'arc-seal',
];

/**
 * Adds an ARC set to the chain of a message (RFC 8617 5.1).
 *
 * @param source the message as it will be sent on: changes and DKIM signatures come before sealing (5.1 step 1)
 * @param context the resolver is asked only where `authenticationResults` has no arc= result: then the chain is
 *   validated here, over the message as it is now
 * @returns the new fields; warnings are what was odd about the message. Errors: those of `signMessage`, and
 *   `arc/seal-results` where the results are no Authentication-Results of this authserv-id
 * @throws TypeError where the field policy names a field that ARC never signs; what the source or the provider throws
 */
export async function sealMessage(
  source: MessageSource,
  key: DkimSigner,
  options: SealOptions,
  context: Context,
): Promise<Parsed<ArcSealing>> {
  const { fields = SEALED_FIELDS } = options;
  const limits = withLimits(context.limits);
  const message = await openMessage(source, limits, context.signal);
  const { head } = message;
  const refusal = refuse(head);
  const results = refusal === undefined ? readResults(head, options, limits) : failed(refusal);
  if (!results.ok) {
    message.close();
    return results;
  }
  const signedFields = chooseSignedFields(head, fields);
  if (signedFields.some((name) => NEVER_SIGNED.includes(name)))
    throw new TypeError('RFC 8617 4.1.2: ARC and Authentication-Results fields are not signed');

  const bodies = new BodyHashes(context.crypto, limits.bodyHashes);
  // First, so that there is room for it.
  const bodyHash = bodies.want('relaxed', undefined);
  const said = saidOnArrival(results.value);
  const run =
    said === undefined
      ? beginArc(head, { bodies, context, limits }, { trustedSealers: new Set() })
      : undefined;
  const { problems } = await message.readBody(bodies);
  context.signal?.throwIfAborted();
  if (bodyHash === undefined || bodies.truncated)
    return failed(
      problem(
        'dkim/sign-too-long',
        limits.messageBytes,
        RFC5321_4_5_3,
        `the message is longer than ${limits.messageBytes} bytes`,
      ),
    );

  const status = said ?? (await run?.finish(undefined))?.status ?? 'none';
  if (status === 'temperror') return parsed({ status: 'not-sealed', reason: 'dns' });
  const place = placeInChain(head, status, limits);
  if ('reason' in place) return parsed({ status: 'not-sealed', reason: place.reason });
  const set = new SetWriter(
    head,
    key,
    { ...place, timeSeconds: Math.floor(context.clock.now().getTime() / 1000) },
    context,
  );
  const resultsField = formatResultsField(
    { authservId: options.authservId, version: 1, results: results.value },
    place.instance,
  );
  const signature = await set.messageSignature(signedFields, bodyHash.digest, resultsField);
  const seal = await set.seal(`${signature}${resultsField}`);
  return parsed(
    {
      status: 'sealed',
      instance: place.instance,
      chainValidation: place.chainValidation,
      fields: [seal, signature, resultsField],
    },
    [...head.problems, ...problems],
  );
}

interface Place {
  readonly instance: number;
  readonly chainValidation: ChainStatus;
  /** Sets below ours that the seal covers. */
  readonly earlier: readonly ArcSet[];
}

function placeInChain(
  head: HeaderBlock,
  status: ChainStatus,
  limits: Limits,
): Place | { readonly reason: 'chain-failed' | 'too-many-sets' } {
  const chain = readArcSets(head, limits);
  if (chain === undefined) return { instance: 1, chainValidation: 'none', earlier: [] };
  // RFC 8617 5.1 step 2: a chain sealed as failed is left as it is.
  if (sealedAsFailed(head, limits)) return { reason: 'chain-failed' };
  const instance = highestInstance(head, limits) + 1;
  if (instance > limits.arcSets) return { reason: 'too-many-sets' };
  // Sets that cannot be read make no valid chain, whatever was said of it; and sets that are there are not "none".
  if (chain.defect === undefined && status === 'pass')
    return { instance, chainValidation: 'pass', earlier: chain.sets };
  // RFC 8617 5.1.2: the seal of a failed chain covers its own set alone.
  return { instance, chainValidation: 'fail', earlier: [] };
}

/** Writes the two signed fields of a new set. */
class SetWriter {
  readonly #head: HeaderBlock;
  readonly #key: DkimSigner;
  readonly #place: Place & { readonly timeSeconds: number };
  readonly #context: Context;

  constructor(
    head: HeaderBlock,
    key: DkimSigner,
    place: Place & { readonly timeSeconds: number },
    context: Context,
  ) {
    this.#head = head;
    this.#key = key;
    this.#place = place;
    this.#context = context;
  }

  messageSignature(signedFields: readonly string[], bodyHash: Uint8Array, below: string): Promise<string> {
    const lines = [
      `i=${this.#place.instance}; a=${this.#key.key.algorithm}; c=relaxed/relaxed;`,
      this.#who(),
      ...foldedList('h', signedFields),
      `bh=${encodeBase64(bodyHash)};`,
    ];
    return this.#sign({ name: 'ARC-Message-Signature', lines }, below, (block, field) => {
      const tags = parseSignatureTags(block.bytes, field.valueStart, field.valueEnd, 'arc');
      if (!tags.ok) throw new TypeError(`we wrote what we cannot read: ${tags.problem.message}`);
      return signedHeaderBytes(block, field, tags.value);
    });
  }

  seal(below: string): Promise<string> {
    const { instance, chainValidation } = this.#place;
    const lines = [`i=${instance}; a=${this.#key.key.algorithm}; cv=${chainValidation};`, this.#who()];
    return this.#sign({ name: 'ARC-Seal', lines }, below, (block, field) => {
      const [, signatureField, resultsField] = block.fields;
      const seal = parseSealTags(block.bytes, field.valueStart, field.valueEnd);
      if (!seal.ok || signatureField === undefined || resultsField === undefined)
        throw new TypeError('we wrote what we cannot read');
      const own: SealedFields = { resultsField, signatureField, sealField: field, seal: seal.value };
      return sealedBytes(block, [...this.#earlier(block), own]);
    });
  }

  /** The earlier sets where they stand now that ours is on top of them. */
  #earlier(block: HeaderBlock): readonly SealedFields[] {
    const by = block.bytes.length - this.#head.bodyStart;
    const move = (field: HeaderField): HeaderField => ({
      name: field.name,
      start: field.start + by,
      valueStart: field.valueStart + by,
      valueEnd: field.valueEnd + by,
      end: field.end + by,
    });
    return this.#place.earlier.map(({ resultsField, signatureField, sealField, seal }) => ({
      resultsField: move(resultsField),
      signatureField: move(signatureField),
      sealField: move(sealField),
      seal,
    }));
  }

  #who(): string {
    return `d=${this.#key.domain}; s=${this.#key.selector}; t=${this.#place.timeSeconds};`;
  }

  #sign(
    field: UnsignedField,
    below: string,
    signedBytes: (block: HeaderBlock, field: HeaderField) => Uint8Array,
  ): Promise<string> {
    return signField(field, { head: this.#head, below }, this.#key, this.#context.crypto, signedBytes);
  }
}

// Several fields of the same site become one statement (RFC 8617 4.1.1).
function readResults(
  head: HeaderBlock,
  options: SealOptions,
  limits: Limits,
): Parsed<readonly MethodResult[]> {
  const given = options.authenticationResults;
  const values =
    given === undefined
      ? fieldsNamed(head, 'authentication-results')
          .slice(0, limits.authResults)
          .map((field) => valueBytes(head, field))
      : [encodeUtf8(given.replace(/^Authentication-Results:/i, ''))];
  const results: MethodResult[] = [];
  for (const value of values) {
    const read = parseAuthenticationResults(value, { limits });
    const ours = read.ok && sameAuthservId(read.value.authservId, options.authservId);
    if (ours) results.push(...read.value.results);
    else if (given !== undefined) {
      const text = read.ok ? `the results are those of ${read.value.authservId}` : read.problem.message;
      return failed(problem('arc/seal-results', 0, RFC8617_4_1_1, text));
    }
  }
  return parsed(results);
}

function saidOnArrival(results: readonly MethodResult[]): ChainStatus | undefined {
  const words = new Set(results.filter(({ method }) => method === 'arc').map(({ result }) => result));
  const [word] = words;
  if (words.size !== 1) return words.size === 0 ? undefined : 'fail';
  return word === 'none' || word === 'pass' ? word : 'fail';
}
