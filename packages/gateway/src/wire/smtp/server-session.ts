import { BdatReader } from './bdat-reader.js';
import { formatCapabilities, NO_CAPABILITIES, parameterOffers } from './capabilities.js';
import { type Command, parseCommand } from './command.js';
import { contentRefusal } from './content.js';
import { DataReader } from './data-reader.js';
import { LineBuffer } from './line-buffer.js';
import { formatReply, isPositive, type Reply } from './reply.js';
import type { CloseReason, ServerEvent } from './server-events.js';
import { ServerPlace } from './server-place.js';
import { MAX_AUTH_BYTES, MAX_COMMAND_BYTES, type ServerOptions } from './server-options.js';
import * as say from './server-replies.js';
import { outOfPlace } from './sequence.js';

type Phase = 'greeting' | 'command' | 'auth' | 'data' | 'bdat' | 'discard' | 'tls' | 'closed';
type Awaited = Extract<
  ServerEvent,
  {
    readonly type:
      'hello' | 'mail' | 'rcpt' | 'data' | 'end' | 'auth' | 'auth-response' | 'xclient' | 'xforward';
  }
>;
type Verb<V extends Command['verb']> = Extract<Command, { readonly verb: V }>;

/** RFC 2920 3.1, RFC 4954 4; STARTTLS has a rule of its own. */
const LAST_OF_GROUP: ReadonlySet<string> = new Set(['HELO', 'EHLO', 'LHLO', 'DATA', 'AUTH', 'XCLIENT']);

/**
 * The server's side of one SMTP (RFC 5321) or LMTP (RFC 2033) connection, without the connection: `push` what came in,
 * take `next` events until there is none, answer those that wait for it, write what `output` hands out. Makes no
 * decision about mail; a MAIL or RCPT can wait for as long as a next hop thinks about it.
 *
 * Longer than other files: the transitions of one machine are read together or not at all.
 */
