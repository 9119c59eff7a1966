import { sameRegistrant } from '../../dns/organization.js';
import type { AuthorReading } from '../../message/author.js';
import type { Domain } from '../../words/domain.js';
import { formatMailbox, type Mailbox } from '../../words/mailbox.js';
import type { ImpersonationFinding } from '../results.js';
import type { ImpersonationInput, Watch } from './check-impersonation.js';
import { shown } from './shown.js';

/** Addresses of one field looked at. */
const MAX_ADDRESSES = 10;

// Mailboxes anybody gets for nothing: where answers to a forged author are usually sent.
const FREE_MAIL: ReadonlySet<string> = new Set(
  'aol.com fastmail.com gmail.com gmx.com gmx.de gmx.net googlemail.com hotmail.com icloud.com inbox.ru live.com mail.com mail.ru me.com msn.com naver.com outlook.com proton.me protonmail.com qq.com rediffmail.com tutanota.com web.de yahoo.com yandex.com yandex.ru ymail.com zoho.com'.split(
    ' ',
  ),
);

/** What Reply-To and Sender show beside From. */
export function otherFieldFindings(
  { author, sender, replyTo, listFields }: ImpersonationInput,
  watch: Watch,
  findings: ImpersonationFinding[],
): void {
  if (replyTo.fields > 0) {
    const answers = elsewhereOf(replyTo, author, watch);
    // Lists and services answer for others; somebody's private mailbox behind a company's name does not.
    const free = author.domains.some((domain) => FREE_MAIL.has(domain))
      ? undefined
      : answers.find(({ domain }) => FREE_MAIL.has(domain));
    const elsewhere = free ?? answers[0];
    if (elsewhere !== undefined && (free !== undefined || listFields.length === 0))
      findings.push({
        kind: 'reply-to-elsewhere',
        confidence: free !== undefined ? 'medium' : 'low',
        evidence: shown(`Reply-To: ${formatMailbox(elsewhere)}`),
        text: `answers go to ${elsewhere.domain}, From is ${author.domains.join(', ') || 'unreadable'}`,
      });
  }
  if (sender.fields > 0) {
    const [elsewhere] = elsewhereOf(sender, author, watch);
    if (elsewhere !== undefined && listFields.length === 0)
      findings.push({
        kind: 'sender-elsewhere',
        confidence: 'low',
        evidence: shown(`Sender: ${formatMailbox(elsewhere)}`),
        text: `Sender is of ${elsewhere.domain}, From of ${author.domains.join(', ') || 'nobody'}`,
      });
  }
}

// Other organisations than any author's; none where one of the field's addresses is of an author's own.
function elsewhereOf(field: AuthorReading, author: AuthorReading, watch: Watch): readonly Mailbox[] {
  const mailboxes = field.lenient.slice(0, MAX_ADDRESSES).map(({ mailbox }) => mailbox);
  const authors = author.lenient.slice(0, MAX_ADDRESSES).map(({ mailbox }) => mailbox.domain);
  return mailboxes.some(({ domain }) => authors.some((other) => related(other, domain, watch)))
    ? []
    : mailboxes;
}

function related(a: Domain, b: Domain, { suffixes, domains }: Watch): boolean {
  return sameRegistrant(a, b, suffixes) || (domains.covers(a) && domains.covers(b));
}
