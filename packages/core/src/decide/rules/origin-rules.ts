import type { OriginResult } from '../../checks/results.js';
import { formatMailbox } from '../../words/mailbox.js';
import { unreachable } from '../../words/unreachable.js';
import { milder } from '../decision.js';
import { concern, type Finding, note } from '../finding.js';
import { loginIsAuthor } from '../login-of-author.js';
import { sharedPath } from '../shared-path.js';
import type { Case } from './case.js';

type Spoofed = Extract<OriginResult, { status: 'spoofed-own-domain' }>;

/** "Our own domain, but nobody logged in" (docs/policy.md). */
export function originRules(c: Case): readonly Finding[] {
  const { origin } = c.v;
  switch (origin.status) {
    case 'external':
      // A login for our own domains does not make a stranger's domain ours: the checks for mail from outside stand.
      return c.v.authenticatedAs === undefined ? [] : differsRules(c, c.v.authenticatedAs);
    case 'internal':
      return sessionRules(c, origin.user);
    case 'exempt':
      return [exemptRule(c, origin)];
    case 'spoofed-own-domain':
      return [origin.fields.includes('from') ? fromRule(c, origin) : envelopeRule(c, origin)];
    default:
      return unreachable(origin);
  }
}

function sessionRules(c: Case, user: string): readonly Finding[] {
  const session = note('authenticated-session', `this server authenticated ${user}`, `login ${user}`);
  return [session, ...differsRules(c, user)];
}

function differsRules(c: Case, user: string): readonly Finding[] {
  if (c.v.author !== undefined && loginIsAuthor(user, c.v.author, c.v)) return [];
  const author = c.v.author === undefined ? undefined : formatMailbox(c.v.author);
  return [
    concern(
      'login-differs-from-author',
      c.policy.loginDiffers,
      `${user} logged in, but From is ${author ?? 'no single address'}`,
      `login ${user}; From ${author ?? c.v.facts.from ?? 'absent'}`,
    ),
  ];
}

function exemptRule(c: Case, origin: Extract<OriginResult, { status: 'exempt' }>): Finding {
  // A DMARC record does not make a shared server safer than it is without one (`fromRule`).
  const shared =
    origin.by === 'dmarc-aligned' && c.who.dkim.length === 0 && c.who.spf !== undefined
      ? sharedPath(c.who.spf)
      : undefined;
  if (shared !== undefined)
    return concern(
      'own-domain-vouched',
      milder(c.policy.ownDomain, 'flag'),
      `From is in your domain ${origin.domain} and nobody logged in; DMARC passes by SPF alone, through "${shared.term}", which every customer of ${shared.by.provider} passes`,
      origin.detail,
    );
  return note(
    'own-domain-exempt',
    `${origin.domain} is yours and nobody logged in, but ${exemptText(origin.by)}`,
    origin.detail,
  );
}

function fromRule(c: Case, origin: Spoofed): Finding {
  const asked = c.policy.ownDomain;
  const address = formatMailbox(origin.address);
  const evidence = `${fieldName(origin.field)}: ${address}; ${fieldsText(origin)}`;
  // The own domain may stand where only a lenient reader finds it, beside an author whose own signature passes.
  const isAuthor = origin.address.domain === c.v.authorDomain;
  if (isAuthor && c.who.dkim.length > 0)
    return note(
      'own-domain-vouched',
      `${address} is in your domain ${origin.domain}; nobody logged in, but a DKIM key of the domain signed`,
      evidence,
    );
  if (isAuthor && c.who.spf !== undefined)
    return concern(
      'own-domain-vouched',
      milder(asked, 'flag'),
      `${address} is in your domain ${origin.domain}; nobody logged in, but SPF of the domain lets the server send`,
      evidence,
    );
  if (c.indirect.length > 0)
    return concern(
      'own-domain-indirect',
      milder(asked, 'quarantine'),
      `${address} is in your domain ${origin.domain}, nobody logged in; it may have come back from a list or forwarder`,
      `${c.indirect.join('; ')}; ${evidence}`,
    );
  return concern(
    'own-domain-unauthenticated',
    asked,
    `${address} is in your domain ${origin.domain}, but nobody logged in and nothing vouches for it`,
    evidence,
  );
}

function envelopeRule(c: Case, origin: Spoofed): Finding {
  return concern(
    'own-domain-envelope',
    c.policy.ownDomainEnvelope,
    `${fieldName(origin.field)} ${formatMailbox(origin.address)} is in your domain ${origin.domain}, but nobody logged in`,
    fieldsText(origin),
  );
}

function fieldName(field: Spoofed['field']): string {
  switch (field) {
    case 'mailfrom':
      return 'MAIL FROM';
    case 'from':
      return 'From';
    case 'sender':
      return 'Sender';
    default:
      return unreachable(field);
  }
}

function fieldsText(origin: Spoofed): string {
  return `own domain in ${origin.fields.map(fieldName).join(', ')}`;
}

function exemptText(by: Extract<OriginResult, { status: 'exempt' }>['by']): string {
  switch (by) {
    case 'dmarc-aligned':
      return 'DMARC passes';
    case 'connector':
      return 'the network is listed as connector';
    case 'trusted-sealer':
      return 'a trusted sealer vouches for it';
    case 'spf-mailfrom':
      return 'only MAIL FROM names it, and SPF of the domain lets the server send';
    default:
      return unreachable(by);
  }
}
