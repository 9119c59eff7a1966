import type { Policy } from './policy.js';

/** The default, with the reason for each choice in docs/policy.md. */
export const DEFAULT_POLICY: Policy = {
  dmarcReject: 'careful',
  dmarcQuarantine: 'quarantine',
  trustedArc: 'accept',
  temperror: 'defer',
  spfFail: 'flag',
  spfSoftfail: 'accept',
  ownDomain: 'reject',
  ownDomainEnvelope: 'quarantine',
  mismatch: 'flag',
  impersonationLow: 'accept',
  impersonationMedium: 'flag',
  impersonationHigh: 'quarantine',
  ambiguousFrom: 'quarantine',
  severalFromFields: 'reject',
  nobodyVouches: 'accept',
  sharedServer: 'accept',
  loginDiffers: 'accept',
  overrides: [],
};
