import type { Clause } from './clause.js';

/** Stable name of a defect, `<area>/<what>`; listed in docs/problems.md. */
export type ProblemCode =
  `${'spf' | 'dkim' | 'dmarc' | 'arc' | 'message' | 'address' | 'dns' | 'authres' | 'zone'}/${string}`;

/** A defect in what somebody else sent or published. A result, never an exception. */
export interface Problem {
  readonly code: ProblemCode;
  /** Byte offset in the input that was parsed. */
  readonly at: number;
  readonly clause: Clause;
  /** English, for people; programs match on `code`. */
  readonly message: string;
}

export function problem(code: ProblemCode, at: number, clause: Clause, message: string): Problem {
  return { code, at, clause, message };
}
