import type { Verification } from '../../verify/verification.js';
import type { arcVouches } from '../arc-vouches.js';
import type { Policy } from '../policy.js';
import type { Vouchers } from '../vouchers.js';

/** What every rule looks at; worked out once for each message. */
export interface Case {
  readonly v: Verification;
  readonly policy: Policy;
  readonly who: Vouchers;
  /** A signature, a server or a listed connector vouches for the author domain. */
  readonly vouched: boolean;
  /** A trusted sealer's word, where the policy lets it count. */
  readonly sealer: ReturnType<typeof arcVouches>;
  /** Signs of a list or forwarder. */
  readonly indirect: readonly string[];
}
