import { type Domain, parseDomain } from '../words/domain.js';
import { type Action, ACTIONS } from './decision.js';
import { DEFAULT_POLICY } from './default-policy.js';
import { type Override, type Policy, POLICY_CHOICES, type PolicyChoices } from './policy.js';
import { isReasonCode, REASONS } from './reason-codes.js';

/** A defect in a policy file: where (`["overrides",0,"code"]`), and what to write instead. */
export interface PolicyProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

const OVERRIDE_KEYS = ['code', 'action', 'authorDomain', 'signedBy', 'spfPassFor', 'because'];
const MAX_OVERRIDES = 1000;

/**
 * Reads the JSON form of a policy (docs/policy.md). What is not given keeps its default; an unknown key is a problem.
 * @returns every problem with its path; with any of them, `policy` should not be used, though it is well-formed
 */
export function readPolicy(json: unknown): {
  readonly policy: Policy;
  readonly problems: readonly PolicyProblem[];
} {
  const problems: PolicyProblem[] = [];
  if (!isObject(json)) {
    problems.push({ path: [], message: 'a policy is an object of switches: {"dmarcReject": "careful"}' });
    return { policy: DEFAULT_POLICY, problems };
  }
  const known = [...Object.keys(POLICY_CHOICES), 'overrides'];
  for (const key of Object.keys(json)) checkKey(key, known, [], problems);
  const choices: PolicyChoices = {
    dmarcReject: choice('dmarcReject', json, problems),
    dmarcQuarantine: choice('dmarcQuarantine', json, problems),
    trustedArc: choice('trustedArc', json, problems),
    temperror: choice('temperror', json, problems),
    spfFail: choice('spfFail', json, problems),
    spfSoftfail: choice('spfSoftfail', json, problems),
    ownDomain: choice('ownDomain', json, problems),
    ownDomainEnvelope: choice('ownDomainEnvelope', json, problems),
    mismatch: choice('mismatch', json, problems),
    impersonationLow: choice('impersonationLow', json, problems),
    impersonationMedium: choice('impersonationMedium', json, problems),
    impersonationHigh: choice('impersonationHigh', json, problems),
    ambiguousFrom: choice('ambiguousFrom', json, problems),
    severalFromFields: choice('severalFromFields', json, problems),
    nobodyVouches: choice('nobodyVouches', json, problems),
    sharedServer: choice('sharedServer', json, problems),
    loginDiffers: choice('loginDiffers', json, problems),
  };
  return { policy: { ...choices, overrides: readOverrides(json['overrides'], problems) }, problems };
}

function choice<K extends keyof PolicyChoices>(
  key: K,
  json: Fields,
  problems: PolicyProblem[],
): PolicyChoices[K] {
  if (!Object.hasOwn(json, key)) return DEFAULT_POLICY[key];
  const words: readonly PolicyChoices[K][] = POLICY_CHOICES[key];
  const found = words.find((word) => word === json[key]);
  if (found !== undefined) return found;
  problems.push({ path: [key], message: `${show(json[key])} is no choice here: write ${list(words)}` });
  return DEFAULT_POLICY[key];
}

function readOverrides(value: unknown, problems: PolicyProblem[]): readonly Override[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push({ path: ['overrides'], message: 'overrides is a list: [{"code": ..., "action": ...}]' });
    return [];
  }
  if (value.length > MAX_OVERRIDES) {
    problems.push({
      path: ['overrides'],
      message: `${value.length} overrides: write at most ${MAX_OVERRIDES}`,
    });
    return [];
  }
  const overrides: Override[] = [];
  for (let i = 0; i < value.length; i++) {
    const override = readOverride(value[i], ['overrides', i], problems);
    if (override !== undefined) overrides.push(override);
  }
  return overrides;
}

function readOverride(value: unknown, path: Path, problems: PolicyProblem[]): Override | undefined {
  if (!isObject(value)) {
    problems.push({ path, message: 'an override is an object: {"code": "spf-fail", "action": "reject"}' });
    return undefined;
  }
  const before = problems.length;
  for (const key of Object.keys(value)) checkKey(key, OVERRIDE_KEYS, path, problems);
  const code = value['code'];
  if (typeof code !== 'string' || !isReasonCode(code)) {
    const near = typeof code === 'string' ? nearest(code, Object.keys(REASONS)) : undefined;
    const hint = near === undefined ? 'the codes are in docs/reasons.md' : `did you mean "${near}"?`;
    problems.push({ path: [...path, 'code'], message: `${show(code)} is no reason code: ${hint}` });
  }
  const action = ACTIONS.find((word) => word === value['action']);
  if (action === undefined)
    problems.push({
      path: [...path, 'action'],
      message: `${show(value['action'])} is no action: write ${list(ACTIONS)}`,
    });
  const because = value['because'];
  if (typeof because !== 'string' || because.trim() === '')
    problems.push({ path: [...path, 'because'], message: 'say why, for whoever reads this policy next' });
  const authorDomain = readDomain('authorDomain', value, path, problems);
  const signedBy = readDomain('signedBy', value, path, problems);
  const spfPassFor = readDomain('spfPassFor', value, path, problems);
  if (authorDomain !== undefined && isMild(action) && signedBy === undefined && spfPassFor === undefined)
    problems.push({
      path: [...path, 'authorDomain'],
      message: `anybody can write ${authorDomain} into From: to be milder with it, add "signedBy" or "spfPassFor"`,
    });
  if (
    problems.length > before ||
    typeof code !== 'string' ||
    !isReasonCode(code) ||
    action === undefined ||
    typeof because !== 'string'
  )
    return undefined;
  return {
    code,
    action,
    because,
    ...(authorDomain === undefined ? {} : { authorDomain }),
    ...(signedBy === undefined ? {} : { signedBy }),
    ...(spfPassFor === undefined ? {} : { spfPassFor }),
  };
}

/** Delivered at once, that is: a forger would be content with it. */
function isMild(action: Action | undefined): boolean {
  return action === 'accept' || action === 'flag';
}

function readDomain(key: string, value: Fields, path: Path, problems: PolicyProblem[]): Domain | undefined {
  if (!Object.hasOwn(value, key)) return undefined;
  const text = value[key];
  const read = typeof text === 'string' ? parseDomain(text) : undefined;
  if (read?.ok === true) return read.value;
  const why = read === undefined ? 'write a domain name' : read.problem.message;
  problems.push({ path: [...path, key], message: `${show(text)}: ${why}` });
  return undefined;
}

function checkKey(key: string, known: readonly string[], path: Path, problems: PolicyProblem[]): void {
  if (known.includes(key)) return;
  const near = nearest(key, known);
  const hint = near === undefined ? `known are ${list(known)}` : `did you mean "${near}"?`;
  problems.push({ path: [...path, key], message: `unknown key ${show(key)}: ${hint}` });
}

/** The known word that starts or ends alike, or differs in at most two letters from what was written. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const written = word.slice(0, 64).toLowerCase().replaceAll('_', '').replaceAll('-', '');
  let best: string | undefined;
  let least = 3;
  for (const candidate of known) {
    const away = distance(written, candidate.toLowerCase().replaceAll('-', ''));
    if (away < least) {
      least = away;
      best = candidate;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (next[j - 1] ?? 0) + 1,
          (row[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

function show(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) return 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function list(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(', ');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
