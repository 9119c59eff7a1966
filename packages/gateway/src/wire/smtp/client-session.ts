import { BdatReader } from './bdat-reader.js';
import { type Capabilities, NO_CAPABILITIES, parseCapabilities } from './capabilities.js';
import { DotStuffer } from './dot-stuffer.js';
import { formatMail, formatRcpt } from './format-command.js';
import type { MailParameters, RcptParameters } from './parameters.js';
import type { Path } from './path.js';
import { isPositive, type Reply } from './reply.js';
import { ReplyReader, type ReplyFault } from './reply-reader.js';

/** What a reply answers; also what the session waits for, so that the caller can time it (RFC 5321 4.5.3.2). */
export type Step =
  | 'greeting'
  | 'hello'
  | 'starttls'
  | 'auth'
  | 'xclient'
  | 'xforward'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'chunk'
  | 'end'
  | 'rset'
  | 'noop'
  | 'quit';

export type ClientEvent =
  | { readonly type: 'reply'; readonly to: Exclude<Step, 'end'>; readonly reply: Reply }
  /** The message is taken, or not: one reply, and in LMTP one for each accepted recipient, in order. */
  | { readonly type: 'end'; readonly replies: readonly Reply[] }
  /** The last event: close the connection. What was not answered before is not known to have happened. */
  | { readonly type: 'broken'; readonly reason: Breach; readonly reply?: Reply };

export type Breach =
  | ReplyFault
  /** A reply to nothing: a 421 before the server closes, or a server that has lost count. In `reply`. */
  | 'unexpected-reply'
  /** Bytes in clear behind the reply to STARTTLS: they may be somebody else's (CVE-2021-38371). */
  | 'clear-after-starttls'
  /** The content has a bare CR or LF. Its end was not sent, so the server has no message. */
  | 'unsafe-content';

/** Nothing is sent behind these before their reply is there (RFC 2920 3.1, RFC 3030 4.2 for the last chunk). */
const LAST_OF_GROUP: ReadonlySet<Step> = new Set([
  'greeting',
  'hello',
  'starttls',
  'auth',
  'xclient',
  'data',
  'end',
  'quit',
]);

interface Waiting {
  readonly to: Step;
  readonly bytes: Buffer;
}

/**
 * The client's side of one SMTP or LMTP connection, without the connection: call the commands, write what `output`
 * hands out, `push` what comes in, take `next` events. Commands are sent at once with PIPELINING, else one after the
 * other. Content goes out byte for byte, by DATA with dots put in, or by BDAT.
 */
export class ClientSession {
  readonly #protocol: 'smtp' | 'lmtp';
  readonly #replies = new ReplyReader();
  readonly #queue: Waiting[] = [];
  readonly #sent: Step[] = ['greeting'];
  #out: Buffer[] = [];
  #peer: Capabilities = NO_CAPABILITIES;
  #phase: 'commands' | 'content' | 'tls' | 'broken' = 'commands';
  #breach: (ClientEvent & { readonly type: 'broken' }) | undefined;
  #accepted = 0;
  #endReplies: Reply[] = [];
  #stuffer = new DotStuffer();
  #chunks: BdatReader | undefined;

  constructor(protocol: 'smtp' | 'lmtp') {
    this.#protocol = protocol;
  }

  /** What the server offered in its last reply to EHLO or LHLO. */
  get peer(): Capabilities {
    return this.#peer;
  }

