import type { HeaderBlock } from '../../message/header-block.js';
import { CanonicalWriter } from '../../signature/canonical-header.js';
import type { ArcSet } from './arc-set.js';

/** The fields of a set, as far as a seal needs them. */
export type SealedFields = Pick<ArcSet, 'resultsField' | 'signatureField' | 'sealField'> & {
  readonly seal: Pick<ArcSet['seal'], 'signatureTag'>;
};

/**
 * What the last of these seals is made over (RFC 8617 5.1.1): every set in order of instance, each as results, message
 * signature, seal, always relaxed; the last seal with an empty b= and without its line end.
 * @returns a view that is good until the next call
 */
export function sealedBytes(head: HeaderBlock, sets: readonly SealedFields[]): Uint8Array {
  const writer = new CanonicalWriter(head.bytes, 'relaxed');
  const last = sets.at(-1);
  for (const set of sets) {
    writer.field(set.resultsField);
    writer.field(set.signatureField);
    writer.field(set.sealField, set === last ? set.seal.signatureTag : undefined);
  }
  return writer.finish();
}
