import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cut, EVERYTHING, play, serverOptions, tellEvent } from '../../testing/smtp-dialogue.js';
import type { ServerOptions } from './server-options.js';
import { ServerSession } from './server-session.js';

const lmtp = serverOptions({ protocol: 'lmtp' });
const HELLO = `
  c -> EHLO c.example
  s <- 250-mx.example
  s <- 250-PIPELINING
  s <- 250-SIZE 1000
  s <- 250-STARTTLS
  s <- 250-AUTH PLAIN LOGIN
  s <- 250-REQUIRETLS
  s <- 250-ENHANCEDSTATUSCODES
  s <- 250-8BITMIME
  s <- 250-DSN
  s <- 250-SMTPUTF8
  s <- 250-CHUNKING
  s <- 250-XCLIENT ADDR HELO
  s <- 250 XFORWARD ADDR`;
const LHLO = HELLO.replace('EHLO', 'LHLO');
const MAIL = `
  c -> MAIL FROM:<a@example.org>
  s <- 250 2.0.0 ok`;
const ENVELOPE = `${MAIL}
  c -> RCPT TO:<b@example.net>
  s <- 250 2.0.0 ok`;

const dialogues: readonly (readonly [string, string, ServerOptions?])[] = [
  [
    'RFC 5321 3.3: one message',
    `${HELLO}${ENVELOPE}
    e == hello EHLO c.example
    e == mail <a@example.org>
    e == rcpt <b@example.net>
    c -> DATA
    s <- 354 ...
    e == data false
    c -> ..dot
    e == content ".dot\\r\\n"
    c -> .
    a := 250 2.6.0 queued as 1
    e == end 6 for 1
    s <- 250 2.0.0 ok
    c -> QUIT
    s <- 221 2.0.0 mx.example closing
    e == close quit
    e --`,
  ],
  [
    'RFC 5321 4.2: the replies of a next hop are handed on',
    `${HELLO}
    a := 250 2.1.0 originator ok
    c -> MAIL FROM:<a@example.org>
    s <- 250 2.1.0 originator ok
    a := 550 5.1.1 no such user
    c -> RCPT TO:<b@example.net>
    s <- 550 5.1.1 no such user
    a := 451 4.7.1 later
    c -> RCPT TO:<c@example.net>
    s <- 451 4.7.1 later
    c -> DATA
    s <- 503 5.5.1 no valid recipients`,
  ],
  [
    'RFC 5321 4.5.3.2: a refused DATA leaves the transaction open',
    `${HELLO}${ENVELOPE}
    a := 451 4.3.0 not now
    c -> DATA
    s <- 451 4.3.0 not now
    c -> DATA
    s <- 354 ...`,
  ],
  [
    'RFC 5321 4.1.4: commands out of order',
    `c -> MAIL FROM:<a@example.org>
    s <- 503 5.5.1 say EHLO first
    c -> RCPT TO:<a@example.org>
    s <- 503 5.5.1 MAIL first
    c -> DATA
    s <- 503 5.5.1 MAIL first${HELLO}${MAIL}
    c -> MAIL FROM:<a@example.org>
    s <- 503 5.5.1 bad sequence of commands
    c -> DATA
    s <- 503 5.5.1 no valid recipients
    c -> LHLO c.example
    s <- 500 5.5.1 this is SMTP: say EHLO`,
  ],
  [
    'RFC 5321 4.1.4: EHLO and RSET end the transaction',
    `${HELLO}${ENVELOPE}
    c -> RSET
    s <- 250 2.0.0 ok
    e == reset
    c -> RSET
    s <- 250 2.0.0 ok
    e --${ENVELOPE}${HELLO}
    e == hello EHLO c.example
    e == reset
    c -> DATA
    s <- 503 5.5.1 MAIL first`,
  ],
  [
    'RFC 5321 4.1.1.1: HELO offers nothing, so no parameters',
    `c -> HELO c.example
    s <- 250 mx.example
    c -> MAIL FROM:<a@example.org> SIZE=1
    s <- 555 5.5.4 ...
    c -> BDAT 3 LAST
    c >> abc
    s <- 502 5.5.1 command not offered`,
  ],
  [
    'RFC 5321 4.1.1: the harmless ones',
    `c -> NOOP
    s <- 250 2.0.0 ok
    c -> HELP MAIL
    s <- 214 2.0.0 see RFC 5321
    c -> VRFY root
    s <- 252 2.0.0 send some mail, and see
    c -> EXPN staff
    s <- 502 5.5.1 command not offered`,
  ],
  [
    'RFC 1870 6.1: a declared size above ours',
    `${HELLO}
    c -> MAIL FROM:<a@example.org> SIZE=1001
    s <- 552 5.3.4 message is too big
    c -> MAIL FROM:<a@example.org> SIZE=1000
    s <- 250 2.0.0 ok`,
  ],
  [
    'RFC 6531 3.4: SMTPUTF8 at MAIL holds for RCPT',
    `${HELLO}${MAIL}
    c -> RCPT TO:<\\xc3\\xa9@example.net>
    s <- 553 5.6.7 ...
    c -> RSET
    s <- 250 2.0.0 ok
    c -> MAIL FROM:<a@example.org> SMTPUTF8
    s <- 250 2.0.0 ok
    c -> RCPT TO:<\\xc3\\xa9@example.net>
    s <- 250 2.0.0 ok`,
  ],
  [
    'RFC 2920 3.1: one group of commands, answered in order',
    `${HELLO}
    a := 250 2.1.0 one
    a := 550 5.1.1 two
    a := 250 2.1.5 three
    c >> MAIL FROM:<a@example.org>\\r\\nRCPT TO:<b@example.net>\\r\\nRCPT TO:<c@example.net>\\r\\nDATA\\r\\n
    s <- 250 2.1.0 one
    s <- 550 5.1.1 two
    s <- 250 2.1.5 three
    s <- 354 ...
    c >> x\\r\\n.\\r\\nMAIL FROM:<d@example.org>\\r\\n
    s <- 250 2.0.0 ok
    s <- 250 2.0.0 ok
    e == end 3 for 1
    e == mail <d@example.org>`,
  ],
  [
    'RFC 2920 3.1: content before 354',
    `${HELLO}${ENVELOPE}
    c >> DATA\\r\\nx\\r\\n.\\r\\n
    s <- 521 5.5.0 ...
    e == close talks-early`,
  ],
  [
    'RFC 2920 3.1: commands behind EHLO',
    `c >> EHLO c.example\\r\\nMAIL FROM:<a@example.org>\\r\\n
    s <- 521 5.5.0 ...
    e == close talks-early`,
  ],
  [
    'RFC 3207 4.2: STARTTLS, and a fresh start',
    `${HELLO}
    c -> STARTTLS
    s <- 220 2.0.0 ready to start TLS
    e == starttls 0
    ! tls
    c -> MAIL FROM:<a@example.org>
    s <- 503 5.5.1 say EHLO first
    c -> EHLO c.example
    s <- 250-mx.example
    s <- 250-PIPELINING
    s <- 250-SIZE 1000
    s <- 250-AUTH PLAIN LOGIN
    s <- 250-REQUIRETLS
    s <- 250-ENHANCEDSTATUSCODES
    s <- 250-8BITMIME
    s <- 250-DSN
    s <- 250-SMTPUTF8
    s <- 250-CHUNKING
    s <- 250-XCLIENT ADDR HELO
    s <- 250 XFORWARD ADDR
    c -> STARTTLS
    s <- 502 5.5.1 command not offered`,
  ],
  [
    'CVE-2011-0411: commands in clear behind STARTTLS are never read',
    `${HELLO}
    c >> STARTTLS\\r\\nEHLO evil.example\\r\\nMAIL FROM:<evil@example.org>\\r\\n
    s <- 220 2.0.0 ready to start TLS
    e == starttls 49
    c -> MAIL FROM:<evil@example.org>
    s --
    ! tls
    c -> NOOP
    s <- 250 2.0.0 ok
    e --`,
  ],
  [
    'RFC 3207 4: TLS before all else, where it is demanded',
    `c -> EHLO c.example
    s <- 250-mx.example
    s <- 250 STARTTLS
    c -> MAIL FROM:<a@example.org>
    s <- 530 5.7.0 must issue a STARTTLS command first
    c -> BDAT 5
    c >> QUIT\\n
    s <- 530 5.7.0 must issue a STARTTLS command first
    c -> NOOP
    s <- 250 2.0.0 ok`,
    serverOptions({
      requireTls: true,
      offer: () => ({
        ...EVERYTHING,
        pipelining: false,
        size: undefined,
        eightBitMime: false,
        smtpUtf8: false,
        chunking: false,
        dsn: false,
        enhancedStatusCodes: false,
        requireTls: false,
        auth: [],
        xclient: [],
        xforward: [],
      }),
    }),
  ],
  [
    'RFC 3030 2: chunks',
    `${HELLO}${ENVELOPE}
    c >> BDAT 4\\r\\na\\r\\n.BDAT 0\\r\\nBDAT 5 LAST\\r\\n\\r\\nQ\\r\\nNOOP\\r\\n
    e == data true
    e == content "a\\r\\n."
    e == content "\\r\\nQ\\r\\n"
    e == end 9 for 1
    s <- 250 2.0.0 ok
    s <- 250 2.0.0 ok
    s <- 250 2.0.0 ok
    s <- 250 2.0.0 ok`,
  ],
  [
    'RFC 3030 2: LAST of size 0, content without a last line end',
    `${HELLO}${ENVELOPE}
    c >> BDAT 1\\r\\naBDAT 0 LAST\\r\\n
    s <- 250 2.0.0 ok
    s <- 250 2.0.0 ok
    e == end 1 for 1 unended`,
  ],
  [
    'RFC 3030 2: DATA after BDAT, and RCPT after BDAT',
    `${HELLO}${ENVELOPE}
    c >> BDAT 1\\r\\na
    s <- 250 2.0.0 ok
    c -> DATA
    s <- 503 5.5.1 bad sequence of commands
    c -> RCPT TO:<c@example.net>
    s <- 503 5.5.1 bad sequence of commands
    c -> RSET
    s <- 250 2.0.0 ok
    e == reset`,
  ],
  [
    'RFC 3030 2: a chunk nobody wants is read past, whatever it looks like',
    `${HELLO}
    c >> BDAT 16 LAST\\r\\nDATA\\r\\nQUIT\\r\\n.\\r\\nXNOOP\\r\\n
    s <- 503 5.5.1 MAIL first
    s <- 250 2.0.0 ok${ENVELOPE}
    a := 452 4.3.1 disk full
    c >> BDAT 6\\r\\nQUIT\\r\\nBDAT 6 LAST\\r\\nQUIT\\r\\n
    s <- 452 4.3.1 disk full
    s <- 503 5.5.1 MAIL first`,
  ],
  [
    'RFC 3030 2: without a size the session ends',
    `${HELLO}${ENVELOPE}
    c -> BDAT LAST
    s <- 501 5.5.4 ...
    e == close framing`,
  ],
  [
    'RFC 3030 3: a bare LF in the first chunk ends the transaction at its border',
    `${HELLO}${ENVELOPE}
    c >> BDAT 2\\r\\na\\nBDAT 3 LAST\\r\\nb\\r\\n
    s <- 550 5.6.0 ...
    e == refused bare-lf
    s <- 503 5.5.1 MAIL first`,
  ],
  [
    'RFC 1870 6.3: above the bound',
    `${HELLO}${ENVELOPE}
    c -> DATA
    s <- 354 ...
    c >> 123456789\\r\\n.\\r\\n
    s <- 552 5.3.4 message is too big
    e == refused too-big${ENVELOPE}`,
    serverOptions({ bounds: { content: { messageBytes: 10, lineBytes: 100 } } }),
  ],
  [
    'RFC 4954 4: AUTH with a challenge',
    `${HELLO}
    a := ? VXNlcm5hbWU6
    c -> AUTH LOGIN
    s <- 334 VXNlcm5hbWU6
    e == auth LOGIN
    c -> dXNlcg==
    e == auth-response dXNlcg==
    s <- 235 2.7.0 authentication successful
    c -> AUTH LOGIN
    s <- 503 5.5.1 bad sequence of commands`,
  ],
  [
    'RFC 4954 4: AUTH given up, refused, without base64, or with another mechanism',
    `${HELLO}
    a := ? a
    c -> AUTH LOGIN
    s <- 334 a
    c -> *
    s <- 501 5.7.0 authentication cancelled
    e == auth-cancelled
    a := ? a
    c -> AUTH LOGIN
    s <- 334 a
    c -> MAIL FROM:<a@example.org>
    s <- 501 5.5.2 not base64
    a := 535 5.7.8 no
    c -> AUTH PLAIN AA==
    s <- 535 5.7.8 no
    c -> AUTH CRAM-MD5
    s <- 504 5.5.4 mechanism not offered${MAIL}
    c -> AUTH PLAIN AA==
    s <- 503 5.5.1 bad sequence of commands`,
  ],
  [
    'Postfix XCLIENT and XFORWARD: only where offered; XCLIENT starts over',
    `${HELLO}
    c -> XFORWARD ADDR=192.0.2.1 HELO=a+20b
    s <- 250 2.0.0 ok
    e == xforward ADDR=192.0.2.1 HELO=a b
    c -> XCLIENT ADDR=IPV6:2001:db8::1 HELO=[UNAVAILABLE]
    s <- 220 mx.example ESMTP
    e == xclient ADDR=2001:db8::1 HELO=null
    c -> MAIL FROM:<a@example.org>
    s <- 503 5.5.1 say EHLO first
    c -> XCLIENT ADDR=192.0.2.1
    s <- 502 5.5.1 command not offered`,
  ],
  [
    'RFC 2033 4.2: LMTP, one reply for each accepted recipient',
    `c -> EHLO c.example
    s <- 500 5.5.1 this is LMTP: say LHLO${LHLO}${ENVELOPE}
    a := 550 5.1.1 no such user
    c -> RCPT TO:<c@example.net>
    s <- 550 5.1.1 no such user
    c -> RCPT TO:<d@example.net>
    s <- 250 2.0.0 ok
    c -> DATA
    s <- 354 ...
    a := 250 2.0.0 one | 452 4.2.2 two
    c >> x\\r\\n.\\r\\n
    e == end 3 for 2
    s <- 250 2.0.0 one
    s <- 452 4.2.2 two`,
    lmtp,
  ],
  [
    'RFC 2033 4.3: LMTP and BDAT: one reply for a chunk, one for each recipient after the last',
    `${LHLO}${ENVELOPE}
    c -> RCPT TO:<d@example.net>
    s <- 250 2.0.0 ok
    c >> BDAT 3\\r\\na\\r\\nBDAT 3 LAST\\r\\nb\\r\\n
    s <- 250 2.0.0 ok
    s <- 250 2.0.0 ok
    s <- 250 2.0.0 ok`,
    lmtp,
  ],
  [
    'RFC 2033 4.3: LMTP and BDAT: a refused last chunk has one reply for each recipient too',
    `${LHLO}${ENVELOPE}
    c -> RCPT TO:<d@example.net>
    s <- 250 2.0.0 ok
    a := 452 4.3.1 disk full
    c >> BDAT 3 LAST\\r\\na\\r\\nNOOP\\r\\n
    s <- 452 4.3.1 disk full
    s <- 452 4.3.1 disk full
    s <- 250 2.0.0 ok`,
    lmtp,
  ],
  [
    'RFC 5321 2.3.8: smtp-server fault: command lines with a bare LF were accepted',
    `c >> NOOP\\nNOOP\\r\\n
    s <- 521 5.5.2 bare LF ...
    e == close framing
    c -> NOOP
    s --`,
  ],
  [
    'RFC 5321 2.3.8: a bare CR in a command',
    `c >> NOOP\\rNOOP\\r\\n
    s <- 521 5.5.2 bare CR ...
    e == close framing`,
  ],
  [
    'a web browser',
    `c >> POST / HTTP/1.1\\r\\nHost: mx\\r\\n\\r\\nMAIL FROM:<a@example.org>\\r\\n
    s <- 500 5.5.1 this is SMTP
    e == close http
    e --`,
  ],
  [
    'RFC 5321 4.5.3.1.10: too many recipients',
    `${HELLO}${ENVELOPE}
    c -> RCPT TO:<c@example.net>
    s <- 452 4.5.3 too many recipients`,
    serverOptions({ bounds: { recipients: 1 } }),
  ],
  [
    'errors: one below the bound, then at it',
    `c -> FOO
    s <- 500 5.5.1 command not recognised
    c -> NOOP
    s <- 250 2.0.0 ok
    c -> FOO
    s <- 500 5.5.1 command not recognised
    s <- 421 4.7.0 too many errors
    e == close errors`,
    serverOptions({ bounds: { errors: 2 } }),
  ],
  [
    'refusals of the caller: one below the bound, then at it',
    `${HELLO}
    a := 550 5.7.1 no
    c -> MAIL FROM:<a@example.org>
    s <- 550 5.7.1 no
    a := 550 5.7.1 no
    c -> MAIL FROM:<a@example.org>
    s <- 550 5.7.1 no
    s <- 421 4.7.0 too many errors
    e == close refusals`,
    serverOptions({ bounds: { refusals: 2 } }),
  ],
  [
    'smtp-server fault: NOOPs without end; a message sets the count to zero',
    `${HELLO}${ENVELOPE}
    c -> DATA
    s <- 354 ...
    c -> .
    s <- 250 2.0.0 ok
    c -> NOOP
    s <- 250 2.0.0 ok
    c -> NOOP
    s <- 250 2.0.0 ok
    c -> NOOP
    s <- 250 2.0.0 ok
    c -> NOOP
    s <- 421 4.7.0 too many commands without a message
    e == close idle-commands`,
    serverOptions({ bounds: { idleCommands: 3 } }),
  ],
  [
    'RFC 5321 3.8: 421 from the caller ends the session',
    `${HELLO}
    a := 421 4.3.2 going down
    c >> MAIL FROM:<a@example.org>\\r\\nRCPT TO:<b@example.net>\\r\\n
    s <- 421 4.3.2 going down
    e == close caller
    e --`,
  ],
];
for (const [name, script, options] of dialogues)
  test(name, () => {
    play(script, options);
  });

