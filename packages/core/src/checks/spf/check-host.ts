import { rfc } from '../../words/clause.js';
import { unreachable } from '../../words/unreachable.js';
import type { SpfNode } from '../results.js';
import type { IncludeMechanism } from './mechanism.js';
import { matchWithDns, matchWithoutDns } from './match-mechanism.js';
import { growNotReached, spentNode } from './evaluation-tree.js';
import { type Halt, type HostOutcome, type MechanismOutcome, NO_MATCH } from './outcome.js';
import type { Directive, DomainModifier, Qualifier, SpfRecord } from './record.js';
import { resolveTarget } from './resolve-target.js';
import { selectRecord } from './select-record.js';
import { dnsHalt, type SpfCheck } from './spf-check.js';
import { isMultiLabel } from './target-name.js';

const RFC7208_4_3 = rfc('7208', '4.3');
const RFC7208_4_4 = rfc('7208', '4.4');
const RFC7208_4_6 = rfc('7208', '4.6');
const RFC7208_4_6_4 = rfc('7208', '4.6.4');
const RFC7208_4_7 = rfc('7208', '4.7');
const RFC7208_5_2 = rfc('7208', '5.2');
const RFC7208_6_1 = rfc('7208', '6.1');

const COUNTED = { countsLookups: true } as const;

/**
 * check_host() of RFC 7208 4 for one domain; includes and redirects come back here.
 * @param domain as `targetName` gives it
 * @param nodes where the terms of this domain's record go
 * @param inside domains whose evaluation led here
 */
export async function checkHost(
  check: SpfCheck,
  domain: string,
  nodes: SpfNode[],
  inside: readonly string[],
): Promise<HostOutcome> {
  if (!isMultiLabel(domain)) {
    check.say(RFC7208_4_3, `${domain} has only one label`);
    return { status: 'none', reason: 'no-domain' };
  }
  const answer = await check.ask(RFC7208_4_4, domain, 'TXT');
  if (answer.kind === 'failed' || answer.kind === 'late') return dnsHalt(domain, answer);
  if (answer.kind !== 'records') {
    // Counts for the include or redirect that led here, not for the checked domain (RFC 7208 4.6.4).
    if (inside.length > 0) check.budget.noteVoid();
    return { status: 'none', reason: answer.kind === 'no-name' ? 'no-such-domain' : 'no-record' };
  }
  const record = selectRecord(check, domain, answer.records);
  return 'status' in record ? record : evaluate(check, domain, record, nodes, [...inside, domain]);
}

async function evaluate(
  check: SpfCheck,
  domain: string,
  record: SpfRecord,
  nodes: SpfNode[],
  inside: readonly string[],
): Promise<HostOutcome> {
  const { directives } = record;
  for (let i = 0; i < directives.length; i++) {
    const directive = directives[i];
    if (directive === undefined) break;
    const before = check.budget.cost();
    const children: SpfNode[] = [];
    const outcome = await matchDirective(check, domain, directive, children, inside);
    const term = { term: directive.text, domain, outcome: outcome.status, children };
    check.grow(nodes, spentNode(check, term, before));
    if (outcome.status === 'no-match') continue;
    growNotReached(check, domain, record, i + 1, nodes);
    if (outcome.status !== 'match') return outcome;
    const status = RESULT[directive.qualifier];
    check.say(RFC7208_4_6, `${domain}: ${directive.text} matches: ${status}`);
    return {
      status,
      matched: directive.text,
      matchedIn: outcome.matchedIn,
      range: outcome.range,
      recordDomain: domain,
      exp: record.exp,
    };
  }
  if (record.redirect !== undefined) return followRedirect(check, domain, record.redirect, nodes, inside);
  return defaultResult(check, domain);
}

function defaultResult(check: SpfCheck, domain: string): HostOutcome {
  check.say(RFC7208_4_7, `${domain}: no mechanism matches: neutral`);
  return {
    status: 'neutral',
    matched: 'default',
    matchedIn: domain,
    range: undefined,
    recordDomain: domain,
    exp: undefined,
  };
}

/** RFC 7208 4.6.2 */
const RESULT: Readonly<Record<Qualifier, 'pass' | 'fail' | 'softfail' | 'neutral'>> = {
  '+': 'pass',
  '-': 'fail',
  '~': 'softfail',
  '?': 'neutral',
};

