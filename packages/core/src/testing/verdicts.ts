// Verifications for tests, made by hand: what the checks would have found, without running them.
import type {
  ArcResult,
  DkimResult,
  DmarcPolicy,
  DmarcRecord,
  DmarcResult,
  ImpersonationFinding,
  ImpersonationKind,
  SpfNode,
  SpfResult,
} from '../checks/results.js';
import type { Verification } from '../verify/verification.js';
import type { Domain } from '../words/domain.js';

/** A domain name of a test, known to be well-formed. */
export function domain(name: string): Domain {
  return name as Domain;
}

export const AUTHOR: Domain = domain('example.com');
export const ATTACKER: Domain = domain('evil.test');

const SPF_COMMON = {
  check: 'spf',
  identity: 'mailfrom',
  cost: { lookups: 0, voidLookups: 0 },
  tree: [],
  trace: [],
} as const;

type SpfWord = 'pass' | 'fail' | 'softfail' | 'neutral';

/** An SPF verdict by `matched`, in the record of the domain itself unless said otherwise. */
export function spfVerdict(
  status: SpfWord,
  name: Domain = AUTHOR,
  more: { matched?: string; matchedIn?: string; range?: string; tree?: readonly SpfNode[] } = {},
): Extract<SpfResult, { matched: string }> {
  const matched = more.matched ?? (status === 'pass' ? 'ip4:192.0.2.1' : '-all');
  return { ...SPF_COMMON, domain: name, status, matched, matchedIn: more.matchedIn ?? name, ...more };
}

export function spfNone(reason: 'no-domain' | 'no-record' | 'no-such-domain', name?: Domain): SpfResult {
  return { ...SPF_COMMON, status: 'none', reason, ...(name === undefined ? {} : { domain: name }) };
}

export function spfTemperror(name: Domain = AUTHOR): SpfResult {
  return { ...SPF_COMMON, status: 'temperror', reason: 'dns', domain: name, name, cause: 'servfail' };
}

export function spfPermerror(name: Domain = AUTHOR): SpfResult {
  return { ...SPF_COMMON, status: 'permerror', reason: 'lookup-limit', domain: name, faultIn: name };
}

/** One node that matched, with what matched below it. */
export function matched(term: string, name: Domain, children: readonly SpfNode[] = []): SpfNode {
  return { term, domain: name, outcome: 'match', lookups: 1, voidLookups: 0, children };
}

export function dkimPass(
  name: Domain = AUTHOR,
  more: { index?: number; coversWholeBody?: boolean; testing?: boolean; unsignedFields?: string[] } = {},
): Extract<DkimResult, { status: 'pass' }> {
  return {
    check: 'dkim',
    status: 'pass',
    index: 0,
    domain: name,
    selector: 's1',
    coversWholeBody: true,
    unsignedFields: [],
    keyBits: 2048,
    dnssec: 'unknown',
    trace: [],
    ...more,
  };
}

export function dkimFail(name: Domain = AUTHOR, index = 0): DkimResult {
  return {
    check: 'dkim',
    status: 'fail',
    reason: 'body-hash',
    index,
    domain: name,
    selector: 's1',
    trace: [],
  };
}

const RECORD: DmarcRecord = {
  policy: 'reject',
  policyPresent: true,
  dkimAlignment: 'relaxed',
  spfAlignment: 'relaxed',
  psd: 'u',
  testing: false,
  aggregateReports: [],
  failureReports: [],
  failureOptions: [],
  warnings: [],
};

type Verdict = Extract<DmarcResult, { policyDomain: unknown }>;

