import type { Screen, Span } from '../text/screen.js';
import { padEnd } from '../text/width.js';
import type { CheckView, MechanismView, ReasonView } from './check-view.js';

const LABEL_COLUMNS = 12;
const NAME_COLUMNS = 12;
const WORD_COLUMNS = 11;

/** Draws a checked message: the ladder first, then the mechanisms side by side, then the decision and what to do. */
export async function renderText(screen: Screen, view: CheckView): Promise<void> {
  await screen.line({ text: view.title, tone: 'strong' });
  await renderFacts(screen, view);
  await screen.line();
  await screen.heading('Who vouches for the From?');
  await renderLadder(screen, view);
  await screen.line();
  await screen.heading('What each mechanism says');
  await renderMechanisms(screen, view.mechanisms);
  await screen.line();
  await screen.heading('Decision');
  await renderDecision(screen, view);
}

export async function renderFacts(screen: Screen, view: CheckView): Promise<void> {
  for (const [label, value] of view.facts)
    await screen.hanging(['  ', { text: padEnd(label, LABEL_COLUMNS), tone: 'dim' }], value);
  for (const notice of view.notices)
    await screen.hanging(['  ', { text: padEnd('Note', LABEL_COLUMNS), tone: 'warn' }], notice);
}

export async function renderLadder(screen: Screen, view: CheckView): Promise<void> {
  const side = screen.glyph('│', '|');
  for (const { rung, meaning, state } of view.rungs) {
    const reached = state === 'reached';
    const bar = reached ? screen.glyph('━', '=') : screen.glyph('─', '-');
    const [left, right] = reached
      ? [screen.glyph('┝', '+'), screen.glyph('┥', '+')]
      : [screen.glyph('├', side), screen.glyph('┤', side)];
    const name = ` ${rung} `;
    const drawn = `${left}${bar}${name}${bar.repeat(9 - name.length)}${right}`;
    const tone = reached ? (rung === 'none' ? 'bad' : 'good') : state === 'below' ? 'plain' : 'dim';
    const marker = reached ? screen.glyph('▶', '>') : ' ';
    await screen.line(
      '  ',
      { text: marker, tone },
      ' ',
      { text: drawn, tone: reached ? tone : 'dim' },
      '  ',
      {
        text: meaning,
        tone: reached ? 'strong' : 'dim',
      },
    );
  }
  await renderList(screen, 'Evidence', view.evidence);
  await renderList(screen, 'Not proven', view.notProven);
}

async function renderList(screen: Screen, label: string, items: readonly string[]): Promise<void> {
  if (items.length === 0) return;
  await screen.line();
  for (const [i, item] of items.entries())
    await screen.hanging(['  ', { text: padEnd(i === 0 ? label : '', LABEL_COLUMNS), tone: 'dim' }], item);
}

export async function renderMechanisms(screen: Screen, mechanisms: readonly MechanismView[]): Promise<void> {
  for (const { number, name, findings } of mechanisms) {
    for (const [i, found] of findings.entries()) {
      const lead: Span[] = [
        i === 0 && number !== undefined ? ` ${number} ` : '   ',
        i === 0 ? { text: padEnd(name, NAME_COLUMNS), tone: 'strong' } : ' '.repeat(NAME_COLUMNS),
        { text: padEnd(found.word, WORD_COLUMNS), tone: found.tone },
      ];
      const about =
        found.about === undefined || (i === 0 && found.about === 'MAIL FROM') ? '' : `${found.about}: `;
      await screen.hanging(lead, {
        text: `${about}${found.text}`,
        tone: found.tone === 'dim' ? 'dim' : 'plain',
      });
    }
  }
}

export async function renderDecision(screen: Screen, view: CheckView): Promise<void> {
  await screen.line(
    '  ',
    { text: view.action.toUpperCase(), tone: view.actionTone },
    `  ${view.actionMeaning}`,
  );
  if (view.reasons.length === 0) await screen.line('  Nothing speaks against it.');
  for (const reason of view.reasons) await renderReason(screen, reason);
  if (view.warning !== undefined) {
    await screen.line();
    await screen.hanging(['  ', { text: padEnd('Warning', LABEL_COLUMNS), tone: 'dim' }], view.warning);
  }
  if (view.reply !== undefined) {
    await screen.line();
    await screen.hanging(['  ', { text: padEnd('SMTP reply', LABEL_COLUMNS), tone: 'dim' }], view.reply);
  }
}

async function renderReason(screen: Screen, reason: ReasonView): Promise<void> {
  await screen.line();
  await screen.hanging(['  ', { text: padEnd(reason.severity, LABEL_COLUMNS), tone: reason.tone }], {
    text: reason.text,
    tone: 'strong',
  });
  const rows: readonly (readonly [string, string])[] = [
    ['seen', reason.evidence],
    ['do', reason.fix],
    ['why', `${reason.clause}; truefrom explain ${reason.code}`],
  ];
  for (const [label, text] of rows)
    if (text !== '')
      await screen.hanging(['  ', { text: padEnd(`  ${label}`, LABEL_COLUMNS), tone: 'dim' }], text);
}
