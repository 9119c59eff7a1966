import { connect } from 'node:net';
import type { Counts } from './counts.js';
import { matchReply, type Query } from './query.js';
import type { ServerAddress } from './server-address.js';
import type { Wait } from './wait.js';

export type TcpOutcome =
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly cause: 'timeout' | 'network' };

const HEADER_BYTES = 12;

/**
 * Asks one question over a connection of its own (RFC 7766). The reply has to be whole before the wait ends, however
 * slowly it drips; a connection closed early, a length no message can have, and a reply to something else are `network`.
 */
export function askTcp(server: ServerAddress, query: Query, wait: Wait, counts: Counts): Promise<TcpOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: server.host, port: server.port, noDelay: true });
    const finish = wait.start(
      () => socket.destroy(),
      resolve,
      (): TcpOutcome => ({ kind: 'failed', cause: 'timeout' }),
    );
    const lost = (): void => finish({ kind: 'failed', cause: 'network' });
    const read = frameReader();
    socket.on('connect', () => {
      counts.sentTcp++;
      const framed = new Uint8Array(query.bytes.length + 2);
      framed[0] = query.bytes.length >> 8;
      framed[1] = query.bytes.length & 255;
      framed.set(query.bytes, 2);
      socket.write(framed);
    });
    socket.on('data', (chunk) => {
      const reply = read(chunk);
      if (reply === undefined) return;
      if (reply !== 'bad-length' && matchReply(query, reply) === 'reply')
        finish({ kind: 'reply', bytes: reply });
      else {
        counts.malformedReplies++;
        lost();
      }
    });
    socket.on('error', lost);
    socket.on('end', lost);
    socket.on('close', lost);
  });
}

/** Puts chunks together to one message behind its two bytes of length; undefined until it is whole. */
function frameReader(): (chunk: Uint8Array) => Uint8Array | 'bad-length' | undefined {
  let length = 0;
  let lengthBytes = 0;
  let message: Uint8Array | undefined;
  let have = 0;
  return (chunk) => {
    let at = 0;
    while (lengthBytes < 2 && at < chunk.length) {
      length = (length << 8) | (chunk[at++] ?? 0);
      lengthBytes++;
    }
    if (lengthBytes < 2) return undefined;
    if (length < HEADER_BYTES) return 'bad-length';
    message ??= new Uint8Array(length);
    const part = chunk.subarray(at, at + length - have);
    message.set(part, have);
    have += part.length;
    return have === length ? message : undefined;
  };
}
