// Servers, and people beside the path, that send what no honest server sends.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { ManualTime } from '../testing/manual-time.js';
import { ask, flip, hello, setup, truncated } from '../testing/resolver-setup.js';
import { type Asked, framed, type Script, txt } from '../testing/scripted-server.js';
import { type ClosableResolver } from './index.js';

// What comes over UDP before the honest reply, and how it is counted.
const datagrams: readonly [
  string,
  keyof ReturnType<ClosableResolver['stats']>['ignoredReplies'],
  (a: Asked) => Uint8Array,
][] = [
  ['a reply with the wrong id', 'id', (a) => flip(hello(a), 1)],
  [
    'a reply to another name',
    'question',
    (a) => hello({ ...a, reply: (c) => a.reply({ ...c, question: { name: 'b.example', type: 16 } }) }),
  ],
  ['a reply to another type', 'question', (a) => a.reply({ question: { name: 'a.example', type: 1 } })],
  ['a reply to another class', 'question', (a) => flip(a.reply(), 12 + 11 + 3)],
  ['a reply without a question', 'question', (a) => a.reply({ question: undefined })],
  ['a reply cut off in its question', 'question', (a) => a.reply().subarray(0, 20)],
  [
    'a reply whose type differs in the bit that is case',
    'question',
    (a) => flip(a.reply(), 12 + 11 + 1, 0x20),
  ],
  ['our own question', 'garbage', (a) => a.bytes],
  ['a reply with another opcode', 'garbage', (a) => flip(a.reply(), 2, 0x08)],
  ['an empty datagram', 'garbage', () => new Uint8Array(0)],
  ['a header cut off', 'garbage', (a) => a.reply().subarray(0, 11)],
];
for (const [what, counter, wrong] of datagrams)
  test(`RFC 5452 9.1: ${what} is not the answer, nor the end of waiting`, async (t) => {
    const { resolver } = await setup(t, [
      async (asked, send) => {
        await send(wrong(asked));
        await send(hello(asked));
      },
    ]);
    equal(await ask(resolver), 'records hello');
    equal(resolver.stats().ignoredReplies[counter], 1);
    equal(resolver.stats().malformedReplies, 0);
  });

test('RFC 5452 9.1: a reply from another source is not believed, though id and question are right', async (t) => {
  const { resolver } = await setup(t, [
    async (asked, send) => {
      const forger = createSocket('udp4');
      const forged = asked.reply({ answers: [txt('a.example', 'forged')] });
      await new Promise((done) => forger.send(forged, asked.from.port, asked.from.address, done));
      forger.close();
      await send(hello(asked));
    },
  ]);
  equal(await ask(resolver), 'records hello');
});

test('RFC 5452 9.2: every question has its own port and its own id', async (t) => {
  const ports = new Set<number>();
  const ids = new Set<number>();
  const { resolver } = await setup(t, [
    (asked, send) => {
      ports.add(asked.from.port);
      ids.add(asked.message.id);
      return send(hello(asked));
    },
  ]);
  for (let i = 0; i < 20; i++) await ask(resolver, `n${i}.example`);
  ok(ports.size >= 15, `${ports.size} ports`);
  ok(ids.size >= 15, `${ids.size} ids`);
});

test('31 wrong replies are waited out; the 32nd moves the question to TCP, where nobody can guess', async (t) => {
  for (const wrong of [31, 32]) {
    const { resolver, asked } = await setup(t, [
      {
        udp: async (a, send) => {
          for (let i = 0; i < wrong; i++) await send(flip(hello(a), 0));
          if (wrong < 32) await send(hello(a));
        },
        tcp: (a, socket) => socket.write(framed(hello(a))),
      },
    ]);
    equal(await ask(resolver), 'records hello');
    deepEqual(asked[0], wrong < 32 ? ['udp a.example 16'] : ['udp a.example 16', 'tcp a.example 16']);
  }
});

