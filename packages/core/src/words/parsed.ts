import type { Problem } from './problem.js';

/** What a parser answers: the value with what was odd about it, or the one defect that forbids a value. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problem: Problem };

const NONE: readonly Problem[] = [];

export function parsed<T>(value: T, warnings: readonly Problem[] = NONE): Parsed<T> {
  return { ok: true, value, warnings };
}

export function failed<T = never>(problem: Problem): Parsed<T> {
  return { ok: false, problem };
}
