// The table of conformance suites: what ran, what passed, what we dispute and by which clause.
import { test } from 'node:test';

/** One line of the table at the end of a test run. */
export interface SuiteRow {
  readonly suite: string;
  cases: number;
  passed: number;
  /** Cases that do not pass and, by a clause we can name, should not. */
  disputed: number;
  /** Disputed ids not met (yet): left over at the end, they name no case and fail the run. */
  readonly unmet: Set<string>;
}

/** A suite being run; each case becomes a test of its own. */
export interface SuiteRun {
  /** @param body throws (node:assert) when the case does not come out as published */
  case(id: string, body: () => void | Promise<void>): void;
}

// Shared with scripts/test.mjs and with the other packages' tests, which cannot import this file.
const ROWS = Symbol.for('truefrom.suite-rows');

function rows(): Map<string, SuiteRow> {
  const shared = globalThis as { [ROWS]?: Map<string, SuiteRow> };
  return (shared[ROWS] ??= new Map());
}

/**
 * Opens the line of one suite. scripts/suites.json holds the figures every run must reach.
 * @param disputed case id to the clause and reason why we answer otherwise; a disputed case that starts to pass
 *   fails the run until it is taken off the list, so the list can only tell the truth
 */
export function openSuite(suite: string, disputed: Readonly<Record<string, string>> = {}): SuiteRun {
  const row: SuiteRow = { suite, cases: 0, passed: 0, disputed: 0, unmet: new Set(Object.keys(disputed)) };
  rows().set(suite, row);
  return {
    case(id, body) {
      row.cases++;
      row.unmet.delete(id);
      const why = disputed[id];
      void test(`${suite}: ${id}`, async (t) => {
        let failure: unknown;
        let threw = false;
        try {
          await body();
        } catch (error) {
          failure = error;
          threw = true;
        }
        if (!threw) row.passed++;
        if (why === undefined) {
          if (threw) throw failure;
          return;
        }
        if (!threw) throw new Error(`passes now: take "${id}" off the disputed cases of ${suite}`);
        row.disputed++;
        t.diagnostic(`disputed: ${why}`);
      });
    },
  };
}
