import { fileURLToPath } from 'node:url';
import { DEFAULT_POLICY } from '@truefrom/core';
import { checkMessage } from '../check/check-message.js';
import type { CheckedMessage } from '../check/checked-message.js';
import { createEngineContext, type EngineContext } from '../check/engine-context.js';
import { sessionFromOptions } from '../check/session.js';
import { siteFromOptions } from '../check/session-options.js';
import { EXIT, usageError, type ExitCode } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { Screen, type Span } from '../text/screen.js';
import { padEnd } from '../text/width.js';
import { checkView, type CheckView } from '../view/check-view.js';
import { renderMechanisms } from '../view/render-text.js';
import { DEMO_SITE, DEMO_TIME_SECONDS, STORIES, type Story } from './stories.js';

const EXAMPLES = fileURLToPath(new URL('../../../../examples', import.meta.url));
const MAX_EXAMPLE_BYTES = 1_048_576;

/** One story, played: what was found and how it is drawn. */
export interface PlayedStory {
  readonly story: Story;
  readonly checked: CheckedMessage;
  readonly view: CheckView;
}

/** Runs the engine over one story: the real files, the real checks. */
export async function playStory(io: Io, story: Story, context: EngineContext): Promise<PlayedStory> {
  const options = {
    ...DEMO_SITE,
    ownDomain: [DEMO_SITE.ownDomain],
    clientIp: story.clientIp,
    helo: story.helo,
    sender: story.mailFrom,
    ...(story.auth !== undefined && { auth: story.auth }),
  };
  const message = await io.files.read(`${EXAMPLES}/${story.file}.eml`, MAX_EXAMPLE_BYTES);
  const site = siteFromOptions(options, io);
  const session = sessionFromOptions(options, message);
  const checked = await checkMessage(message, session.envelope, site, DEFAULT_POLICY, context);
  const view = checkView(checked, {
    title: story.title,
    envelope: session.envelope,
    site,
    notices: [],
    clientKnown: true,
  });
  return { story, checked, view };
}

/** The world of the demo: answers from examples/zone.json, a fixed time, no network. */
export function demoContext(io: Io): Promise<EngineContext> {
  return createEngineContext(io, { dnsCache: `${EXAMPLES}/zone.json`, time: String(DEMO_TIME_SECONDS) });
}

/**
 * `truefrom demo`: plays the stories, or one of them, offline.
 * @param number from 1; absent: all, with a summary
 */
export async function runDemo(io: Io, number: string | undefined): Promise<ExitCode> {
  const stories = number === undefined ? STORIES : [pick(number)];
  const context = await demoContext(io);
  const screen = new Screen(io, io.stdout);
  if (number === undefined) await introduce(screen);
  const played: PlayedStory[] = [];
  for (const story of stories) {
    const one = await playStory(io, story, context);
    played.push(one);
    await tell(screen, one);
  }
  if (number === undefined) await summarize(screen, played);
  return EXIT.accept;
}

function pick(number: string): Story {
  const story = STORIES[Number(number) - 1];
  if (story === undefined || !/^\d+$/.test(number))
    throw usageError(`demo: no story "${number}"; there are 1 to ${STORIES.length}`);
  return story;
}

async function introduce(screen: Screen): Promise<void> {
  await screen.line({ text: 'truefrom: who vouches for the From of a mail message?', tone: 'strong' });
  await screen.line();
  await screen.hanging(
    [],
    `Mail shows a From that anybody can write. Here are ${STORIES.length} messages sent to the company harbor.example, what each mechanism says about them, and who in the end vouches for the From:`,
  );
  await screen.line();
  const rungs = [
    ['none', 'nobody'],
    ['server', 'a server the domain lists in DNS, perhaps shared with strangers'],
    ['domain', 'a key of the domain: it signed this very message'],
    ['user', 'a server we trust, which checked the login of this very user'],
    ['author', 'the author’s own key (S/MIME, OpenPGP)'],
  ] as const;
  for (const [rung, meaning] of rungs)
    await screen.line('    ', { text: padEnd(rung, 9), tone: 'info' }, meaning);
}

