import type { ImpersonationFinding, ImpersonationKind } from '../../checks/results.js';
import { unreadRest } from '../../message/header-block.js';
import { unreachable } from '../../words/unreachable.js';
import type { Action } from '../decision.js';
import type { FromReason } from '../reasons/from-reasons.js';
import { concern, type Finding, note } from '../finding.js';
import type { Policy } from '../policy.js';
import type { Case } from './case.js';

/** Who the message seems to be from, and whether its header was read to the end. */
export function fromRules(c: Case): readonly Finding[] {
  const { facts, impersonation } = c.v;
  const findings: Finding[] = [];
  const [problem] = facts.problems;
  if (problem !== undefined) {
    const cut = unreadRest(facts);
    if (cut !== undefined)
      findings.push(
        concern(
          'message-over-limits',
          c.policy.ambiguousFrom,
          `the header was not read to the end: ${cut.message}`,
          `${facts.headerFields} fields read`,
        ),
      );
    findings.push(
      note(
        'message-malformed',
        `the header is not well-formed: ${problem.message}`,
        `${facts.problems.length} ${facts.problems.length === 1 ? 'defect' : 'defects'}, the first at byte ${problem.at} (${problem.code})`,
      ),
    );
  }
  switch (impersonation.status) {
    case 'clean':
      break;
    case 'suspicious':
      for (const found of impersonation.findings) findings.push(imitation(found, c));
      break;
    default:
      unreachable(impersonation);
  }
  return findings;
}

const DEFECTS_OF_FROM: ReadonlySet<ImpersonationKind> = new Set([
  'several-from-fields',
  'parsers-disagree',
  'unreadable-from',
]);

function imitation(found: ImpersonationFinding, c: Case): Finding {
  // Two checks see that there is no From; it has one name.
  const code =
    found.kind === 'unreadable-from' && c.v.facts.from === undefined ? 'from-missing' : codeOf(found.kind);
  const { text, evidence } = found;
  if (onlyCareless(found, c)) {
    const finding = concern(code, c.policy.impersonationLow, text, evidence);
    return { ...finding, reason: { ...finding.reason, severity: 'low' } };
  }
  const confidence = ownWords(found, c) ? lower(found.confidence) : found.confidence;
  if (confidence === undefined) return note(code, text, evidence);
  const finding = concern(
    code,
    askedBy({ ...found, confidence }, c.policy),
    text,
    evidence,
    warningOf(found),
  );
  // As sure as the finding is, so much it weighs; what is wrong with From itself always weighs the same.
  return DEFECTS_OF_FROM.has(found.kind)
    ? finding
    : { ...finding, reason: { ...finding.reason, severity: confidence } };
}

/** Carelessly written, but every reading is of one domain, which DMARC could judge and which vouches for the message. */
function onlyCareless({ kind, confidence }: ImpersonationFinding, { v, who }: Case): boolean {
  if (kind !== 'unreadable-from' && kind !== 'parsers-disagree') return false;
  return (
    confidence !== 'high' && v.authorDomain !== undefined && (who.dkim.length > 0 || who.spf !== undefined)
  );
}

/** Reply-To and Sender under a signature of the author domain are its own words: tickets, forms, invitations. */
function ownWords({ kind }: ImpersonationFinding, { who }: Case): boolean {
  if (kind !== 'reply-to-elsewhere' && kind !== 'sender-elsewhere') return false;
  const field = kind === 'reply-to-elsewhere' ? 'reply-to' : 'sender';
  return who.dkim.some(({ signedFields }) => signedFields?.includes(field) === true);
}

function lower(confidence: ImpersonationFinding['confidence']): 'low' | 'medium' | undefined {
  switch (confidence) {
    case 'low':
      return undefined;
    case 'medium':
      return 'low';
    case 'high':
      return 'medium';
    default:
      return unreachable(confidence);
  }
}

function codeOf(kind: ImpersonationKind): FromReason {
  switch (kind) {
    case 'address-in-display-name':
      return 'display-name-address';
    case 'invisible-characters':
      return 'from-invisible-characters';
    case 'several-from-fields':
      return 'from-several-fields';
    case 'several-from-mailboxes':
      return 'from-several-mailboxes';
    case 'unreadable-from':
      return 'from-unreadable';
    case 'parsers-disagree':
      return 'from-parsers-disagree';
    case 'protected-name':
    case 'lookalike-domain':
    case 'reply-to-elsewhere':
    case 'sender-elsewhere':
      return kind;
    default:
      return unreachable(kind);
  }
}

function askedBy(found: ImpersonationFinding, policy: Policy): Action {
  switch (found.kind) {
    case 'several-from-fields':
      return policy.severalFromFields;
    case 'parsers-disagree':
    case 'unreadable-from':
      return policy.ambiguousFrom;
    case 'several-from-mailboxes':
    case 'address-in-display-name':
    case 'invisible-characters':
    case 'protected-name':
    case 'lookalike-domain':
    case 'reply-to-elsewhere':
    case 'sender-elsewhere':
      return byConfidence(found.confidence, policy);
    default:
      return unreachable(found.kind);
  }
}

function byConfidence(confidence: ImpersonationFinding['confidence'], policy: Policy): Action {
  switch (confidence) {
    case 'low':
      return policy.impersonationLow;
    case 'medium':
      return policy.impersonationMedium;
    case 'high':
      return policy.impersonationHigh;
    default:
      return unreachable(confidence);
  }
}

/** A look-alike is best warned of with the name it imitates. */
function warningOf(found: ImpersonationFinding): string | undefined {
  if (found.kind !== 'lookalike-domain' || found.target === undefined) return undefined;
  return `The address of the author imitates ${found.target}, but is not of it.`;
}
