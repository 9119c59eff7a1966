import { formatClause, type TraceStep, type Verification } from '@truefrom/core';
import type { Screen } from '../text/screen.js';
import { padEnd } from '../text/width.js';
import { traceSections } from './trace-sections.js';

const CLAUSE_COLUMNS = 17;

/** Every step of every check, with its clause and the DNS question it asked. */
export async function renderTrace(screen: Screen, verification: Verification): Promise<void> {
  for (const [title, trace] of traceSections(verification)) {
    await screen.line();
    await renderSteps(screen, title, trace);
  }
}

/** One trace under a heading. */
export async function renderSteps(screen: Screen, title: string, trace: readonly TraceStep[]): Promise<void> {
  await screen.heading(title);
  for (const step of trace) {
    const indent = '  '.repeat(Math.min(step.depth ?? 0, 12));
    const lead = ` ${padEnd(formatClause(step.clause), CLAUSE_COLUMNS)} `;
    await screen.hanging([{ text: lead, tone: 'dim' }, indent], step.text);
    if (step.lookup !== undefined) {
      const { name, type, answer } = step.lookup;
      await screen.hanging([' '.repeat(lead.length), indent, { text: '? ', tone: 'info' }], {
        text: `${name} ${type} = ${answer}`,
        tone: 'info',
      });
    }
  }
}
