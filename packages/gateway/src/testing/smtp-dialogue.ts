import { deepEqual, equal } from 'node:assert/strict';
import { type Capabilities, NO_CAPABILITIES } from '../wire/smtp/capabilities.js';
import type { Reply } from '../wire/smtp/reply.js';
import type { ServerEvent } from '../wire/smtp/server-events.js';
import { DEFAULT_SERVER_BOUNDS, type ServerBounds, type ServerOptions } from '../wire/smtp/server-options.js';
import { ServerSession } from '../wire/smtp/server-session.js';

/** Everything a gateway may offer. */
export const EVERYTHING: Capabilities = {
  ...NO_CAPABILITIES,
  pipelining: true,
  size: 1000,
  eightBitMime: true,
  smtpUtf8: true,
  chunking: true,
  dsn: true,
  enhancedStatusCodes: true,
  startTls: true,
  requireTls: true,
  auth: ['PLAIN', 'LOGIN'],
  xclient: ['ADDR', 'HELO'],
  xforward: ['ADDR'],
};

export function serverOptions(
  changes: Partial<Omit<ServerOptions, 'bounds'>> & { readonly bounds?: Partial<ServerBounds> } = {},
): ServerOptions {
  return {
    protocol: 'smtp',
    hostName: 'mx.example',
    offer: ({ secure }) => ({ ...EVERYTHING, startTls: !secure }),
    secure: false,
    requireTls: false,
    ...changes,
    bounds: { ...DEFAULT_SERVER_BOUNDS, ...changes.bounds },
  };
}

/** `\r`, `\n`, `\0` and `\xHH` as in a program: dialogues show the bytes that matter. */
export function unescape(text: string): Buffer {
  const raw = text.replace(/\\(?:x([0-9a-f]{2})|([rn0]))/g, (_, hex?: string, short?: string) =>
    hex === undefined
      ? short === 'r'
        ? '\r'
        : short === 'n'
          ? '\n'
          : '\0'
      : String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(raw, 'latin1');
}

/** `550 5.1.1 text`; several for LMTP with ` | ` between. */
export function readReplies(text: string): readonly Reply[] {
  return text.split(' | ').map((one) => {
    const [, code = '', enhanced, rest = ''] = /^(\d{3})(?: (\d\.\d+\.\d+))?(?: (.*))?$/.exec(one) ?? [];
    return { code: Number(code), ...(enhanced === undefined ? {} : { enhanced }), lines: [rest] };
  });
}

/** An event in one line. */
export function tellEvent(event: ServerEvent): string {
  switch (event.type) {
    case 'hello':
      return `hello ${event.verb} ${event.name}`;
    case 'mail':
      return `mail <${event.reversePath?.address ?? ''}>${tellParameters(event.parameters)}`;
    case 'rcpt':
      return `rcpt <${event.forwardPath.address}>${tellParameters(event.parameters)}`;
    case 'content':
      return `content ${JSON.stringify(event.bytes.toString('latin1'))}`;
    case 'end':
      return `end ${event.size} for ${event.recipients}${event.endsWithLine ? '' : ' unended'}`;
    case 'xclient':
    case 'xforward':
      return `${event.type} ${[...event.attributes].map(([k, v]) => `${k}=${v}`).join(' ')}`;
    default:
      return Object.values(event).map(String).join(' ');
  }
}

function tellParameters(parameters: object): string {
  return Object.keys(parameters).length === 0 ? '' : ` ${JSON.stringify(parameters)}`;
}

/**
 * Plays a dialogue with a session. Lines:
 * - `c -> text` the client sends a line; `c >> text` sends just these bytes
 * - `a := 550 5.1.1 text` the answer to the next event that waits; else it is accepted. `a := ? text` is a challenge
 * - `s <- text` the next line the server has written; ` ...` at the end: whatever follows. `s --` nothing more
 * - `e == text` the next event, see `tellEvent`; `e --` no more. Events need not be told, but those told come in order
 * - `! tls` TLS is on; `! greet` at the start (else the greeting is sent, and checked, first)
 */
export function play(script: string, options: ServerOptions = serverOptions()): void {
  const session = new ServerSession(options);
  const answers: string[] = [];
  const events: string[] = [];
  let written: string[] = [];
  const drain = (): void => {
    for (let event = session.next(); event !== undefined; event = session.next()) {
      events.push(tellEvent(event));
      if (!session.awaiting) continue;
      const answer = answers.shift();
      if (answer === undefined) session.accept();
      else if (answer.startsWith('?')) session.challenge(answer.slice(2));
      else session.answer(readReplies(answer));
    }
    written.push(...session.output().split('\r\n').slice(0, -1));
  };
  const lines = script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (!lines.includes('! greet')) {
    session.greet();
    drain();
    deepEqual(written, [`220 mx.example ${options.protocol === 'smtp' ? 'ESMTP' : 'LMTP'}`]);
    written = [];
  }
  for (const line of lines) {
    const [mark, rest] = [line.slice(0, 4), line.slice(5)];
    if (line === '! greet') session.greet();
    else if (line === '! tls') session.tlsStarted();
    else if (mark === 'c ->') session.push(Buffer.concat([unescape(rest), Buffer.from('\r\n')]));
    else if (mark === 'c >>') session.push(unescape(rest));
    else if (mark === 'a :=') answers.push(rest);
    else if (mark === 's <-') checkLine(written.shift(), rest);
    else if (mark === 's --') deepEqual(written, [], script);
    else if (mark === 'e ==') {
      const at = events.indexOf(rest);
      equal(at >= 0 ? rest : events.join('\n'), rest, script);
      events.splice(0, at + 1);
    } else if (mark === 'e --') deepEqual(events, [], script);
    else throw new TypeError(`what is ${line}?`);
    drain();
  }
  deepEqual(written, [], script);
}

function checkLine(line: string | undefined, expected: string): void {
  if (expected.endsWith(' ...')) equal(line?.slice(0, expected.length - 4), expected.slice(0, -4));
  else equal(line, expected);
}

/** The same bytes in chunks that end at these offsets. */
export function cut(bytes: Buffer, offsets: readonly number[]): readonly Buffer[] {
  const borders = [...new Set([0, ...offsets.map((o) => o % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return borders.slice(1).map((end, i) => Buffer.from(bytes.subarray(borders[i], end)));
}
