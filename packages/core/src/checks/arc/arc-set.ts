import type { HeaderBlock, HeaderField } from '../../message/header-block.js';
import { fieldsNamed, unreadRest } from '../../message/header-block.js';
import {
  parseSealTags,
  parseSignatureTags,
  type SealTags,
  type SignatureTags,
} from '../../signature/signature-tags.js';
import { latin1 } from '../../syntax/bytes.js';
import { tagText } from '../../syntax/tag-list.js';
import { rfc, type Clause } from '../../words/clause.js';
import type { Limits } from '../../words/limits.js';
import { problem, type Problem } from '../../words/problem.js';
import type { ArcFailReason } from '../results.js';

/** The three fields of one instance (RFC 8617 4.2). */
export interface ArcSet {
  readonly instance: number;
  readonly resultsField: HeaderField;
  /** Offset in the header block of what follows `i=N;` in ARC-Authentication-Results. */
  readonly resultsStart: number;
  readonly signatureField: HeaderField;
  readonly signature: SignatureTags;
  readonly sealField: HeaderField;
  readonly seal: SealTags;
  readonly chainValidation: 'none' | 'pass' | 'fail';
}

/** What forbids validating the chain any further (RFC 8617 5.2). */
export interface ChainDefect {
  readonly instance: number;
  readonly reason: ArcFailReason;
  readonly problem: Problem;
}

/** The sets in order of instance, up to the first that cannot be read, and what is wrong with the chain. */
export interface ArcSets {
  readonly sets: readonly ArcSet[];
  readonly defect?: ChainDefect;
}

const RFC8617_4_1_1 = rfc('8617', '4.1.1');
const RFC8617_4_1_2 = rfc('8617', '4.1.2');
const RFC8617_4_1_3 = rfc('8617', '4.1.3');
const RFC8617_4_2_1 = rfc('8617', '4.2.1');
const RFC8617_4_4 = rfc('8617', '4.4');
const RFC8617_5_2 = rfc('8617', '5.2');

const RESULTS = 'arc-authentication-results';
const SIGNATURE = 'arc-message-signature';
const SEAL = 'arc-seal';

type Instances = ReadonlyMap<number, HeaderField>;

/** Gathers the ARC sets of a header and checks their structure (RFC 8617 5.2 steps 1 to 3); undefined: there are none. */
export function readArcSets(
  head: HeaderBlock,
  limits: Pick<Limits, 'arcSets' | 'signatureBytes'>,
): ArcSets | undefined {
  const { byName } = head;
  if (!byName.has(RESULTS) && !byName.has(SIGNATURE) && !byName.has(SEAL)) return undefined;
  return new SetReader(head, limits).read();
}

class SetReader {
  readonly #head: HeaderBlock;
  readonly #limits: Pick<Limits, 'arcSets' | 'signatureBytes'>;
  #defect: ChainDefect | undefined;

  constructor(head: HeaderBlock, limits: Pick<Limits, 'arcSets' | 'signatureBytes'>) {
    this.#head = head;
    this.#limits = limits;
  }