  /** What the session waits for. `idle`: for the next command. */
  get phase(): Step | 'content' | 'tls' | 'broken' | 'idle' {
    if (this.#phase !== 'commands') return this.#phase;
    return this.#sent[0] ?? 'idle';
  }

  /** What there is to write, once. */
  output(): readonly Buffer[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** EHLO, or LHLO; HELO for a server that refuses EHLO (RFC 5321 3.2). */
  hello(name: string, verb: 'EHLO' | 'HELO' | 'LHLO' = this.#protocol === 'lmtp' ? 'LHLO' : 'EHLO'): void {
    this.#command('hello', `${verb} ${name}`);
  }

  startTls(): void {
    this.#command('starttls', 'STARTTLS');
  }

  /** TLS is on; the next is `hello` again (RFC 3207 4.2). */
  tlsStarted(): void {
    if (this.#phase !== 'tls') throw new TypeError('no STARTTLS');
    this.#phase = 'commands';
    this.#peer = NO_CAPABILITIES;
  }

  /** @param initialResponse base64, or `=` for an empty one */
  auth(mechanism: string, initialResponse?: string): void {
    this.#command(
      'auth',
      initialResponse === undefined ? `AUTH ${mechanism}` : `AUTH ${mechanism} ${initialResponse}`,
    );
  }

  /** The answer to a 334. @param text base64, or `*` to give up */
  authResponse(text: string): void {
    this.#command('auth', text);
  }

  /** @param attributes from `formatAttributes` */
  xclient(attributes: string): void {
    this.#command('xclient', `XCLIENT ${attributes}`);
  }

  xforward(attributes: string): void {
    this.#command('xforward', `XFORWARD ${attributes}`);
  }

  mail(reversePath: Path | null, parameters: MailParameters): void {
    this.#command('mail', formatMail(reversePath, parameters, this.#peer));
  }

  rcpt(forwardPath: Path, parameters: RcptParameters): void {
    this.#command('rcpt', formatRcpt(forwardPath, parameters, this.#peer));
  }

  /** With the 354 that comes, call `content` and `finish`. */
  data(): void {
    this.#command('data', 'DATA');
  }

  /** Content of DATA, any number of pieces. */
  content(bytes: Buffer): void {
    if (this.#phase === 'broken') return;
    if (this.#phase !== 'content') throw new TypeError('content before 354');
    if (bytes.length > 0) this.#out.push(this.#stuffer.stuff(bytes));
    if (this.#unsafeSoFar(bytes)) this.#break('unsafe-content');
  }

  /** The end of DATA. Content without a last CRLF gets one. */
  finish(): void {
    if (this.#phase === 'broken') return;
    if (this.#phase !== 'content') throw new TypeError('no content to finish');
    // An end behind a bare CR or LF may be the second one that a server sees.
    if (this.#stuffer.unsafe) return this.#break('unsafe-content');
    this.#phase = 'commands';
    this.#sendNow({ to: 'end', bytes: this.#stuffer.end() });
  }

  /** Content by BDAT (RFC 3030), for a server that offers CHUNKING; DATA must then not be used. */
  chunk(bytes: Buffer, last: boolean): void {
    if (this.#phase === 'broken') return;
    if (!this.#peer.chunking) throw new TypeError('CHUNKING was not offered');
    this.#chunks ??= new BdatReader({ messageBytes: Infinity, lineBytes: Infinity });
    this.#chunks.chunk(bytes.length, last);
    this.#chunks.read(bytes);
    const { defect } = this.#chunks;
    if (defect === 'bare-cr' || defect === 'bare-lf') return this.#break('unsafe-content');
    if (last) this.#chunks = undefined;
    const head = Buffer.from(`BDAT ${bytes.length}${last ? ' LAST' : ''}\r\n`);
    this.#enqueue({ to: last ? 'end' : 'chunk', bytes: Buffer.concat([head, bytes]) });
  }

  rset(): void {
    this.#chunks = undefined;
    this.#command('rset', 'RSET');
  }

  noop(): void {
    this.#command('noop', 'NOOP');
  }

  quit(): void {
    this.#command('quit', 'QUIT');
  }

  /** Bytes from the server. */
  push(chunk: Buffer): void {
    if (this.#phase !== 'broken' && this.#phase !== 'tls') this.#replies.push(chunk);
  }

  /** The next event; undefined when more has to come. */
  next(): ClientEvent | undefined {
    for (;;) {
      if (this.#breach !== undefined) {
        const breach = this.#breach;
        this.#breach = undefined;
        return breach;
      }
      if (this.#phase === 'broken' || this.#phase === 'tls') return undefined;
      const to = this.#sent[0];
      if (to === 'end' && this.#repliesDue() === 0) return this.#ended();
      const read = this.#replies.next();
      if (read === undefined) return undefined;
      if (read.kind === 'broken') this.#break(read.reason);
      else if (to === undefined) this.#break('unexpected-reply', read.reply);
      else {
        const event = this.#take(to, read.reply);
        if (event !== undefined) return event;
      }
    }
  }

  #take(to: Step, given: Reply): ClientEvent | undefined {
    if (to === 'end') {
      this.#endReplies.push(given);
      return undefined;
    }
    this.#sent.shift();
    this.#apply(to, given);
    if (this.#breach !== undefined) return undefined;
    this.#flush();
    return { type: 'reply', to, reply: given };
  }

  #apply(to: Exclude<Step, 'end'>, given: Reply): void {
    const yes = isPositive(given);
    if (to === 'hello' && yes) this.#peer = parseCapabilities(given.lines.slice(1));
    else if (to === 'mail') this.#accepted = 0;
    else if (to === 'rcpt' && yes) this.#accepted++;
    else if (to === 'xclient' && yes) this.#peer = NO_CAPABILITIES;
    else if (to === 'starttls' && yes) {
      if (this.#replies.empty) this.#phase = 'tls';
      else this.#break('clear-after-starttls');
    } else if (to === 'data' && given.code === 354) {
      this.#phase = 'content';
      this.#stuffer = new DotStuffer();
    }
  }

  /** Replies to the end of the message that have not come yet. */
  #repliesDue(): number {
    const [first] = this.#endReplies;
    // RFC 2033 4.2: one for each accepted recipient. A server that is closing says so once.
    if (this.#protocol === 'lmtp' && first?.code !== 421) return this.#accepted - this.#endReplies.length;
    return 1 - this.#endReplies.length;
  }

  #ended(): ClientEvent {
    const replies = this.#endReplies;
    this.#endReplies = [];
    this.#accepted = 0;
    this.#sent.shift();
    this.#flush();
    return { type: 'end', replies };
  }

  /** A bare LF is certain at once, and nothing behind it should go out. A CR at the end of a piece may get its LF. */
  #unsafeSoFar(bytes: Buffer): boolean {
    return this.#stuffer.unsafe && bytes[bytes.length - 1] !== 0x0d;
  }

  #command(to: Step, line: string): void {
    // Arguments come from parsers that let no line end through; a line of its own here would be a command of a stranger.
    if (/[\r\n\0]/.test(line)) throw new TypeError('a command is one line');
    if (this.#phase === 'content') throw new TypeError('a command within content');
    this.#enqueue({ to, bytes: Buffer.from(`${line}\r\n`) });
  }

  #enqueue(waiting: Waiting): void {
    if (this.#phase === 'broken') return;
    this.#queue.push(waiting);
    this.#flush();
  }

  #flush(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      if (this.#phase !== 'commands') return;
      const last = this.#sent[this.#sent.length - 1];
      if (last !== undefined && (!this.#peer.pipelining || LAST_OF_GROUP.has(last))) return;
      this.#queue.shift();
      this.#sendNow(first);
    }
  }

  #sendNow({ to, bytes }: Waiting): void {
    this.#out.push(bytes);
    this.#sent.push(to);
  }

  #break(reason: Breach, given?: Reply): void {
    this.#phase = 'broken';
    this.#queue.length = 0;
    this.#out = [];
    this.#breach =
      given === undefined ? { type: 'broken', reason } : { type: 'broken', reason, reply: given };
  }
}
