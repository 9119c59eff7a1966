import type { TraceStep } from '../checks/results.js';
import { formatClause } from '../words/clause.js';
import { visibleText } from '../syntax/visible.js';

/**
 * A trace as lines for people: the clause, what was found there, and below it the DNS question with its answer.
 * SPF includes are indented. What strangers wrote cannot move the cursor or hide: see `visibleText`.
 */
export function traceText(steps: readonly TraceStep[]): readonly string[] {
  const width = steps.reduce((longest, step) => Math.max(longest, formatClause(step.clause).length), 0);
  const lines: string[] = [];
  for (const step of steps) {
    const indent = '  '.repeat(Math.min(step.depth ?? 0, 20));
    lines.push(`${indent}${formatClause(step.clause).padEnd(width)}  ${visibleText(step.text)}`);
    if (step.lookup === undefined) continue;
    const { name, type, answer } = step.lookup;
    lines.push(`${indent}${' '.repeat(width)}  DNS ${visibleText(name)} ${type}: ${visibleText(answer)}`);
  }
  return lines;
}