export class ServerSession {
  readonly #options: ServerOptions;
  readonly #input = new LineBuffer();
  readonly #events: ServerEvent[] = [];
  #out = '';
  #phase: Phase = 'greeting';
  #awaited: Awaited | undefined;
  #spokeEarly = false;
  readonly #place: ServerPlace;
  #data: DataReader;
  /** What is left of a chunk that nobody wants, and what to say after it. */
  #discard = { bytes: 0, then: say.BAD_SEQUENCE, times: 1 };
  #errors = 0;
  #refusals = 0;
  #idleCommands = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#place = new ServerPlace(options);
    this.#data = new DataReader(options.bounds.content);
  }

  /** An event waits for its answer: stop reading from the connection. */
  get awaiting(): boolean {
    return this.#awaited !== undefined;
  }

  /** What the client has to send next; for the caller's timers (RFC 5321 4.5.3.2.7). */
  get phase(): Phase {
    return this.#phase;
  }

  /** What there is to write, once. ASCII. */
  output(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  /** Writes the greeting (RFC 5321 3.1). One that is no 220 ends the session. */
  greet(greeting: Reply = say.greeting(this.#options)): void {
    if (this.#phase === 'closed') return;
    if (this.#phase !== 'greeting') throw new TypeError('greeted already');
    this.#phase = 'command';
    this.#say(greeting);
    if (!isPositive(greeting)) this.#close('caller');
  }

  /** Bytes from the client. The session keeps views of them: do not write to them afterwards. */
  push(chunk: Buffer): void {
    if (this.#phase === 'closed' || this.#phase === 'tls' || chunk.length === 0) return;
    if (this.#phase === 'greeting' && !this.#spokeEarly) {
      this.#spokeEarly = true;
      this.#events.push({ type: 'pregreet', bytes: chunk.length });
    }
    this.#input.push(chunk);
    const held = this.#awaited !== undefined || this.#phase === 'greeting';
    if (held && this.#input.length > this.#options.bounds.heldBytes) this.#fault(say.TOO_MUCH, 'overflow');
  }

  /** The next event; undefined when more input, or an answer, has to come first. */
  next(): ServerEvent | undefined {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) return event;
      if (this.#awaited !== undefined) return undefined;
      if (!this.#step() && this.#events.length === 0) return undefined;
    }
  }

  /** Answers as usual: yes, and for EHLO with what is offered. */
  accept(): void {
    if (this.#phase === 'closed') return;
    const awaited = this.#mustAwait();
    if (awaited.type === 'hello') this.#answerHello(awaited);
    else this.answer(say.acceptance(awaited.type, this.#options));
  }

  /**
   * Answers the event that waits. A reply of a next hop can be handed on as it is. 421 ends the session. An answer
   * that comes when the session has ended is too late, and passed over.
   * @param given for `end` in LMTP also one reply for each recipient
   * @throws TypeError when no event waits, or the number of replies is not that of the recipients
   */
  answer(given: Reply | readonly Reply[]): void {
    if (this.#phase === 'closed') return;
    const awaited = this.#mustAwait();
    const replies: readonly Reply[] = 'code' in given ? [given] : given;
    if (awaited.type === 'end') return this.#answerEnd(awaited, replies);
    const [first] = replies;
    if (first === undefined || replies.length > 1) throw new TypeError('one reply is due');
    if (awaited.type === 'hello' && isPositive(first))
      throw new TypeError('a hello is accepted with accept(), which says what is offered');
    this.#awaited = undefined;
    if (awaited.type === 'data') return this.#answerData(first, awaited.chunked);
    this.#say(first);
    this.#applyAnswer(awaited, first);
    this.#countRefusal(first);
  }

  /** Sends one challenge of an AUTH exchange. @param text base64, may be empty (RFC 4954 4) */
  challenge(text: string): void {
    if (this.#phase === 'closed') return;
    const { type } = this.#mustAwait();
    if (type !== 'auth' && type !== 'auth-response') throw new TypeError('no AUTH exchange');
    this.#awaited = undefined;
    this.#say({ code: 334, lines: [text] });
    this.#phase = 'auth';
  }

  /** TLS is on. The client has to start over (RFC 3207 4.2). */
  tlsStarted(): void {
    if (this.#phase !== 'tls') throw new TypeError('no STARTTLS');
    this.#place.secure = true;
    this.#place.authenticated = false;
    this.#place.restart();
    this.#phase = 'command';
  }

  /** Ends the session from our side: a timeout, a shutdown, a next hop that is gone. */
  close(last: Reply): void {
    if (this.#phase === 'closed') return;
    if (this.#phase !== 'tls') this.#say(last);
    this.#close('caller');
  }

  // --- input -------------------------------------------------------------------------------------------------------

  /** One step on in the input. @returns false where more has to come first */
  #step(): boolean {
    switch (this.#phase) {
      case 'command':
        return this.#stepCommand();
      case 'auth':
        return this.#stepAuth();
      case 'data':
      case 'bdat':
        return this.#stepContent();
      case 'discard':
        return this.#stepDiscard();
      case 'greeting':
      case 'tls':
      case 'closed':
        return false;
    }
  }

  #stepCommand(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    const read = parseCommand(line, parameterOffers(this.#place.offered));
    if (line.length + 2 > MAX_COMMAND_BYTES && !(read.ok && read.command.verb === 'AUTH')) {
      // A BDAT cannot get here: its arguments are short.
      this.#refuse(say.LINE_TOO_LONG);
    } else if (read.ok) this.#command(read.command);
    else if (read.lost !== undefined) this.#fault(read.refusal, read.lost === 'http' ? 'http' : 'framing');
    else this.#refuse(read.refusal);
    return true;
  }

  #stepAuth(): boolean {
    const line = this.#line();
    if (line === undefined) return false;
    const text = line.toString('latin1');
    this.#phase = 'command';
    // RFC 4954 4: "*" cancels; what is no base64 ends the exchange too.
    if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
      this.#await({ type: 'auth-response', text });
    else {
      this.#events.push({ type: 'auth-cancelled' });
      this.#refuse(text === '*' ? say.AUTH_CANCELLED : say.NOT_BASE64);
    }
    return true;
  }

  #line(): Buffer | undefined {
    const line = this.#input.line(MAX_AUTH_BYTES);
    if (line === undefined) return undefined;
    if (line.kind === 'line') return line.bytes;
    this.#fault(say.lineFault(line.kind), 'framing');
    return undefined;
  }

  #stepContent(): boolean {
    const chunk = this.#input.take();
    if (chunk.length === 0) return false;
    const reader = this.#phase === 'data' ? this.#data : this.#place.open?.bdat;
    if (reader === undefined) throw new TypeError('content without a transaction');
    const { content, next } = reader.read(chunk);
    if (next < chunk.length) this.#input.push(chunk.subarray(next));
    if (content.length > 0) this.#events.push({ type: 'content', bytes: content });
    if (reader instanceof DataReader ? reader.ended : !reader.inChunk) this.#contentEnd(reader);
    return true;
  }

  #stepDiscard(): boolean {
    const chunk = this.#input.take();
    const gone = Math.min(chunk.length, this.#discard.bytes);
    this.#discard.bytes -= gone;
    if (gone < chunk.length) this.#input.push(chunk.subarray(gone));
    if (this.#discard.bytes > 0) return false;
    this.#phase = 'command';
    for (let i = 1; i < this.#discard.times; i++) this.#say(this.#discard.then);
    this.#refuse(this.#discard.then);
    return true;
  }

  // --- commands ----------------------------------------------------------------------------------------------------

  #command(command: Command): void {
    const { verb } = command;
    // An accepted recipient is taken back from the count, and a message sets it to zero.
    if (!(verb === 'BDAT' && command.size > 0)) this.#idleCommands++;
    if (this.#idleCommands > this.#options.bounds.idleCommands && verb !== 'QUIT')
      return this.#fault(say.TOO_MANY_COMMANDS, 'idle-commands');
    const verdict = outOfPlace(verb, this.#place);
    if (verdict !== undefined)
      return verb === 'BDAT' ? this.#discardChunk(command.size, verdict) : this.#refuse(verdict);
    if (LAST_OF_GROUP.has(verb) && this.#talksEarly()) return;
    switch (verb) {
      case 'HELO':
      case 'EHLO':
      case 'LHLO':
        return this.#await({ type: 'hello', verb, name: command.name });
      case 'MAIL':
        return this.#mail(command);
      case 'RCPT':
        return this.#rcpt(command);
      case 'DATA':
        return this.#await({ type: 'data', chunked: false });
      case 'BDAT':
        return this.#bdat(command);
      case 'AUTH':
        return this.#auth(command);
      case 'XCLIENT':
        return this.#await({ type: 'xclient', attributes: command.attributes });
      case 'XFORWARD':
        return this.#await({ type: 'xforward', attributes: command.attributes });
      default:
        return this.#simple(verb);
    }
  }

  #simple(verb: 'RSET' | 'STARTTLS' | 'QUIT' | keyof typeof say.HARMLESS): void {
    switch (verb) {
      case 'RSET':
        this.#reset();
        return this.#say(say.OK);
      case 'STARTTLS':
        return this.#startTls();
      case 'QUIT':
        this.#say(say.bye(this.#options));
        return this.#close('quit');
      default:
        return this.#say(say.HARMLESS[verb]);
    }
  }

  #auth({ mechanism, initialResponse }: Verb<'AUTH'>): void {
    // RFC 4954 4: 504 for a mechanism that was not offered.
    if (!this.#place.offered.auth.includes(mechanism)) return this.#refuse(say.NO_MECHANISM);
    if (initialResponse === undefined) return this.#await({ type: 'auth', mechanism });
    this.#await({ type: 'auth', mechanism, initialResponse });
  }

  #mail({ reversePath, parameters }: Verb<'MAIL'>): void {
    const { size } = this.#place.offered;
    // RFC 1870 6.1: a size declared above ours is refused before the content is sent.
    if (size !== undefined && size > 0 && (parameters.size ?? 0) > size) return this.#refuse(say.TOO_BIG);
    this.#await({ type: 'mail', reversePath, parameters });
  }

  #rcpt({ forwardPath, parameters }: Verb<'RCPT'>): void {
    // RFC 6531 3.4: SMTPUTF8 is asked for at MAIL, for the whole transaction.
    if (forwardPath.international && this.#place.open?.smtpUtf8 !== true) return this.#refuse(say.NEEDS_UTF8);
    // RFC 5321 4.5.3.1.10: 452, so that the client sends the rest in another transaction.
    if (this.#place.recipients >= this.#options.bounds.recipients) return this.#say(say.TOO_MANY_RECIPIENTS);
    this.#await({ type: 'rcpt', forwardPath, parameters });
  }

  #bdat({ size, last }: Verb<'BDAT'>): void {
    const transaction = this.#place.open;
    if (transaction === undefined) throw new TypeError('BDAT without a transaction');
    if (transaction.bdat !== undefined) {
      transaction.bdat.chunk(size, last);
      return this.#startChunk(transaction.bdat);
    }
    transaction.bdat = new BdatReader(this.#options.bounds.content);
    transaction.bdat.chunk(size, last);
    this.#await({ type: 'data', chunked: true });
  }

  #startChunk(reader: BdatReader): void {
    this.#phase = 'bdat';
    if (!reader.inChunk) this.#contentEnd(reader);
  }

  /** The chunk comes whatever we think of it (RFC 3030 2): it is read past, then the client is told. */
  #discardChunk(size: number, then: Reply, times = 1): void {
    this.#discard = { bytes: size, then, times };
    this.#phase = 'discard';
  }

  #startTls(): void {
    this.#say(say.READY_FOR_TLS);
    // What a client sent in clear behind STARTTLS may be somebody else's (CVE-2011-0411): it is never read.
    const discarded = this.#input.take().length;
    this.#phase = 'tls';
    this.#events.push({ type: 'starttls', discarded });
  }

  // --- answers -----------------------------------------------------------------------------------------------------

  #answerHello(awaited: Awaited & { readonly type: 'hello' }): void {
    this.#awaited = undefined;
    this.#reset();
    this.#place.greeted = true;
    const extended = awaited.verb !== 'HELO';
    this.#place.offered = extended
      ? this.#options.offer({ secure: this.#place.secure, authenticated: this.#place.authenticated })
      : NO_CAPABILITIES;
    this.#say({ code: 250, lines: [this.#options.hostName, ...formatCapabilities(this.#place.offered)] });
  }

  #applyAnswer(awaited: Awaited, given: Reply): void {
    if (!isPositive(given)) return;
    switch (awaited.type) {
      case 'mail':
        this.#place.open = {
          smtpUtf8: awaited.parameters.smtpUtf8 === true,
          recipients: 0,
          bdat: undefined,
        };
        return;
      case 'rcpt':
        if (this.#place.open !== undefined) this.#place.open.recipients++;
        this.#idleCommands--;
        return;
      case 'auth':
      case 'auth-response':
        this.#place.authenticated = true;
        return;
      case 'xclient':
        // Postfix XCLIENT: the session starts over with the attributes in force.
        this.#place.restart();
        return;
      case 'hello':
      case 'data':
      case 'end':
      case 'xforward':
    }
  }

  #answerData(given: Reply, chunked: boolean): void {
    const goOn = given.code < 400;
    const bdat = this.#place.open?.bdat;
    if (chunked && bdat !== undefined) {
      if (goOn) return this.#startChunk(bdat);
      // RFC 2033 4.3: a last chunk has one reply for each recipient, whatever they are.
      const times = this.#options.protocol === 'lmtp' && bdat.last ? this.#place.recipients : 1;
      this.#place.open = undefined;
      return this.#discardChunk(bdat.size, given, times);
    }
    // Content sent before 354 would be read as commands if we said no, and was never asked for if we say yes.
    if (this.#talksEarly()) return;
    this.#say(given);
    if (!goOn) return this.#countRefusal(given);
    this.#data = new DataReader(this.#options.bounds.content);
    this.#phase = 'data';
  }

  #contentEnd(reader: DataReader | BdatReader): void {
    this.#phase = 'command';
    this.#idleCommands = 0;
    const { defect, size } = reader;
    const recipients = this.#place.recipients;
    const last = reader instanceof DataReader || reader.ended;
    if (defect !== undefined) {
      this.#place.open = undefined;
      this.#events.push({ type: 'refused', defect });
      // RFC 2033 4.2, 4.3: one reply for each recipient, after "." and BDAT LAST only.
      const replies = this.#options.protocol === 'lmtp' && last ? recipients : 1;
      for (let i = 1; i < replies; i++) this.#say(contentRefusal(defect));
      this.#refuse(contentRefusal(defect));
    } else if (!last) this.#say(say.OK);
    else {
      const endsWithLine = reader instanceof DataReader || reader.endsWithLine;
      this.#await({ type: 'end', size, recipients, endsWithLine });
    }
  }

  #answerEnd(awaited: Awaited & { readonly type: 'end' }, replies: readonly Reply[]): void {
    const due = this.#options.protocol === 'lmtp' ? awaited.recipients : 1;
    const [first] = replies;
    if (first === undefined || (replies.length !== due && replies.length !== 1))
      throw new TypeError(`${due} replies are due, not ${replies.length}`);
    this.#awaited = undefined;
    this.#place.open = undefined;
    for (let i = 0; i < due; i++) this.#say(replies[i] ?? first);
    this.#countRefusal(replies.find((each) => each.code === 421) ?? first);
  }

  // --- ends and counts ---------------------------------------------------------------------------------------------

  #await(event: Awaited): void {
    this.#awaited = event;
    this.#events.push(event);
  }

  #mustAwait(): Awaited {
    if (this.#awaited === undefined) throw new TypeError('no event waits for an answer');
    return this.#awaited;
  }

  #say(answer: Reply): void {
    this.#out += formatReply(answer);
  }

  /** RFC 2920 3.1: some commands are the last of their group. @returns true where this one was not: the session ends */
  #talksEarly(): boolean {
    if (this.#input.length === 0) return false;
    this.#fault(say.TALKS_EARLY, 'talks-early');
    return true;
  }

  #refuse(answer: Reply): void {
    this.#say(answer);
    if (answer.code === 421) return this.#close('caller');
    if (++this.#errors >= this.#options.bounds.errors) this.#fault(say.TOO_MANY_ERRORS, 'errors');
  }

  #countRefusal(answer: Reply): void {
    if (answer.code === 421) this.#close('caller');
    else if (answer.code >= 500 && ++this.#refusals >= this.#options.bounds.refusals)
      this.#fault(say.TOO_MANY_ERRORS, 'refusals');
  }

  #fault(last: Reply, reason: CloseReason): void {
    this.#say(last);
    this.#close(reason);
  }

  #close(reason: CloseReason): void {
    this.#phase = 'closed';
    this.#awaited = undefined;
    this.#place.open = undefined;
    this.#input.take();
    this.#events.push({ type: 'close', reason });
  }

  #reset(): void {
    if (this.#place.reset()) this.#events.push({ type: 'reset' });
  }
}
