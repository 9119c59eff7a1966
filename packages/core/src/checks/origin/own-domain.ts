import type { AuthorReading, NamedMailbox } from '../../message/author.js';
import { own } from '../../words/clause.js';
import { enclosingDomain, type Domain } from '../../words/domain.js';
import { inCidr, ipToBytes, parseCidr, type Cidr } from '../../words/ip.js';
import { formatMailbox, type Mailbox } from '../../words/mailbox.js';
import type { Envelope, SiteFacts } from '../context.js';
import { passesEveryone } from '../passes-everyone.js';
import type { ArcResult, DmarcResult, OriginField, OriginResult, SpfResult, TraceStep } from '../results.js';

export interface OriginInput {
  readonly envelope: Envelope;
  readonly author: AuthorReading;
  /** The Sender field. */
  readonly sender: AuthorReading;
  /** SPF of MAIL FROM. */
  readonly spf: SpfResult;
  readonly dmarc: DmarcResult;
  readonly arc: ArcResult;
}

type Exemption = Extract<OriginResult, { status: 'exempt' }>['by'];

/** One place where the message speaks as one of our domains. */
interface OwnUse {
  readonly field: OriginField;
  readonly address: Mailbox;
  /** The entry of `ownDomains` that covers the address. */
  readonly entry: Domain;
}

const CLAUSE = own('origin');

/**
 * The rule "our own domain, but nobody logged in", for From (every address that the strict or the lenient reading of
 * any From field names), Sender and MAIL FROM; subdomains of an own domain are own.
 *
 * Only the session counts: no header field can say that somebody was authenticated. A login makes the message `internal`
 * where every author is ours; with a stranger's domain in From it is `external`, whatever MAIL FROM says. Exemptions, each for a reason:
 * - `connector`: the client is in a network of `site.connectors`; a forwarder that we know belongs there;
 * - `dmarc-aligned`: DMARC passed for an author under the own domain, and From has one clean reading. The owner of the
 *   own domain let this message go, so its other fields may name that domain as well: our mail forwarded back to us
 *   keeps its MAIL FROM. A DMARC pass of a stranger's author domain exempts nothing;
 * - `trusted-sealer`: a chain of trusted ARC sealers says that DMARC passed for such an author;
 * - `spf-mailfrom`: SPF passed for exactly the MAIL FROM domain, through a mechanism that does not stand for everyone. It
 *   covers MAIL FROM alone, which nobody reads; a server shared with strangers can pass SPF, so it never speaks for From
 *   or Sender.
 *
 * @throws TypeError where an entry of `site.connectors` is no network: our own configuration, not mail
 */
export function checkOrigin(input: OriginInput, site: SiteFacts): OriginResult {
  const uses = site.ownDomains.size === 0 ? [] : ownUses(input, site.ownDomains);
  const [first] = uses;
  if (first === undefined)
    return result({ status: 'external' }, 'From, Sender and MAIL FROM name none of our domains');
  const { authenticatedAs } = input.envelope;
  if (authenticatedAs !== undefined)
    return everyAuthorIsOwn(input.author, site.ownDomains)
      ? result(
          { status: 'internal', user: authenticatedAs },
          `${first.field} is ${first.address.domain}, and the session is logged in`,
        )
      : result({ status: 'external' }, 'the session is logged in, but From names an author who is not ours');
  const connector = connectorOf(input.envelope, site);
  if (connector !== undefined)
    return exempt(first, 'connector', `${input.envelope.clientIp} is in ${connector}`);

  let exemption: { readonly by: Exemption; readonly detail: string } | undefined;
  for (const use of uses) {
    const found = exemptionOf(use, input, site.ownDomains);
    if (found === undefined) return spoofed(use, uses);
    exemption ??= found;
  }
  return exempt(first, exemption?.by ?? 'dmarc-aligned', exemption?.detail ?? '');
}

function result<R extends object>(
  fields: R,
  text: string,
): R & { readonly check: 'origin'; readonly trace: readonly TraceStep[] } {
  return { check: 'origin', ...fields, trace: [{ clause: CLAUSE, text }] };
}

