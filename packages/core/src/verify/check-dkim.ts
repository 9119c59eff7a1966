import { beginDkim } from '../checks/dkim/verify.js';
import type { Context } from '../checks/context.js';
import type { DkimResult } from '../checks/results.js';
import { openMessage, type MessageSource } from '../message/source.js';
import { BodyHashes } from '../signature/body-hashes.js';
import { withLimits } from '../words/limits.js';

/**
 * DKIM alone: every signature of a message, in one reading of it.
 * @returns one result per DKIM-Signature field, from the top; mail and DNS trouble never reject
 * @throws `context.signal.reason` when aborted, and what a streaming source throws
 */
export async function checkDkim(source: MessageSource, context: Context): Promise<readonly DkimResult[]> {
  const limits = withLimits(context.limits);
  const opened = openMessage(source, limits, context.signal);
  const message = opened instanceof Promise ? await opened : opened;
  const bodies = new BodyHashes(context.crypto, limits.bodyHashes);
  const run = beginDkim(message.head, { bodies, context, limits });
  const body = message.readBody(bodies);
  if (body instanceof Promise) await body;
  return run.finish();
}
