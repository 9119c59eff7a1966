import type { DnsFailure } from '../../dns/resolver.js';
import type { Problem } from '../../words/problem.js';
import type { SpfResult } from '../results.js';
import type { DomainModifier } from './record.js';

export type PermerrorReason = Extract<SpfResult, { status: 'permerror' }>['reason'];

/** What ends the whole check without a verdict, from however deep. */
export type Halt =
  | {
      readonly status: 'temperror';
      readonly reason: 'dns' | 'deadline';
      readonly name: string;
      readonly cause?: DnsFailure;
    }
  | {
      readonly status: 'permerror';
      readonly reason: PermerrorReason;
      /** Domain whose record is at fault. */
      readonly faultIn: string;
      readonly problem?: Problem;
    };

/** What one mechanism says (RFC 7208 4.6.2). */
export type MechanismOutcome =
  | {
      readonly status: 'match';
      /** Domain whose record holds the innermost mechanism that matched. */
      readonly matchedIn: string;
      readonly range: string | undefined;
    }
  | { readonly status: 'no-match' }
  | Halt;

export const NO_MATCH: MechanismOutcome = { status: 'no-match' };

/** What check_host() says of one domain (RFC 7208 2.6). */
export type HostOutcome =
  | {
      readonly status: 'pass' | 'fail' | 'softfail' | 'neutral';
      readonly matched: string;
      readonly matchedIn: string;
      readonly range: string | undefined;
      /** Domain and exp= of the record that decided: behind a redirect, the target's (RFC 7208 6.2). */
      readonly recordDomain: string;
      readonly exp: DomainModifier | undefined;
    }
  | { readonly status: 'none'; readonly reason: 'no-domain' | 'no-record' | 'no-such-domain' }
  | Halt;
