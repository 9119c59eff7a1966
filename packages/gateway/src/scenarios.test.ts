import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  assess,
  decide,
  MemoryResolver,
  readZone,
  verifyMessage,
  type Assurance,
  type Decision,
  type Verification,
} from '@truefrom/core';
import { nodeCrypto } from '@truefrom/core/node';
import { BatchCaches } from './cli/batch/batch-caches.js';
import { readBatchLine } from './cli/batch/read-batch-line.js';
import { loadPublicSuffixes } from './resolver/index.js';
import { readExpected, readScenario, scenarioNames, type ScenarioLine } from './testing/scenario.js';

const BIN = fileURLToPath(new URL('../../bin/truefrom.mjs', import.meta.url));
const ZONE = fileURLToPath(new URL('../../../../e2e/zone.json', import.meta.url));
const SITE = { authservId: 'mx.test', ownDomains: new Set<never>(), trustedSealers: new Set<never>() };

interface Answer {
  readonly id: string;
  readonly verification: Verification;
  readonly assurance: Assurance;
  readonly decision: Decision;
  readonly headers: readonly string[];
}

const names = scenarioNames();
let answers: Promise<ReadonlyMap<string, readonly [ScenarioLine, Answer]>> | undefined;

/** All scenarios in one run of the program as it is installed. */
async function checked(name: string): Promise<readonly [ScenarioLine, Answer]> {
  answers ??= runAll();
  const found = (await answers).get(name);
  if (found === undefined) throw new Error(`${name} has no answer`);
  return found;
}

async function runAll(): Promise<ReadonlyMap<string, readonly [ScenarioLine, Answer]>> {
  const lines = await Promise.all(names.map(readScenario));
  const input = lines.map((line) => JSON.stringify(line)).join('\n');
  const args = [BIN, 'check', '--batch', '-', '-n', ZONE, '--json'];
  const run = spawnSync(process.execPath, args, { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const out = run.stdout.split('\n').filter((line) => line !== '');
  if (out.length !== lines.length) throw new Error(`exit ${run.status ?? '?'}: ${run.stderr}${run.stdout}`);
  return new Map(lines.map((line, at) => [line.id, [line, JSON.parse(out[at] ?? '') as Answer]] as const));
}

for (const name of names) {
  const { clause, story, action, rung, rule, counts, notes = [] } = readExpected(name);
  test(`${clause === undefined ? 'scenario' : clause}: ${name}`, async () => {
    const [, answer] = await checked(name);
    const { decision, assurance } = answer;
    const weighing = decision.reasons.filter(({ severity }) => severity !== 'info').map(({ code }) => code);
    deepEqual(
      { action: decision.action, rule: decision.rule, rung: assurance.rung, counts: weighing.sort() },
      { action, rule, rung, counts },
      `${story}\n${decision.reasons.map((r) => `${r.severity} ${r.code}: ${r.text} [${r.evidence}]`).join('\n')}`,
    );
    const codes: readonly string[] = decision.reasons.map(({ code }) => code);
    for (const code of notes) ok(codes.includes(code), `${code} is missing in ${codes.join(' ')}`);
    // A message that is accepted warns nobody.
    equal(decision.warning !== undefined, action === 'flag');
  });
  test(`scenario, library: ${name}`, async () => {
    const [line, answer] = await checked(name);
    const item = readBatchLine(Buffer.from(JSON.stringify(line)), 1, new BatchCaches(), SITE);
    if ('error' in item || item.message === undefined) throw new Error(`line of ${name}`);
    const verification = await verifyMessage(item.message, item.envelope, item.site ?? SITE, {
      resolver: new MemoryResolver(readZone(line.dns).zone),
      crypto: nodeCrypto(),
      clock: { now: () => item.time ?? new Date(0) },
      publicSuffixes: await loadPublicSuffixes(),
    });
    const again = { verification, assurance: assess(verification), decision: decide(verification) };
    deepEqual(JSON.parse(JSON.stringify(again)), {
      verification: answer.verification,
      assurance: answer.assurance,
      decision: answer.decision,
    });
  });
}

test('scenarios: at least 45, each with its story', () => {
  ok(names.length >= 45, `${names.length} scenarios`);
  for (const name of names) ok(readExpected(name).story.length > 20, name);
});
