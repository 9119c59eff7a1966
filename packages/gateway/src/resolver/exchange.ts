import type { DnsFailure } from '@truefrom/core';
import type { Counts } from './counts.js';
import { extendedErrors } from './edns.js';
import { type DnsMessage, decodeMessage } from './message.js';
import { buildQuery } from './query.js';
import { isTrusted, type ServerAddress } from './server-address.js';
import type { Time } from './time.js';
import { askTcp } from './transport-tcp.js';
import { askUdp } from './transport-udp.js';
import { Wait } from './wait.js';

/** One question: a wire name (lower case) and a type number. */
export interface Ask {
  readonly name: Uint8Array;
  readonly type: number;
}

/** `answered` is NOERROR or NXDOMAIN from a server that recurses or is authoritative. */
export type Exchanged =
  | { readonly kind: 'answered'; readonly message: DnsMessage; readonly secure: boolean }
  | { readonly kind: 'failed'; readonly cause: DnsFailure };

export interface ExchangeOptions {
  readonly udpPayloadBytes: number;
  readonly dnssecOk: boolean;
  readonly mixedCase: boolean;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly time: Time;
}

/** A server and what was learnt about it. */
export interface ServerState {
  readonly address: ServerAddress;
  /** Until then (by `Time.nowMs`) it is asked after the others: it did not answer. */
  downUntilMs: number;
  /** Until then it is asked without EDNS: it did not understand it. */
  plainUntilMs: number;
}

const RCODE = { noError: 0, formErr: 1, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;
/** Extended errors that say "the data failed DNSSEC validation" (RFC 8914 4.7 to 4.13). */
const FIRST_BOGUS = 6;
const LAST_BOGUS = 12;
/** Largest UDP reply to a question without EDNS, in bytes (RFC 1035 4.2.1). */
const PLAIN_UDP_BYTES = 512;
const PLAIN_MS = 15 * 60_000;

/** Asks one server once: UDP, then TCP where UDP cannot hold the answer or was tampered with; `tryMs` for each of them. */
export async function askServer(
  server: ServerState,
  ask: Ask,
  options: ExchangeOptions,
  counts: Counts,
  bounds: { readonly tryMs: number; readonly signal: AbortSignal },
): Promise<Exchanged> {
  const withEdns = server.plainUntilMs <= options.time.nowMs();
  const message = await askTransports(server, ask, options, counts, { ...bounds, withEdns });
  if ('cause' in message) return { kind: 'failed', cause: message.cause };
  if (withEdns && rejectsEdns(message)) {
    // RFC 6891 7: an old server answers FORMERR, and is asked again in the old way.
    server.plainUntilMs = options.time.nowMs() + PLAIN_MS;
    return askServer(server, ask, options, counts, bounds);
  }
  const cause = failureOf(message);
  if (cause !== undefined) return { kind: 'failed', cause };
  // RFC 4035 4.9.3: AD is as good as the channel it came through.
  return { kind: 'answered', message, secure: message.authenticData && isTrusted(server.address) };
}

async function askTransports(
  server: ServerState,
  ask: Ask,
  options: ExchangeOptions,
  counts: Counts,
  bounds: { readonly tryMs: number; readonly signal: AbortSignal; readonly withEdns: boolean },
): Promise<DnsMessage | { readonly cause: DnsFailure }> {
  const { tryMs, signal, withEdns } = bounds;
  const { address } = server;
  const edns = withEdns ? options : undefined;
  const query = buildQuery(ask.name, ask.type, { ...options, edns });
  const maxBytes = withEdns ? options.udpPayloadBytes : PLAIN_UDP_BYTES;
  const udp = await askUdp(address, query, maxBytes, new Wait(options.time, tryMs, signal), counts);
  if (udp.kind === 'failed') return udp;
  if (udp.kind === 'reply') {
    const message = read(udp.bytes, counts);
    if (!('truncated' in message && message.truncated)) return message;
  }
  // Nobody beside the path can forge over TCP, so the mixed case, which some servers fold, is not needed.
  const tcpQuery = buildQuery(ask.name, ask.type, { ...options, edns, mixedCase: false });
  const tcp = await askTcp(address, tcpQuery, new Wait(options.time, tryMs, signal), counts);
  if (tcp.kind === 'failed') return tcp;
  const message = read(tcp.bytes, counts);
  // TC over TCP: the server cannot say it all, and half an answer is none.
  return 'truncated' in message && message.truncated ? { cause: 'servfail' } : message;
}

function read(bytes: Uint8Array, counts: Counts): DnsMessage | { readonly cause: 'servfail' } {
  const message = decodeMessage(bytes);
  if (message.ok) return message.value;
  counts.malformedReplies++;
  return { cause: 'servfail' };
}

function rejectsEdns({ rcode, edns }: DnsMessage): boolean {
  return (
    rcode === RCODE.badVers || ((rcode === RCODE.formErr || rcode === RCODE.notImp) && edns === undefined)
  );
}

function failureOf(message: DnsMessage): DnsFailure | undefined {
  switch (message.rcode) {
    case RCODE.noError:
      return isReferral(message) ? 'refused' : undefined;
    case RCODE.nxDomain:
      return undefined;
    case RCODE.refused:
      return 'refused';
    default:
      return extendedErrors(message.edns).some((code) => code >= FIRST_BOGUS && code <= LAST_BOGUS)
        ? 'bogus'
        : 'servfail';
  }
}

/** "Ask somebody else" from a server that does not recurse must not be taken for "no such record" (RFC 2308 2.2). */
function isReferral(message: DnsMessage): boolean {
  return (
    !message.recursionAvailable &&
    !message.authoritative &&
    message.answers.length === 0 &&
    !message.authorities.some((record) => record.data.type === 'SOA')
  );
}