  read(): ArcSets {
    // The message signatures count fields from the bottom, and an older set may stand there.
    const unread = unreadRest(this.#head);
    if (unread !== undefined)
      return { sets: [], defect: { instance: 0, reason: 'header-not-read', problem: unread } };
    const results = this.#byInstance(RESULTS, RFC8617_4_1_1);
    const signatures = this.#byInstance(SIGNATURE, RFC8617_4_1_2);
    const seals = this.#byInstance(SEAL, RFC8617_4_1_3);
    const newest = Math.max(0, ...results.keys(), ...signatures.keys(), ...seals.keys());
    const sets: ArcSet[] = [];
    for (let instance = 1; instance <= newest && this.#defect === undefined; instance++) {
      const set = this.#set(instance, results, signatures, seals);
      if (set !== undefined) sets.push(set);
    }
    return { sets, ...(this.#defect && { defect: this.#defect }) };
  }

  #byInstance(name: string, clause: Clause): Instances {
    const fields = fieldsNamed(this.#head, name);
    const found = new Map<number, HeaderField>();
    if (fields.length > this.#limits.arcSets) {
      this.#fail(
        this.#limits.arcSets + 1,
        'too-many-sets',
        fields[0],
        RFC8617_4_2_1,
        `more than ${this.#limits.arcSets} instances`,
      );
      return found;
    }
    for (const field of fields) {
      const instance = instanceOf(this.#head, field, this.#limits);
      if (instance === undefined)
        this.#fail(
          0,
          'instance-syntax',
          field,
          clause,
          `${name} has no i= from 1 to ${this.#limits.arcSets}`,
        );
      else if (found.has(instance))
        this.#fail(
          instance,
          'incomplete-set',
          field,
          RFC8617_5_2,
          `instance ${instance} has two ${name} fields`,
        );
      else found.set(instance, field);
    }
    return found;
  }

  #set(instance: number, results: Instances, signatures: Instances, seals: Instances): ArcSet | undefined {
    const resultsField = results.get(instance);
    const signatureField = signatures.get(instance);
    const sealField = seals.get(instance);
    if (resultsField === undefined || signatureField === undefined || sealField === undefined) {
      const empty = resultsField === undefined && signatureField === undefined && sealField === undefined;
      this.#fail(
        instance,
        empty ? 'gap' : 'incomplete-set',
        undefined,
        RFC8617_5_2,
        empty ? `instance ${instance} is missing` : `instance ${instance} lacks one of its three fields`,
      );
      return undefined;
    }
    const signature = this.#signature(instance, signatureField);
    const seal = this.#seal(instance, sealField);
    if (signature === undefined || seal === undefined) return undefined;
    const chainValidation = this.#chainValidation(instance, sealField, seal);
    if (chainValidation === undefined) return undefined;
    const resultsStart = this.#head.bytes.indexOf(0x3b, resultsField.valueStart) + 1;
    return {
      instance,
      resultsField,
      resultsStart,
      signatureField,
      signature,
      sealField,
      seal,
      chainValidation,
    };
  }

  #signature(instance: number, field: HeaderField): SignatureTags | undefined {
    const read = parseSignatureTags(this.#head.bytes, field.valueStart, field.valueEnd, 'arc');
    if (!read.ok) return this.#defectOf(instance, read.problem);
    // RFC 8617 4.1.2: h= MUST NOT name ARC-Seal: it is sealed afterwards.
    if (read.value.signedFields.includes(SEAL))
      return this.#fail(
        instance,
        'syntax',
        field,
        RFC8617_4_1_2,
        'h= of ARC-Message-Signature names ARC-Seal',
      );
    // RFC 8617 4.1.2: but for its name, i= and the missing v= it is a DKIM-Signature, which without From is none
    // (RFC 6376 6.1.1): anybody could put another author under the word of the sealer.
    if (!read.value.signedFields.includes('from'))
      return this.#fail(
        instance,
        'syntax',
        field,
        RFC8617_4_1_2,
        'h= of ARC-Message-Signature does not name From',
      );
    return read.value;
  }

  #seal(instance: number, field: HeaderField): SealTags | undefined {
    const read = parseSealTags(this.#head.bytes, field.valueStart, field.valueEnd);
    if (!read.ok) return this.#defectOf(instance, read.problem);
    // RFC 8617 4.1.3: a seal with h= makes the chain fail, it does not choose what it covers.
    if (read.value.tags.has('h'))
      return this.#fail(instance, 'seal-signs-h', field, RFC8617_4_1_3, 'ARC-Seal has an h= tag');
    return read.value;
  }

  #chainValidation(
    instance: number,
    field: HeaderField,
    seal: SealTags,
  ): ArcSet['chainValidation'] | undefined {
    const tag = seal.tags.get('cv');
    const cv = tag === undefined ? '' : tagText(this.#head.bytes, tag).toLowerCase();
    if (cv === 'fail') return 'fail';
    // RFC 8617 5.2 step 3: none for the first instance, pass for every later one.
    if (cv === (instance === 1 ? 'none' : 'pass')) return cv;
    return this.#fail(
      instance,
      'cv-value',
      field,
      RFC8617_4_4,
      `cv=${cv.slice(0, 20)} in instance ${instance}`,
    );
  }

  #defectOf(instance: number, defect: Problem): undefined {
    this.#defect ??= { instance, reason: 'syntax', problem: defect };
  }

  #fail(
    instance: number,
    reason: ArcFailReason,
    field: HeaderField | undefined,
    clause: Clause,
    message: string,
  ): undefined {
    this.#defect ??= {
      instance,
      reason,
      problem: problem(`arc/${reason}`, field?.start ?? 0, clause, message),
    };
  }
}

/** The highest instance that any ARC field of a header names, whatever else is wrong with it; 0: none. */
export function highestInstance(
  head: HeaderBlock,
  limits: Pick<Limits, 'arcSets' | 'signatureBytes'>,
): number {
  let highest = 0;
  for (const name of [RESULTS, SIGNATURE, SEAL])
    for (const field of fieldsNamed(head, name))
      highest = Math.max(highest, instanceOf(head, field, limits) ?? 0);
  return highest;
}

/** Does the newest seal say cv=fail, whatever else is wrong with the chain (RFC 8617 5.1 step 2)? */
export function sealedAsFailed(
  head: HeaderBlock,
  limits: Pick<Limits, 'arcSets' | 'signatureBytes'>,
): boolean {
  const newest = highestInstance(head, limits);
  return fieldsNamed(head, SEAL).some((field) => {
    if (instanceOf(head, field, limits) !== newest) return false;
    const read = parseSealTags(head.bytes, field.valueStart, field.valueEnd);
    const cv = read.ok ? read.value.tags.get('cv') : undefined;
    return cv !== undefined && tagText(head.bytes, cv).toLowerCase() === 'fail';
  });
}

// In ARC-Authentication-Results i= stands first (4.1.1); in the others it is a tag among tags.
function instanceOf(
  head: HeaderBlock,
  field: HeaderField,
  limits: Pick<Limits, 'arcSets' | 'signatureBytes'>,
): number | undefined {
  const end = Math.min(field.valueEnd, field.valueStart + limits.signatureBytes);
  const text = latin1(head.bytes, field.valueStart, end);
  const match = (
    field.name === RESULTS
      ? /^[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*(\d{1,3})[ \t\r\n]*;/
      : /(?:^|;)[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*(\d{1,3})[ \t\r\n]*(?:;|$)/
  ).exec(text);
  const instance = Number(match?.[1] ?? 0);
  return instance >= 1 && instance <= limits.arcSets ? instance : undefined;
}