test('0x20: a reply whose question has the wrong case is asked for again over TCP', async (t) => {
  const { resolver, asked } = await setup(
    t,
    [
      {
        udp: (a, send) =>
          send(a.reply({ question: { name: 'a.example', type: 16 }, answers: [txt('a.example', 'forged')] })),
        tcp: (a, socket) => socket.write(framed(hello(a))),
      },
    ],
    { randomBytes: (length) => new Uint8Array(length).fill(0xff) },
  );
  equal(await ask(resolver), 'records hello');
  deepEqual(asked[0], ['udp a.example 16', 'tcp a.example 16']);
  equal(resolver.stats().ignoredReplies.case, 1);
});

test('a question says RD, AD and EDNS 1232 without DO, in mixed case, under the id that was drawn', async (t) => {
  const seen: Uint8Array[] = [];
  for (const options of [{}, { mixedCase: false, dnssecOk: true, udpPayloadBytes: 512 }]) {
    const { resolver } = await setup(
      t,
      [
        (a, send) => {
          seen.push(a.bytes);
          return send(hello(a));
        },
      ],
      { ...options, randomBytes: (length) => new Uint8Array(length).fill(0xaa) },
    );
    await ask(resolver, 'ABC.example.');
  }
  const hex = seen.map((bytes) => Buffer.from(bytes).toString('latin1'));
  equal(
    hex[0],
    '\xaa\xaa\x01\x20\0\x01\0\0\0\0\0\x01\x03AbC\x07ExAmPlE\0\0\x10\0\x01\0\0\x29\x04\xd0\0\0\0\0\0\0',
  );
  equal(
    hex[1],
    '\xaa\xaa\x01\x20\0\x01\0\0\0\0\0\x01\x03abc\x07example\0\0\x10\0\x01\0\0\x29\x02\0\0\0\x80\0\0\0',
  );
});

const loop = (asked: Asked): Uint8Array => {
  const bytes = asked.reply({ answers: [txt('', 'x')] });
  const at = asked.reply().length - (asked.message.edns === undefined ? 0 : 11);
  // The owner of the answer becomes a pointer to itself; one byte of the type goes for it.
  bytes[at] = 0xc0;
  bytes[at + 1] = at;
  return bytes;
};

test('RFC 1035 4.1.4: a compression loop is a failure of that server; the next one is asked', async (t) => {
  const { resolver, asked } = await setup(t, [(a, send) => send(loop(a)), (a, send) => send(hello(a))]);
  equal(await ask(resolver), 'records hello');
  equal(resolver.stats().malformedReplies, 1);
  deepEqual(
    asked.map((a) => a.length),
    [1, 1],
  );
});

test('a compression loop from the only server is servfail, at once and remembered', async (t) => {
  const { resolver, asked } = await setup(t, [(a, send) => send(loop(a))]);
  equal(await ask(resolver), 'failed servfail');
  equal(await ask(resolver), 'failed servfail');
  equal(asked[0]?.length, 1);
});

