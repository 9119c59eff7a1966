import type { SigningKeyHandle } from '../crypto/provider.js';
import type { Domain } from '../words/domain.js';

/** A private key and the name of the record that holds its public half: `<selector>._domainkey.<domain>`. */
export interface DkimSigner {
  /** d= */
  readonly domain: Domain;
  /** s= */
  readonly selector: string;
  readonly key: SigningKeyHandle;
}
