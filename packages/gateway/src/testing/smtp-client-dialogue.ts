import { deepEqual, equal } from 'node:assert/strict';
import { type ClientEvent, ClientSession } from '../wire/smtp/client-session.js';
import { parseCommand } from '../wire/smtp/command.js';
import { type Reply } from '../wire/smtp/reply.js';
import { parameterOffers } from '../wire/smtp/capabilities.js';
import { EVERYTHING, unescape } from './smtp-dialogue.js';

function tellReply(reply: Reply): string {
  return [String(reply.code), reply.enhanced, reply.lines.join('/')].filter(Boolean).join(' ');
}

function tell(event: ClientEvent): string {
  if (event.type === 'reply') return `${event.to} ${tellReply(event.reply)}`;
  if (event.type === 'end') return `end ${event.replies.map(tellReply).join(' | ')}`;
  return `broken ${event.reason}${event.reply === undefined ? '' : ` ${tellReply(event.reply)}`}`;
}

/**
 * Plays a dialogue with a client session. Lines:
 * - `s -> text` the server sends a line; `s >> text` sends just these bytes
 * - `do command` calls the session: `MAIL ...` and `RCPT ...` as on the wire, `content text`, `chunk text`,
 *   `last text`, `finish`, `tls`, and the names of its other methods
 * - `c <- text` the next line it has written; `c << text` all it has written, just these bytes; `c --` nothing more
 * - `e == text` the next event; `p == text` the phase
 */
export function playClient(script: string, protocol: 'smtp' | 'lmtp' = 'smtp'): void {
  const session = new ClientSession(protocol);
  const events: string[] = [];
  let written = '';
  for (const line of script.split('\n').map((one) => one.trim())) {
    if (line === '') continue;
    const [mark, rest] = [line.slice(0, 4), line.slice(5)];
    if (mark === 's ->') session.push(Buffer.concat([unescape(rest), Buffer.from('\r\n')]));
    else if (mark === 's >>') session.push(unescape(rest));
    else if (mark === 'c <-') {
      const end = written.indexOf('\r\n');
      equal(written.slice(0, end), unescape(rest).toString('latin1'), script);
      written = written.slice(end + 2);
    } else if (mark === 'c <<') {
      equal(written, unescape(rest).toString('latin1'), script);
      written = '';
    } else if (mark === 'c --') equal(written, '', script);
    else if (mark === 'e ==') equal(events.shift(), rest, script);
    else if (mark === 'p ==') equal(session.phase, rest, script);
    else if (line.startsWith('do ')) run(session, line.slice(3));
    else throw new TypeError(`what is ${line}?`);
    for (let event = session.next(); event !== undefined; event = session.next()) events.push(tell(event));
    written += Buffer.concat(session.output()).toString('latin1');
  }
  equal(written, '', script);
  deepEqual(events, [], script);
}

function run(session: ClientSession, line: string): void {
  const space = line.indexOf(' ');
  const name = space < 0 ? line : line.slice(0, space);
  const rest = space < 0 ? '' : line.slice(space + 1);
  switch (name) {
    case 'MAIL':
    case 'RCPT': {
      const read = parseCommand(unescape(line), parameterOffers(EVERYTHING));
      if (read.ok && read.command.verb === 'MAIL')
        session.mail(read.command.reversePath, read.command.parameters);
      else if (read.ok && read.command.verb === 'RCPT')
        session.rcpt(read.command.forwardPath, read.command.parameters);
      else throw new TypeError(line);
      return;
    }
    case 'content':
      return session.content(unescape(rest));
    case 'chunk':
    case 'last':
      return session.chunk(unescape(rest), name === 'last');
    case 'tls':
      return session.tlsStarted();
    case 'hello':
    case 'xclient':
    case 'xforward':
    case 'auth':
    case 'authResponse':
      return session[name](rest);
    case 'helo':
      return session.hello(rest, 'HELO');
    case 'startTls':
    case 'data':
    case 'finish':
    case 'rset':
    case 'noop':
    case 'quit':
      return session[name]();
    default:
      throw new TypeError(line);
  }
}
