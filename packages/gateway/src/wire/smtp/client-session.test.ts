import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { playClient } from '../../testing/smtp-client-dialogue.js';
import { cut, serverOptions } from '../../testing/smtp-dialogue.js';
import { ClientSession } from './client-session.js';
import { cannotCarry } from './format-command.js';
import { NO_CAPABILITIES, parseCapabilities, formatCapabilities } from './capabilities.js';
import { EVERYTHING } from '../../testing/smtp-dialogue.js';
import { ServerSession } from './server-session.js';

const hello = (keywords: string, verb = 'EHLO'): string => {
  const lines = ['mx.example', ...keywords.split(',').filter((word) => word !== '')];
  return `
  s -> 220 mx.example ESMTP
  e == greeting 220 mx.example ESMTP
  do hello gw.example
  c <- ${verb} gw.example
  ${lines.map((word, i) => `s -> 250${i === lines.length - 1 ? ' ' : '-'}${word}`).join('\n')}
  e == hello 250 ${lines.join('/')}`;
};

const dialogues: readonly (readonly [string, string, ('smtp' | 'lmtp')?])[] = [
  [
    'RFC 5321 3.3: without PIPELINING one command at a time; parameters that are not offered stay out',
    `p == greeting${hello('SIZE 100')}
    p == idle
    do MAIL FROM:<a@example.org> SIZE=5 RET=HDRS BODY=8BITMIME
    do RCPT TO:<b@example.net> NOTIFY=NEVER
    c <- MAIL FROM:<a@example.org> SIZE=5
    c --
    p == mail
    s -> 250 2.1.0 ok
    e == mail 250 2.1.0 ok
    c <- RCPT TO:<b@example.net>
    s -> 250 2.1.5 ok
    e == rcpt 250 2.1.5 ok
    do data
    c <- DATA
    s -> 354 go on
    e == data 354 go on
    p == content
    do content .one\\r\\ntwo.\\r
    do content \\n.
    do content \\r\\n
    do finish
    c <- ..one
    c <- two.
    c <- ..
    c <- .
    p == end
    s -> 250 2.0.0 queued
    e == end 250 2.0.0 queued
    do quit
    c <- QUIT
    s -> 221 2.0.0 bye
    e == quit 221 2.0.0 bye`,
  ],
  [
    'RFC 2920 3.1: with PIPELINING one group, DATA its last',
    `${hello('PIPELINING,DSN,8BITMIME')}
    do MAIL FROM:<> RET=HDRS ENVID=a+2Bb BODY=8BITMIME
    do RCPT TO:<"b c"@example.net> NOTIFY=NEVER ORCPT=rfc822;x@y.example
    do RCPT TO:<d@example.net>
    do data
    c <- MAIL FROM:<> BODY=8BITMIME RET=HDRS ENVID=a+2Bb
    c <- RCPT TO:<"b c"@example.net> NOTIFY=NEVER ORCPT=rfc822;x@y.example
    c <- RCPT TO:<d@example.net>
    c <- DATA
    s >> 250 2.1.0 ok\\r\\n550 5.1.1 no\\r\\n250-2.1.5 yes\\r\\n250 2.1.5 indeed\\r\\n354 go\\r\\n
    e == mail 250 2.1.0 ok
    e == rcpt 550 5.1.1 no
    e == rcpt 250 2.1.5 yes/indeed
    e == data 354 go
    do finish
    c <- .
    s -> 554 5.6.0 no
    e == end 554 5.6.0 no`,
  ],
  [
    'RFC 3030 4.2: chunks, in one flight with PIPELINING',
    `${hello('PIPELINING,CHUNKING')}
    do MAIL FROM:<a@example.org>
    do RCPT TO:<b@example.net>
    c <- MAIL FROM:<a@example.org>
    c <- RCPT TO:<b@example.net>
    s >> 250 ok\\r\\n250 ok\\r\\n
    e == mail 250 ok
    e == rcpt 250 ok
    do chunk .\\r\\n
    do last b\\r\\n
    c <- BDAT 3
    c <- .
    c <- BDAT 3 LAST
    c <- b
    s >> 250 3 bytes\\r\\n250 2.0.0 queued\\r\\n
    e == chunk 250 3 bytes
    e == end 250 2.0.0 queued`,
  ],
  [
    'RFC 2033 4.2: LMTP has one reply for each accepted recipient',
    `${hello('PIPELINING', 'LHLO')}
    do MAIL FROM:<a@example.org>
    do RCPT TO:<b@example.net>
    do RCPT TO:<c@example.net>
    do RCPT TO:<d@example.net>
    do data
    c <- MAIL FROM:<a@example.org>
    c <- RCPT TO:<b@example.net>
    c <- RCPT TO:<c@example.net>
    c <- RCPT TO:<d@example.net>
    c <- DATA
    s >> 250 ok\\r\\n250 ok\\r\\n550 no\\r\\n250 ok\\r\\n354 go\\r\\n
    e == mail 250 ok
    e == rcpt 250 ok
    e == rcpt 550 no
    e == rcpt 250 ok
    e == data 354 go
    do content x\\r\\n
    do finish
    c <- x
    c <- .
    s -> 250 2.0.0 one
    p == end
    s -> 452 4.2.2 full
    e == end 250 2.0.0 one | 452 4.2.2 full
    p == idle`,
    'lmtp',
  ],
  [
    'RFC 3207 4.2: STARTTLS, then EHLO again',
    `${hello('STARTTLS,PIPELINING')}
    do startTls
    c <- STARTTLS
    s -> 220 2.0.0 go
    e == starttls 220 2.0.0 go
    p == tls
    do tls
    do hello gw.example
    c <- EHLO gw.example
    s -> 250 mx.example
    e == hello 250 mx.example
    do MAIL FROM:<a@example.org>
    do RCPT TO:<b@example.net>
    c <- MAIL FROM:<a@example.org>
    s -> 250 ok
    e == mail 250 ok
    c <- RCPT TO:<b@example.net>`,
  ],
  [
    'CVE-2021-38371: replies in clear behind the reply to STARTTLS',
    `${hello('STARTTLS')}
    do startTls
    c <- STARTTLS
    s >> 220 go\\r\\n250-evil.example\\r\\n250 AUTH PLAIN\\r\\n
    e == broken clear-after-starttls
    p == broken`,
  ],
  [
    'RFC 5321 3.2: HELO where EHLO is refused',
    `s -> 220 old
    e == greeting 220 old
    do hello gw.example
    c <- EHLO gw.example
    s -> 502 what?
    e == hello 502 what?
    do helo gw.example
    c <- HELO gw.example
    s -> 250 old
    e == hello 250 old`,
  ],
  [
    'nothing is sent before the greeting',
    `do hello gw.example
    c --
    s -> 220 mx
    e == greeting 220 mx
    c <- EHLO gw.example`,
  ],
  [
    'RFC 5321 3.8: a 421 that nobody asked for, and replies out of count',
    `${hello('')}
    s -> 421 4.4.2 timeout
    e == broken unexpected-reply 421 4.4.2 timeout`,
  ],
  [
    'a reply while content is sent counts for nothing but the end of the connection',
    `${hello('')}
    do MAIL FROM:<a@example.org>
    c <- MAIL FROM:<a@example.org>
    s -> 250 ok
    e == mail 250 ok
    do data
    c <- DATA
    s -> 354 go
    e == data 354 go
    do content x\\r\\n
    c <- x
    s -> 250 2.0.0 taken, says the server, before the end
    e == broken unexpected-reply 250 2.0.0 taken, says the server, before the end
    do content y\\r\\n
    do finish
    c --`,
  ],
  [
    'stack.md 5: Postfix with defaults takes LF.CRLF for an end: it never gets the end behind it',
    `${hello('')}
    do data
    c <- DATA
    s -> 354 go
    e == data 354 go
    do content a\\n.\\r\\nMAIL FROM:<admin@bank.example>\\r\\n
    e == broken unsafe-content
    do finish
    c --`,
  ],
  [
    'a CR at the end of the content is bare too',
    `${hello('')}
    do data
    c <- DATA
    s -> 354 go
    e == data 354 go
    do content a\\r
    c << a\\r
    do finish
    e == broken unsafe-content
    p == broken`,
  ],
  [
    'a bare CR does not go by BDAT either',
    `${hello('CHUNKING')}
    do last a\\rb
    e == broken unsafe-content
    c --`,
  ],
  [
    'RFC 4954 4: AUTH',
    `${hello('AUTH LOGIN')}
    do auth LOGIN
    c <- AUTH LOGIN
    s -> 334 VXNlcm5hbWU6
    e == auth 334 VXNlcm5hbWU6
    do authResponse dXNlcg==
    c <- dXNlcg==
    s -> 235 2.7.0 yes
    e == auth 235 2.7.0 yes`,
  ],
  [
    'Postfix XFORWARD and XCLIENT: after XCLIENT from the start',
    `${hello('PIPELINING,XCLIENT ADDR,XFORWARD ADDR')}
    do xforward ADDR=192.0.2.1
    do noop
    do rset
    c <- XFORWARD ADDR=192.0.2.1
    c <- NOOP
    c <- RSET
    s >> 250 ok\\r\\n250 ok\\r\\n250 ok\\r\\n
    e == xforward 250 ok
    e == noop 250 ok
    e == rset 250 ok
    do xclient ADDR=192.0.2.1
    do hello gw.example
    c <- XCLIENT ADDR=192.0.2.1
    s -> 220 mx.example
    e == xclient 220 mx.example
    c <- EHLO gw.example`,
  ],
  ['RFC 5321 4.2: a line end that is none', 's >> 220 mx\\n\ne == broken line-end'],
  ['RFC 5321 4.2.1: codes that differ', 's >> 220-mx\\r\\n250 mx\\r\\n\ne == broken codes-differ'],
  ['RFC 5321 4.2: what is no reply', 's >> HTTP/1.1 400\\r\\n\ne == broken syntax'],
  ['RFC 5321 4.2: a code without text', 's >> 220\\r\\n\ne == greeting 220'],
  [
    'RFC 2034 4: an enhanced code of another class is text',
    's >> 220 5.1.1 x\\r\\n\ne == greeting 220 5.1.1 x',
  ],
];
for (const [name, script, protocol] of dialogues)
  test(name, () => {
    playClient(script, protocol);
  });

