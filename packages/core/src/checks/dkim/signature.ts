import type { HeaderBlock, HeaderField } from '../../message/header-block.js';
import { knownAlgorithm } from '../../signature/algorithm.js';
import { parseSignatureTags, type SignatureTags } from '../../signature/signature-tags.js';
import { encodeLatin1, latin1, utf8 } from '../../syntax/bytes.js';
import { compactText, tagText } from '../../syntax/tag-list.js';
import { rfc, type Clause } from '../../words/clause.js';
import { isWithin, parseDomain, type Domain } from '../../words/domain.js';
import { failed, parsed, type Parsed } from '../../words/parsed.js';
import { problem, type Problem } from '../../words/problem.js';
import type { DkimPermerrorReason } from '../results.js';

/** One DKIM-Signature field, read. */
export interface DkimSignature {
  readonly tags: SignatureTags;
  /** i= as written, or its default `@d`. */
  readonly identity: string;
  readonly identityDomain: Domain;
}

/** What the field says that forbids verifying it, as RFC 6376 6.1.1 lists it. */
export interface SignatureRefusal {
  readonly reason: DkimPermerrorReason;
  readonly problem: Problem;
}

const RFC6376_3_5 = rfc('6376', '3.5');
const RFC6376_5_4 = rfc('6376', '5.4');
const RFC6376_6_1_1 = rfc('6376', '6.1.1');
const RFC8301_3_1 = rfc('8301', '3.1');

const NON_ASCII = /[\x80-\xff]/;

/** Reads a DKIM-Signature field (RFC 6376 3.5). Errors: those of `parseSignatureTags`, and `dkim/identity`. */
export function parseDkimSignature(head: HeaderBlock, field: HeaderField): Parsed<DkimSignature> {
  const { bytes } = head;
  const shared = parseSignatureTags(bytes, field.valueStart, field.valueEnd, 'dkim');
  if (!shared.ok) return shared;
  const tags = shared.value;
  const i = tags.tags.get('i');
  if (i === undefined) return parsed({ tags, identity: `@${tags.domain}`, identityDomain: tags.domain });
  const text = compactText(bytes, i);
  // RFC 8616 4: in an internationalized header the address of i= may hold UTF-8.
  const identity = decodeQuotedPrintable(NON_ASCII.test(text) ? utf8(encodeLatin1(text)) : text);
  const domain = parseDomain(identity.slice(identity.lastIndexOf('@') + 1));
  if (!identity.includes('@') || !domain.ok)
    return failed(problem('dkim/identity', i.valueStart, RFC6376_3_5, 'i= is not an address or @domain'));
  return parsed({ tags, identity, identityDomain: domain.value });
}

/** The checks of RFC 6376 6.1.1 that need neither key nor body; undefined where the signature may be verified. */
export function refuseSignature(head: HeaderBlock, signature: DkimSignature): SignatureRefusal | undefined {
  const { domain, algorithm, signedFields, tags } = signature.tags;
  const refuse = (
    reason: DkimPermerrorReason,
    tag: string,
    clause: Clause,
    message: string,
  ): SignatureRefusal => ({
    reason,
    problem: problem(`dkim/${reason}`, tags.get(tag)?.valueStart ?? 0, clause, message),
  });
  const v = tags.get('v');
  if (v === undefined) return refuse('version', 'v', RFC6376_3_5, 'v= is missing');
  if (tagText(head.bytes, v) !== '1')
    return refuse(
      'version',
      'v',
      RFC6376_3_5,
      `v=${latin1(head.bytes, v.valueStart, Math.min(v.valueEnd, v.valueStart + 10))} is not version 1`,
    );
  if (knownAlgorithm(algorithm) === undefined)
    return refuse(
      'unsupported-algorithm',
      'a',
      RFC8301_3_1,
      `a=${algorithm.slice(0, 30)} is no algorithm of DKIM`,
    );
  if (!isWithin(signature.identityDomain, domain))
    return refuse('domain-mismatch', 'i', RFC6376_6_1_1, `i=${signature.identity} is not within d=${domain}`);
  if (!signedFields.includes('from'))
    return refuse('from-not-signed', 'h', RFC6376_5_4, 'h= does not name From');
  const q = tags.get('q');
  if (q !== undefined && !compactText(head.bytes, q).toLowerCase().split(':').includes('dns/txt'))
    return refuse('unsupported-query', 'q', RFC6376_3_5, 'q= does not offer dns/txt');
  return undefined;
}

/**
 * RFC 6376 2.11: `=XX` stands for a byte. Only in the local part: a domain has none. What becomes no printable ASCII
 * stays as it is written.
 */
function decodeQuotedPrintable(text: string): string {
  if (!text.includes('=')) return text;
  const at = text.lastIndexOf('@');
  const localPart = text.slice(0, Math.max(at, 0));
  return (
    localPart.replace(/=([0-7][0-9A-F])/g, (whole, hex: string) => {
      const byte = Number.parseInt(hex, 16);
      return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : whole;
    }) + text.slice(Math.max(at, 0))
  );
}
