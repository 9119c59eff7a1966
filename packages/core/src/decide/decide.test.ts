import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { DkimResult, DmarcResult, SpfResult } from '../checks/results.js';
import {
  ARC_NONE,
  arcPass,
  arcSet,
  ATTACKER,
  AUTHOR,
  cleanVerification,
  DIFFERENT,
  dkimFail,
  dkimPass,
  dmarcNone,
  dmarcOver,
  domain,
  matched,
  ownDomain,
  spfNone,
  spfPermerror,
  spfTemperror,
  spfVerdict,
  suspicion,
} from '../testing/verdicts.js';
import type { Verification } from '../verify/verification.js';
import { own, rfc } from '../words/clause.js';
import { decide } from './decide.js';
import type { Action } from './decision.js';
import { DEFAULT_POLICY } from './default-policy.js';
import type { Policy } from './policy.js';
import { type ReasonCode, REASONS } from './reason-codes.js';

interface Row {
  readonly name: string;
  readonly v: Verification;
  readonly policy?: Partial<Policy>;
  readonly action: Action;
  /** Reason that set the action, or `default`. */
  readonly rule: ReasonCode | 'default';
  /** Reasons that must be there besides. */
  readonly with?: readonly ReasonCode[];
  /** Reasons that must not. */
  readonly without?: readonly ReasonCode[];
}

const PASS = spfVerdict('pass');
const FAIL = spfVerdict('fail', AUTHOR, { matched: '-all', range: 'any' });
const ELSEWHERE = spfVerdict('pass', ATTACKER);
const LIST = { ...cleanVerification().facts, listFields: ['List-Id'] };
const LIST_DOMAIN = domain('lists.test');
const FORWARDER = domain('forwarder.test');
const NO_FROM = { listFields: [], headerFields: 5, bytes: 900, problems: [] };

/** Nothing aligned: DMARC fails with this policy. */
function forged(policy: 'none' | 'quarantine' | 'reject', changes: Partial<Verification> = {}): Verification {
  const spf = changes.spf ?? FAIL;
  const dkim = changes.dkim ?? [];
  return cleanVerification({ spf, dkim, dmarc: dmarcOver(policy, spf, dkim), ...changes });
}

/** The author domain has no DMARC record. */
function unprotected(changes: Partial<Verification> = {}): Verification {
  return cleanVerification({
    spf: spfNone('no-record', AUTHOR),
    dkim: [],
    dmarc: dmarcNone(),
    ...changes,
  });
}

function suspicious(
  kind: Parameters<typeof suspicion>[0],
  confidence?: 'low' | 'medium' | 'high',
): Verification {
  return cleanVerification({
    impersonation: {
      check: 'impersonation',
      status: 'suspicious',
      findings: [suspicion(kind, confidence)],
      trace: [],
    },
  });
}

function dmarcPermerror(reason: Extract<DmarcResult, { status: 'permerror' }>['reason']): DmarcResult {
  return { check: 'dmarc', status: 'permerror', reason, identities: [], trace: [] };
}

const DMARC_TEMPERROR: DmarcResult = {
  check: 'dmarc',
  status: 'temperror',
  reason: 'dns',
  name: '_dmarc.example.com',
  authorDomain: AUTHOR,
  identities: [],
  trace: [],
};

const SIGNATURE = { check: 'dkim', index: 0, domain: AUTHOR, selector: 's1', trace: [] } as const;
const DKIM_TEMPERROR: DkimResult = {
  ...SIGNATURE,
  status: 'temperror',
  reason: 'dns',
  name: 's1._domainkey.example.com',
};
const ARC_TEMPERROR = {
  check: 'arc',
  status: 'temperror',
  reason: 'dns',
  name: 'arc._domainkey.forwarder.test',
  trace: [],
} as const;

const EVERYONE = spfVerdict('pass', AUTHOR, { matched: '+all', range: 'any' });