test('a client that speaks before the greeting is told once; the caller decides', () => {
  const session = new ServerSession(serverOptions());
  session.push(Buffer.from('EHLO c.exa'));
  session.push(Buffer.from('mple\r\n'));
  deepEqual(session.next(), { type: 'pregreet', bytes: 10 });
  equal(session.next(), undefined);
  session.greet({ code: 554, enhanced: '5.5.1', lines: ['you speak too early'] });
  deepEqual(session.next(), { type: 'close', reason: 'caller' });
  equal(session.output(), '554 5.5.1 you speak too early\r\n');
  const lenient = new ServerSession(serverOptions());
  lenient.push(Buffer.from('HELO c.example\r\n'));
  equal(lenient.next()?.type, 'pregreet');
  lenient.greet();
  equal(lenient.next()?.type, 'hello');
});

test('RFC 5321 4.5.3.1.4, RFC 4954 4: lines at and above the bounds', () => {
  const send = (line: string): string => {
    const session = new ServerSession(serverOptions());
    session.greet();
    session.output();
    session.push(Buffer.from(`${line}\r\n`));
    return `${session.next()?.type ?? ''} ${session.output()}`;
  };
  equal(send(`NOOP ${'x'.repeat(2048 - 7)}`), ' 250 2.0.0 ok\r\n');
  equal(send(`NOOP ${'x'.repeat(2048 - 6)}`), ' 500 5.5.2 line too long\r\n');
  equal(send(`AUTH PLAIN ${'A'.repeat(12_288 - 13)}`), ' 502 5.5.1 command not offered\r\n');
  equal(send(`AUTH PLAIN ${'A'.repeat(12_288 - 12)}`), 'close 521 5.5.2 line too long\r\n');
  equal(send('x'.repeat(1_000_000)), 'close 521 5.5.2 line too long\r\n');
});

