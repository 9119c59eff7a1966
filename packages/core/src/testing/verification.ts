// A Verification for tests of what reads one: an honest message of a.example, changed where the test says so.
import type { DkimResult, DmarcRecord, SpfResult } from '../checks/results.js';
import type { Verification } from '../verify/verification.js';
import { parseDomain, type Domain } from '../words/domain.js';

/** A domain the test knows to be one. */
export function domain(name: string): Domain {
  const read = parseDomain(name);
  if (!read.ok) throw new TypeError(`test domain ${name}: ${read.problem.message}`);
  return read.value;
}

const trace = [] as const;
const spf = { check: 'spf', cost: { lookups: 1, voidLookups: 0 }, tree: [], trace } as const;

export const SPF_PASS = {
  ...spf,
  identity: 'mailfrom',
  status: 'pass',
  domain: domain('a.example'),
  sender: 'author@a.example',
  matched: 'ip4:192.0.2.0/24',
  matchedIn: domain('a.example'),
} as const satisfies SpfResult;

export const HELO_NONE = {
  ...spf,
  identity: 'helo',
  status: 'none',
  reason: 'no-record',
  domain: domain('mail.a.example'),
} as const satisfies SpfResult;

export const DKIM_PASS = {
  check: 'dkim',
  index: 0,
  trace,
  status: 'pass',
  domain: domain('a.example'),
  selector: 's1',
  identity: '@a.example',
  algorithm: 'rsa-sha256',
  signaturePrefix: 'dGVz/dHM',
  coversWholeBody: true,
  unsignedFields: [],
  keyBits: 2048,
  dnssec: 'unknown',
} as const satisfies DkimResult;

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

/** SPF, DKIM and DMARC pass for a.example. */
export function verification(changes: Partial<Verification> = {}): Verification {
  return {
    authorDomain: domain('a.example'),
    facts: { listFields: [], headerFields: 5, bytes: 1000, problems: [] },
    spf: SPF_PASS,
    spfHelo: HELO_NONE,
    dkim: [DKIM_PASS],
    dmarc: {
      check: 'dmarc',
      status: 'pass',
      trace,
      identities: [],
      authorDomain: domain('a.example'),
      policyDomain: domain('a.example'),
      organizationalDomain: domain('a.example'),
      publishedPolicy: 'reject',
      policy: 'reject',
      policyTag: 'p',
      testing: false,
      spfAligned: true,
      dkimAligned: true,
      record: RECORD,
    },
    arc: { check: 'arc', status: 'none', sets: [], trace },
    origin: { check: 'origin', status: 'external', trace },
    mismatch: { check: 'mismatch', status: 'same', alignedFrom: 'pass', shapes: [], trace },
    impersonation: { check: 'impersonation', status: 'clean', trace },
    ...changes,
  };
}
