import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_POLICY } from './default-policy.js';
import { POLICY_CHOICES, type PolicyChoices } from './policy.js';
import { readPolicy } from './read-policy.js';

const OVERRIDE = { code: 'spf-fail', action: 'reject', because: 'we publish -all everywhere' };

const rows: readonly [name: string, json: unknown, path: string, message: RegExp][] = [
  ['no object', [], '', /a policy is an object/],
  ['null', null, '', /a policy is an object/],
  ['unknown key, near a known one', { dmarcRejct: 'careful' }, 'dmarcRejct', /did you mean "dmarcReject"\?/],
  ['snake case', { own_domain: 'flag' }, 'own_domain', /did you mean "ownDomain"\?/],
  ['unknown key, like none', { colour: 1 }, 'colour', /known are "dmarcReject"/],
  ['__proto__ is a key like any', JSON.parse('{"__proto__": {}}'), '__proto__', /unknown key/],
  ['wrong word', { temperror: 'accept' }, 'temperror', /write "defer", "quarantine", "flag"/],
  ['RFC 7208 8.5: softfail does not reject', { spfSoftfail: 'reject' }, 'spfSoftfail', /no choice here/],
  ['wrong type', { mismatch: true }, 'mismatch', /true is no choice here/],
  ['overrides not a list', { overrides: {} }, 'overrides', /overrides is a list/],
  ['an override not an object', { overrides: ['x'] }, 'overrides.0', /an override is an object/],
  ['an unknown key in an override', over({ from: 'x' }), 'overrides.0.from', /unknown key/],
  ['an unknown code', over({ code: 'spf-fial' }), 'overrides.0.code', /did you mean "spf-fail"\?/],
  ['no action', over({ action: 'drop' }), 'overrides.0.action', /"drop" is no action/],
  ['no reason given', over({ because: ' ' }), 'overrides.0.because', /say why/],
  ['not a domain', over({ signedBy: 'a b' }), 'overrides.0.signedBy', /"a b": /],
  [
    'milder by From alone',
    over({ action: 'accept', authorDomain: 'bank.test' }),
    'overrides.0.authorDomain',
    /anybody can write bank\.test into From/,
  ],
  [
    'too many overrides',
    { overrides: Array.from({ length: 1001 }, () => OVERRIDE) },
    'overrides',
    /at most 1000/,
  ],
];

function over(changes: object): unknown {
  return { overrides: [{ ...OVERRIDE, ...changes }] };
}

for (const [name, json, path, message] of rows)
  test(`policy file: ${name}`, () => {
    const { problems } = readPolicy(json);
    equal(problems.length, 1, JSON.stringify(problems));
    equal(problems[0]?.path.join('.'), path);
    match(problems[0]?.message ?? '', message);
  });

test('policy file: what is not given keeps its default', () => {
  deepEqual(readPolicy({}), { policy: DEFAULT_POLICY, problems: [] });
  const { policy, problems } = readPolicy({ dmarcReject: 'always-reject' });
  deepEqual(problems, []);
  deepEqual(policy, { ...DEFAULT_POLICY, dmarcReject: 'always-reject' });
});

test('policy file: the default written out reads as the default', () => {
  deepEqual(readPolicy(JSON.parse(JSON.stringify(DEFAULT_POLICY))), { policy: DEFAULT_POLICY, problems: [] });
});

test('policy file: an override with every condition', () => {
  const full = { ...OVERRIDE, authorDomain: 'Bank.test', signedBy: 'bank.test.', spfPassFor: 'bank.test' };
  const { policy, problems } = readPolicy({ overrides: [full, { ...OVERRIDE, action: 'accept' }] });
  deepEqual(problems, []);
  equal(policy.overrides[0]?.authorDomain, 'bank.test');
  equal(policy.overrides[0]?.signedBy, 'bank.test');
  equal(policy.overrides.length, 2);
});

test('policy file: no default stands outside its choices, none is accept where a check would be switched off', () => {
  for (const [key, words] of Object.entries(POLICY_CHOICES))
    ok((words as readonly string[]).includes(DEFAULT_POLICY[key as keyof PolicyChoices]), key);
  ok(!(POLICY_CHOICES.temperror as readonly string[]).includes('accept'));
});

test('policy file: any JSON gives a policy and problems, never an exception', () => {
  const text = fc.oneof(fc.jsonValue(), fc.record({ overrides: fc.jsonValue(), spfFail: fc.jsonValue() }));
  fc.assert(
    fc.property(text, (json) => {
      const { policy, problems } = readPolicy(json);
      equal(readPolicy(policy).problems.length, 0);
      ok(problems.every(({ message }) => message.length > 0 && message.length < 2000));
    }),
    { numRuns: 300 },
  );
});

test('docs/policy.md lists every switch, its words and its default', () => {
  const page = readFileSync(new URL('../../../../../docs/policy.md', import.meta.url), 'utf8');
  for (const [key, words] of Object.entries(POLICY_CHOICES)) {
    const line = page.split('\n').find((l) => l.startsWith(`| \`${key}\``));
    ok(line !== undefined, `${key} is not in docs/policy.md`);
    for (const word of words) ok(line.includes(`\`${word}\``), `${key}: ${word} is not in docs/policy.md`);
    ok(line.includes(`**\`${DEFAULT_POLICY[key as keyof PolicyChoices]}\`**`), `${key}: default`);
  }
});

test('docs/policy.md: its examples are policies', () => {
  const page = readFileSync(new URL('../../../../../docs/policy.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  ok(examples.length >= 3);
  for (const example of examples) deepEqual(readPolicy(JSON.parse(example)).problems, [], example);
});
