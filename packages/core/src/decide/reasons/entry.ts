import type { Clause } from '../../words/clause.js';
import type { Severity } from '../decision.js';

/** What is true of a reason whatever the message: one section of docs/reasons.md and `truefrom explain CODE`. */
export interface ReasonEntry {
  /** A few words, for lists. */
  readonly title: string;
  /** What was seen, in general. */
  readonly text: string;
  readonly clause: Clause;
  /** How much it weighs where it counts against a message; where it does not, the reason is given as `info`. */
  readonly severity: Severity;
  /** Why it leads to what it leads to. */
  readonly why: string;
  /** What to do, and who has to do it. */
  readonly fix: string;
  /** For the reader of a message that is delivered with a warning because of this. */
  readonly warning?: string;
}
