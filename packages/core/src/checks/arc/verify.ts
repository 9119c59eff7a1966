import type { HeaderBlock } from '../../message/header-block.js';
import { knownAlgorithm } from '../../signature/algorithm.js';
import type { BodyHash } from '../../signature/body-hashes.js';
import { signedHeaderBytes } from '../../signature/canonical-header.js';
import { chooseKeys, keyName, lookupKeys, type KeyAnswer } from '../../signature/key-lookup.js';
import type { SealTags } from '../../signature/signature-tags.js';
import { equalBytes } from '../../syntax/bytes.js';
import { rfc } from '../../words/clause.js';
import type { Domain } from '../../words/domain.js';
import type { SiteFacts } from '../context.js';
import type { Means } from '../means.js';
import type { ArcFailReason, ArcResult, ArcSetSummary, TraceStep } from '../results.js';
import { readArcSets, type ArcSet, type ArcSets } from './arc-set.js';
import { sealedBytes } from './sealed-bytes.js';
import { statementOf, vouchedFor } from './vouched-for.js';

/** ARC validation in two steps: before the body is read, and after. */
export interface ArcRun {
  /**
   * @param authorDomain the domain being judged; only a statement about it can vouch for anything
   * @returns a verdict on the chain; mail and DNS trouble never reject
   */
  finish(authorDomain: Domain | undefined): Promise<ArcResult>;
}

/** A set with what was asked for before the body was read. */
interface Hop {
  readonly set: ArcSet;
  readonly body: BodyHash | undefined;
  readonly signatureKeys: Promise<KeyAnswer> | KeyAnswer;
  readonly sealKeys: Promise<KeyAnswer> | KeyAnswer;
}

/** `valid`, why not, or the name that DNS did not answer for. */
type Check =
  'valid' | { readonly reason: ArcFailReason; readonly text: string } | { readonly unanswered: string };

const RFC8617_5_2 = rfc('8617', '5.2');
const NONE: ArcResult = { check: 'arc', status: 'none', sets: [], trace: [] };

/** Reads the ARC sets, asks for their keys and registers the body hashes they want. Call before DKIM: the newest set's hash must find room. */
export function beginArc(head: HeaderBlock, means: Means, site: Pick<SiteFacts, 'trustedSealers'>): ArcRun {
  const chain = readArcSets(head, means.limits);
  if (chain === undefined) return { finish: () => Promise.resolve(NONE) };
  const said = chain.sets.find((set) => set.chainValidation === 'fail');
  const hops = chain.defect === undefined && said === undefined ? begin(chain, means) : [];
  return {
    async finish(authorDomain) {
      const validation = new ChainValidation(head, chain, means, site);
      if (chain.defect !== undefined)
        return validation.failed(chain.defect.instance, chain.defect.reason, chain.defect.problem.message);
      // RFC 8617 5.2 step 2: a chain that some hop found broken stays broken.
      if (said !== undefined)
        return validation.failed(said.instance, 'chain-said-fail', `instance ${said.instance} says cv=fail`);
      return validation.validate(hops, authorDomain);
    },
  };
}

function begin(chain: ArcSets, { bodies, context }: Means): readonly Hop[] {
  const keysOf = (tags: SealTags): Hop['sealKeys'] =>
    lookupKeys(keyName(tags.selector, tags.domain), context);
  // The newest first: its body hash decides, the others only say how far back the message is unchanged.
  return chain.sets.toReversed().map((set) => ({
    set,
    body: bodies.want(set.signature.bodyCanonicalization, set.signature.bodyLength),
    signatureKeys: keysOf(set.signature),
    sealKeys: keysOf(set.seal),
  }));
}

// RFC 6376 8.2, as for DKIM: past l= of the newest hop anybody may have added to what a trusted sealer saw.
function coversWholeBody(newest: Hop | undefined): boolean {
  const length = newest?.set.signature.bodyLength;
  return length === undefined || length === newest?.body?.canonicalLength;
}

class ChainValidation {
  readonly #head: HeaderBlock;
  readonly #chain: ArcSets;
  readonly #means: Means;
  readonly #site: Pick<SiteFacts, 'trustedSealers'>;
  readonly #trace: TraceStep[] = [];
  readonly #signatures = new Map<number, 'pass' | 'fail'>();

  constructor(head: HeaderBlock, chain: ArcSets, means: Means, site: Pick<SiteFacts, 'trustedSealers'>) {
    this.#head = head;
    this.#chain = chain;
    this.#means = means;
    this.#site = site;
  }

