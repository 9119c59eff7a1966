// A DNS server on loopback that does what a test tells it to, however wrong.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { encodeMessage } from '../resolver/encode-message.js';
import { decodeMessage, type DnsMessage, type DnsRecord, type Question } from '../resolver/message.js';
import type { ServerAddress } from '../resolver/server-address.js';

/** A question as it came in. */
export interface Asked {
  readonly bytes: Uint8Array;
  readonly message: DnsMessage;
  readonly question: Question;
  /** Counts questions over both transports, from 1. */
  readonly number: number;
  readonly from: { readonly address: string; readonly port: number };
  /** A reply with the right id and question, and what else the test puts in. */
  readonly reply: (change?: Partial<DnsMessage>) => Uint8Array;
}

export interface Script {
  readonly host?: string;
  /** `send` goes from the server's own address. */
  udp(asked: Asked, send: (bytes: Uint8Array) => Promise<void>): void | Promise<void>;
  /** Without it, nothing listens on the TCP port. */
  tcp?(asked: Asked, socket: Socket): void;
}

export interface ScriptedServer {
  readonly address: ServerAddress;
  /** Questions that came, as `udp name type`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const host = script.host ?? '127.0.0.1';
  const { udp, tcp } = await bindBoth(host, script.tcp !== undefined);
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const read = (bytes: Uint8Array, transport: string, from: Asked['from']): Asked => {
    const message = decodeMessage(bytes);
    if (!message.ok || message.value.question === undefined) throw new TypeError('test server: bad question');
    const { question } = message.value;
    asked.push(`${transport} ${question.name} ${question.type}`);
    return {
      bytes,
      message: message.value,
      question,
      number: asked.length,
      from,
      reply: (change) => replyTo(bytes, message.value, change ?? {}),
    };
  };
  udp.on('message', (bytes, from) => {
    const send = (reply: Uint8Array): Promise<void> =>
      new Promise((resolve) => udp.send(reply, from.port, from.address, () => resolve()));
    void script.udp(read(bytes, 'udp', from), send);
  });
  tcp?.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let have = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      have = Buffer.concat([have, chunk]);
      if (have.length < 2 || have.length < 2 + have.readUInt16BE()) return;
      const bytes = Uint8Array.from(have.subarray(2, 2 + have.readUInt16BE()));
      have = Buffer.alloc(0);
      script.tcp?.(
        read(bytes, 'tcp', { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 }),
        socket,
      );
    });
  });
  return {
    address: { host, port: udp.address().port },
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      const ends: Promise<unknown>[] = [once(udp, 'close')];
      if (tcp !== undefined) ends.push(once(tcp, 'close'));
      udp.close();
      tcp?.close();
      await Promise.all(ends);
    },
  };
}

/** A message behind its length, as TCP carries it. */
export function framed(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(bytes.length >> 8, bytes.length & 255, ...bytes);
}

export function txt(name: string, text: string, ttlSeconds = 300): DnsRecord {
  return { name, ttlSeconds, data: { type: 'TXT', strings: [new TextEncoder().encode(text)] } };
}

export function cname(name: string, host: string, ttlSeconds = 300): DnsRecord {
  return { name, ttlSeconds, data: { type: 'CNAME', host } };
}

export function soa(name: string, minimumSeconds: number, ttlSeconds = 86_400): DnsRecord {
  const times = { serial: 1, refreshSeconds: 1, retrySeconds: 1, expireSeconds: 1 };
  return {
    name,
    ttlSeconds,
    data: { type: 'SOA', primary: 'ns.example', mailbox: 'hostmaster.example', ...times, minimumSeconds },
  };
}

function replyTo(request: Uint8Array, asked: DnsMessage, change: Partial<DnsMessage>): Uint8Array {
  const reply = encodeMessage({
    ...asked,
    response: true,
    recursionAvailable: true,
    authenticData: false,
    ...change,
  });
  if (reply === undefined) throw new TypeError('test server: reply cannot be written');
  // The name in the case it was asked in.
  const questionEnd = 12 + questionLength(request);
  if (change.question === undefined && !('question' in change))
    reply.set(request.subarray(12, questionEnd), 12);
  return reply;
}

function questionLength(request: Uint8Array): number {
  let at = 12;
  while (request[at] !== 0) at += 1 + (request[at] ?? 0);
  return at - 12 + 5;
}

async function bindBoth(
  host: string,
  withTcp: boolean,
): Promise<{ udp: UdpSocket; tcp: Server | undefined }> {
  for (let attempt = 0; ; attempt++) {
    const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    udp.bind(0, host);
    await once(udp, 'listening');
    if (!withTcp) return { udp, tcp: undefined };
    const tcp = createServer();
    try {
      tcp.listen(udp.address().port, host);
      await once(tcp, 'listening');
      return { udp, tcp };
    } catch (error) {
      // The port may be free for UDP and taken for TCP.
      udp.close();
      if (attempt === 20) throw error;
    }
  }
}
