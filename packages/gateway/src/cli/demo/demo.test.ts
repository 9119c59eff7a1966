import { equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { runCli } from '../testing/run-cli.js';
import { testIo } from '../testing/test-io.js';
import { demoContext, playStory } from './play-demo.js';
import { STORIES } from './stories.js';

// What must come of each story: SPF, first DKIM signature, DMARC, origin, mismatch, rung, action.
const EXPECTED = [
  ['01-legitimate', 'pass', 'pass', 'pass', 'external', 'same', 'domain', 'accept'],
  ['02-server-not-listed', 'fail', 'none', 'none', 'external', 'same', 'none', 'flag'],
  ['03-forged-from', 'pass', 'none', 'fail', 'external', 'different', 'none', 'reject'],
  ['04-altered', 'pass', 'fail', 'fail', 'external', 'different', 'none', 'quarantine'],
  ['05-aligned', 'pass', 'none', 'pass', 'external', 'same-organization', 'server', 'accept'],
  ['06-not-aligned', 'pass', 'pass', 'fail', 'external', 'different', 'none', 'reject'],
  ['07-own-domain-no-login', 'softfail', 'none', 'none', 'spoofed-own-domain', 'same', 'none', 'reject'],
  ['08-own-domain-login', 'softfail', 'none', 'none', 'internal', 'same', 'user', 'accept'],
  ['09-envelope-differs', 'pass', 'none', 'none', 'external', 'different', 'none', 'flag'],
  ['10-shared-provider', 'pass', 'none', 'pass', 'external', 'same', 'server', 'accept'],
  ['11-provider-signing', 'pass', 'pass', 'pass', 'external', 'same', 'domain', 'accept'],
] as const;

test('demo: each story has its row here', () => {
  equal(STORIES.map((story) => story.file).join(), EXPECTED.map(([file]) => file).join());
});

for (const [file, spf, dkim, dmarc, origin, mismatch, rung, action] of EXPECTED)
  test(`demo: ${file}`, async () => {
    const io = testIo();
    const story = STORIES.find((one) => one.file === file);
    ok(story);
    const { checked } = await playStory(io, story, await demoContext(io));
    const v = checked.verification;
    equal(
      [
        v.spf.status,
        v.dkim[0]?.status ?? 'none',
        v.dmarc.status,
        v.origin.status,
        v.mismatch.status,
        checked.assurance.rung,
        checked.decision.action,
      ].join(' '),
      [spf, dkim, dmarc, origin, mismatch, rung, action].join(' '),
    );
  });

test('demo: plays offline, names every mechanism and rung, and ends with what to try', async () => {
  const { code, out, err } = await runCli(['demo']);
  equal(code, 0);
  equal(err, '');
  for (const story of STORIES) ok(out.includes(story.title));
  for (const word of [
    'SPF',
    'DKIM',
    'DMARC',
    'Origin',
    'Mismatch',
    'Ladder',
    'Not proven',
    'Decision',
    'Try next',
  ])
    ok(out.includes(word), word);
  match(out, /SPF passes for 4 of the 6 forgeries/);
});

test('demo: one story alone', async () => {
  const { out } = await runCli(['demo', '10']);
  match(out, /One tenant writes as another/);
  ok(!out.includes('side by side'));
});
