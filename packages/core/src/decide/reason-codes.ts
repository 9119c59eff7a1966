import type { ReasonEntry } from './reasons/entry.js';
import { DKIM_REASONS, type DkimReason } from './reasons/dkim-reasons.js';
import { DMARC_REASONS, type DmarcReason } from './reasons/dmarc-reasons.js';
import { FROM_REASONS, type FromReason } from './reasons/from-reasons.js';
import { SITE_REASONS, type SiteReason } from './reasons/site-reasons.js';
import { SPF_REASONS, type SpfReason } from './reasons/spf-reasons.js';

export type { ReasonEntry } from './reasons/entry.js';

/** Stable names: programs, filters and the documentation depend on them. */
export type ReasonCode = FromReason | SiteReason | DmarcReason | SpfReason | DkimReason;

/** Every reason there is, in the order of docs/reasons.md, which is generated from it. */
export const REASONS: Readonly<Record<ReasonCode, ReasonEntry>> = {
  ...FROM_REASONS,
  ...SITE_REASONS,
  ...DMARC_REASONS,
  ...SPF_REASONS,
  ...DKIM_REASONS,
};

/** Is this text, from a policy file or a command line, a reason code? */
export function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(REASONS, text);
}