test('a reply of 128 lines and a line of 4096 bytes are read, more is not', () => {
  const read = (text: string): string | undefined => {
    const session = new ClientSession('smtp');
    session.push(Buffer.from(text));
    const event = session.next();
    return event?.type === 'broken' ? event.reason : event?.type;
  };
  equal(read(`${'220-x\r\n'.repeat(127)}220 x\r\n`), 'reply');
  equal(read(`${'220-x\r\n'.repeat(128)}220 x\r\n`), 'too-many-lines');
  equal(read(`220 ${'x'.repeat(4090)}\r\n`), 'reply');
  equal(read(`220 ${'x'.repeat(4091)}\r\n`), 'line-too-long');
  equal(read('x'.repeat(100_000)), 'line-too-long');
});

test('mistakes of the caller', () => {
  const session = new ClientSession('smtp');
  throws(() => session.hello('a\r\nMAIL FROM:<x@y>'), TypeError);
  throws(() => session.content(Buffer.from('x')), TypeError);
  throws(() => session.finish(), TypeError);
  throws(() => session.chunk(Buffer.from('x'), true), TypeError);
  throws(() => session.tlsStarted(), TypeError);
});

test('capabilities are read as they are written, whatever their case', () => {
  deepEqual(parseCapabilities(formatCapabilities(EVERYTHING)), EVERYTHING);
  deepEqual(parseCapabilities(formatCapabilities(EVERYTHING).map((line) => line.toLowerCase())), EVERYTHING);
  deepEqual(parseCapabilities(['SIZE', 'SIZE 5', 'AUTH=PLAIN', '', 'X-ODD a b']), {
    ...NO_CAPABILITIES,
    size: 0,
  });
});