/** DMARC over these SPF and DKIM results: an identity counts when it passed for the author domain or below it. */
export function dmarcOver(
  policy: DmarcPolicy,
  spf: SpfResult,
  dkim: readonly DkimResult[],
  more: Partial<Verdict> = {},
): Verdict {
  const identities = [];
  const aligns = (name: Domain): 'strict' | 'relaxed' | 'none' =>
    name === AUTHOR ? 'strict' : name.endsWith(`.${AUTHOR}`) ? 'relaxed' : 'none';
  if (spf.domain !== undefined)
    identities.push({
      method: 'spf' as const,
      domain: spf.domain,
      status: spf.status,
      alignment: aligns(spf.domain),
      counts: spf.status === 'pass' && aligns(spf.domain) !== 'none',
    });
  for (const d of dkim)
    if (d.domain !== undefined)
      identities.push({
        method: 'dkim' as const,
        domain: d.domain,
        status: d.status,
        alignment: aligns(d.domain),
        counts: d.status === 'pass' && d.coversWholeBody && aligns(d.domain) !== 'none',
        index: d.index,
      });
  const spfAligned = identities.some((i) => i.method === 'spf' && i.counts);
  const dkimAligned = identities.some((i) => i.method === 'dkim' && i.counts);
  return {
    check: 'dmarc',
    status: spfAligned || dkimAligned ? 'pass' : 'fail',
    authorDomain: AUTHOR,
    policyDomain: AUTHOR,
    organizationalDomain: AUTHOR,
    publishedPolicy: policy,
    policy,
    policyTag: 'p',
    testing: false,
    spfAligned,
    dkimAligned,
    record: { ...RECORD, policy },
    identities,
    trace: [],
    ...more,
  };
}

export function dmarcNone(reason: 'no-record' | 'no-author-domain' = 'no-record'): DmarcResult {
  return { check: 'dmarc', status: 'none', reason, wouldPass: false, identities: [], trace: [] };
}

export const ARC_NONE: ArcResult = { check: 'arc', status: 'none', sets: [], trace: [] };

/** A chain of one seal that verifies; with `vouchedFor`, the sealer is trusted and vouches for that domain. */
export function arcPass(by: Domain, vouchedFor?: Domain): ArcResult {
  return {
    check: 'arc',
    status: 'pass',
    sets: [arcSet(by, vouchedFor !== undefined)],
    sealedBy: [by],
    oldestPass: 0,
    trace: [],
    ...(vouchedFor === undefined ? {} : { vouchedFor: { authorDomain: vouchedFor, by, instance: 1 } }),
  };
}

export function arcSet(by: Domain, trusted: boolean): ArcResult['sets'][number] {
  return {
    instance: 1,
    sealedBy: by,
    selector: 'arc',
    chainValidation: 'none',
    trusted,
    authenticationResults: `${by}; dmarc=pass`,
  };
}

export function suspicion(
  kind: ImpersonationKind,
  confidence: ImpersonationFinding['confidence'] = 'medium',
): ImpersonationFinding {
  return { kind, confidence, evidence: 'From: "Boss" <x@evil.test>', text: `seen: ${kind}` };
}

/** A message of jane@example.com to which nobody could object: SPF, DKIM and DMARC pass, DMARC asks to reject. */
export function cleanVerification(changes: Partial<Verification> = {}): Verification {
  const spf = changes.spf ?? spfVerdict('pass');
  const dkim = changes.dkim ?? [dkimPass()];
  const base: Verification = {
    authorDomain: AUTHOR,
    author: { localPart: 'jane', domain: AUTHOR },
    facts: {
      from: 'Jane <jane@example.com>',
      subject: 'Minutes',
      listFields: [],
      headerFields: 8,
      bytes: 2048,
      problems: [],
    },
    spf,
    spfHelo: { ...spfNone('no-record', domain('mx.example.com')), identity: 'helo' },
    dkim,
    dmarc: dmarcOver('reject', spf, dkim),
    arc: ARC_NONE,
    origin: { check: 'origin', status: 'external', trace: [] },
    mismatch: { check: 'mismatch', status: 'same', alignedFrom: 'domain_pass', shapes: [], trace: [] },
    impersonation: { check: 'impersonation', status: 'clean', trace: [] },
  };
  return { ...base, ...changes };
}

/** MAIL FROM of the attacker, From of example.com. */
export const DIFFERENT: Extract<Verification['mismatch'], { status: 'different' }> = {
  check: 'mismatch',
  status: 'different',
  alignedFrom: 'fail',
  mailFrom: ATTACKER,
  from: AUTHOR,
  shapes: [],
  trace: [],
};

/** Own domain example.com, named without login. */
export function ownDomain(
  fields: readonly ('from' | 'mailfrom' | 'sender')[],
): Extract<Verification['origin'], { status: 'spoofed-own-domain' }> {
  return {
    check: 'origin',
    status: 'spoofed-own-domain',
    domain: AUTHOR,
    field: fields[0] ?? 'from',
    address: { localPart: 'boss', domain: AUTHOR },
    fields,
    trace: [],
  };
}
