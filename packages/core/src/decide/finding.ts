import type { Action, Reason, Severity } from './decision.js';
import { type ReasonCode, REASONS } from './reason-codes.js';

/** A reason before the decision: also with the sentence for the reader, where it would flag. */
export interface Finding {
  readonly reason: Reason;
  readonly warning?: string;
}

/** Something worth knowing that does not count against the message. */
export function note(code: ReasonCode, text: string, evidence: string): Finding {
  const { clause, fix } = REASONS[code];
  return { reason: { code, severity: 'info', asks: 'accept', text, evidence, clause, fix } };
}

/**
 * Something that counts against the message: the policy says what it asks for.
 * It keeps its severity where the policy asks for nothing, so that a trial run shows what would happen.
 */
export function concern(
  code: ReasonCode,
  asks: Action,
  text: string,
  evidence: string,
  warning?: string,
): Finding {
  const entry = REASONS[code];
  const severity: Severity = entry.severity === 'info' ? 'low' : entry.severity;
  const { clause, fix } = entry;
  return {
    reason: { code, severity, asks, text, evidence, clause, fix },
    ...(warning === undefined ? {} : { warning }),
  };
}

/** The same finding where it only informs. */
export function asNote(finding: Finding): Finding {
  return { reason: { ...finding.reason, severity: 'info', asks: 'accept' } };
}