test('what a next hop cannot carry', () => {
  equal(cannotCarry({ smtpUtf8: true }, NO_CAPABILITIES), 'SMTPUTF8');
  equal(cannotCarry({ requireTls: true }, NO_CAPABILITIES), 'REQUIRETLS');
  equal(cannotCarry({ body: '8BITMIME' }, NO_CAPABILITIES), '8BITMIME');
  equal(cannotCarry({ body: '7BIT', size: 1 }, NO_CAPABILITIES), undefined);
  equal(cannotCarry({ smtpUtf8: true, requireTls: true, body: '8BITMIME' }, EVERYTHING), undefined);
});

/** Our client and our server, joined; the content that arrives. */
function through(pieces: readonly Buffer[], offsets: readonly number[], chunks: boolean): string {
  const offered = { ...EVERYTHING, size: undefined, startTls: false };
  const server = new ServerSession(serverOptions({ offer: () => offered }));
  const client = new ClientSession('smtp');
  const content: Buffer[] = [];
  let outcome = '';
  const turn = (): void => {
    for (let moved = true; moved;) {
      moved = false;
      for (const chunk of cut(Buffer.concat(client.output()), offsets)) {
        moved = true;
        server.push(chunk);
        for (let event = server.next(); event !== undefined; event = server.next()) {
          if (event.type === 'content') content.push(event.bytes);
          if (server.awaiting) server.accept();
        }
      }
      for (const chunk of cut(Buffer.from(server.output()), offsets)) {
        moved = true;
        client.push(chunk);
        for (let event = client.next(); event !== undefined; event = client.next())
          if (event.type !== 'reply')
            outcome = event.type === 'end' ? String(event.replies[0]?.code) : event.reason;
      }
    }
  };
  server.greet();
  client.hello('gw.example');
  turn();
  client.mail(null, {});
  client.rcpt({ address: 'b@example.net', localPart: 'b', international: false }, {});
  if (!chunks) client.data();
  turn();
  for (const piece of pieces) {
    if (chunks) client.chunk(piece, false);
    else client.content(piece);
  }
  if (chunks) client.chunk(Buffer.alloc(0), true);
  else client.finish();
  turn();
  equal(outcome, '250');
  return Buffer.concat(content).toString('latin1');
}

