import type { Domain } from '../words/domain.js';
import type { Action } from './decision.js';
import type { ReasonCode } from './reason-codes.js';

/** What a site decides for itself. Each choice, its default and the reason for it: docs/policy.md. */
export interface Policy {
  /** DMARC fails and the domain asks to reject. `careful`: reject unless something suggests a list or forwarder (RFC 9989 7.4). */
  readonly dmarcReject: 'careful' | 'always-reject' | 'always-quarantine';
  /** DMARC fails and the domain asks to quarantine. */
  readonly dmarcQuarantine: 'quarantine' | 'flag';
  /** What a trusted sealer's word does to a DMARC failure. */
  readonly trustedArc: 'accept' | 'ignore';
  /** DNS failed where the answer could have changed the verdict. Never `accept`: an outage must not switch a check off. */
  readonly temperror: 'defer' | 'quarantine' | 'flag';
  readonly spfFail: 'accept' | 'flag' | 'quarantine' | 'reject';
  /** Never `reject`: RFC 7208 8.5. */
  readonly spfSoftfail: 'accept' | 'flag' | 'quarantine';
  /** From names an own domain, nobody logged in, nobody vouches. */
  readonly ownDomain: 'accept' | 'flag' | 'quarantine' | 'reject' | 'discard';
  /** The same for MAIL FROM or Sender alone. */
  readonly ownDomainEnvelope: 'accept' | 'flag' | 'quarantine' | 'reject' | 'discard';
  /** MAIL FROM is of another organization than From, without excuse. */
  readonly mismatch: 'accept' | 'flag' | 'quarantine';
  /** Findings of imitation, by how sure they are. */
  readonly impersonationLow: 'accept' | 'flag' | 'quarantine' | 'reject';
  readonly impersonationMedium: 'accept' | 'flag' | 'quarantine' | 'reject';
  readonly impersonationHigh: 'accept' | 'flag' | 'quarantine' | 'reject' | 'discard';
  /** From is absent, unreadable, of several domains, or read in two ways. */
  readonly ambiguousFrom: 'flag' | 'quarantine' | 'reject';
  readonly severalFromFields: 'flag' | 'quarantine' | 'reject';
  readonly nobodyVouches: 'accept' | 'flag' | 'quarantine' | 'reject';
  /** Only a server shared with strangers vouches. */
  readonly sharedServer: 'accept' | 'flag' | 'quarantine';
  /** After login: the login is not the address in From. */
  readonly loginDiffers: 'accept' | 'flag' | 'reject';
  /** Exceptions, the first that fits a reason decides what that reason asks for. */
  readonly overrides: readonly Override[];
}

/**
 * One exception: for reasons with this code, and messages that meet every condition given.
 * A milder action for one author domain needs an authenticated condition, for anybody can write that domain into From.
 */
export interface Override {
  readonly code: ReasonCode;
  readonly action: Action;
  /** From is in this domain (or below). Unauthenticated. */
  readonly authorDomain?: Domain;
  /** A DKIM signature of this domain (or below) passes over the whole body. */
  readonly signedBy?: Domain;
  /** SPF passes for a MAIL FROM in this domain (or below). */
  readonly spfPassFor?: Domain;
  /** Why, for the next postmaster; shown with the reason. */
  readonly because: string;
}

/** The switches that are one word each. */
export type PolicyChoices = Omit<Policy, 'overrides'>;

/** The words each switch takes; the compiler holds it against the type. */
export const POLICY_CHOICES: { readonly [K in keyof PolicyChoices]: readonly PolicyChoices[K][] } = {
  dmarcReject: ['careful', 'always-reject', 'always-quarantine'],
  dmarcQuarantine: ['quarantine', 'flag'],
  trustedArc: ['accept', 'ignore'],
  temperror: ['defer', 'quarantine', 'flag'],
  spfFail: ['accept', 'flag', 'quarantine', 'reject'],
  spfSoftfail: ['accept', 'flag', 'quarantine'],
  ownDomain: ['accept', 'flag', 'quarantine', 'reject', 'discard'],
  ownDomainEnvelope: ['accept', 'flag', 'quarantine', 'reject', 'discard'],
  mismatch: ['accept', 'flag', 'quarantine'],
  impersonationLow: ['accept', 'flag', 'quarantine', 'reject'],
  impersonationMedium: ['accept', 'flag', 'quarantine', 'reject'],
  impersonationHigh: ['accept', 'flag', 'quarantine', 'reject', 'discard'],
  ambiguousFrom: ['flag', 'quarantine', 'reject'],
  severalFromFields: ['flag', 'quarantine', 'reject'],
  nobodyVouches: ['accept', 'flag', 'quarantine', 'reject'],
  sharedServer: ['accept', 'flag', 'quarantine'],
  loginDiffers: ['accept', 'flag', 'reject'],
};
