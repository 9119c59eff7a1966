import { parseDkimSignature } from '../checks/dkim/signature.js';
import type { PublicKey } from '../crypto/public-key.js';
import { fieldsNamed, readHeaderBlock, type HeaderBlock } from '../message/header-block.js';
import { knownAlgorithm } from '../signature/algorithm.js';
import { signedHeaderBytes } from '../signature/canonical-header.js';
import { chooseKeys, keyName, lookupKeys } from '../signature/key-lookup.js';
import { parseSignatureTags, type SignatureTags } from '../signature/signature-tags.js';
import { encodeLatin1, equalBytes, latin1 } from '../syntax/bytes.js';
import { parseDomain } from '../words/domain.js';
import type { InnerPart } from './body-edits.js';
import type { Target } from './explain-body.js';
import type { Found } from './explain-dkim.js';
import { headerEdits, type HeaderEdit, type Line } from './header-edits.js';
import { openRsaSignature } from './rsa-digest.js';

export interface HeaderExplanation {
  readonly state: 'unchanged' | 'explained' | 'unexplained' | 'wrong-key';
  readonly found: readonly Found[];
}

/** Is this what was signed? */
type Test = (signed: Uint8Array) => Promise<boolean> | boolean;

/** Selectors that senders use most; asked where the published key is not the one that signed. */
const COMMON_SELECTORS = ['default', 'selector1', 'selector2', 'google', 's1', 's2', 'k1', 'mail', 'dkim'];

/** Finds out what was done to the signed header fields: which changes, undone together, make the signature verify. */
export async function explainHeader(target: Target, parts: readonly InnerPart[]): Promise<HeaderExplanation> {
  const { head, field } = target;
  const read = parseDkimSignature(head, field);
  if (!read.ok) return { state: 'unexplained', found: [] };
  const { tags } = read.value;
  const keys = await keysAt(target, tags, tags.selector);
  const tests = keys.flatMap((key) => testOf(target, tags, key) ?? []);
  if (tests.length === 0) {
    const selector = await otherSelector(target, tags);
    if (selector === undefined && keys.length === 0) return { state: 'unexplained', found: [] };
    const found: Found =
      selector === undefined
        ? {
            cause: 'wrong-key',
            change: 'the signature was not made with the published key',
            proof: 'header-signature',
          }
        : {
            cause: 'other-selector',
            change: `the key of selector ${selector} opens the signature, s= says ${tags.selector}`,
            proof: 'header-signature',
          };
    return { state: 'wrong-key', found: [found] };
  }
  for (const test of tests) {
    const found = await new HeaderSearch(target, tags, test).run(parts);
    if (found !== undefined) return { state: found.length === 0 ? 'unchanged' : 'explained', found };
  }
  return { state: 'unexplained', found: [] };
}

async function keysAt(
  { context, limits }: Target,
  tags: SignatureTags,
  selector: string,
): Promise<readonly PublicKey[]> {
  const answer = await lookupKeys(keyName(selector, tags.domain), context);
  if (answer.kind !== 'keys') return [];
  const choice = chooseKeys(
    answer.records,
    { algorithm: tags.algorithm.toLowerCase(), domain: tags.domain, identityDomain: tags.domain },
    limits,
  );
  if ('refusal' in choice) return [];
  return choice.usable
    .map(({ key }) => key)
    .filter(
      ({ bits, exponentBits }) => bits <= limits.rsaMaxBits && exponentBits <= limits.rsaMaxExponentBits,
    );
}

/** Undefined: an RSA signature that this key did not make. */
function testOf({ context, work }: Target, tags: SignatureTags, key: PublicKey): Test | undefined {
  if (!work.mayVerify()) return undefined;
  if (key.keyType === 'rsa') {
    const digest = openRsaSignature(key, tags.signature);
    return digest && ((signed) => equalBytes(context.crypto.hash('sha256', signed), digest));
  }
  return (signed) =>
    work.mayVerify() && context.crypto.verify('ed25519-sha256', key.bytes, signed, tags.signature);
}