test('property: what our client sends is what our server gets, byte for byte, by DATA and by BDAT', () => {
  const line = fc.oneof(
    fc.constantFrom('.', '..', '', '. ', '.x', 'QUIT', '\x01\xff'),
    fc.uint8Array({ maxLength: 20 }).map((bytes) =>
      Buffer.from(bytes)
        .toString('latin1')
        .replace(/[\r\n\0]/g, '.'),
    ),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.array(fc.nat(100), { maxLength: 6 }),
      fc.array(fc.nat(100), { maxLength: 4 }),
      fc.boolean(),
      (lines, offsets, pieces, chunks) => {
        const content = Buffer.from(lines.map((one) => `${one}\r\n`).join(''), 'latin1');
        equal(through(cut(content, pieces), offsets, chunks), content.toString('latin1'));
      },
    ),
    { numRuns: 300 },
  );
});

test('property: nothing a server sends makes the client throw', () => {
  const word = fc.oneof(
    fc.constantFrom(
      '220 x\r\n',
      '250-PIPELINING\r\n',
      '250 ok\r\n',
      '354 go\r\n',
      '421 bye\r\n',
      '250 2.0.0\r\n',
      '5',
    ),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      const session = new ClientSession('smtp');
      session.hello('gw.example');
      session.mail(null, {});
      let broken = 0;
      for (const text of words) {
        session.push(Buffer.from(text, 'latin1'));
        for (let event = session.next(); event !== undefined; event = session.next())
          if (event.type === 'broken') broken++;
      }
      ok(broken <= 1);
    }),
    { numRuns: 300 },
  );
});
