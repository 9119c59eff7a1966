// Readings of address fields, and results of DMARC and ARC, as later checks get them.
import type { Envelope } from '../checks/context.js';
import type { ArcResult, DmarcResult } from '../checks/results.js';
import { readMailboxField, type AuthorReading, type MailboxFieldName } from '../message/author.js';
import { readHeaderBlock } from '../message/header-block.js';
import { parseMailFrom } from '../message/mail-from.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { parseIp } from '../words/ip.js';
import type { Mailbox } from '../words/mailbox.js';
import { domain } from './results.js';

/** The reading of one field of header text; line ends may be LF. */
export function reading(header: string, name: MailboxFieldName): AuthorReading {
  const bytes = new TextEncoder().encode(`${header.replace(/\r?\n/g, '\r\n')}\r\n\r\n`);
  return readMailboxField(readHeaderBlock(bytes, DEFAULT_LIMITS), name);
}

export function mailbox(text: string): Mailbox {
  const read = parseMailFrom(text);
  if (!read.ok || read.value === null) throw new TypeError(`test mailbox ${text}`);
  return read.value;
}

/** MAIL FROM from 192.0.2.1 to rcpt@receiver.example; '' is the null sender. */
export function envelope(
  mailFrom: string,
  more: Partial<Envelope> & { readonly ip?: string } = {},
): Envelope {
  const { ip = '192.0.2.1', ...rest } = more;
  const clientIp = parseIp(ip);
  if (!clientIp.ok) throw new TypeError(`test address ${ip}`);
  return {
    clientIp: clientIp.value,
    helo: 'client.example',
    mailFrom: mailFrom === '' ? null : mailbox(mailFrom),
    rcptTo: [mailbox('rcpt@receiver.example')],
    ...rest,
  };
}

/** DMARC by status and author domain; the policy is reject and the organizational domain the last two labels. */
export function dmarcResult(status: 'pass' | 'fail' | 'none', author: string): DmarcResult {
  const common = { check: 'dmarc', authorDomain: domain(author), identities: [], trace: [] } as const;
  if (status === 'none') return { ...common, status, reason: 'no-record', wouldPass: false };
  const organizationalDomain = domain(author.split('.').slice(-2).join('.'));
  return {
    ...common,
    status,
    policyDomain: organizationalDomain,
    organizationalDomain,
    publishedPolicy: 'reject',
    policy: 'reject',
    policyTag: 'p',
    testing: false,
    spfAligned: false,
    dkimAligned: status === 'pass',
    record: {
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
    },
  };
}

/** No chain, or a passing one whose trusted sealer vouches for an author domain. */
export function arcResult(vouchedFor?: string): ArcResult {
  if (vouchedFor === undefined) return { check: 'arc', status: 'none', sets: [], trace: [] };
  const by = domain('sealer.example');
  return {
    check: 'arc',
    status: 'pass',
    sets: [],
    trace: [],
    sealedBy: [by],
    oldestPass: 0,
    vouchedFor: { authorDomain: domain(vouchedFor), by, instance: 1 },
  };
}