const stories: readonly Row[] = [
  {
    name: 'story: legitimate mail',
    v: cleanVerification(),
    action: 'accept',
    rule: 'default',
    with: ['dmarc-pass'],
    without: ['nobody-vouches', 'server-shared'],
  },
  {
    name: 'story: server not in the SPF record',
    v: unprotected({ spf: FAIL }),
    action: 'flag',
    rule: 'spf-fail',
    with: ['nobody-vouches', 'dmarc-none', 'dkim-none'],
  },
  {
    name: 'story: forged From behind a passing SPF, no DMARC record',
    v: unprotected({ spf: ELSEWHERE, mismatch: DIFFERENT }),
    action: 'flag',
    rule: 'mail-from-differs',
    with: ['nobody-vouches'],
  },
  {
    name: 'story: forged From behind a passing SPF, p=reject',
    v: forged('reject', { spf: ELSEWHERE, mismatch: DIFFERENT }),
    action: 'reject',
    rule: 'dmarc-reject',
    with: ['mail-from-differs'],
  },
  {
    name: 'story: signed mail altered on the way, SPF still passes',
    v: cleanVerification({ dkim: [dkimFail()] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-fail', 'dmarc-pass'],
  },
  {
    name: 'story: signed mail altered on the way, nothing else passes',
    v: forged('reject', { dkim: [dkimFail()] }),
    action: 'quarantine',
    rule: 'dmarc-reject-indirect',
    with: ['dkim-fail'],
  },
  {
    name: 'story: DKIM passes for another domain than From',
    v: forged('quarantine', { spf: ELSEWHERE, dkim: [dkimPass(ATTACKER)], mismatch: DIFFERENT }),
    action: 'quarantine',
    rule: 'dmarc-quarantine',
  },
  {
    name: 'story: own domain without login',
    v: unprotected({ origin: ownDomain(['from', 'mailfrom']), spf: FAIL }),
    action: 'reject',
    rule: 'own-domain-unauthenticated',
    with: ['spf-fail'],
  },
  {
    name: 'story: one tenant of a shared provider writes as another, SPF passes',
    v: cleanVerification({
      dkim: [],
      spf: spfVerdict('pass', AUTHOR, {
        matched: 'include:spf.protection.outlook.com',
        matchedIn: domain('spf.protection.outlook.com'),
        range: '40.92.0.0/15',
        tree: [
          matched('include:spf.protection.outlook.com', AUTHOR, [
            matched('ip4:40.92.0.0/15', domain('spf.protection.outlook.com')),
          ]),
        ],
      }),
    }),
    action: 'accept',
    rule: 'default',
    with: ['server-shared', 'dmarc-pass'],
  },
];

const dmarcRows: readonly Row[] = [
  {
    name: 'RFC 9989 5.3.6: p=reject, nothing suggests a list',
    v: forged('reject'),
    action: 'reject',
    rule: 'dmarc-reject',
  },
  {
    name: 'RFC 9989 5.3.6: p=quarantine',
    v: forged('quarantine'),
    action: 'quarantine',
    rule: 'dmarc-quarantine',
  },
  {
    name: 'RFC 9989 7.4: p=reject with list fields is not rejected',
    v: forged('reject', { facts: LIST }),
    action: 'quarantine',
    rule: 'dmarc-reject-indirect',
  },
  {
    name: 'RFC 9989 7.4: p=reject with an ARC chain of strangers is not rejected, nor accepted',
    v: forged('reject', { arc: arcPass(ATTACKER) }),
    action: 'quarantine',
    rule: 'dmarc-reject-indirect',
    with: ['arc-untrusted'],
  },
  {
    name: 'RFC 9989 7.4: a broken signature of another domain suggests nothing',
    v: forged('reject', { dkim: [dkimFail(ATTACKER)] }),
    action: 'reject',
    rule: 'dmarc-reject',
  },
  {
    name: 'policy: always-reject',
    v: forged('reject', { facts: LIST }),
    policy: { dmarcReject: 'always-reject' },
    action: 'reject',
    rule: 'dmarc-reject-indirect',
  },
  {
    name: 'policy: always-quarantine',
    v: forged('reject'),
    policy: { dmarcReject: 'always-quarantine' },
    action: 'quarantine',
    rule: 'dmarc-reject',
  },
  {
    name: 'policy: dmarcQuarantine flag',
    v: forged('quarantine'),
    policy: { dmarcQuarantine: 'flag' },
    action: 'flag',
    rule: 'dmarc-quarantine',
  },
  {
    name: 'RFC 9989 5.4: p=none changes nothing by itself',
    v: forged('none', { spf: spfNone('no-record', AUTHOR) }),
    action: 'accept',
    rule: 'default',
    with: ['dmarc-fail-monitored', 'nobody-vouches', 'spf-none'],
  },
  {
    name: 'RFC 9989 4.7: t=y lowers reject to quarantine',
    v: forged('quarantine', {
      dmarc: dmarcOver('quarantine', FAIL, [], { publishedPolicy: 'reject', testing: true }),
    }),
    action: 'quarantine',
    rule: 'dmarc-quarantine',
    with: ['dmarc-testing'],
  },
  {
    name: 'RFC 9989 5.3.6: DMARC record cannot be fetched',
    v: unprotected({ dmarc: DMARC_TEMPERROR, spf: ELSEWHERE }),
    action: 'defer',
    rule: 'dmarc-undecided',
  },
  {
    name: 'RFC 9989 5.3.6: a record not fetched does not matter where every record would pass',
    v: cleanVerification({ dmarc: DMARC_TEMPERROR }),
    action: 'accept',
    rule: 'default',
    with: ['dmarc-undecided'],
  },
  {
    name: 'RFC 9989 5.3.6: a subdomain aligns only under a relaxed record, so a record not fetched matters',
    v: cleanVerification({
      dmarc: DMARC_TEMPERROR,
      spf: spfVerdict('pass', domain('bounce.example.com')),
      dkim: [],
    }),
    action: 'defer',
    rule: 'dmarc-undecided',
  },
  {
    name: 'policy: temperror flag',
    v: unprotected({ dmarc: DMARC_TEMPERROR, spf: ELSEWHERE }),
    policy: { temperror: 'flag' },
    action: 'flag',
    rule: 'dmarc-undecided',
  },
  {
    name: 'RFC 9989 5.3.6: fails while an aligned SPF waits for DNS',
    v: forged('reject', { spf: spfTemperror() }),
    action: 'defer',
    rule: 'dmarc-undecided',
    with: ['spf-temperror'],
  },
  {
    name: 'RFC 9989 5.3.6: fails while an aligned DKIM key waits for DNS',
    v: forged('reject', { dkim: [DKIM_TEMPERROR] }),
    action: 'defer',
    rule: 'dmarc-undecided',
    with: ['dkim-temperror'],
  },
  {
    name: 'a selector chosen so that DNS fails does not lead to the inbox',
    v: forged('reject', { dkim: [DKIM_TEMPERROR] }),
    policy: { temperror: 'flag' },
    action: 'quarantine',
    rule: 'dmarc-undecided',
  },
  {
    name: 'DNS trouble of another domain does not defer',
    v: forged('reject', { spf: spfTemperror(ATTACKER) }),
    action: 'reject',
    rule: 'dmarc-reject',
  },
  {
    name: 'SPF temperror does not matter where DKIM makes DMARC pass',
    v: cleanVerification({ spf: spfTemperror() }),
    action: 'accept',
    rule: 'default',
    with: ['spf-temperror', 'dmarc-pass'],
  },
  {
    name: 'RFC 9989 5.3.2: no record',
    v: unprotected(),
    action: 'accept',
    rule: 'default',
    with: ['dmarc-none', 'nobody-vouches'],
  },
  {
    name: 'RFC 9989 5.3.2: no record, yet aligned',
    v: unprotected({ spf: PASS }),
    action: 'accept',
    rule: 'default',
    with: ['aligned-without-dmarc'],
    without: ['dmarc-none', 'nobody-vouches'],
  },
  {
    name: 'RFC 9989 4.7: a record that is not valid is as good as none',
    v: unprotected({ dmarc: dmarcPermerror('syntax') }),
    action: 'accept',
    rule: 'default',
    with: ['dmarc-record-invalid'],
  },
  {
    name: 'RFC 9989 11.1: SPF "+all" makes DMARC pass, and is flagged',
    v: cleanVerification({ spf: EVERYONE, dkim: [] }),
    action: 'flag',
    rule: 'spf-everyone',
    with: ['dmarc-pass', 'nobody-vouches'],
  },
  {
    name: 'RFC 9989 11.1: two halves of the Internet are "+all" as well',
    v: cleanVerification({
      spf: spfVerdict('pass', AUTHOR, { matched: 'ip4:0.0.0.0/1', range: '0.0.0.0/1' }),
      dkim: [],
    }),
    action: 'flag',
    rule: 'spf-everyone',
  },
  {
    name: 'RFC 9989 11.1: SPF "+all" does no harm beside an aligned signature',
    v: cleanVerification({ spf: EVERYONE }),
    action: 'accept',
    rule: 'default',
    with: ['spf-everyone'],
  },
  {
    name: 'a /8 is a network, not everyone',
    v: cleanVerification({
      spf: spfVerdict('pass', AUTHOR, { matched: 'ip4:10.0.0.0/8', range: '10.0.0.0/8' }),
      dkim: [],
    }),
    action: 'accept',
    rule: 'default',
    without: ['spf-everyone'],
  },
  {
    name: 'RFC 9989 A.5: suffix-list receivers see it otherwise',
    v: cleanVerification({
      dmarc: dmarcOver('reject', PASS, [dkimPass()], { suffixList: { status: 'fail' } }),
    }),
    action: 'accept',
    rule: 'default',
    with: ['dmarc-suffix-list-differs'],
  },
];

const arcRows: readonly Row[] = [
  {
    name: 'RFC 8617 7.2.1: a trusted sealer overrides a DMARC failure',
    v: forged('reject', { arc: arcPass(FORWARDER, AUTHOR) }),
    action: 'accept',
    rule: 'dmarc-arc-override',
    without: ['nobody-vouches', 'arc-untrusted'],
  },
  {
    name: 'RFC 8617 7.2.1: not for another author domain',
    v: forged('reject', { arc: arcPass(FORWARDER, ATTACKER) }),
    action: 'quarantine',
    rule: 'dmarc-reject-indirect',
  },
  {
    name: 'policy: trustedArc ignore',
    v: forged('quarantine', { arc: arcPass(FORWARDER, AUTHOR) }),
    policy: { trustedArc: 'ignore' },
    action: 'quarantine',
    rule: 'dmarc-quarantine',
  },
  {
    name: 'RFC 8617 5.2: a broken chain is no chain',
    v: cleanVerification({
      arc: { check: 'arc', status: 'fail', instance: 1, reason: 'seal-signature', sets: [], trace: [] },
    }),
    action: 'accept',
    rule: 'default',
    with: ['arc-fail'],
  },
  {
    name: 'a key of a trusted sealer that cannot be fetched defers',
    v: forged('reject', { arc: { ...ARC_TEMPERROR, sets: [arcSet(FORWARDER, true)] } }),
    action: 'defer',
    rule: 'dmarc-undecided',
    with: ['arc-temperror'],
  },
  {
    name: 'a key of a stranger that cannot be fetched does not',
    v: forged('quarantine', { arc: { ...ARC_TEMPERROR, sets: [arcSet(ATTACKER, false)] } }),
    action: 'quarantine',
    rule: 'dmarc-quarantine',
    with: ['arc-temperror'],
  },
  {
    name: 'a trusted sealer does not excuse a look-alike',
    v: forged('reject', {
      arc: arcPass(FORWARDER, AUTHOR),
      impersonation: suspicious('lookalike-domain', 'high').impersonation,
    }),
    action: 'quarantine',
    rule: 'lookalike-domain',
    with: ['dmarc-arc-override'],
  },
];

const spfRows: readonly Row[] = [
  {
    name: 'RFC 7208 8.4: fail does not count where a signature vouches for From',
    v: cleanVerification({ spf: FAIL }),
    action: 'accept',
    rule: 'default',
    with: ['spf-fail'],
  },
  {
    name: 'RFC 9989 7.1: SPF fail does not reject what DMARC passes by a signature, whatever the site says of SPF',
    v: cleanVerification({ spf: FAIL }),
    policy: { spfFail: 'reject' },
    action: 'accept',
    rule: 'default',
    with: ['spf-fail'],
  },
  {
    name: 'RFC 7208 8.4: fail may reject where the site says so',
    v: unprotected({ spf: FAIL }),
    policy: { spfFail: 'reject' },
    action: 'reject',
    rule: 'spf-fail',
  },
  {
    name: 'RFC 7208 8.5: softfail by default',
    v: unprotected({ spf: spfVerdict('softfail') }),
    action: 'accept',
    rule: 'default',
    with: ['spf-softfail'],
  },
  {
    name: 'RFC 7208 8.5: softfail where the site says flag',
    v: unprotected({ spf: spfVerdict('softfail') }),
    policy: { spfSoftfail: 'flag' },
    action: 'flag',
    rule: 'spf-softfail',
  },
  {
    name: 'RFC 7208 8.2: neutral is none',
    v: unprotected({ spf: spfVerdict('neutral') }),
    action: 'accept',
    rule: 'default',
    with: ['spf-neutral'],
  },
  {
    name: 'RFC 7208 8.1: no domain to ask',
    v: unprotected({ spf: spfNone('no-domain') }),
    action: 'accept',
    rule: 'default',
    with: ['spf-none'],
  },
  {
    name: 'MAIL FROM in a domain that does not exist',
    v: unprotected({ spf: spfNone('no-such-domain', ATTACKER) }),
    action: 'flag',
    rule: 'mail-from-no-such-domain',
  },
  {
    name: 'RFC 7208 8.6: temperror costs what a fail would have',
    v: unprotected({ spf: spfTemperror() }),
    action: 'flag',
    rule: 'spf-temperror',
  },
  {
    name: 'RFC 7208 8.6: temperror defers where a fail would reject',
    v: unprotected({ spf: spfTemperror() }),
    policy: { spfFail: 'reject' },
    action: 'defer',
    rule: 'spf-temperror',
  },
  {
    name: 'RFC 7208 8.7: permerror',
    v: unprotected({ spf: spfPermerror() }),
    action: 'accept',
    rule: 'default',
    with: ['spf-permerror'],
  },
  {
    name: 'RFC 7208 2.3: HELO fails',
    v: cleanVerification({ spfHelo: { ...spfVerdict('fail', domain('mx.test')), identity: 'helo' } }),
    action: 'accept',
    rule: 'default',
    with: ['spf-helo-fail'],
  },
  {
    name: 'RFC 7208 2.4: for the null sender HELO is judged once',
    v: unprotected({
      spf: { ...spfVerdict('fail'), identity: 'helo' },
      spfHelo: { ...spfVerdict('fail'), identity: 'helo' },
    }),
    action: 'flag',
    rule: 'spf-fail',
    without: ['spf-helo-fail'],
  },
];

const dkimRows: readonly Row[] = [
  {
    name: 'RFC 6376 6.1: a broken signature is no signature',
    v: unprotected({ dkim: [dkimFail()] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-fail'],
  },
  {
    name: 'RFC 6376 3.6.1: a passing signature in test mode vouches for nobody',
    v: unprotected({ dkim: [dkimPass(AUTHOR, { testing: true })] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-testing', 'nobody-vouches'],
  },
  {
    name: 'RFC 6376 8.2: a body signed in part vouches for nobody',
    v: unprotected({ dkim: [dkimPass(AUTHOR, { coversWholeBody: false })] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-partial-body', 'nobody-vouches'],
  },
  ...(
    [
      ['RFC 8301 3.1: rsa-sha1 vouches for nobody', 'sha1'],
      ['RFC 8301 3.2: a short key vouches for nobody', 'weak-key'],
      ['policy: a key too large to compute with', 'large-key'],
      ['policy: more signatures than are tried', 'too-many'],
      ['policy: a body too long to hash', 'body-too-long'],
    ] as const
  ).map(([name, reason]): Row => ({
    name,
    v: unprotected({ dkim: [{ ...SIGNATURE, status: 'policy', reason, keyBits: 768 }] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-not-accepted', 'nobody-vouches'],
  })),
  {
    name: 'RFC 6376 6.1.1: permerror',
    v: unprotected({ dkim: [{ ...SIGNATURE, status: 'permerror', reason: 'key-revoked' }] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-permerror'],
  },
  ...(['expired', 'not-yet-valid'] as const).map((reason): Row => ({
    name: `RFC 6376 3.5: ${reason}`,
    v: unprotected({ dkim: [{ ...SIGNATURE, status: 'neutral', reason }] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-expired'],
  })),
  {
    name: 'RFC 6376 6.1.2: the key cannot be fetched, no DMARC record',
    v: unprotected({ dkim: [DKIM_TEMPERROR] }),
    action: 'accept',
    rule: 'default',
    with: ['dkim-temperror'],
  },
];

const originRows: readonly Row[] = [
  {
    name: 'origin: after login every check only informs',
    v: forged('reject', {
      origin: { check: 'origin', status: 'internal', user: 'Jane@Example.com', trace: [] },
      authenticatedAs: 'Jane@Example.com',
      mismatch: DIFFERENT,
    }),
    action: 'accept',
    rule: 'authenticated-session',
    with: ['dmarc-reject', 'mail-from-differs'],
    without: ['login-differs-from-author'],
  },
  {
    name: 'origin: after login as somebody else than From',
    v: cleanVerification({
      origin: { check: 'origin', status: 'internal', user: 'bob@example.com', trace: [] },
    }),
    action: 'accept',
    rule: 'authenticated-session',
    with: ['login-differs-from-author'],
  },
  {
    name: 'policy: loginDiffers reject',
    v: cleanVerification({ origin: { check: 'origin', status: 'internal', user: 'bob', trace: [] } }),
    policy: { loginDiffers: 'reject' },
    action: 'reject',
    rule: 'login-differs-from-author',
  },
  {
    name: 'origin: a login does not make the domain of a stranger ours',
    v: forged('reject', { authenticatedAs: 'bob@own.test' }),
    action: 'reject',
    rule: 'dmarc-reject',
    with: ['login-differs-from-author'],
    without: ['authenticated-session'],
  },
  {
    name: 'origin: own domain where only a lenient reader finds it, beside an author who signs for himself',
    v: cleanVerification({
      origin: { ...ownDomain(['from']), address: { localPart: 'boss', domain: domain('own.test') } },
      dmarc: dmarcNone(),
    }),
    action: 'reject',
    rule: 'own-domain-unauthenticated',
    without: ['own-domain-vouched'],
  },
  {
    name: 'origin: own domain back from a mailing list',
    v: unprotected({
      origin: ownDomain(['from']),
      facts: LIST,
      spf: spfVerdict('pass', LIST_DOMAIN),
      dkim: [dkimFail()],
    }),
    action: 'quarantine',
    rule: 'own-domain-indirect',
  },
  {
    name: 'origin: own domain, SPF passes, no DMARC record',
    v: unprotected({ origin: ownDomain(['from', 'mailfrom']), spf: PASS }),
    action: 'flag',
    rule: 'own-domain-vouched',
  },
  {
    name: 'origin: own domain, own DKIM key, no DMARC record',
    v: unprotected({ origin: ownDomain(['from']), dkim: [dkimPass()] }),
    action: 'accept',
    rule: 'default',
    with: ['own-domain-vouched'],
  },
  {
    name: 'origin: own domain, SPF "+all" vouches for nobody',
    v: unprotected({ origin: ownDomain(['from', 'mailfrom']), spf: EVERYONE }),
    action: 'reject',
    rule: 'own-domain-unauthenticated',
  },
  {
    name: 'origin: own domain in MAIL FROM only',
    v: unprotected({ origin: ownDomain(['mailfrom']), spf: FAIL }),
    action: 'quarantine',
    rule: 'own-domain-envelope',
  },
  {
    name: 'origin: own domain in Sender',
    v: unprotected({ origin: ownDomain(['sender']), spf: ELSEWHERE }),
    action: 'quarantine',
    rule: 'own-domain-envelope',
  },
  ...(['accept', 'flag', 'quarantine', 'reject', 'discard'] as const).map((ownDomainSwitch): Row => ({
    name: `policy: ownDomain ${ownDomainSwitch}`,
    v: unprotected({ origin: ownDomain(['from']) }),
    policy: { ownDomain: ownDomainSwitch },
    action: ownDomainSwitch,
    rule: ownDomainSwitch === 'accept' ? 'default' : 'own-domain-unauthenticated',
    with: ['own-domain-unauthenticated'],
  })),
  ...(['dmarc-aligned', 'connector', 'trusted-sealer', 'spf-mailfrom'] as const).map((by): Row => ({
    name: `origin: exempt by ${by}`,
    v: unprotected({
      origin: { check: 'origin', status: 'exempt', domain: AUTHOR, by, detail: '192.0.2.0/24', trace: [] },
    }),
    action: 'accept',
    rule: 'default',
    with: ['own-domain-exempt'],
  })),
];

const mismatchRows: readonly Row[] = [
  {
    name: 'mismatch: shape of a list whose domain is authenticated',
    v: unprotected({
      spf: spfVerdict('pass', LIST_DOMAIN),
      mismatch: { ...DIFFERENT, mailFrom: LIST_DOMAIN, shapes: ['list', 'verp'] },
    }),
    action: 'accept',
    rule: 'default',
    with: ['mail-from-differs-explained'],
  },
  {
    name: 'mismatch: shape of a list that nobody authenticates',
    v: unprotected({ mismatch: { ...DIFFERENT, shapes: ['list'] } }),
    action: 'flag',
    rule: 'mail-from-differs',
  },
  ...(['srs', 'list', 'esp'] as const).map((shape): Row => ({
    name: `mismatch: ${shape}, signed by the domain of MAIL FROM`,
    v: unprotected({ dkim: [dkimPass(ATTACKER)], mismatch: { ...DIFFERENT, shapes: [shape] } }),
    action: 'accept',
    rule: 'default',
    with: ['mail-from-differs-explained'],
  })),
  ...(['verp', 'batv'] as const).map((shape): Row => ({
    name: `mismatch: ${shape} is a way to write a return address, no reason for another organization`,
    v: unprotected({ dkim: [dkimPass(ATTACKER)], mismatch: { ...DIFFERENT, shapes: [shape] } }),
    action: 'flag',
    rule: 'mail-from-differs',
  })),
  ...(['dkim', 'dmarc', 'arc', 'login'] as const).map((excusedBy): Row => ({
    name: `mismatch: excused by ${excusedBy}`,
    v: cleanVerification({ spf: ELSEWHERE, mismatch: { ...DIFFERENT, excusedBy } }),
    action: 'accept',
    rule: 'default',
    with: ['mail-from-differs-explained'],
  })),
  ...(['null-sender', 'no-from', 'several-from'] as const).map((reason): Row => ({
    name: `mismatch: ${reason} is no mismatch`,
    v: cleanVerification({
      mismatch: {
        check: 'mismatch',
        status: 'not-applicable',
        reason,
        alignedFrom: 'null_sender',
        shapes: [],
        trace: [],
      },
    }),
    action: 'accept',
    rule: 'default',
    without: ['mail-from-differs', 'mail-from-differs-explained'],
  })),
  {
    name: 'mismatch: same organization',
    v: cleanVerification({
      mismatch: {
        check: 'mismatch',
        status: 'same-organization',
        alignedFrom: 'orgdomain_pass',
        shapes: [],
        trace: [],
      },
    }),
    action: 'accept',
    rule: 'default',
    without: ['mail-from-differs'],
  },
];

const fromRows: readonly Row[] = [
  {
    name: 'RFC 5322 3.6: no From',
    v: noAuthor(dmarcNone('no-author-domain'), NO_FROM),
    action: 'quarantine',
    rule: 'from-missing',
  },
  {
    name: 'RFC 9989 5.3.1: From names no domain',
    v: noAuthor(dmarcNone('no-author-domain')),
    action: 'quarantine',
    rule: 'from-unreadable',
  },
  {
    name: 'RFC 9989 11.5: From cannot be read',
    v: noAuthor(dmarcPermerror('unreadable-from')),
    action: 'quarantine',
    rule: 'from-unreadable',
  },
  {
    name: 'RFC 9989 11.5: authors in several domains',
    v: noAuthor(dmarcPermerror('multiple-author-domains')),
    action: 'quarantine',
    rule: 'from-several-domains',
  },
  {
    name: 'policy: ambiguousFrom reject',
    v: noAuthor(dmarcPermerror('multiple-author-domains')),
    policy: { ambiguousFrom: 'reject' },
    action: 'reject',
    rule: 'from-several-domains',
  },
  {
    name: 'RFC 5322 3.6: several From fields, though all checks pass',
    v: suspicious('several-from-fields', 'low'),
    action: 'reject',
    rule: 'from-several-fields',
  },
  {
    name: 'RFC 5322 3.6.2: parsers disagree on the domain, though all checks pass',
    v: suspicious('parsers-disagree', 'high'),
    action: 'quarantine',
    rule: 'from-parsers-disagree',
  },
  ...(
    [
      ['parsers-disagree', 'from-parsers-disagree'],
      ['unreadable-from', 'from-unreadable'],
    ] as const
  ).flatMap(([kind, code]): Row[] => [
    {
      name: `RFC 5322 3.6.2: ${kind} in one domain, which vouches`,
      v: suspicious(kind, 'low'),
      action: 'accept',
      rule: 'default',
      with: [code],
    },
    {
      name: `RFC 5322 3.6.2: ${kind} in one domain, and nobody vouches`,
      v: unprotected({ impersonation: suspicious(kind, 'low').impersonation }),
      action: 'quarantine',
      rule: code,
    },
    {
      name: `RFC 5322 3.6.2: ${kind}, and no author domain to vouch`,
      v: noAuthor(dmarcPermerror('unreadable-from'), suspicious(kind, 'low').facts),
      action: 'quarantine',
      rule: 'from-unreadable',
    },
  ]),
  ...(
    [
      ['several-from-mailboxes', 'from-several-mailboxes'],
      ['address-in-display-name', 'display-name-address'],
      ['invisible-characters', 'from-invisible-characters'],
      ['protected-name', 'protected-name'],
      ['lookalike-domain', 'lookalike-domain'],
      ['reply-to-elsewhere', 'reply-to-elsewhere'],
      ['sender-elsewhere', 'sender-elsewhere'],
    ] as const
  ).flatMap(([kind, code]): Row[] => [
    {
      name: `RFC 9989 11.4: ${kind}, low`,
      v: suspicious(kind, 'low'),
      action: 'accept',
      rule: 'default',
      with: [code],
    },
    { name: `RFC 9989 11.4: ${kind}, medium`, v: suspicious(kind), action: 'flag', rule: code },
    { name: `RFC 9989 11.4: ${kind}, high`, v: suspicious(kind, 'high'), action: 'quarantine', rule: code },
  ]),
  {
    name: 'RFC 5322 2.2: header not well-formed',
    v: withProblem('message/bare-lf'),
    action: 'accept',
    rule: 'default',
    with: ['message-malformed'],
    without: ['message-over-limits'],
  },
  ...(['message/header-too-long', 'message/too-many-fields'] as const).map((code): Row => ({
    name: `a second From may hide behind the limit: ${code}`,
    v: withProblem(code),
    action: 'quarantine',
    rule: 'message-over-limits',
  })),
];

function noAuthor(dmarc: DmarcResult, facts = cleanVerification().facts): Verification {
  const { author, ...rest } = cleanVerification({ dmarc, facts, authorDomain: undefined });
  ok(author);
  return rest;
}

function withProblem(
  code: 'message/bare-lf' | 'message/header-too-long' | 'message/too-many-fields',
): Verification {
  const { facts } = cleanVerification();
  const problem = { code, at: 9, clause: rfc('5322', '2.2'), message: 'seen' };
  return cleanVerification({ facts: { ...facts, problems: [problem] } });
}

const produced = new Set<ReasonCode>();

for (const row of [
  ...stories,
  ...dmarcRows,
  ...arcRows,
  ...spfRows,
  ...dkimRows,
  ...originRows,
  ...mismatchRows,
  ...fromRows,
])
  // Not named after the clause alone: fed with made-up results, these rows do not show that a check does what it says.
  test(`decide: ${row.name}`, () => {
    const decision = decide(row.v, { ...DEFAULT_POLICY, ...row.policy });
    const codes = decision.reasons.map(({ code }) => code);
    for (const code of codes) produced.add(code);
    deepEqual({ action: decision.action, rule: decision.rule }, { action: row.action, rule: row.rule });
    for (const code of row.with ?? []) ok(codes.includes(code), `${code} is missing in ${codes.join(' ')}`);
    for (const code of row.without ?? []) ok(!codes.includes(code), `${code} in ${codes.join(' ')}`);
    equal(decision.reply !== undefined, row.action === 'reject' || row.action === 'defer');
    equal(decision.warning !== undefined, row.action === 'flag');
  });

test('every reason code is produced by some row above', () => {
  deepEqual(
    Object.keys(REASONS).filter((code) => !produced.has(code as ReasonCode)),
    [],
  );
});

test('every entry of the catalogue says something in each part', () => {
  for (const [code, entry] of Object.entries(REASONS)) {
    match(code, /^[a-z]+(?:-[a-z]+)*$/);
    for (const part of [entry.title, entry.text, entry.why, entry.fix])
      ok(part.trim().length > 3 || part === 'Nothing.', `${code}: ${part}`);
    ok(entry.severity === 'info' || entry.warning !== undefined || entry.severity === 'low', code);
  }
});

test('a decision is plain data and the same each time', () => {
  const v = forged('reject', { mismatch: DIFFERENT });
  const decision = decide(v);
  deepEqual(JSON.parse(JSON.stringify(decision)), decision);
  deepEqual(decide(v), decision);
});

test('reasons: most serious first', () => {
  const asks = decide(
    forged('reject', {
      mismatch: DIFFERENT,
      impersonation: suspicious('protected-name', 'high').impersonation,
    }),
  ).reasons.map((reason) => reason.asks);
  deepEqual(asks.slice(0, 4), ['reject', 'quarantine', 'flag', 'flag']);
  ok(asks.slice(4).every((a) => a === 'accept'));
});

test('the same defect of From seen by two checks is one reason, the stricter one', () => {
  const v = noAuthor(dmarcPermerror('unreadable-from'));
  const { reasons } = decide({ ...v, impersonation: suspicious('unreadable-from').impersonation });
  equal(reasons.filter(({ code }) => code === 'from-unreadable').length, 1);
});

const replies: readonly [string, Verification, Partial<Policy>, number, string][] = [
  ['RFC 7372 3.3: DMARC', forged('reject'), {}, 550, '5.7.26'],
  ['RFC 7372 3.2: SPF fail', unprotected({ spf: FAIL }), { spfFail: 'reject' }, 550, '5.7.23'],
  ['RFC 7372 3.2: SPF temperror', unprotected({ spf: spfTemperror() }), { spfFail: 'reject' }, 451, '4.7.24'],
  ['RFC 7372 3.3: nobody vouches', unprotected(), { nobodyVouches: 'reject' }, 550, '5.7.26'],
  ['RFC 3463 3.8: own domain', unprotected({ origin: ownDomain(['from']) }), {}, 550, '5.7.1'],
  ['RFC 3463 3.7: several From fields', suspicious('several-from-fields'), {}, 550, '5.6.0'],
  [
    'RFC 3463 3.2: MAIL FROM domain does not exist',
    unprotected({ spf: spfNone('no-such-domain', ATTACKER) }),
    { spfFail: 'reject' },
    550,
    '5.1.8',
  ],
  [
    'RFC 3463 3.8: look-alike',
    suspicious('lookalike-domain'),
    { impersonationMedium: 'reject' },
    550,
    '5.7.1',
  ],
  [
    'RFC 3463 3.8: login differs',
    cleanVerification({ origin: { check: 'origin', status: 'internal', user: 'bob', trace: [] } }),
    { loginDiffers: 'reject' },
    550,
    '5.7.1',
  ],
  ['RFC 9989 7.2: defer is a 4yz reply', unprotected({ dmarc: DMARC_TEMPERROR }), {}, 451, '4.7.0'],
];
for (const [name, v, policy, code, enhanced] of replies)
  test(`reply, ${name}`, () => {
    const { reply, rule } = decide(v, { ...DEFAULT_POLICY, ...policy });
    deepEqual([reply?.code, reply?.enhanced], [code, enhanced]);
    match(reply?.text ?? '', /^[\x20-\x7e]{1,480}$/);
    ok(reply?.text.endsWith(`[${rule}]`));
  });

test('reply, RFC 9989 7.2: a DMARC refusal has the word DMARC and the domain in it', () => {
  match(decide(forged('reject')).reply?.text ?? '', /DMARC.*example\.com/);
});

test('policy: an override by a signature, not by From alone', () => {
  const policy: Policy = {
    ...DEFAULT_POLICY,
    overrides: [
      { code: 'mail-from-differs', action: 'accept', signedBy: ATTACKER, because: 'our invoicing service' },
      { code: 'spf-softfail', action: 'quarantine', authorDomain: AUTHOR, because: 'they never softfail' },
    ],
  };
  const differs = { mismatch: DIFFERENT, spf: spfNone('no-record', ATTACKER) };
  equal(decide(unprotected(differs), policy).action, 'flag');
  const signed = decide(unprotected({ ...differs, dkim: [dkimPass(ATTACKER)] }), policy);
  equal(signed.action, 'accept');
  ok(signed.reasons.some(({ text }) => text.endsWith('(policy: our invoicing service)')));
  equal(decide(unprotected({ spf: spfVerdict('softfail') }), policy).action, 'quarantine');
  const other = unprotected({ spf: spfVerdict('softfail'), authorDomain: ATTACKER });
  equal(decide(other, policy).action, 'accept');
});

test('policy: an override by SPF holds only where SPF passes for that domain', () => {
  const policy: Policy = {
    ...DEFAULT_POLICY,
    overrides: [{ code: 'mail-from-differs', action: 'accept', spfPassFor: ATTACKER, because: 'partner' }],
  };
  equal(decide(unprotected({ spf: ELSEWHERE, mismatch: DIFFERENT }), policy).action, 'accept');
  const failing: SpfResult = spfVerdict('softfail', ATTACKER);
  equal(decide(unprotected({ spf: failing, mismatch: DIFFERENT }), policy).action, 'flag');
});

test('a rule of our own is explained in docs', () => {
  const pages = Object.values(REASONS)
    .filter(({ clause }) => clause.document === own('').document)
    .map(({ clause }) => clause.section);
  deepEqual([...new Set(pages)].sort(), ['impersonation', 'mismatch', 'origin', 'policy']);
});

test('an ARC chain of none changes nothing', () => {
  deepEqual(decide(cleanVerification({ arc: ARC_NONE })), decide(cleanVerification()));
});