  /** @param hops newest first */
  async validate(hops: readonly Hop[], authorDomain: Domain | undefined): Promise<ArcResult> {
    let oldestPass = 0;
    for (const hop of hops) {
      const { instance } = hop.set;
      const check = await this.#messageSignature(hop);
      const newest = hop === hops[0];
      if (check !== 'valid' && newest) return this.#notValid(instance, check);
      this.#signatures.set(instance, check === 'valid' ? 'pass' : 'fail');
      if (check === 'valid') continue;
      // RFC 8617 5.2 step 5: the message was changed after this hop, lawfully or not.
      oldestPass = instance + 1;
      break;
    }
    for (const hop of hops) {
      const check = await this.#seal(hop);
      if (check !== 'valid') return this.#notValid(hop.set.instance, check);
    }
    const { sets } = this.#chain;
    const sealers = sets.map((set) => set.seal.domain);
    this.#step(`${sets.length} seals verify: ${sealers.join(', ')}`);
    const word = coversWholeBody(hops[0])
      ? vouchedFor(this.#head, sets, this.#site.trustedSealers, authorDomain)
      : undefined;
    if (word !== undefined)
      this.#step(`trusted sealer ${word.by} says that DMARC passed for ${word.authorDomain}`);
    return {
      check: 'arc',
      status: 'pass',
      sealedBy: sealers,
      oldestPass,
      ...(word && { vouchedFor: word }),
      sets: this.#summaries(),
      trace: this.#trace,
    };
  }

  failed(instance: number, reason: ArcFailReason, text: string): ArcResult {
    this.#step(text);
    const { defect } = this.#chain;
    return {
      check: 'arc',
      status: 'fail',
      instance,
      reason,
      ...(defect && { problem: defect.problem }),
      sets: this.#summaries(),
      trace: this.#trace,
    };
  }

  #notValid(instance: number, check: Exclude<Check, 'valid'>): ArcResult {
    if ('reason' in check) return this.failed(instance, check.reason, `instance ${instance}: ${check.text}`);
    this.#step(`no answer for ${check.unanswered}`);
    return {
      check: 'arc',
      status: 'temperror',
      reason: 'dns',
      name: check.unanswered,
      sets: this.#summaries(),
      trace: this.#trace,
    };
  }

  async #messageSignature({ set, body, signatureKeys }: Hop): Promise<Check> {
    const { signature } = set;
    if (body === undefined || this.#means.bodies.truncated)
      return { reason: 'body-hash', text: 'the body hash was not computed' };
    if ((signature.bodyLength ?? 0) > body.canonicalLength || !equalBytes(body.digest, signature.bodyHash))
      return { reason: 'body-hash', text: 'bh= of ARC-Message-Signature is not the hash of the body' };
    return this.#verify(signature, signatureKeys, 'message-signature', () =>
      signedHeaderBytes(this.#head, set.signatureField, signature),
    );
  }

  #seal({ set, sealKeys }: Hop): Promise<Check> {
    return this.#verify(set.seal, sealKeys, 'seal-signature', () =>
      sealedBytes(this.#head, this.#chain.sets.slice(0, set.instance)),
    );
  }

  async #verify(
    tags: SealTags,
    asked: Hop['sealKeys'],
    reason: ArcFailReason,
    signed: () => Uint8Array,
  ): Promise<Check> {
    const { context, limits } = this.#means;
    const algorithm = knownAlgorithm(tags.algorithm);
    if (algorithm === undefined || algorithm === 'rsa-sha1')
      return { reason, text: `a=${tags.algorithm.slice(0, 30)} is not accepted` };
    const name = keyName(tags.selector, tags.domain);
    const keys = asked instanceof Promise ? await asked : asked;
    const answer = keys.kind === 'keys' ? `${keys.records.length} records` : keys.kind;
    this.#trace.push({ clause: RFC8617_5_2, text: `key ${name}`, lookup: { name, type: 'TXT', answer } });
    if (keys.kind === 'failed') return { unanswered: name };
    if (keys.kind === 'none') return { reason: 'key', text: `${name} has no key` };
    const choice = chooseKeys(
      keys.records,
      { algorithm, domain: tags.domain, identityDomain: tags.domain },
      limits,
    );
    if ('refusal' in choice)
      return {
        reason: 'key',
        text: `the key of ${name} may not be used: ${choice.problem?.message ?? choice.refusal}`,
      };
    for (const { key } of choice.usable) {
      // The bounds of RFC 8301 3.2 and our own, as for DKIM.
      if (
        key.keyType === 'rsa' &&
        (key.bits < limits.rsaMinBits ||
          key.bits > limits.rsaMaxBits ||
          key.exponentBits > limits.rsaMaxExponentBits)
      )
        return { reason: 'key', text: `a key of ${key.bits} bits is not accepted` };
      const verdict = context.crypto.verify(algorithm, key.bytes, signed(), tags.signature);
      if (typeof verdict === 'boolean' ? verdict : await verdict) return 'valid';
    }
    return { reason, text: `the ${reason.replace('-', ' ')} of d=${tags.domain} does not verify` };
  }

  #summaries(): readonly ArcSetSummary[] {
    return this.#chain.sets.map((set) => {
      const messageSignature = this.#signatures.get(set.instance);
      return {
        instance: set.instance,
        sealedBy: set.seal.domain,
        selector: set.seal.selector,
        chainValidation: set.chainValidation,
        trusted: this.#site.trustedSealers.has(set.seal.domain),
        ...(messageSignature && { messageSignature }),
        authenticationResults: statementOf(this.#head, set),
      };
    });
  }

  #step(text: string): void {
    this.#trace.push({ clause: RFC8617_5_2, text });
  }
}
