import { passesEveryone } from '../../checks/passes-everyone.js';
import type { SpfResult } from '../../checks/results.js';
import { unreachable } from '../../words/unreachable.js';
import type { Action } from '../decision.js';
import type { ReasonCode } from '../reason-codes.js';
import { concern, type Finding, note } from '../finding.js';
import type { SpfVerdict } from '../vouchers.js';
import type { Case } from './case.js';

/** SPF: RFC 7208 8, "result handling". A failure counts only where nothing else vouches for From. */
export function spfRules(c: Case): readonly Finding[] {
  const findings = mailFromRules(c, c.v.spf);
  // For the null sender the HELO identity has been judged as MAIL FROM already (RFC 7208 2.4).
  if (c.v.spf.identity === 'helo' || c.v.spfHelo.status !== 'fail') return findings;
  const helo = c.v.spfHelo;
  return [
    ...findings,
    note(
      'spf-helo-fail',
      `the SPF record of ${helo.domain} says that this server may not use it as HELO name`,
      matchText(helo),
    ),
  ];
}

function mailFromRules(c: Case, spf: SpfResult): readonly Finding[] {
  const { policy } = c;
  switch (spf.status) {
    case 'pass':
      return passesEveryone(spf) ? [everyone(c, spf)] : [];
    case 'fail':
      return [
        unlessVouched(
          c,
          'spf-fail',
          policy.spfFail,
          `the SPF record of ${spf.domain}, the MAIL FROM domain, says that this server does not send for it`,
          matchText(spf),
        ),
      ];
    case 'softfail':
      return [
        unlessVouched(
          c,
          'spf-softfail',
          policy.spfSoftfail,
          `the SPF record of ${spf.domain}, the MAIL FROM domain, says that this server probably does not send for it`,
          matchText(spf),
        ),
      ];
    case 'neutral':
      return [
        note(
          'spf-neutral',
          `the SPF record of ${spf.domain} says neither yes nor no about this server`,
          matchText(spf),
        ),
      ];
    case 'none':
      return [none(c, spf)];
    case 'temperror':
      return [
        unlessVouched(
          c,
          'spf-temperror',
          insteadOf(policy.spfFail, policy.temperror),
          `SPF of ${spf.domain ?? 'MAIL FROM'} waits for ${spf.name}: ${spf.reason === 'deadline' ? 'time is up' : 'DNS did not answer'}`,
          `spf=temperror (${spf.cause ?? spf.reason})`,
        ),
      ];
    case 'permerror':
      return [
        unlessVouched(
          c,
          'spf-permerror',
          'accept',
          `SPF of ${spf.domain ?? 'MAIL FROM'} cannot be used, the fault is in the record of "${spf.faultIn}": ${spf.problem?.message ?? spf.reason}`,
          `spf=permerror (${spf.reason})`,
        ),
      ];
    default:
      return unreachable(spf);
  }
}

function none(c: Case, spf: Extract<SpfResult, { status: 'none' }>): Finding {
  const evidence = `spf=none (${spf.reason})`;
  switch (spf.reason) {
    case 'no-such-domain':
      return unlessVouched(
        c,
        'mail-from-no-such-domain',
        c.policy.spfFail,
        `the MAIL FROM domain ${spf.domain ?? ''} does not exist in DNS`,
        evidence,
      );
    case 'no-record':
      return note('spf-none', `${spf.domain ?? 'the domain of MAIL FROM'} publishes no SPF record`, evidence);
    case 'no-domain':
      return note('spf-none', 'neither MAIL FROM nor HELO names a domain that SPF could ask', evidence);
    default:
      return unreachable(spf.reason);
  }
}

function everyone(c: Case, spf: SpfVerdict): Finding {
  // Aligned, it is what a forger would use; for a MAIL FROM of another domain it is that domain's own trouble.
  return unlessVouched(
    c,
    'spf-everyone',
    c.who.spfEveryone === undefined ? 'accept' : 'flag',
    `SPF of ${spf.domain} passes through "${spf.matched}", which ${spf.range === 'any' ? 'every server there is' : `every server in ${spf.range ?? 'a vast range'}`} passes, so it vouches for nobody`,
    matchText(spf),
  );
}

/** What an answer that did not come might have cost: where a failure would be accepted, so is a missing answer. */
function insteadOf(failure: Action, temperror: Action): Action {
  switch (failure) {
    case 'accept':
    case 'flag':
      return failure;
    case 'quarantine':
    case 'reject':
    case 'defer':
    case 'discard':
      return temperror;
    default:
      return unreachable(failure);
  }
}

function unlessVouched(c: Case, code: ReasonCode, asks: Action, text: string, evidence: string): Finding {
  if (c.vouched || c.sealer !== undefined) return note(code, text, evidence);
  return concern(code, asks, text, evidence);
}

function matchText(spf: SpfVerdict): string {
  return `spf=${spf.status}, "${spf.matched}", decided in the record of "${spf.matchedIn}"`;
}
