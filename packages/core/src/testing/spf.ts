// One line of a table test: who connects, as whom, and what DNS holds.
import { checkSpf, checkSpfHelo } from '../checks/spf/check-spf.js';
import type { Context } from '../checks/context.js';
import type { SpfResult } from '../checks/results.js';
import { type Domain, parseDomain } from '../words/domain.js';
import { parseIp } from '../words/ip.js';
import { type TestWorld, world } from './world.js';

export interface SpfSession {
  /** Client address; default 192.0.2.1. */
  readonly ip?: string;
  /** Default mail.example.net. */
  readonly helo?: string;
  /** `local@domain`, or '' for the empty reverse-path; default ann@example.com. */
  readonly from?: string;
  readonly receiver?: string;
}

/** Runs one check over a zone in the JSON form of the design. */
export async function runSpf(
  zone: unknown,
  session: SpfSession = {},
  more: Partial<Context> & { readonly timeSeconds?: number } = {},
): Promise<SpfResult> {
  return (await runSpfCounted(zone, session, more)).result;
}

/** The same, with the DNS questions that were asked, in order. */
export async function runSpfCounted(
  zone: unknown,
  session: SpfSession = {},
  more: Partial<Context> & { readonly timeSeconds?: number } = {},
): Promise<{ readonly result: SpfResult; readonly questions: readonly string[] }> {
  const context = world(zone, more);
  const result = await checkSpf(spfEnvelope(session), context);
  return { result, questions: questionsOf(context) };
}

/** The HELO identity instead of MAIL FROM. */
export function runSpfHelo(zone: unknown, session: SpfSession = {}): Promise<SpfResult> {
  return checkSpfHelo(spfEnvelope(session), world(zone));
}

export function spfEnvelope(session: SpfSession): Parameters<typeof checkSpf>[0] {
  const { ip = '192.0.2.1', helo = 'mail.example.net', from = 'ann@example.com', receiver } = session;
  const clientIp = parseIp(ip);
  if (!clientIp.ok) throw new TypeError(`test session: ${ip}`);
  const at = from.lastIndexOf('@');
  const domain = parseDomain(from.slice(at + 1));
  return {
    clientIp: clientIp.value,
    helo,
    // What parseDomain refuses is passed all the same: the check has to stand it.
    mailFrom:
      from === ''
        ? null
        : {
            localPart: from.slice(0, Math.max(0, at)),
            domain: domain.ok ? domain.value : (from.slice(at + 1) as Domain),
          },
    ...(receiver !== undefined && { receiver }),
  };
}

function questionsOf(context: TestWorld): readonly string[] {
  return context.resolver.questions ?? [];
}
