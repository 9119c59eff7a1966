import type { Verification } from '../verify/verification.js';
import { isWithin } from '../words/domain.js';
import { arcVouches } from './arc-vouches.js';
import { ACTIONS, type Action, type Decision, isStricter, type Reason, type Severity } from './decision.js';
import { DEFAULT_POLICY } from './default-policy.js';
import { asNote, type Finding } from './finding.js';
import { indirectFlowSigns } from './indirect-flow.js';
import type { Override, Policy } from './policy.js';
import { type ReasonCode, REASONS } from './reason-codes.js';
import { replyFor } from './replies.js';
import { arcRules } from './rules/arc-rules.js';
import type { Case } from './rules/case.js';
import { dkimRules } from './rules/dkim-rules.js';
import { dmarcRules } from './rules/dmarc-rules.js';
import { fromRules } from './rules/from-rules.js';
import { ladderRules } from './rules/ladder-rules.js';
import { mismatchRules } from './rules/mismatch-rules.js';
import { originRules } from './rules/origin-rules.js';
import { spfRules } from './rules/spf-rules.js';
import { vouchers } from './vouchers.js';

const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high'];
const FALLBACK_WARNING = 'The origin of this message could not be confirmed.';

/**
 * What to do with a message, and every reason for it. Pure: the same Verification and Policy give the same Decision.
 *
 * The action is the strictest that any reason asks for. After login on our own server the checks for mail from outside
 * only inform. The rules and their defaults: docs/policy.md; the reasons: docs/reasons.md.
 */
export function decide(verification: Verification, policy: Policy = DEFAULT_POLICY): Decision {
  const c = caseOf(verification, policy);
  const findings = collect(c);
  findings.sort(mostSeriousFirst);
  const reasons = findings.map(({ reason }) => reason);
  const [top] = findings;
  if (top === undefined || top.reason.asks === 'accept')
    return { action: 'accept', rule: acceptingRule(reasons), reasons };
  const { asks: action, code } = top.reason;
  const reply = replyFor(action, code, verification);
  return {
    action,
    rule: code,
    reasons,
    ...(reply === undefined ? {} : { reply }),
    ...(action === 'flag' ? { warning: top.warning ?? REASONS[code].warning ?? FALLBACK_WARNING } : {}),
  };
}

function caseOf(v: Verification, policy: Policy): Case {
  const who = vouchers(v);
  const connector =
    v.origin.status === 'exempt' &&
    v.origin.by === 'connector' &&
    v.authorDomain !== undefined &&
    isWithin(v.authorDomain, v.origin.domain);
  return {
    v,
    policy,
    who,
    vouched: who.spf !== undefined || who.dkim.length > 0 || connector,
    sealer: policy.trustedArc === 'accept' ? arcVouches(v) : undefined,
    indirect: indirectFlowSigns(v),
  };
}

function collect(c: Case): Finding[] {
  const outside = [
    ...fromRules(c),
    ...dmarcRules(c),
    ...mismatchRules(c),
    ...spfRules(c),
    ...ladderRules(c),
    ...dkimRules(c.v),
    ...arcRules(c),
  ];
  const origin = originRules(c);
  if (c.v.origin.status === 'internal') return [...origin, ...once(outside).map(asNote)];
  const all = once([...origin, ...outside]);
  return c.policy.overrides.length === 0 ? all : all.map((finding) => overridden(finding, c));
}

/** Two checks may see the same defect of From: one reason is enough. Signatures each keep theirs. */
function once(findings: readonly Finding[]): Finding[] {
  const kept: Finding[] = [];
  for (const finding of findings) {
    const { code, asks } = finding.reason;
    const at = code.startsWith('from-') ? kept.findIndex(({ reason }) => reason.code === code) : -1;
    if (at < 0) kept.push(finding);
    else if (isStricter(asks, kept[at]?.reason.asks ?? 'accept')) kept[at] = finding;
  }
  const several = kept.find(({ reason }) => reason.code === 'from-several-fields');
  if (several === undefined) return kept;
  // That From has no one domain, or cannot be read, follows from there being several of them.
  return kept.filter(
    ({ reason: { code, asks } }) =>
      (code !== 'from-unreadable' && code !== 'from-several-domains') ||
      isStricter(asks, several.reason.asks),
  );
}

function overridden(finding: Finding, c: Case): Finding {
  const override = c.policy.overrides.find((o) => applies(o, finding.reason.code, c.v));
  if (override === undefined) return finding;
  const { action, because } = override;
  const { severity } = finding.reason;
  const reason: Reason = {
    ...finding.reason,
    asks: action,
    severity: action !== 'accept' && severity === 'info' ? 'low' : severity,
    text: `${finding.reason.text} (policy: ${because})`,
  };
  return { ...finding, reason };
}

function applies(override: Override, code: ReasonCode, v: Verification): boolean {
  if (override.code !== code) return false;
  const { authorDomain, signedBy, spfPassFor } = override;
  if (authorDomain !== undefined && (v.authorDomain === undefined || !isWithin(v.authorDomain, authorDomain)))
    return false;
  if (
    signedBy !== undefined &&
    !v.dkim.some(
      (d) => d.status === 'pass' && d.coversWholeBody && d.testing !== true && isWithin(d.domain, signedBy),
    )
  )
    return false;
  return spfPassFor === undefined || (v.spf.status === 'pass' && isWithin(v.spf.domain, spfPassFor));
}

function mostSeriousFirst(a: Finding, b: Finding): number {
  return rank(b.reason.asks) - rank(a.reason.asks) || weight(b.reason) - weight(a.reason);
}

function rank(action: Action): number {
  return ACTIONS.indexOf(action);
}

function weight(reason: Reason): number {
  return SEVERITIES.indexOf(reason.severity);
}

/** Accepted because of something that would have been different without it? */
function acceptingRule(reasons: readonly Reason[]): Decision['rule'] {
  for (const { code } of reasons)
    if (code === 'authenticated-session' || code === 'dmarc-arc-override') return code;
  return 'default';
}
