import type { DmarcResult } from '../../checks/results.js';
import { unreachable } from '../../words/unreachable.js';
import { type Action, isStricter } from '../decision.js';
import { concern, type Finding, note } from '../finding.js';
import type { Case } from './case.js';

type Verdict = Extract<DmarcResult, { policyDomain: unknown }>;
type TempError = Extract<DmarcResult, { status: 'temperror' }>;

/** DMARC: RFC 9989 5.3.6, 5.4 and 7.4. */
export function dmarcRules(c: Case): readonly Finding[] {
  const { dmarc } = c.v;
  switch (dmarc.status) {
    case 'pass':
      return withSuffixList(dmarc, [
        note(
          'dmarc-pass',
          `DMARC passes for ${dmarc.authorDomain}: ${passedBy(dmarc)} aligns with it`,
          policyText(dmarc),
        ),
      ]);
    case 'fail':
      return withSuffixList(dmarc, failRules(c, dmarc));
    case 'none':
      return dmarc.reason === 'no-record' ? [noRecord(c)] : [noAuthorDomain(c, dmarc.problem?.message)];
    case 'permerror':
      return [permerror(c, dmarc)];
    case 'temperror':
      return [temperror(c, dmarc)];
    default:
      return unreachable(dmarc);
  }
}

function failRules(c: Case, dmarc: Verdict): readonly Finding[] {
  const evidence = policyText(dmarc);
  const findings: Finding[] = [];
  if (dmarc.testing && dmarc.publishedPolicy !== dmarc.policy)
    findings.push(
      note(
        'dmarc-testing',
        `${dmarc.policyDomain} asks for ${dmarc.publishedPolicy}, but with t=y only ${dmarc.policy} is applied`,
        evidence,
      ),
    );
  if (c.sealer !== undefined) {
    findings.push(
      note(
        'dmarc-arc-override',
        `DMARC fails for ${dmarc.authorDomain}, but the trusted sealer ${c.sealer.by} recorded a pass before forwarding`,
        `ARC instance ${c.sealer.instance}; ${evidence}`,
      ),
    );
    return findings;
  }
  if (dmarc.policy === 'none') {
    // RFC 9989 5.4: "p=none" must not modify existing mail handling.
    findings.push(
      concern(
        'dmarc-fail-monitored',
        'accept',
        `DMARC fails for ${dmarc.authorDomain}, which asks for reports only`,
        evidence,
      ),
    );
    return findings;
  }
  const waiting = undecided(c, dmarc);
  if (waiting !== undefined) {
    findings.push(waiting);
    return findings;
  }
  findings.push(dmarc.policy === 'quarantine' ? quarantine(c, dmarc) : reject(c, dmarc));
  return findings;
}

function quarantine(c: Case, dmarc: Verdict): Finding {
  return concern(
    'dmarc-quarantine',
    c.policy.dmarcQuarantine,
    `DMARC fails for ${dmarc.authorDomain}, which asks to treat such mail as suspicious`,
    policyText(dmarc),
  );
}

function reject({ indirect, policy }: Case, dmarc: Verdict): Finding {
  const evidence = policyText(dmarc);
  if (indirect.length === 0)
    return concern(
      'dmarc-reject',
      policy.dmarcReject === 'always-quarantine' ? 'quarantine' : 'reject',
      `DMARC fails for ${dmarc.authorDomain}, which asks to reject such mail, and nothing suggests a list or forwarder`,
      evidence,
    );
  return concern(
    'dmarc-reject-indirect',
    policy.dmarcReject === 'always-reject' ? 'reject' : 'quarantine',
    `DMARC fails for ${dmarc.authorDomain}, which asks to reject such mail; it may have come by way of a list or forwarder`,
    `${indirect.join('; ')}; ${evidence}`,
  );
}

/** RFC 9989 5.3.6: with a DNS error in the way the message neither passes nor fails. */
function undecided(c: Case, dmarc: Verdict): Finding | undefined {
  // MAIL FROM, selectors and chains are the stranger's choice: names chosen so that DNS fails never lead to the inbox
  // of a domain that asks for more.
  const asks: Action = isStricter(c.policy.temperror, 'quarantine') ? c.policy.temperror : 'quarantine';
  for (const identity of dmarc.identities)
    if (identity.status === 'temperror' && identity.alignment !== 'none')
      return concern(
        'dmarc-undecided',
        asks,
        `DMARC for ${dmarc.authorDomain} waits for ${identity.method === 'spf' ? 'SPF' : 'DKIM'} of ${identity.domain}: DNS did not answer`,
        policyText(dmarc),
      );
  const { arc } = c.v;
  if (c.policy.trustedArc === 'ignore' || arc.status !== 'temperror' || !arc.sets.some((set) => set.trusted))
    return undefined;
  return concern(
    'dmarc-undecided',
    asks,
    `DMARC fails for ${dmarc.authorDomain}; a trusted sealer may vouch for it, but DNS did not answer for its key`,
    `${arc.name}; ${policyText(dmarc)}`,
  );
}

