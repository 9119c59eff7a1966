import type { PublicKey } from '../../crypto/public-key.js';
import { fieldsNamed, unreadRest, type HeaderBlock, type HeaderField } from '../../message/header-block.js';
import { knownAlgorithm } from '../../signature/algorithm.js';
import type { BodyHash } from '../../signature/body-hashes.js';
import { signedHeaderBytes } from '../../signature/canonical-header.js';
import { chooseKeys, keyName, lookupKeys, type KeyAnswer } from '../../signature/key-lookup.js';
import type { DkimKey } from '../../signature/key-record.js';
import { encodeBase64 } from '../../syntax/base64.js';
import type { SignatureTags } from '../../signature/signature-tags.js';
import { equalBytes } from '../../syntax/bytes.js';
import { rfc } from '../../words/clause.js';
import type { Limits } from '../../words/limits.js';
import type { Context } from '../context.js';
import type { Means } from '../means.js';
import type { DkimResult, DkimTags, TraceStep } from '../results.js';
import { parseDkimSignature, refuseSignature, type DkimSignature } from './signature.js';
import { unsignedFields } from './unsigned-fields.js';

/** DKIM verification in two steps: before the body is read, and after. */
export interface DkimRun {
  /** @returns one result per DKIM-Signature field, from the top; mail and DNS trouble never reject */
  finish(): Promise<readonly DkimResult[]>;
}

