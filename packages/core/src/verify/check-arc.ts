import { beginArc } from '../checks/arc/verify.js';
import type { Context, SiteFacts } from '../checks/context.js';
import type { ArcResult } from '../checks/results.js';
import { readAuthor } from '../message/author.js';
import { openMessage, type MessageSource } from '../message/source.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { withLimits } from '../words/limits.js';

/**
 * ARC alone: validates the chain of a message, in one reading of it.
 * @throws `context.signal.reason` when aborted, and what a streaming source throws
 */
export async function checkArc(
  source: MessageSource,
  site: Pick<SiteFacts, 'trustedSealers'>,
  context: Context,
): Promise<ArcResult> {
  const limits = withLimits(context.limits);
  const message = await openMessage(source, limits, context.signal);
  const bodies = new BodyHashes(context.crypto, limits.bodyHashes);
  const run = beginArc(message.head, { bodies, context, limits }, site);
  await message.readBody(bodies);
  const { domains } = readAuthor(message.head, limits);
  return run.finish(domains.length === 1 ? domains[0] : undefined);
}