function temperror(c: Case, dmarc: TempError): Finding {
  const author = c.v.authorDomain ?? 'the author domain';
  const text = `the DMARC record of ${author} could not be fetched`;
  if (wouldPassAnyway(c))
    return note('dmarc-undecided', `${text}, but DMARC would pass with any`, dmarc.name);
  return concern('dmarc-undecided', c.policy.temperror, text, dmarc.name);
}

/** An identity of exactly the author domain aligns under every record there can be (RFC 9989 4.4). */
function wouldPassAnyway({ v, who, sealer }: Case): boolean {
  if (sealer !== undefined) return true;
  return (
    who.dkim.some(({ domain }) => domain === v.authorDomain) ||
    (who.spf !== undefined && who.spf.domain === v.authorDomain)
  );
}

function noRecord(c: Case): Finding {
  const author = c.v.authorDomain ?? 'the author domain';
  if (c.who.spf === undefined && c.who.dkim.length === 0)
    return note('dmarc-none', `${author} publishes no DMARC record`, author);
  const by =
    c.who.dkim.length > 0 ? `DKIM of ${c.who.dkim[0]?.domain ?? ''}` : `SPF of ${c.who.spf?.domain ?? ''}`;
  return note(
    'aligned-without-dmarc',
    `${by} passes for ${author}, which publishes no DMARC record`,
    c.who.dkim.length > 0 ? 'dkim=pass' : 'spf=pass',
  );
}

function noAuthorDomain(c: Case, problem: string | undefined): Finding {
  const { from } = c.v.facts;
  if (from === undefined)
    return concern('from-missing', c.policy.ambiguousFrom, 'the message has no From field', 'From: absent');
  return concern(
    'from-unreadable',
    c.policy.ambiguousFrom,
    `the From field names no domain${problem === undefined ? '' : `: ${problem}`}`,
    from,
  );
}

function permerror(c: Case, dmarc: Extract<DmarcResult, { status: 'permerror' }>): Finding {
  const from = c.v.facts.from ?? '';
  const why = dmarc.problem === undefined ? '' : `: ${dmarc.problem.message}`;
  switch (dmarc.reason) {
    case 'multiple-author-domains':
      return concern(
        'from-several-domains',
        c.policy.ambiguousFrom,
        'From names authors in several domains, so DMARC cannot judge it',
        from,
      );
    case 'unreadable-from':
      return concern('from-unreadable', c.policy.ambiguousFrom, `the From field cannot be read${why}`, from);
    case 'syntax':
      // RFC 9989 4.7: a record that is not valid is as good as none. Its owner should still hear of it.
      return concern(
        'dmarc-record-invalid',
        'accept',
        `the DMARC record of ${c.v.authorDomain ?? 'the author domain'} is not valid${why}`,
        dmarc.problem?.code ?? 'dmarc=permerror',
      );
    default:
      return unreachable(dmarc.reason);
  }
}

function withSuffixList(dmarc: Verdict, findings: readonly Finding[]): readonly Finding[] {
  const view = dmarc.suffixList;
  if (view === undefined || view.status === dmarc.status) return findings;
  const org = view.organizationalDomain;
  return [
    ...findings,
    note(
      'dmarc-suffix-list-differs',
      `DMARC is ${dmarc.status} by tree walk (RFC 9989), but ${view.status} for receivers with a public suffix list (RFC 7489)`,
      `organizational domain ${dmarc.organizationalDomain} by tree walk, ${org ?? 'none'} by suffix list`,
    ),
  ];
}

function passedBy(dmarc: Verdict): string {
  for (const { method, domain, counts } of dmarc.identities)
    if (counts && (method === 'dkim') === dmarc.dkimAligned)
      return `${method === 'dkim' ? 'DKIM' : 'SPF'} of ${domain}`;
  return 'a passing identity';
}

function policyText(dmarc: Verdict): string {
  return `dmarc=${dmarc.status}, ${dmarc.policyTag}=${dmarc.publishedPolicy} at ${dmarc.policyDomain}`;
}
