import { readEd25519PublicKey, readRsaPublicKey, type PublicKey } from '../crypto/public-key.js';
import { decodeBase64 } from '../syntax/base64.js';
import { compactText, parseTagList, tagText } from '../syntax/tag-list.js';
import { rfc } from '../words/clause.js';
import { failed, parsed, type Parsed } from '../words/parsed.js';
import { problem } from '../words/problem.js';

/** A DKIM key record (RFC 6376 3.6.1). */
export interface DkimKey {
  /** k=; other types are read but can verify nothing here. */
  readonly keyType: string;
  /** p= is empty: the key is revoked. */
  readonly revoked: boolean;
  /** The key, where it is not revoked and its type is one we can verify with. */
  readonly publicKey?: PublicKey;
  /** h=: acceptable hash algorithms; absent: all. */
  readonly hashes?: readonly string[];
  /** s=: service types. */
  readonly services: readonly string[];
  /** t=y: the domain is testing DKIM. */
  readonly testing: boolean;
  /** t=s: the domain of i= must be d= itself. */
  readonly strict: boolean;
}

const RFC6376_3_6_1 = rfc('6376', '3.6.1');
const RFC8463_4 = rfc('8463', '4');
const TAG_LIST = { area: 'dkim', clause: RFC6376_3_6_1 } as const;

/** Longest key record read, in bytes: an RSA key of 16 384 bits with notes fits. */
const MAX_RECORD_BYTES = 16_384;

/**
 * Reads the text of one key record. Errors: `dkim/tag-syntax`, `dkim/duplicate-tag`, `dkim/key-version`,
 * `dkim/key-missing-p`, `dkim/key-data`, `dkim/key-too-long`.
 */
export function parseDkimKey(txt: Uint8Array): Parsed<DkimKey> {
  if (txt.length > MAX_RECORD_BYTES)
    return failed(
      problem(
        'dkim/key-too-long',
        MAX_RECORD_BYTES,
        RFC6376_3_6_1,
        `key record is longer than ${MAX_RECORD_BYTES} bytes`,
      ),
    );
  const list = parseTagList(txt, 0, txt.length, TAG_LIST);
  if (!list.ok) return list;
  const tags = list.value;
  const version = tags.get('v');
  // "If specified, this tag MUST be set to DKIM1 and MUST be the first tag"; "other values MUST be discarded".
  if (version !== undefined && (tags.keys().next().value !== 'v' || tagText(txt, version) !== 'DKIM1'))
    return failed(
      problem('dkim/key-version', version.start, RFC6376_3_6_1, 'v= is not DKIM1 as the first tag'),
    );
  const p = tags.get('p');
  if (p === undefined) return failed(problem('dkim/key-missing-p', 0, RFC6376_3_6_1, 'key record has no p='));

  const words = (name: string): readonly string[] | undefined => {
    const tag = tags.get(name);
    return tag === undefined ? undefined : compactText(txt, tag).toLowerCase().split(':');
  };
  const keyType = words('k')?.join(':') ?? 'rsa';
  const flags = words('t') ?? [];
  const hashes = words('h');
  const key = {
    keyType,
    revoked: p.valueStart === p.valueEnd,
    services: words('s') ?? ['*'],
    testing: flags.includes('y'),
    strict: flags.includes('s'),
    ...(hashes !== undefined && { hashes }),
  };
  if (key.revoked || (keyType !== 'rsa' && keyType !== 'ed25519')) return parsed(key);
  const data = decodeBase64(txt, p.valueStart, p.valueEnd);
  const publicKey = data && (keyType === 'rsa' ? readRsaPublicKey(data) : readEd25519PublicKey(data));
  if (publicKey !== undefined) return parsed({ ...key, publicKey });
  const [clause, wanted] =
    keyType === 'rsa' ? [RFC6376_3_6_1, 'an RSA public key in DER'] : [RFC8463_4, '32 bytes'];
  return failed(problem('dkim/key-data', p.valueStart, clause, `p= is not ${wanted}, in base64`));
}
