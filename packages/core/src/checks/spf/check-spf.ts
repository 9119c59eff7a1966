import { rfc } from '../../words/clause.js';
import { type Domain, parseDomain } from '../../words/domain.js';
import type { Context, Envelope } from '../context.js';
import type { SpfNode, SpfResult } from '../results.js';
import { unreachable } from '../../words/unreachable.js';
import { checkHost } from './check-host.js';
import { fetchExplanation } from './explanation.js';
import type { HostOutcome } from './outcome.js';
import { SpfCheck } from './spf-check.js';

const RFC7208_2_3 = rfc('7208', '2.3');
const RFC7208_2_4 = rfc('7208', '2.4');
const RFC7208_4_3 = rfc('7208', '4.3');

/** What an SPF check reads of an envelope. `helo` may be anything a client says. */
export type SpfEnvelope = Pick<Envelope, 'clientIp' | 'helo' | 'mailFrom' | 'receiver'>;

type Identity = SpfResult['identity'];
type Verdict = Extract<SpfResult, { status: 'pass' | 'fail' | 'softfail' | 'neutral' }>;

/**
 * SPF of the MAIL FROM identity (RFC 7208 2.4). With the empty reverse-path that identity is postmaster at the HELO
 * name, and the result says `identity: 'helo'`. DMARC counts it as MAIL FROM identity all the same (RFC 9989 3.2.4).
 *
 * @param context `limits.deadlineMs` bounds the wait for DNS (RFC 7208 4.6.4): past it no question is asked and the
 *   result is `temperror`, reason `deadline`. A question that is out ends with the resolver's own time-out.
 * @returns a verdict; mail, records and DNS trouble never reject
 * @throws `context.signal.reason` when aborted; TypeError where `clientIp` is no IP address
 */
export async function checkSpf(envelope: SpfEnvelope, context: Context): Promise<SpfResult> {
  const { mailFrom } = envelope;
  if (mailFrom === null) return checkSpfHelo(envelope, context);
  return checkIdentity('mailfrom', mailFrom.domain, mailFrom.localPart, envelope, context);
}

/**
 * SPF of the HELO identity (RFC 7208 2.3), for postmaster at that name. `none` where HELO is an address literal, has
 * only one label or is no domain at all. Otherwise as `checkSpf`.
 */
export async function checkSpfHelo(
  envelope: Omit<SpfEnvelope, 'mailFrom'>,
  context: Context,
): Promise<SpfResult> {
  return checkIdentity('helo', envelope.helo, 'postmaster', envelope, context);
}

async function checkIdentity(
  identity: Identity,
  domainText: string,
  givenLocalPart: string,
  envelope: Omit<SpfEnvelope, 'mailFrom'>,
  context: Context,
): Promise<SpfResult> {
  // RFC 7208 4.3: a sender without a local part is postmaster.
  const localPart = givenLocalPart === '' ? 'postmaster' : givenLocalPart;
  const parsedDomain = parseDomain(domainText);
  const domain = parsedDomain.ok ? parsedDomain.value : undefined;
  const parsedHelo = parseDomain(envelope.helo);
  const check = new SpfCheck(
    envelope,
    {
      localPart,
      senderDomain: domain ?? '',
      // RFC 8616 4: A-labels where HELO is a U-label name; case as sent, or as it stands where it is no name.
      helo: parsedHelo.ok && hasNonAscii(envelope.helo) ? parsedHelo.value : envelope.helo,
    },
    context,
  );
  const clause = identity === 'helo' ? RFC7208_2_3 : RFC7208_2_4;
  if (domain === undefined) {
    check.say(RFC7208_4_3, `the ${identity} identity has no domain name that DNS could know`);
    return finish(check, identity, undefined, { status: 'none', reason: 'no-domain' }, []);
  }
  const sender = `${localPart}@${domain}`;
  check.say(clause, `${identity} identity: ${domain}, client ${check.ipText}`);
  const tree: SpfNode[] = [];
  const outcome = await checkHost(check, domain, tree, []);
  const explanation =
    outcome.status === 'fail' && outcome.exp !== undefined
      ? await fetchExplanation(check, outcome.exp, outcome.recordDomain)
      : undefined;
  return finish(check, identity, { domain, sender, explanation }, outcome, tree);
}

function finish(
  check: SpfCheck,
  identity: Identity,
  asked:
    | { readonly domain: Domain; readonly sender: string; readonly explanation: string | undefined }
    | undefined,
  outcome: HostOutcome,
  tree: readonly SpfNode[],
): SpfResult {
  const cost = check.budget.cost();
  const { trace } = check;
  // Written out: spreading objects together costs more than the rest of a check against a warm cache.
  if (asked === undefined)
    return { check: 'spf', identity, cost, tree, trace, status: 'none', reason: 'no-domain' };
  const { domain, sender, explanation } = asked;
  switch (outcome.status) {
    case 'pass':
    case 'fail':
    case 'softfail':
    case 'neutral': {
      const { status, matched, matchedIn, range } = outcome;
      const verdict: { -readonly [K in keyof Verdict]: Verdict[K] } = {
        check: 'spf',
        identity,
        domain,
        sender,
        status,
        matched,
        matchedIn,
        cost,
        tree,
        trace,
      };
      if (range !== undefined) verdict.range = range;
      if (explanation !== undefined) verdict.explanation = explanation;
      return verdict;
    }
    case 'none':
    case 'temperror':
    case 'permerror':
      return { check: 'spf', identity, domain, sender, ...outcome, cost, tree, trace };
    default:
      return unreachable(outcome);
  }
}

function hasNonAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return true;
  return false;
}
