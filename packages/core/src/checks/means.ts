import type { BodyHashes } from '../signature/body-hashes.js';
import type { Limits } from '../words/limits.js';
import type { Context } from './context.js';

/** What the checks of one message share while it is read. */
export interface Means {
  readonly bodies: BodyHashes;
  readonly context: Context;
  readonly limits: Limits;
}