/** A signature whose outcome needs key and body. */
interface Job {
  readonly index: number;
  readonly field: HeaderField;
  readonly signature: DkimSignature;
  readonly body: BodyHash;
  readonly keys: Promise<KeyAnswer> | KeyAnswer;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** The part of a result that its own status has. */
type Outcome = DistributiveOmit<
  DkimResult,
  'check' | 'index' | 'trace' | Exclude<keyof DkimTags, 'domain' | 'selector'>
>;

const RFC6376_3_5 = rfc('6376', '3.5');
const RFC6376_3_7 = rfc('6376', '3.7');
const RFC6376_6_1 = rfc('6376', '6.1');
const RFC6376_6_1_2 = rfc('6376', '6.1.2');
const RFC6376_6_1_3 = rfc('6376', '6.1.3');
const RFC6376_8_2 = rfc('6376', '8.2');
const RFC8301_3_1 = rfc('8301', '3.1');
const RFC8301_3_2 = rfc('8301', '3.2');

/**
 * Reads every DKIM-Signature field, asks for the keys and registers the body hashes they want (RFC 6376 6.1).
 * Read the body into `means.bodies`, then call `finish`.
 */
export function beginDkim(head: HeaderBlock, means: Means): DkimRun {
  const fields = fieldsNamed(head, 'dkim-signature').slice(0, means.limits.listedSignatures);
  const jobs = fields.map((field, index) => begin(head, field, index, means));
  return {
    async finish() {
      const results: DkimResult[] = [];
      for (const job of jobs) results.push('check' in job ? job : await finish(head, job, means));
      return results;
    },
  };
}

/** The job, or the result of a signature that needs neither key nor body. */
function begin(
  head: HeaderBlock,
  field: HeaderField,
  index: number,
  { bodies, context, limits }: Means,
): Job | DkimResult {
  let tags: DkimTags = {};
  const result = (outcome: Outcome, step: TraceStep): DkimResult => ({
    check: 'dkim',
    index,
    ...tags,
    ...outcome,
    trace: [step],
  });
  // RFC 6376 6.1: a verifier may bound the signatures it tries. Those left out still get a result.
  const notTried = (reason: 'too-many' | 'header-not-read', text: string): DkimResult =>
    result({ status: 'policy', reason }, { clause: RFC6376_6_1, text: `not tried: ${text}` });
  const tooMany = (text: string): DkimResult => notTried('too-many', text);
  if (index >= limits.signatures) return tooMany(`only the first ${limits.signatures} signatures are`);
  // RFC 6376 5.4.2 counts fields from the bottom: of a header that was not read so far, other fields would be taken.
  const unread = unreadRest(head);
  if (unread !== undefined) return notTried('header-not-read', unread.message);
  if (field.valueEnd - field.valueStart > limits.signatureBytes)
    return tooMany(`the field is longer than ${limits.signatureBytes} bytes`);

  const read = parseDkimSignature(head, field);
  if (!read.ok) {
    const { problem } = read;
    const reason = problem.code === 'dkim/canonicalization' ? 'unsupported-canonicalization' : 'syntax';
    return result(
      { status: 'permerror', reason, problem },
      { clause: problem.clause, text: problem.message },
    );
  }
  const signature = read.value;
  tags = describe(signature);
  const refusal = refuseSignature(head, signature);
  if (refusal !== undefined) {
    const { clause, message } = refusal.problem;
    return result({ status: 'permerror', ...refusal }, { clause, text: message });
  }
  const lapsed = outsideValidity(signature.tags, context, limits);
  if (lapsed !== undefined) return result(lapsed.outcome, { clause: RFC6376_3_5, text: lapsed.text });
  const body = bodies.want(signature.tags.bodyCanonicalization, signature.tags.bodyLength);
  if (body === undefined)
    return tooMany(`the message asks for more than ${limits.bodyHashes} different body hashes`);
  return {
    index,
    field,
    signature,
    body,
    keys: lookupKeys(keyName(signature.tags.selector, signature.tags.domain), context),
  };
}

function outsideValidity(
  signature: SignatureTags,
  context: Context,
  limits: Limits,
): { outcome: Outcome; text: string } | undefined {
  const { timestamp, expiration } = signature;
  if (timestamp === undefined && expiration === undefined) return undefined;
  const nowSeconds = Math.floor(context.clock.now().getTime() / 1000);
  // RFC 6376 3.5: a verifier MAY ignore signatures that have expired or come from the future; we do.
  if (expiration !== undefined && expiration < nowSeconds)
    return {
      outcome: { status: 'neutral', reason: 'expired' },
      text: `x=${expiration} is ${nowSeconds - expiration} seconds past`,
    };
  if (timestamp !== undefined && timestamp > nowSeconds + limits.clockSkewSeconds)
    return {
      outcome: { status: 'neutral', reason: 'not-yet-valid' },
      text: `t=${timestamp} is ${timestamp - nowSeconds} seconds ahead`,
    };
  return undefined;
}

async function finish(head: HeaderBlock, job: Job, { bodies, context, limits }: Means): Promise<DkimResult> {
  const { signature, index } = job;
  const trace: TraceStep[] = [];
  const result = (outcome: Outcome, testing = false): DkimResult => ({
    check: 'dkim',
    index,
    ...describe(signature),
    ...outcome,
    ...(testing && { testing }),
    trace,
  });
  const name = keyName(signature.tags.selector, signature.tags.domain);
  const keys = job.keys instanceof Promise ? await job.keys : job.keys;
  trace.push({
    clause: RFC6376_6_1_2,
    text: `key ${name}`,
    lookup: { name, type: 'TXT', answer: describeAnswer(keys) },
  });
  if (keys.kind === 'failed') return result({ status: 'temperror', reason: 'dns', name });
  if (keys.kind === 'none') return result({ status: 'permerror', reason: 'key-missing' });
  const algorithm = knownAlgorithm(signature.tags.algorithm) ?? 'rsa-sha256';
  const choice = chooseKeys(
    keys.records,
    { algorithm, domain: signature.tags.domain, identityDomain: signature.identityDomain },
    limits,
  );
  if ('refusal' in choice) {
    trace.push({
      clause: RFC6376_6_1_2,
      text: `the key may not be used: ${choice.problem?.message ?? choice.refusal}`,
    });
    return result(
      { status: 'permerror', reason: choice.refusal, ...(choice.problem && { problem: choice.problem }) },
      choice.testing,
    );
  }
  const testing = choice.usable.some(({ record }) => record.testing);
  if (algorithm === 'rsa-sha1') {
    trace.push({ clause: RFC8301_3_1, text: 'rsa-sha1 must not be accepted, and is not computed' });
    return result({ status: 'policy', reason: 'sha1' }, testing);
  }
  if (bodies.truncated) {
    trace.push({
      clause: RFC6376_6_1,
      text: `not computed: the message is longer than ${limits.messageBytes} bytes`,
    });
    return result({ status: 'policy', reason: 'body-too-long' }, testing);
  }
  if (!checkBody(job.body, signature.tags, trace))
    return result({ status: 'fail', reason: 'body-hash' }, testing);
  const large = choice.usable.find(
    ({ key }) => key.bits > limits.rsaMaxBits || key.exponentBits > limits.rsaMaxExponentBits,
  );
  if (large !== undefined) {
    trace.push({
      clause: RFC8301_3_2,
      text: `a key of ${large.key.bits} bits with an exponent of ${large.key.exponentBits} is not computed`,
    });
    return result({ status: 'policy', reason: 'large-key', keyBits: large.key.bits }, testing);
  }
  for (const { record, key } of choice.usable) {
    // Made anew for each key: the bytes are good only until somebody else asks for theirs.
    const signed = signedHeaderBytes(head, job.field, signature.tags);
    const verdict = context.crypto.verify(algorithm, key.bytes, signed, signature.tags.signature);
    if (!(typeof verdict === 'boolean' ? verdict : await verdict)) continue;
    return result(
      verified(head, job, { record, key, dnssec: keys.dnssec }, { limits, trace }),
      record.testing,
    );
  }
  trace.push({ clause: RFC6376_6_1_3, text: 'the signature over the header fields does not verify' });
  return result({ status: 'fail', reason: 'signature' }, testing);
}

function checkBody(body: BodyHash, signature: SignatureTags, trace: TraceStep[]): boolean {
  const { bodyLength, bodyHash } = signature;
  if (bodyLength !== undefined && bodyLength > body.canonicalLength) {
    // RFC 6376 3.5: l= "MUST NOT be larger than the actual number of octets in the canonicalized message body".
    trace.push({
      clause: RFC6376_3_5,
      text: `l=${bodyLength}, but the body has only ${body.canonicalLength} bytes`,
    });
    return false;
  }
  if (equalBytes(body.digest, bodyHash)) return true;
  trace.push({
    clause: RFC6376_3_7,
    text: `body hash is ${encodeBase64(body.digest)}, bh= says ${encodeBase64(bodyHash.subarray(0, 64))}`,
  });
  return false;
}

function verified(
  head: HeaderBlock,
  { signature: { tags: signature }, body }: Job,
  {
    key,
    dnssec,
  }: {
    readonly record: DkimKey;
    readonly key: PublicKey;
    readonly dnssec: 'secure' | 'insecure' | 'unknown';
  },
  { limits, trace }: { readonly limits: Limits; readonly trace: TraceStep[] },
): Outcome {
  if (key.keyType === 'rsa' && key.bits < limits.rsaMinBits) {
    trace.push({
      clause: RFC8301_3_2,
      text: `the signature verifies, but a key of ${key.bits} bits can be broken`,
    });
    return { status: 'policy', reason: 'weak-key', verified: true, keyBits: key.bits };
  }
  trace.push({
    clause: RFC6376_6_1_3,
    text: `the signature of d=${signature.domain} verifies with a ${key.keyType} key of ${key.bits} bits`,
  });
  const { bodyLength } = signature;
  const coversWholeBody = bodyLength === undefined || bodyLength === body.canonicalLength;
  if (!coversWholeBody)
    trace.push({
      clause: RFC6376_8_2,
      text: `l= covers ${bodyLength} of ${body.canonicalLength} body bytes: anybody may have added the rest`,
    });
  return {
    status: 'pass',
    domain: signature.domain,
    selector: signature.selector,
    coversWholeBody,
    unsignedFields: unsignedFields(head, signature.signedFields),
    keyBits: key.bits,
    dnssec,
  };
}

function describe({ tags, identity }: DkimSignature): DkimTags {
  const described: Mutable<DkimTags> = {
    domain: tags.domain,
    selector: tags.selector,
    identity,
    algorithm: tags.algorithm,
    canonicalization: { header: tags.headerCanonicalization, body: tags.bodyCanonicalization },
    signedFields: tags.signedFields,
    // RFC 6008 3: enough of b= to tell signatures apart.
    signaturePrefix: encodeBase64(tags.signature.subarray(0, 6)),
  };
  if (tags.bodyLength !== undefined) described.bodyLength = tags.bodyLength;
  if (tags.timestamp !== undefined) described.timestamp = tags.timestamp;
  if (tags.expiration !== undefined) described.expiration = tags.expiration;
  return described;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function describeAnswer(answer: KeyAnswer): string {
  switch (answer.kind) {
    case 'keys':
      return answer.records.length === 1 ? '1 record' : `${answer.records.length} records`;
    case 'none':
      return 'no record';
    case 'failed':
      return answer.cause;
  }
}