function matchDirective(
  check: SpfCheck,
  domain: string,
  directive: Directive,
  children: SpfNode[],
  inside: readonly string[],
): MechanismOutcome | Promise<MechanismOutcome> {
  const { mechanism } = directive;
  switch (mechanism.kind) {
    case 'all':
    case 'ip4':
    case 'ip6':
      return matchWithoutDns(check, domain, mechanism);
    case 'include':
      return check.budget.beginTerm()
        ? matchInclude(check, domain, mechanism, children, inside)
        : lookupLimit(check, domain, directive.text);
    case 'a':
    case 'mx':
    case 'ptr':
    case 'exists':
      return check.budget.beginTerm()
        ? matchWithDns(check, domain, mechanism)
        : lookupLimit(check, domain, directive.text);
    default:
      return unreachable(mechanism);
  }
}

/** RFC 7208 5.2. The included record is evaluated as of the included domain: its `%{d}` is that domain. */
async function matchInclude(
  check: SpfCheck,
  domain: string,
  mechanism: IncludeMechanism,
  children: SpfNode[],
  inside: readonly string[],
): Promise<MechanismOutcome> {
  const target = await resolveTarget(check, mechanism.target, domain, COUNTED);
  if (target.status !== 'target') return target;
  const outcome = await checkBelow(check, domain, target.name, children, inside);
  switch (outcome.status) {
    case 'pass':
      return { status: 'match', matchedIn: outcome.matchedIn, range: outcome.range };
    case 'fail':
    case 'softfail':
    case 'neutral':
      return NO_MATCH;
    case 'temperror':
    case 'permerror':
      return outcome;
    case 'none':
      check.say(
        RFC7208_5_2,
        `${domain}: no record to include at ${target.name ?? 'a name that cannot be asked about'}`,
      );
      return { status: 'permerror', reason: 'include-none', faultIn: domain };
    default:
      return unreachable(outcome);
  }
}

/** RFC 7208 6.1: the target's result is the result; only "none" becomes permerror. */
async function followRedirect(
  check: SpfCheck,
  domain: string,
  redirect: DomainModifier,
  nodes: SpfNode[],
  inside: readonly string[],
): Promise<HostOutcome> {
  const before = check.budget.cost();
  const children: SpfNode[] = [];
  const outcome = await redirected();
  const reached =
    outcome.status === 'temperror' || outcome.status === 'permerror'
      ? outcome.status
      : outcome.status === 'none' || outcome.matched === 'default'
        ? 'no-match'
        : 'match';
  const term = { term: redirect.text, domain, outcome: reached, children } as const;
  check.grow(nodes, spentNode(check, term, before));
  return outcome;

  async function redirected(): Promise<HostOutcome> {
    if (!check.budget.beginTerm()) return lookupLimit(check, domain, redirect.text);
    const target = await resolveTarget(check, redirect.target, domain, COUNTED);
    if (target.status === 'no-match') return defaultResult(check, domain);
    if (target.status !== 'target') return target;
    const below = await checkBelow(check, domain, target.name, children, inside);
    if (below.status !== 'none') return below;
    check.say(RFC7208_6_1, `${redirect.text}: no record to go on with`);
    return { status: 'permerror', reason: 'redirect-none', faultIn: domain };
  }
}

async function checkBelow(
  check: SpfCheck,
  domain: string,
  name: string | undefined,
  children: SpfNode[],
  inside: readonly string[],
): Promise<HostOutcome> {
  if (name === undefined) {
    check.say(RFC7208_4_3, 'the target is no domain name');
    return { status: 'none', reason: 'no-domain' };
  }
  if (inside.includes(name)) {
    // The same domain, client and sender give the same terms again until the budget is gone: permerror either way.
    check.say(RFC7208_4_6_4, `${domain} leads back to ${name}`);
    return { status: 'permerror', reason: 'loop', faultIn: domain };
  }
  check.depth++;
  const outcome = await checkHost(check, name, children, inside);
  check.depth--;
  return outcome;
}

function lookupLimit(check: SpfCheck, domain: string, term: string): Halt {
  check.say(
    RFC7208_4_6_4,
    `${domain}: ${term} is one more term that asks DNS than the ${check.limits.dnsLookups} allowed`,
  );
  return { status: 'permerror', reason: 'lookup-limit', faultIn: domain };
}
