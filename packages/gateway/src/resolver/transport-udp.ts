import { createSocket } from 'node:dgram';
import type { Counts } from './counts.js';
import { matchReply, type Query } from './query.js';
import type { ServerAddress } from './server-address.js';
import type { Wait } from './wait.js';

/** `use-tcp`: the answer may exist, but UDP is not the way to get it safely. */
export type UdpOutcome =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  | { readonly kind: 'use-tcp' }
  | { readonly kind: 'failed'; readonly cause: 'timeout' | 'network' };

/**
 * So many wrong datagrams on one port are somebody guessing. Each costs us little, but each is a ticket in a lottery;
 * over TCP nobody beside the path can play.
 */
const MAX_IGNORED = 32;

const MESSAGES = { garbage: 'garbage', 'wrong-id': 'id', 'wrong-question': 'question' } as const;

/**
 * Sends one question and waits for its reply. Every question has a socket of its own: the kernel gives it a random
 * port (RFC 5452 9.2) and, connected, lets only the server's address and port through. What comes and is not the
 * reply is counted and left (RFC 5452 9.1), so that one forged datagram does not end the wait for the honest one.
 *
 * @param maxBytes longest reply we said we take; a longer one was fragmented on its way, or was made to be
 */
export function askUdp(
  server: ServerAddress,
  query: Query,
  maxBytes: number,
  wait: Wait,
  counts: Counts,
): Promise<UdpOutcome> {
  return new Promise((resolve) => {
    const v6 = server.host.includes(':');
    const socket = createSocket({
      type: v6 ? 'udp6' : 'udp4',
      // Hosts are addresses: nothing to look up, and no thread to wait for.
      lookup: (host, _options, done) => done(null, host, v6 ? 6 : 4),
    });
    const finish = wait.start(
      () => socket.close(),
      resolve,
      (): UdpOutcome => ({ kind: 'failed', cause: 'timeout' }),
    );
    if (wait.ended) return;
    let ignored = 0;
    const ignore = (why: keyof Counts['ignoredReplies']): void => {
      counts.ignoredReplies[why]++;
      if (++ignored >= MAX_IGNORED) finish({ kind: 'use-tcp' });
    };
    // ICMP "port unreachable" and a network that is not there arrive here.
    socket.on('error', () => finish({ kind: 'failed', cause: 'network' }));
    socket.on('message', (reply, from) => {
      // Between bind and connect the kernel lets everyone in.
      if (from.port !== server.port || !sameHost(from.address, server.host)) return ignore('source');
      const match = matchReply(query, reply);
      if (match === 'reply')
        return finish(reply.length > maxBytes ? { kind: 'use-tcp' } : { kind: 'reply', bytes: reply });
      if (match !== 'wrong-case') return ignore(MESSAGES[match]);
      ignore('case');
      finish({ kind: 'use-tcp' });
    });
    socket.connect(server.port, server.host, () => {
      if (wait.ended) return;
      counts.sentUdp++;
      socket.send(query.bytes, (error) => {
        if (error !== null) finish({ kind: 'failed', cause: 'network' });
      });
    });
  });
}

/** The zone of a link-local address is written as a name or a number; the socket is bound to it already. */
function sameHost(a: string, b: string): boolean {
  return a === b || (b.includes('%') && a.split('%')[0] === b.split('%')[0]);
}