function exempt(use: OwnUse, by: Exemption, detail: string): OriginResult {
  const { domain } = use.address;
  return result({ status: 'exempt', domain, by, detail }, `${use.field} is ${domain}; exempt: ${detail}`);
}

function spoofed(use: OwnUse, uses: readonly OwnUse[]): OriginResult {
  const fields = [...new Set(uses.map(({ field }) => field))];
  return result(
    {
      status: 'spoofed-own-domain',
      domain: use.address.domain,
      field: use.field,
      address: use.address,
      fields,
    },
    `${use.field} is ${formatMailbox(use.address)} of our domain ${use.entry}, and nobody is logged in`,
  );
}

// A login for our domains is no permission to write as somebody else, nor as one of ours and somebody else at once.
function everyAuthorIsOwn({ lenient }: AuthorReading, ownDomains: ReadonlySet<Domain>): boolean {
  return (
    lenient.length > 0 &&
    lenient.every(({ mailbox }) => enclosingDomain(mailbox.domain, ownDomains) !== undefined)
  );
}

// The most visible first: From, Sender, MAIL FROM.
function ownUses(input: OriginInput, ownDomains: ReadonlySet<Domain>): readonly OwnUse[] {
  const uses: OwnUse[] = [];
  const look = (field: OriginField, address: Mailbox): void => {
    const entry = enclosingDomain(address.domain, ownDomains);
    if (entry !== undefined) uses.push({ field, address, entry: entry as Domain });
  };
  const lookAll = (field: OriginField, list: readonly NamedMailbox[]): void => {
    for (const { mailbox } of list) look(field, mailbox);
  };
  lookAll('from', input.author.lenient);
  lookAll('sender', input.sender.lenient);
  if (input.envelope.mailFrom !== null) look('mailfrom', input.envelope.mailFrom);
  return uses;
}

function exemptionOf(
  use: OwnUse,
  { author, spf, dmarc, arc, envelope }: OriginInput,
  ownDomains: ReadonlySet<Domain>,
): { readonly by: Exemption; readonly detail: string } | undefined {
  // Where From has a problem, the author domain that DMARC or ARC judged may not be the one a person sees.
  if (author.problem === undefined) {
    if (dmarc.status === 'pass' && enclosingDomain(dmarc.authorDomain, ownDomains) === use.entry)
      return { by: 'dmarc-aligned', detail: `DMARC passed for ${dmarc.authorDomain}` };
    const vouched = arc.status === 'pass' ? arc.vouchedFor : undefined;
    if (vouched !== undefined && enclosingDomain(vouched.authorDomain, ownDomains) === use.entry)
      return { by: 'trusted-sealer', detail: `${vouched.by} vouches for ${vouched.authorDomain}` };
  }
  if (
    use.field === 'mailfrom' &&
    spf.status === 'pass' &&
    spf.identity === 'mailfrom' &&
    spf.domain === envelope.mailFrom?.domain &&
    !passesEveryone(spf)
  )
    return { by: 'spf-mailfrom', detail: `SPF passed for ${spf.domain}` };
  return undefined;
}

const connectorTables = new WeakMap<readonly string[], readonly Cidr[]>();

/** The text of the connector that the client is in. */
function connectorOf(envelope: Envelope, { connectors }: SiteFacts): string | undefined {
  if (connectors === undefined || connectors.length === 0) return undefined;
  let table = connectorTables.get(connectors);
  if (table === undefined) {
    table = connectors.map((text) => {
      const cidr = parseCidr(text);
      if (cidr === undefined) throw new TypeError(`site.connectors: "${text}" is not a network`);
      return cidr;
    });
    connectorTables.set(connectors, table);
  }
  const client = ipToBytes(envelope.clientIp);
  if (client === undefined) return undefined;
  const at = table.findIndex(({ bytes, prefix }) => inCidr(client, bytes, prefix));
  return at < 0 ? undefined : connectors[at];
}
