import type { Clause } from '../words/clause.js';
import type { ReasonCode } from './reason-codes.js';

export type Action = 'accept' | 'flag' | 'quarantine' | 'reject' | 'defer' | 'discard';

/**
 * Actions from the mildest to the strictest. Defer stands above quarantine because it may still become a reject,
 * below reject because it may still become an accept.
 */
export const ACTIONS: readonly Action[] = ['accept', 'flag', 'quarantine', 'defer', 'reject', 'discard'];

/** Is `a` stricter than `b`? */
export function isStricter(a: Action, b: Action): boolean {
  return ACTIONS.indexOf(a) > ACTIONS.indexOf(b);
}

/** The milder of two actions. */
export function milder(a: Action, b: Action): Action {
  return isStricter(a, b) ? b : a;
}

/** `info` never changes the action; the others say how much a reason weighs to a person. */
export type Severity = 'info' | 'low' | 'medium' | 'high';

/** Why: always with what was seen, the clause, and what somebody can do about it. */
export interface Reason {
  readonly code: ReasonCode;
  readonly severity: Severity;
  /** What this reason alone would have led to, under the policy. */
  readonly asks: Action;
  readonly text: string;
  /** The words of message, envelope or DNS that show it. */
  readonly evidence: string;
  readonly clause: Clause;
  /** What to do, and who has to do it. */
  readonly fix: string;
}

export interface SmtpReply {
  readonly code: number;
  /** RFC 3463 status code, e.g. `5.7.1`. */
  readonly enhanced: string;
  readonly text: string;
}

export interface Decision {
  readonly action: Action;
  /** The reason code that set the action; `default` where nothing did. */
  readonly rule: ReasonCode | 'default';
  /** Most serious first. */
  readonly reasons: readonly Reason[];
  /** For reject and defer: what the client is told. */
  readonly reply?: SmtpReply;
  /** For flag: one sentence for the reader of the message. */
  readonly warning?: string;
}

/** The assurance ladder: who vouches for From, lowest first. */
export type Rung = 'none' | 'server' | 'domain' | 'user' | 'author';

export interface Assurance {
  readonly rung: Rung;
  /** What carries the rung. */
  readonly evidence: readonly string[];
  /** What the rung does not prove, in words. */
  readonly notProven: readonly string[];
}