test('input that piles up while an answer is due is bounded', () => {
  for (const [bytes, closed] of [
    [100, false],
    [101, true],
  ] as const) {
    const session = new ServerSession(serverOptions({ bounds: { heldBytes: 100 } }));
    session.greet();
    session.push(Buffer.from('HELO c.example\r\n'));
    equal(session.next()?.type, 'hello');
    ok(session.awaiting);
    for (let i = 0; i < bytes; i++) session.push(Buffer.from('x'));
    equal(session.next()?.type, closed ? 'close' : undefined);
    // Too late, and no fault of the caller's.
    if (closed) session.accept();
  }
});

test('a caller that ends the session, and one that makes mistakes', () => {
  const session = new ServerSession(serverOptions({ protocol: 'lmtp' }));
  throws(() => session.accept(), TypeError);
  throws(() => session.tlsStarted(), TypeError);
  session.greet();
  throws(() => session.greet(), TypeError);
  session.push(Buffer.from('LHLO c.example\r\n'));
  session.next();
  throws(() => session.answer({ code: 250, lines: ['ok'] }), TypeError);
  throws(() => session.challenge(''), TypeError);
  session.accept();
  session.output();
  session.close({ code: 421, enhanced: '4.4.2', lines: ['too slow'] });
  session.close({ code: 421, enhanced: '4.4.2', lines: ['too slow'] });
  equal(session.output(), '421 4.4.2 too slow\r\n');
  deepEqual(session.next(), { type: 'close', reason: 'caller' });
  equal(session.next(), undefined);
});

