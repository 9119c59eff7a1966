import { beginArc } from '../checks/arc/verify.js';
import type { Context, Envelope, SiteFacts } from '../checks/context.js';
import { beginDkim } from '../checks/dkim/verify.js';
import { checkDmarc } from '../checks/dmarc/check-dmarc.js';
import { checkImpersonation } from '../checks/impersonation/check-impersonation.js';
import { checkMismatch } from '../checks/mismatch/mail-from-vs-from.js';
import { checkOrigin } from '../checks/origin/own-domain.js';
import type { SpfResult } from '../checks/results.js';
import { checkSpf, checkSpfHelo } from '../checks/spf/check-spf.js';
import { readAuthor, readMailboxField, type AuthorReading } from '../message/author.js';
import { openMessage, type MessageSource } from '../message/source.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { withLimits } from '../words/limits.js';
import type { Problem } from '../words/problem.js';
import { listFieldsOf, messageFacts } from './message-facts.js';
import type { Verification } from './verification.js';

/** SPF of one session, from `verifyEnvelope`. */
export interface EnvelopeVerification {
  readonly spf: SpfResult;
  readonly spfHelo: SpfResult;
}

/**
 * SPF of both identities, as it can be asked at MAIL FROM time. Pass the answer on to `verifyMessage`, so that nothing
 * is looked up twice.
 * @throws `context.signal.reason` when aborted
 */
export async function verifyEnvelope(
  envelope: Envelope,
  site: SiteFacts,
  context: Context,
): Promise<EnvelopeVerification> {
  const session = { ...envelope, receiver: envelope.receiver ?? site.authservId };
  const asked = checkSpf(session, context);
  // RFC 7208 2.4: with the null sender the MAIL FROM check is the HELO check; it is not asked twice.
  const askedHelo = envelope.mailFrom === null ? asked : checkSpfHelo(session, context);
  // Together: were one awaited before the other, an abort would leave a rejection that nobody hears.
  const [spf, spfHelo] = await Promise.all([asked, askedHelo]);
  return { spf, spfHelo };
}

/**
 * Everything about one message, read once: SPF, DKIM, ARC, DMARC, then the rules that need their answers.
 *
 * @param source bytes as received; a stream is read in bounded memory
 * @param known what `verifyEnvelope` already found out for this session
 * @returns a verdict with evidence for every mechanism; mail and DNS trouble are results, never exceptions
 * @throws `context.signal.reason` when aborted, what a streaming source throws, TypeError for a site that is not usable
 */
export async function verifyMessage(
  source: MessageSource,
  envelope: Envelope,
  site: SiteFacts,
  context: Context,
  known?: EnvelopeVerification,
): Promise<Verification> {
  context.signal?.throwIfAborted();
  const limits = withLimits(context.limits);
  const session = known ?? verifyEnvelope(envelope, site, context);
  // Answered below; were the message to fail first, this failure would have no reader.
  if (session instanceof Promise) session.catch(() => undefined);

  const opened = openMessage(source, limits, context.signal);
  const message = opened instanceof Promise ? await opened : opened;
  const { head } = message;
  const bodies = new BodyHashes(context.crypto, limits.bodyHashes);
  const means = { bodies, context, limits };
  const arcRun = beginArc(head, means, site);
  const dkimRun = beginDkim(head, means);
  const reading = message.readBody(bodies);
  const body = reading instanceof Promise ? await reading : reading;

  const dkim = await dkimRun.finish();
  const { spf, spfHelo } = session instanceof Promise ? await session : session;
  const author = readAuthor(head, limits);
  const sender = readMailboxField(head, 'sender', limits);
  const replyTo = readMailboxField(head, 'reply-to', limits);
  const fromProblem = whyNotJudged(author);
  const sole = fromProblem === undefined ? author.soleAuthor : undefined;
  const authorDomains = sole === undefined ? author.domains : [sole.domain];
  const dmarc = await checkDmarc({ authorDomains, spf, dkim, ...(fromProblem && { fromProblem }) }, context);
  const authorDomain = authorDomains.length === 1 && fromProblem === undefined ? authorDomains[0] : undefined;
  const arc = await arcRun.finish(authorDomain);
  const listFields = listFieldsOf(head);
  const only = sole ?? author.mailboxes[0]?.mailbox;
  return {
    authorDomain,
    ...(authorDomain !== undefined && author.mailboxes.length <= 1 && only !== undefined && { author: only }),
    facts: messageFacts(head, listFields, body),
    spf,
    spfHelo,
    dkim,
    dmarc,
    arc,
    origin: checkOrigin({ envelope, author, sender, spf, dmarc, arc }, site),
    mismatch: checkMismatch({ envelope, author, dkim, dmarc, arc, listFields }, context),
    impersonation: checkImpersonation({ author, sender, replyTo, listFields }, site, context.publicSuffixes),
    ...(envelope.authenticatedAs !== undefined && { authenticatedAs: envelope.authenticatedAs }),
  };
}

// A From that has one strict reading is judged by it, even where a careless client might show more: that is a finding
// of its own (impersonation). No From at all is what RFC 9989 calls having no Author Domain.
function whyNotJudged(author: AuthorReading): Problem | undefined {
  const { problem } = author;
  if (problem === undefined || problem.code === 'message/no-from') return undefined;
  if (problem.code === 'address/ambiguous' && author.mailboxes.length > 0) return undefined;
  // Not where the header was cut, or From is repeated: those problems come before that of the field.
  if (author.soleAuthor !== undefined && problem.code.startsWith('address/')) return undefined;
  return author.domains.length > 1 ? undefined : problem;
}
