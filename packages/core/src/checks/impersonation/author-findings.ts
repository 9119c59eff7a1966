import { sameRegistrant } from '../../dns/organization.js';
import type { AuthorReading, NamedMailbox } from '../../message/author.js';
import { formatMailbox, type Mailbox } from '../../words/mailbox.js';
import type { ImpersonationFinding } from '../results.js';
import type { ImpersonationInput, Watch } from './check-impersonation.js';
import { displayedAddresses } from './displayed-addresses.js';
import { findInvisible } from './invisible-characters.js';
import { shown } from './shown.js';

/** Addresses of one From looked at one by one; more than one is a finding already. */
const MAX_ADDRESSES = 10;

/** What From itself shows. */
export function authorFindings(
  input: ImpersonationInput,
  watch: Watch,
  findings: ImpersonationFinding[],
): void {
  const { author } = input;
  structureFindings(input, findings);
  const read = author.mailboxes.length > 0 ? author.mailboxes : author.lenient;
  for (const named of read.slice(0, MAX_ADDRESSES)) nameFindings(named, input, watch, findings);
}

function structureFindings({ author, sender }: ImpersonationInput, findings: ImpersonationFinding[]): void {
  const evidence = shown(author.lenient.map(({ raw }) => raw).join(' | '));
  const distinct = new Set(author.mailboxes.map(({ mailbox }) => formatMailbox(mailbox)));
  if (author.fields > 1)
    findings.push({
      kind: 'several-from-fields',
      confidence: distinct.size > 1 || !author.agree ? 'high' : 'medium',
      evidence,
      text: `the message has ${author.fields} From fields; clients show the first or the last (RFC 5322 3.6)`,
    });
  else if (distinct.size > 1) {
    // RFC 5322 3.6.2 wants a Sender then; Exchange Online refuses such mail with 550 5.1.20.
    const oneSender = sender.fields === 1 && sender.mailboxes.length === 1 && sender.problem === undefined;
    const confidence = oneSender ? 'low' : author.domains.length > 1 ? 'high' : 'medium';
    findings.push({
      kind: 'several-from-mailboxes',
      confidence,
      evidence,
      text: `From holds ${distinct.size} addresses ${oneSender ? 'and Sender one' : 'without exactly one Sender (RFC 5322 3.6.2)'}`,
    });
  }
  readingFindings(author, evidence, findings);
}

function readingFindings(author: AuthorReading, evidence: string, findings: ImpersonationFinding[]): void {
  const { problem, mailboxes, lenient, agree } = author;
  if (problem !== undefined && mailboxes.length === 0) {
    const what = author.fields === 0 ? problem.message : `From cannot be read: ${problem.message}`;
    // One address that every client finds is a careless sender; several or none are something else.
    findings.push({
      kind: 'unreadable-from',
      confidence: lenient.length === 1 ? 'low' : 'medium',
      evidence: evidence === '' ? problem.code : evidence,
      text: what,
    });
  }
  if (agree || (mailboxes.length === 0 && lenient.length < 2)) return;
  const domains = new Set(lenient.map(({ mailbox }) => mailbox.domain));
  findings.push({
    kind: 'parsers-disagree',
    confidence: domains.size > 1 ? 'high' : 'medium',
    evidence,
    text: `mail clients may read ${lenient.length} different addresses from From`,
  });
}

function nameFindings(
  named: NamedMailbox,
  { author, listFields }: ImpersonationInput,
  watch: Watch,
  findings: ImpersonationFinding[],
): void {
  const { displayName, mailbox } = named;
  const hidden = findInvisible(author.problem === undefined ? displayName : `${displayName}\t${named.raw}`);
  if (hidden !== undefined) findings.push({ kind: 'invisible-characters', ...hidden });
  if (displayName === '') return;
  for (const address of displayedAddresses(displayName)) {
    const finding = displayedFinding(address, named, watch, listFields.length > 0);
    if (finding === undefined) continue;
    findings.push(finding);
    break;
  }
  if (watch.names.isEmpty || watch.domains.covers(mailbox.domain)) return;
  const match = watch.names.borrowedBy(displayName, mailbox);
  if (match !== undefined)
    findings.push({
      kind: 'protected-name',
      confidence: match.confidence,
      evidence: shown(`${displayName} <${formatMailbox(mailbox)}>`),
      text: `the display name is that of ${match.user.displayName}, the address is not`,
      target: match.user.displayName,
      method: match.method,
    });
}

function displayedFinding(
  address: Mailbox,
  { displayName, mailbox }: NamedMailbox,
  watch: Watch,
  isList: boolean,
): ImpersonationFinding | undefined {
  if (sameRegistrant(address.domain, mailbox.domain, watch.suffixes)) return undefined;
  const watched = watch.domains.covers(address.domain);
  // 'jane@example.com' via List <list@lists.example>: what lists write whose poster has no name.
  const via = isList && /\bvia\b/i.test(displayName);
  if (via && !watched) return undefined;
  return {
    kind: 'address-in-display-name',
    confidence: via ? 'low' : watched ? 'high' : 'medium',
    evidence: shown(`${displayName} <${formatMailbox(mailbox)}>`),
    text: `the display name shows ${formatMailbox(address)}, the address is of ${mailbox.domain}`,
    ...(watched ? { target: address.domain } : {}),
  };
}