async function tell(screen: Screen, { story, view }: PlayedStory): Promise<void> {
  const number = STORIES.indexOf(story) + 1;
  await screen.line();
  await screen.heading(`${number}. ${story.title}`);
  await screen.hanging(['  '], story.situation);
  await screen.line();
  for (const [name, value] of view.facts) await screen.hanging([label(name)], value);
  await screen.line();
  await renderMechanisms(screen, view.mechanisms);
  await screen.line();
  await screen.line(label('Ladder'), ...ladder(screen, view));
  await screen.hanging([label('Vouched by')], view.evidence[0] ?? 'nobody');
  for (const [i, text] of view.notProven.entries())
    await screen.hanging([label(i === 0 ? 'Not proven' : '')], { text, tone: 'dim' });
  await screen.line(
    label('Decision'),
    { text: view.action.toUpperCase(), tone: view.actionTone },
    `: ${view.actionMeaning}`,
  );
  for (const reason of view.reasons.slice(0, 1)) await screen.hanging([label('Because')], reason.text);
  await screen.line();
  await screen.hanging(['  ', screen.glyph('→', '=>'), ' '], { text: story.lesson, tone: 'strong' });
}

/** The rungs in one line, the reached one marked: `none ── server ──[ domain ]── user ── author`. */
function ladder(screen: Screen, view: CheckView): Span[] {
  const bar = screen.glyph('──', '--');
  return view.rungs.toReversed().flatMap(({ rung, state }, i): Span[] => {
    const joint: Span[] = i === 0 ? [] : [{ text: bar, tone: 'dim' }];
    if (state !== 'reached') return [...joint, { text: ` ${rung} `, tone: 'dim' }];
    return [...joint, { text: `[ ${rung} ]`, tone: rung === 'none' ? 'bad' : 'good' }];
  });
}

function label(text: string): { readonly text: string; readonly tone: 'dim' } {
  return { text: `  ${padEnd(text, 12)}`, tone: 'dim' };
}

function reachedRung(view: CheckView): string {
  return view.rungs.find(({ state }) => state === 'reached')?.rung ?? 'none';
}

async function summarize(screen: Screen, played: readonly PlayedStory[]): Promise<void> {
  await screen.line();
  await screen.heading('All of them side by side');
  const columns = [24, 9, 5, 6, 9, 10, 7, 10];
  const row = (cells: readonly Span[]): Span[] =>
    cells.map((cell, i) => {
      const [text, tone] = typeof cell === 'string' ? [cell, 'plain' as const] : [cell.text, cell.tone];
      return { text: padEnd(text, columns[i] ?? 0), tone };
    });
  const head = ['', 'SPF', 'DKIM', 'DMARC', 'Origin', 'Mismatch', 'Rung', 'Decision'];
  await screen.line(...row(head.map((text) => ({ text, tone: 'dim' }))));
  for (const [i, { story, view }] of played.entries()) {
    const words = view.mechanisms
      .filter(({ number }) => number !== undefined)
      .map(({ findings }) => ({ text: findings[0]?.word ?? '', tone: findings[0]?.tone ?? 'plain' }));
    const rung = reachedRung(view);
    await screen.line(
      ...row([
        `${String(i + 1).padStart(3)} ${story.short}`,
        ...words,
        { text: rung, tone: rung === 'none' ? 'bad' : 'good' },
        { text: view.action, tone: view.actionTone },
      ]),
    );
  }
  const forged = played.filter(({ story }) => story.forged);
  const fooled = forged.filter(({ checked }) => checked.verification.spf.status === 'pass');
  await screen.line();
  await screen.hanging(
    [],
    `SPF passes for ${fooled.length} of the ${forged.length} forgeries: no single column tells the good from the bad. That is why truefrom shows them together, names the rung, and says what it does not prove.`,
  );
  await screen.line();
  await screen.line({ text: 'Try next', tone: 'strong' });
  await screen.line('  truefrom check message.eml                a message of your own');
  await screen.line('  truefrom check --explain message.eml      with every step and DNS question');
  await screen.line('  truefrom check --batch mail.mbox          a mailbox, with a summary');
  await screen.line('  truefrom demo 10                          one story again');
  await screen.line({ text: `  The messages and the DNS zone of this demo: ${EXAMPLES}`, tone: 'dim' });
}