/** Everything a session says and tells, content joined, of a client that waits where it has to. */
function story(groups: readonly Buffer[], offsets: readonly number[], protocol: 'smtp' | 'lmtp'): string {
  const session = new ServerSession(serverOptions({ protocol }));
  const told: string[] = [];
  let content = '';
  session.greet();
  for (const group of groups)
    for (const chunk of cut(group, offsets)) {
      session.push(chunk);
      for (let event = session.next(); event !== undefined; event = session.next()) {
        if (event.type === 'content') content += event.bytes.toString('latin1');
        else {
          told.push(content, tellEvent(event));
          content = event.type === 'refused' ? '' : content;
          if (event.type === 'refused') told[told.length - 2] = '';
          else content = '';
        }
        if (session.awaiting) session.accept();
      }
    }
  return `${told.join('\n')}\n${session.output()}`;
}

test('property: any cut of what a client sends gives the same events and the same replies', () => {
  const group = fc.constantFrom(
    'EHLO c.example\r\n',
    'LHLO c.example\r\n',
    'MAIL FROM:<a@example.org> SIZE=10\r\nRCPT TO:<b@example.net>\r\nRCPT TO:<>\r\nDATA\r\n',
    'first\r\n..\r\n.\r\nNOOP\r\nRSET\r\n',
    'a\nb\r\n.\n\r\n.\r\n',
    'MAIL FROM:<>\r\nRCPT TO:<b@example.net>\r\nBDAT 5\r\na\r\n.\rBDAT 4 LAST\r\n\nb\r\n',
    'BDAT 3\r\nx\r\n',
    'FOO\r\n\r\nVRFY x\r\n',
    'AUTH PLAIN\r\n',
    'QUIT\n',
    'MAIL FROM:<a\0@example.org>\r\n',
  );
  fc.assert(
    fc.property(
      fc.array(group, { maxLength: 8 }),
      fc.array(fc.nat(90), { maxLength: 6 }),
      fc.constantFrom('smtp' as const, 'lmtp' as const),
      (groups, offsets, protocol) => {
        const sent = ['EHLO c.example\r\n', ...groups].map((text) => Buffer.from(text, 'latin1'));
        equal(story(sent, offsets, protocol), story(sent, [], protocol));
      },
    ),
    { numRuns: 400 },
  );
});