// Other selectors of the message first: a signer often has two.
async function otherSelector(target: Target, tags: SignatureTags): Promise<string | undefined> {
  const { head, work } = target;
  const seen = fieldsNamed(head, 'dkim-signature')
    .slice(0, target.limits.signatures)
    .flatMap((field) => {
      const other = parseSignatureTags(head.bytes, field.valueStart, field.valueEnd, 'dkim');
      return other.ok && other.value.domain === tags.domain ? [other.value.selector] : [];
    });
  if (knownAlgorithm(tags.algorithm) !== 'rsa-sha256') return undefined;
  for (const selector of new Set([...seen, ...COMMON_SELECTORS])) {
    if (selector === tags.selector || !parseDomain(selector).ok || !work.mayAsk()) continue;
    for (const key of await keysAt(target, tags, selector))
      if (testOf(target, tags, key) !== undefined) return selector;
  }
  return undefined;
}

class HeaderSearch {
  readonly #target: Target;
  readonly #tags: SignatureTags;
  readonly #test: Test;

  constructor(target: Target, tags: SignatureTags, test: Test) {
    this.#target = target;
    this.#tags = tags;
    this.#test = test;
  }

  /** @returns no finding: nothing was changed; undefined: nothing that was tried explains it */
  async run(parts: readonly InnerPart[]): Promise<readonly Found[] | undefined> {
    const { head, field } = this.#target;
    const tags = this.#tags;
    const lines = head.fields.map((one): Line => ({
      name: one.name,
      text: `${latin1(head.bytes, one.start, one.valueEnd)}\r\n`,
      target: one === field,
    }));
    if (await this.#fits(lines)) return [];
    const [inner] = parts;
    const groups = headerEdits(lines, tags.signedFields, {
      simple: tags.headerCanonicalization === 'simple',
      ...(inner && { innerType: linesOf(inner.header) }),
    });
    const other = tags.headerCanonicalization === 'simple' ? 'relaxed' : 'simple';
    // Fewest changes first.
    for (let together = 1; together <= 3; together++) {
      const edits = await this.#combine(lines, groups, 0, together);
      if (edits !== undefined)
        return edits.map(({ cause, change }) => ({ cause, change, proof: 'header-signature' as const }));
      if (together === 1 && (await this.#fits(lines, other)))
        return [
          {
            cause: 'header-canonicalization',
            change: `the header was hashed as ${other}, c= says ${tags.headerCanonicalization}`,
            proof: 'header-signature',
          },
        ];
    }
    return undefined;
  }

  async #combine(
    lines: readonly Line[],
    groups: readonly (readonly HeaderEdit[])[],
    from: number,
    together: number,
  ): Promise<readonly HeaderEdit[] | undefined> {
    for (let group = from; group < groups.length; group++)
      for (const edit of groups[group] ?? []) {
        if (this.#target.work.exhausted) return undefined;
        const undone = edit.undo(lines);
        if (together === 1) {
          if (await this.#fits(undone)) return [edit];
          continue;
        }
        const more = await this.#combine(undone, groups, group + 1, together - 1);
        if (more !== undefined) return [edit, ...more];
      }
    return undefined;
  }

  async #fits(
    lines: readonly Line[],
    canonicalization = this.#tags.headerCanonicalization,
  ): Promise<boolean> {
    const text = lines.map((line) => line.text).join('');
    if (!this.#target.work.mayTry(text.length)) return false;
    const block = readHeaderBlock(encodeLatin1(`${text}\r\n`), {
      headerBytes: text.length + 2,
      headerFields: lines.length,
    });
    const field = block.fields[lines.findIndex((line) => line.target)];
    if (field === undefined) return false;
    const tags = parseSignatureTags(block.bytes, field.valueStart, field.valueEnd, 'dkim');
    if (!tags.ok) return false;
    return this.#test(
      signedHeaderBytes(block, field, { ...tags.value, headerCanonicalization: canonicalization }),
    );
  }
}

function linesOf(header: Uint8Array): readonly Line[] {
  const block: HeaderBlock = readHeaderBlock(header, { headerBytes: 65_536, headerFields: 50 });
  return block.fields.map(({ name, start, valueEnd }) => ({
    name,
    text: `${latin1(block.bytes, start, valueEnd)}\r\n`,
    target: false,
  }));
}
