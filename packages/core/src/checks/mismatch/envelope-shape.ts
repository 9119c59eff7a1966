import { enclosingDomain, parseDomain } from '../../words/domain.js';
import type { Mailbox } from '../../words/mailbox.js';
import type { Envelope } from '../context.js';
import type { EnvelopeShape } from '../results.js';
import { ESP_DOMAINS } from './esp-domains.js';

/** Recipients compared with MAIL FROM; a transaction may have thousands. */
const MAX_RECIPIENTS = 100;

// Fields that only lists write. List-Unsubscribe and List-Help are in every newsletter and say nothing.
const LIST_FIELDS: ReadonlySet<string> = new Set([
  'list-id',
  'list-post',
  'list-owner',
  'list-subscribe',
  'mailing-list',
  'x-mailing-list',
  'x-mailinglist',
  'x-beenthere',
  'x-loop',
]);
const LIST_WORDS: ReadonlySet<string> = new Set(
  'bounce bounces owner errors error return request admin sentto outgoing'.split(' '),
);

/** Which well-known reasons for a MAIL FROM of its own the envelope shows. They describe; they prove nothing. */
export function envelopeShapes(
  mailFrom: Mailbox,
  { rcptTo }: Envelope,
  listFields: readonly string[],
): readonly EnvelopeShape[] {
  const local = mailFrom.localPart.toLowerCase();
  const shapes: EnvelopeShape[] = [];
  const srs = isSrs(local);
  const batv = local.startsWith('prvs=') || local.startsWith('btv1==') || local.startsWith('msprvs1=');
  if (srs) shapes.push('srs');
  if (!srs && !batv && holdsRecipient(local, rcptTo)) shapes.push('verp');
  if (batv) shapes.push('batv');
  if (listFields.some((name) => LIST_FIELDS.has(name.toLowerCase())) && isListBounce(local))
    shapes.push('list');
  if (enclosingDomain(mailFrom.domain, ESP_DOMAINS) !== undefined) shapes.push('esp');
  return shapes;
}

// Sender Rewriting Scheme: SRS0=hash=tt=domain=local, SRS1=hash=domain==hash=tt=domain=local, the separator after the
// tag "=", "-" or "+"; Exchange Online writes bounces+SRS=hash=tt=domain=local.
function isSrs(local: string): boolean {
  const tag = local.startsWith('srs0') || local.startsWith('srs1') ? 4 : local.indexOf('+srs=') + 4;
  if (tag < 4) return false;
  const separator = local[tag];
  if (separator !== '=' && separator !== '-' && separator !== '+') return false;
  return local.slice(tag + 1).split('=').length >= 4;
}

// Variable envelope return path: the recipient inside the sender, "@" written as "=".
function holdsRecipient(local: string, rcptTo: readonly Mailbox[]): boolean {
  const equals = local.lastIndexOf('=');
  if (equals <= 0) return false;
  for (const { localPart, domain } of rcptTo.slice(0, MAX_RECIPIENTS))
    if (local.includes(`${localPart.toLowerCase()}=${domain}`)) return true;
  const tail = local.slice(equals + 1);
  return tail.includes('.') && parseDomain(tail).ok;
}

function isListBounce(local: string): boolean {
  // Google Groups: list+bnc<token>@googlegroups.com.
  if (local.includes('+bnc')) return true;
  return local.split(/[-+._=]/).some((word) => LIST_WORDS.has(word));
}