test('property: nothing a client sends makes the session throw, or hold more than its bound', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'EHLO a\r\n',
      'MAIL FROM:<a@b.example>\r\n',
      'RCPT TO:<a@b.example>\r\n',
      'DATA\r\n',
      '.\r\n',
    ),
    fc.constantFrom(
      'BDAT 3\r\n',
      'BDAT 0 LAST\r\n',
      'BDAT 999999999999999\r\n',
      'STARTTLS\r\n',
      'AUTH PLAIN\r\n',
      '*\r\n',
    ),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 30 }),
      fc.array(fc.nat(4), { maxLength: 40 }),
      (words, answers) => {
        const session = new ServerSession(serverOptions({ bounds: { heldBytes: 200 } }));
        let closes = 0;
        session.greet();
        words.forEach((text, i) => {
          session.push(Buffer.from(text, 'latin1'));
          for (let event = session.next(); event !== undefined; event = session.next()) {
            if (event.type === 'close') closes++;
            if (event.type === 'starttls') session.tlsStarted();
            const choice = answers[(i + closes) % answers.length] ?? 0;
            if (!session.awaiting) continue;
            if (choice === 1) session.answer({ code: 550, enhanced: '5.7.1', lines: ['no'] });
            else if (choice !== 2) session.accept();
            else break;
          }
          ok(/^(?:[2345][0-9]{2}[ -][\x20-\x7e]*\r\n)*$/.test(session.output()));
        });
        ok(closes <= 1);
      },
    ),
    { numRuns: 400 },
  );
});
