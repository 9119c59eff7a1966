import type {
  EnvelopeShape,
  ImpersonationFinding,
  ImpersonationResult,
  MismatchResult,
  OriginField,
  OriginResult,
} from '@truefrom/core';
import { finding, type Finding } from './finding.js';

const FIELD: Readonly<Record<OriginField, string>> = {
  mailfrom: 'MAIL FROM',
  from: 'From',
  sender: 'Sender',
};

/**
 * The origin rule in a sentence.
 * @param knowsOwnDomains whether the site named any domain as its own
 */
export function describeOrigin(origin: OriginResult, knowsOwnDomains: boolean): Finding {
  switch (origin.status) {
    case 'internal':
      return finding('internal', 'good', `logged in as ${origin.user}`);
    case 'spoofed-own-domain':
      return finding(
        'spoofed',
        'bad',
        `${origin.domain} is our own domain (in ${origin.fields.map((f) => FIELD[f]).join(', ')}), but nobody logged in`,
      );
    case 'exempt':
      return finding(
        'exempt',
        'good',
        `${origin.domain} is our own domain; nobody logged in, but ${exemption(origin)}`,
      );
    case 'external':
      return knowsOwnDomains
        ? finding('external', 'plain', 'no domain of ours in From, Sender or MAIL FROM')
        : finding('external', 'dim', 'no domain is known as our own (--own-domain)');
  }
}

function exemption(origin: OriginResult & { readonly status: 'exempt' }): string {
  switch (origin.by) {
    case 'dmarc-aligned':
      return `an aligned identity passed (${origin.detail})`;
    case 'connector':
      return `the client is a listed connector (${origin.detail})`;
    case 'spf-mailfrom':
      return `SPF passed for MAIL FROM (${origin.detail})`;
    case 'trusted-sealer':
      return `a trusted sealer vouches (${origin.detail})`;
  }
}

const SHAPE: Readonly<Record<EnvelopeShape, string>> = {
  srs: 'rewritten by a forwarder (SRS)',
  verp: 'one address per recipient (VERP)',
  batv: 'a signed bounce address (BATV)',
  list: 'a mailing list',
  esp: 'a known mailing service',
};

/** The mismatch rule in a sentence. */
export function describeMismatch(mismatch: MismatchResult): Finding {
  switch (mismatch.status) {
    case 'same':
      return finding('same', 'good', 'MAIL FROM and From are of the same domain');
    case 'same-organization':
      return finding('same org', 'good', 'MAIL FROM and From are of the same organisation');
    case 'not-applicable':
      return finding('n/a', 'dim', NOT_APPLICABLE[mismatch.reason]);
    case 'different': {
      const shapes = mismatch.shapes.map((shape) => SHAPE[shape]).join(', ');
      const what = `MAIL FROM says ${mismatch.mailFrom}, From says ${mismatch.from}${shapes === '' ? '' : `; ${shapes}`}`;
      return mismatch.excusedBy === undefined
        ? finding('different', 'bad', what)
        : finding('different', 'plain', `${what}; excused by ${EXCUSE[mismatch.excusedBy]}`);
    }
  }
}

const NOT_APPLICABLE = {
  'null-sender': 'MAIL FROM is empty, as in a bounce',
  'no-from': 'there is no readable From',
  'several-from': 'From names several authors',
} as const;

const EXCUSE = {
  dkim: 'the From domain’s own signature',
  dmarc: 'DMARC',
  arc: 'a trusted forwarder',
  login: 'the login',
} as const;

/** The signs of impersonation, one finding each. */
export function describeImpersonation(impersonation: ImpersonationResult): readonly Finding[] {
  switch (impersonation.status) {
    case 'clean':
      return [finding('clean', 'dim', 'no look-alike, no address hidden in a name')];
    case 'suspicious':
      return impersonation.findings.map(describeImpersonationFinding);
  }
}

function describeImpersonationFinding(found: ImpersonationFinding): Finding {
  const tone = found.confidence === 'high' ? 'bad' : found.confidence === 'medium' ? 'warn' : 'plain';
  const evidence = found.evidence === '' || found.text.includes(found.evidence) ? '' : `: ${found.evidence}`;
  return finding(found.confidence, tone, `${found.text}${evidence}`);
}