// TCP, reached by truncation.
type TcpScript = (asked: Asked, socket: Parameters<NonNullable<Script['tcp']>>[1], time: ManualTime) => void;
const streams: readonly [string, string, TcpScript][] = [
  ['RFC 7766 8: a reply in one piece', 'records hello', (a, s) => s.write(framed(hello(a)))],
  [
    'RFC 7766 8: a reply byte by byte',
    'records hello',
    (a, s) => {
      s.setNoDelay(true);
      for (const byte of framed(hello(a))) s.write(Uint8Array.of(byte));
    },
  ],
  [
    'RFC 7766 8: bytes behind the reply are left alone',
    'records hello',
    (a, s) => s.write(Buffer.concat([framed(hello(a)), Buffer.alloc(9)])),
  ],
  ['closed without a word', 'failed network', (_a, s) => s.destroy()],
  ['ended after half a length', 'failed network', (_a, s) => s.end(Uint8Array.of(0))],
  ['ended in the middle of the reply', 'failed network', (a, s) => s.end(framed(hello(a)).subarray(0, 30))],
  [
    'reset in the middle of the reply',
    'failed network',
    (a, s) => s.write(framed(hello(a)).subarray(0, 30), () => s.resetAndDestroy()),
  ],
  ['a length of 0', 'failed network', (_a, s) => s.write(Uint8Array.of(0, 0))],
  ['a length of 11', 'failed network', (_a, s) => s.write(framed(new Uint8Array(11)))],
  ['garbage of sound length', 'failed network', (_a, s) => s.write(framed(new Uint8Array(50)))],
  ['a wrong id', 'failed network', (a, s) => s.write(framed(flip(hello(a), 0)))],
  ['a wrong question', 'failed network', (a, s) => s.write(framed(flip(hello(a), 14)))],
  ['truncated again', 'failed servfail', (a, s) => s.write(framed(truncated(a)))],
  ['a malformed reply', 'failed servfail', (a, s) => s.write(framed(loop(a)))],
  [
    'RFC 7766 6.2.3: a slow drip that never gets anywhere ends with the wait',
    'failed timeout',
    (a, s, time) => {
      const bytes = framed(hello(a));
      const drip = (i: number): void => {
        if (s.destroyed) return;
        time.advance(500);
        s.write(bytes.subarray(i, i + 1), () => setImmediate(drip, i + 1));
      };
      drip(0);
    },
  ],
];
for (const [what, expected, tcp] of streams)
  test(`TCP: ${what}`, async (t) => {
    const time = new ManualTime();
    const { resolver, asked } = await setup(
      t,
      [{ udp: (a, send) => send(truncated(a)), tcp: (a, s) => tcp(a, s, time) }],
      { time, rounds: 1 },
    );
    equal(await ask(resolver), expected);
    deepEqual(asked[0], ['udp a.example 16', 'tcp a.example 16']);
  });

test('RFC 2181 9: truncated, and nobody listens on TCP: network', async (t) => {
  const { resolver } = await setup(t, [(a, send) => send(truncated(a))], { rounds: 1 });
  equal(await ask(resolver), 'failed network');
});

test('RFC 2181 9: what a truncated reply holds is not used', async (t) => {
  const partly = (a: Asked): Uint8Array => a.reply({ truncated: true, answers: [txt('a.example', 'half')] });
  const { resolver } = await setup(t, [
    { udp: (a, send) => send(partly(a)), tcp: (a, s) => s.write(framed(hello(a))) },
  ]);
  equal(await ask(resolver), 'records hello');
});

test('RFC 6891 6.2.3: a UDP reply of the size we announced is read, a longer one is asked for over TCP', async (t) => {
  const sized = (a: Asked, bytes: number): Uint8Array => {
    const empty = a.reply({ answers: [txt('a.example', '')], edns: undefined }).length;
    const lengths = [255, 255, 255, 255, bytes - empty - 4 * 256];
    const strings = lengths.map((n) => new Uint8Array(n).fill(0x78));
    return a.reply({
      edns: undefined,
      answers: [{ name: 'a.example', ttlSeconds: 1, data: { type: 'TXT', strings } }],
    });
  };
  for (const [bytes, transports] of [
    [1232, 1],
    [1233, 2],
  ] as const) {
    const { resolver, asked } = await setup(t, [
      { udp: (a, send) => send(sized(a, bytes)), tcp: (a, s) => s.write(framed(sized(a, bytes))) },
    ]);
    ok((await ask(resolver)).startsWith('records xxx'));
    equal(asked[0]?.length, transports);
  }
});

test('a reply of 64 KiB is read whole', async (t) => {
  const many = Array.from({ length: 3000 }, (_, i) => txt('', `${i}`));
  const { resolver } = await setup(t, [
    { udp: (a, send) => send(truncated(a)), tcp: (a, s) => s.write(framed(a.reply({ answers: many }))) },
  ]);
  const answer = await resolver.query('', 'TXT');
  equal(answer.kind === 'records' && answer.records.length, 3000);
});
