import type { Screen } from '../text/screen.js';
import { padEnd } from '../text/width.js';
import type { Finding } from './finding.js';

const WORD_COLUMNS = 11;

/** A finding a line, with rows of detail below it. */
export async function renderFinding(
  screen: Screen,
  found: Finding,
  details: readonly (readonly [label: string, value: string | undefined])[] = [],
): Promise<void> {
  const about = found.about === undefined ? '' : `${found.about}: `;
  await screen.hanging(
    [{ text: padEnd(found.word, WORD_COLUMNS), tone: found.tone }],
    `${about}${found.text}`,
  );
  for (const [label, value] of details)
    if (value !== undefined)
      await screen.hanging([' '.repeat(WORD_COLUMNS), { text: padEnd(label, 14), tone: 'dim' }], value);
}
