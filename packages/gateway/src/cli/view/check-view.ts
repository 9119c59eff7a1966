import {
  formatClause,
  formatMailbox,
  type Action,
  type Envelope,
  type Reason,
  type Rung,
  type Severity,
  type SiteFacts,
} from '@truefrom/core';
import type { CheckedMessage } from '../check/checked-message.js';
import type { Tone } from '../text/screen.js';
import { describeArc, describeDmarc } from './describe-dmarc.js';
import { describeDkim } from './describe-dkim.js';
import { describeImpersonation, describeMismatch, describeOrigin } from './describe-rules.js';
import { describeSpf } from './describe-spf.js';
import { finding, type Finding } from './finding.js';

/** One rung of the ladder as drawn. */
export interface RungView {
  readonly rung: Rung;
  readonly meaning: string;
  readonly state: 'reached' | 'below' | 'above';
}

/** One of the mechanisms, and what it said. */
export interface MechanismView {
  /** 1 to 5; the impersonation findings have none. */
  readonly number?: number;
  readonly name: string;
  readonly question: string;
  readonly findings: readonly Finding[];
}

export interface ReasonView {
  readonly severity: Severity;
  readonly tone: Tone;
  readonly code: string;
  readonly text: string;
  readonly evidence: string;
  readonly fix: string;
  readonly clause: string;
}

/** What text, HTML and demo draw: the same facts in the same order. Strings may hold words of strangers. */
export interface CheckView {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Things supposed, not known. */
  readonly notices: readonly string[];
  readonly rungs: readonly RungView[];
  readonly evidence: readonly string[];
  readonly notProven: readonly string[];
  readonly mechanisms: readonly MechanismView[];
  readonly action: Action;
  readonly actionTone: Tone;
  readonly actionMeaning: string;
  readonly rule: string;
  readonly reasons: readonly ReasonView[];
  readonly warning?: string;
  readonly reply?: string;
}

const RUNGS: readonly (readonly [Rung, string])[] = [
  ['author', 'the author’s own key signed it (S/MIME, OpenPGP)'],
  ['user', 'a server we trust checked the login of this user'],
  ['domain', 'the domain’s own key signed it (aligned DKIM)'],
  ['server', 'a server the domain lists sent it (aligned SPF)'],
  ['none', 'nobody vouches for the From'],
];

const ACTIONS: Readonly<Record<Action, readonly [Tone, string]>> = {
  accept: ['good', 'deliver it'],
  flag: ['warn', 'deliver it with a warning'],
  quarantine: ['warn', 'hold it until a person has looked'],
  reject: ['bad', 'refuse it while the sender’s server is still connected'],
  defer: ['warn', 'ask the sender’s server to come again later'],
  discard: ['bad', 'take it and drop it'],
};

const SEVERITIES: Readonly<Record<Severity, Tone>> = {
  info: 'dim',
  low: 'info',
  medium: 'warn',
  high: 'bad',
};

/** What was known of the session when the message was checked. */
export interface Session {
  readonly title: string;
  readonly envelope: Envelope;
  readonly site: SiteFacts;
  readonly notices: readonly string[];
  /** False where no client address was known: SPF had nothing to ask. */
  readonly clientKnown: boolean;
}

/** Arranges a checked message for people. */
export function checkView(checked: CheckedMessage, session: Session): CheckView {
  const { verification, assurance, decision } = checked;
  const reached = RUNGS.findIndex(([rung]) => rung === assurance.rung);
  const [actionTone, actionMeaning] = ACTIONS[decision.action];
  return {
    title: session.title,
    facts: factsOf(checked, session),
    notices: session.notices,
    rungs: RUNGS.map(([rung, meaning], i) => ({
      rung,
      meaning,
      state: i === reached ? 'reached' : i < reached ? 'above' : 'below',
    })),
    evidence: assurance.evidence,
    notProven: assurance.notProven,
    mechanisms: mechanismsOf(verification, session),
    action: decision.action,
    actionTone,
    actionMeaning,
    rule: decision.rule,
    reasons: decision.reasons.map(reasonView),
    ...(decision.warning !== undefined && { warning: decision.warning }),
    ...(decision.reply !== undefined && {
      reply: `${decision.reply.code} ${decision.reply.enhanced} ${decision.reply.text}`,
    }),
  };
}

function factsOf(checked: CheckedMessage, session: Session): [string, string][] {
  const { facts, authenticatedAs } = checked.verification;
  const { envelope } = session;
  const out: [string, string][] = [['From', facts.from ?? '(no From field)']];
  if (facts.subject !== undefined) out.push(['Subject', facts.subject]);
  out.push(['MAIL FROM', `<${envelope.mailFrom === null ? '' : formatMailbox(envelope.mailFrom)}>`]);
  const helo = envelope.helo === '' ? '' : `, which says it is ${envelope.helo}`;
  out.push(['Client', session.clientKnown ? `${envelope.clientIp}${helo}` : '(not known)']);
  if (authenticatedAs !== undefined) out.push(['Login', authenticatedAs]);
  return out;
}

function mechanismsOf(verification: CheckedMessage['verification'], session: Session): MechanismView[] {
  return [
    {
      number: 1,
      name: 'SPF',
      question: 'did a server the MAIL FROM domain trusts send it?',
      findings: spfFindings(verification, session),
    },
    {
      number: 2,
      name: 'DKIM',
      question: 'did a holder of the domain’s key sign it, and is it unchanged?',
      findings: dkimFindings(verification),
    },
    {
      number: 3,
      name: 'DMARC',
      question: 'does a passing identity align with From, and what does the domain ask for?',
      findings: dmarcFindings(verification),
    },
    {
      number: 4,
      name: 'Origin',
      question: 'our own domain, but nobody logged in?',
      findings: [describeOrigin(verification.origin, session.site.ownDomains.size > 0)],
    },
    {
      number: 5,
      name: 'Mismatch',
      question: 'do MAIL FROM and From differ?',
      findings: [describeMismatch(verification.mismatch)],
    },
    {
      name: 'Imitation',
      question: 'is somebody made to look like somebody else?',
      findings: describeImpersonation(verification.impersonation),
    },
  ];
}

function spfFindings({ spf, spfHelo }: CheckedMessage['verification'], session: Session): readonly Finding[] {
  if (!session.clientKnown)
    return [finding('unknown', 'dim', 'no client address is known, so SPF has nothing to check (give -i)')];
  const client = session.envelope.clientIp;
  const mailFrom = { ...describeSpf(spf, client), about: spf.identity === 'helo' ? 'HELO' : 'MAIL FROM' };
  const quiet = spfHelo.status === 'none' || (spfHelo.domain === spf.domain && spfHelo.status === spf.status);
  return quiet ? [mailFrom] : [mailFrom, { ...describeSpf(spfHelo, client), about: 'HELO' }];
}

function dkimFindings({ dkim }: CheckedMessage['verification']): readonly Finding[] {
  if (dkim.length === 0) return [finding('none', 'dim', 'the message is not signed')];
  return dkim.map(describeDkim);
}

function dmarcFindings({ dmarc, arc }: CheckedMessage['verification']): readonly Finding[] {
  const first = describeDmarc(dmarc);
  return arc.status === 'none' ? [first] : [first, { ...describeArc(arc), about: 'ARC' }];
}

function reasonView(reason: Reason): ReasonView {
  return {
    severity: reason.severity,
    tone: SEVERITIES[reason.severity],
    code: reason.code,
    text: reason.text,
    evidence: reason.evidence,
    fix: reason.fix,
    clause: formatClause(reason.clause),
  };
}
