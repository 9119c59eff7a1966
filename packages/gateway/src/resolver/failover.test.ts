// Servers that refuse, fail, fall silent or are away.
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ManualTime } from '../testing/manual-time.js';
import { ask, hello, setup } from '../testing/resolver-setup.js';
import { type Asked, cname, framed, type Script, scriptedServer, txt } from '../testing/scripted-server.js';
import type { DnsMessage } from './message.js';

// Failover.
const rcodes: readonly [string, Partial<DnsMessage>, string][] = [
  ['RFC 1035 4.1.1: SERVFAIL', { rcode: 2 }, 'failed servfail'],
  ['RFC 1035 4.1.1: REFUSED', { rcode: 5 }, 'failed refused'],
  ['RFC 1035 4.1.1: a code nobody assigned', { rcode: 15 }, 'failed servfail'],
  ['RFC 2308 2.2: a referral is not "no such record"', { recursionAvailable: false }, 'failed refused'],
  ['RFC 8914 4: SERVFAIL for another reason than validation', ede(22), 'failed servfail'],
  ['RFC 8914 4.6: DNSSEC indeterminate', ede(5), 'failed servfail'],
];
for (const [what, reply, alone] of rcodes)
  test(`${what}: the next server is asked; without one it is "${alone}"`, async (t) => {
    const bad: Script['udp'] = (a, send) => send(a.reply(reply));
    const two = await setup(t, [bad, (a, send) => send(hello(a))]);
    equal(await ask(two.resolver), 'records hello');
    const one = await setup(t, [bad]);
    equal(await ask(one.resolver), alone);
    // RFC 9520 3.1: a server that said no is not asked again at once.
    equal(one.asked[0]?.length, 1);
  });

function ede(code: number): Partial<DnsMessage> {
  const data = Uint8Array.of(0, code, 0x65);
  return {
    rcode: 2,
    edns: { udpPayloadBytes: 1232, version: 0, dnssecOk: false, options: [{ code: 15, data }] },
  };
}

for (const code of [6, 7, 8, 9, 10, 11, 12])
  test(`RFC 8914 4.${code + 1}: extended error ${code} is "bogus", and no other server is asked to think otherwise`, async (t) => {
    const { resolver, asked } = await setup(t, [
      (a, send) => send(a.reply(ede(code))),
      (a, send) => send(hello(a)),
    ]);
    equal(await ask(resolver), 'failed bogus');
    deepEqual(
      asked.map((a) => a.length),
      [1, 0],
    );
  });

test('RFC 6891 7: FORMERR without OPT: asked again without EDNS, and remembered for 15 minutes', async (t) => {
  const opts: boolean[] = [];
  const { resolver, time } = await setup(t, [
    (a, send) => {
      opts.push(a.message.edns !== undefined);
      return send(a.message.edns === undefined ? hello(a) : a.reply({ rcode: 1, edns: undefined }));
    },
  ]);
  equal(await ask(resolver), 'records hello');
  time.advance(15 * 60_000 - 1);
  equal(await ask(resolver, 'b.example'), 'records hello');
  deepEqual(opts, [true, false, false]);
  time.advance(1);
  equal(await ask(resolver, 'c.example'), 'records hello');
  deepEqual(opts, [true, false, false, true, false]);
});

test('RFC 1035 4.2.1: without EDNS a UDP reply of 513 bytes is asked for over TCP', async (t) => {
  const long = (a: Asked): Uint8Array =>
    a.reply({
      edns: undefined,
      answers: [txt('a.example', 'x'.repeat(250)), txt('a.example', 'y'.repeat(200))],
    });
  const { resolver, asked } = await setup(t, [
    {
      udp: (a, send) => send(a.message.edns === undefined ? long(a) : a.reply({ rcode: 4, edns: undefined })),
      tcp: (a, s) => s.write(framed(hello(a))),
    },
  ]);
  equal(await ask(resolver), 'records hello');
  deepEqual(asked[0], ['udp a.example 16', 'udp a.example 16', 'tcp a.example 16']);
});

test('a silent server is passed over for half a minute, then asked first again', async (t) => {
  const time = new ManualTime();
  const { resolver, asked } = await setup(t, [() => time.advance(1500), (a, send) => send(hello(a))], {
    time,
    tryMs: 1500,
  });
  equal(await ask(resolver), 'records hello');
  equal(await ask(resolver, 'b.example'), 'records hello');
  deepEqual(
    asked.map((a) => a.length),
    [1, 2],
  );
  time.advance(30_000);
  equal(await ask(resolver, 'c.example'), 'records hello');
  deepEqual(
    asked.map((a) => a.length),
    [2, 3],
  );
});

test('a server that never answers is asked once a round, each wait twice the last', async (t) => {
  const time = new ManualTime();
  const { resolver, asked } = await setup(
    t,
    [({ number }) => time.advance([100, 200, 400][number - 1] ?? 0)],
    {
      time,
      tryMs: 100,
    },
  );
  equal(await ask(resolver), 'failed timeout');
  equal(asked[0]?.length, 3);
  equal(time.nowMs(), 1700);
});

test('of different failures the one that says most is told: servfail from one, nothing from the other', async (t) => {
  const time = new ManualTime();
  const { resolver, asked } = await setup(
    t,
    [(a, send) => send(a.reply({ rcode: 2 })), () => time.advance(400)],
    {
      time,
      tryMs: 100,
    },
  );
  equal(await ask(resolver), 'failed servfail');
  deepEqual(
    asked.map((a) => a.length),
    [1, 3],
  );
});

test('a closed port is "network", and no wait', async (t) => {
  const gone = await scriptedServer({ udp: () => undefined });
  await gone.close();
  const { resolver, time } = await setup(t, [], { servers: [gone.address] });
  equal(await ask(resolver), 'failed network');
  equal(time.nowMs(), 1000);
});

test('the deadline covers everything one question needs, and its failure is remembered', async (t) => {
  const next = (a: Asked): Uint8Array =>
    a.reply({ answers: [cname(a.question.name, `x.${a.question.name}`)] });
  const time = new ManualTime();
  const { resolver, asked } = await setup(
    t,
    [
      (a, send) => {
        time.advance(400);
        return send(next(a));
      },
    ],
    { time, deadlineMs: 1000 },
  );
  equal(await ask(resolver), 'failed timeout');
  equal(asked[0]?.length, 3);
  equal(await ask(resolver), 'failed timeout');
  equal(asked[0].length, 3);
});
