// Aliases, DNSSEC state, cache, equal questions, aborts.
import { deepEqual, equal, notEqual, ok, rejects, strictEqual, throws } from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { ask, Deferred, hello, setup, show, truncated } from '../testing/resolver-setup.js';
import { cname, framed, scriptedServer, soa, txt } from '../testing/scripted-server.js';
import { createResolver } from './index.js';

// Aliases.
const chainOf = (hops: number): ReturnType<typeof cname>[] =>
  Array.from({ length: hops }, (_, i) => cname(i === 0 ? 'a.example' : `c${i}.example`, `c${i + 1}.example`));

test('a reply that ends in an alias: the target is asked for, up to 8 aliases in all', async (t) => {
  for (const [hops, expected, questions] of [
    [8, 'records hello', 9],
    [9, 'failed servfail', 9],
  ] as const) {
    const { resolver, asked } = await setup(t, [
      (a, send) => {
        const alias = chainOf(hops).find((r) => r.name === a.question.name);
        return send(alias === undefined ? hello(a) : a.reply({ answers: [alias] }));
      },
    ]);
    equal(await ask(resolver), expected);
    equal(asked[0]?.length, questions);
  }
});

test('an alias loop across replies ends as servfail after 9 questions', async (t) => {
  const { resolver, asked } = await setup(t, [
    (a, send) =>
      send(
        a.reply({
          answers: [cname(a.question.name, a.question.name === 'a.example' ? 'b.example' : 'a.example')],
        }),
      ),
  ]);
  equal(await ask(resolver), 'failed servfail');
  equal(asked[0]?.length, 9);
});

test('the shortest TTL of a chain over several replies counts, and secure only if all of it is', async (t) => {
  const { resolver } = await setup(t, [
    (a, send) =>
      send(
        a.question.name === 'a.example'
          ? a.reply({ authenticData: true, answers: [cname('a.example', 'b.example', 7)] })
          : a.reply({ answers: [txt('b.example', 'x', 900)] }),
      ),
  ]);
  const answer = await resolver.query('a.example', 'TXT');
  deepEqual(answer.kind === 'records' && [answer.ttlSeconds, answer.dnssec], [7, 'unknown']);
});

test('an alias that is not secure makes the whole answer unknown, though its target is secure', async (t) => {
  const { resolver } = await setup(t, [
    (a, send) =>
      send(
        a.question.name === 'a.example'
          ? a.reply({ answers: [cname('a.example', 'b.example')] })
          : a.reply({ authenticData: true, answers: [txt('b.example', 'x')] }),
      ),
  ]);
  const answer = await resolver.query('a.example', 'TXT');
  equal(answer.kind === 'records' && answer.dnssec, 'unknown');
});

// DNSSEC.
test('RFC 4035 4.9.3: AD from a server on loopback is "secure", without AD it is "unknown"', async (t) => {
  const { resolver } = await setup(t, [
    (a, send) =>
      send(a.reply({ authenticData: a.question.name === 'a.example', answers: [txt(a.question.name, 'x')] })),
  ]);
  const signed = await resolver.query('a.example', 'TXT');
  const plain = await resolver.query('b.example', 'TXT');
  deepEqual(
    [signed, plain].map((a) => a.kind === 'records' && a.dnssec),
    ['secure', 'unknown'],
  );
});

const ownAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find((i) => !i.internal && i.family === 'IPv4');
test(
  'RFC 4035 4.9.3: AD from elsewhere is "unknown", unless the server is configured as trusted',
  { skip: ownAddress === undefined && 'SKIPPED: this machine has only loopback addresses' },
  async (t) => {
    const server = await scriptedServer({
      host: ownAddress?.address ?? '',
      udp: (a, send) => send(a.reply({ authenticData: true, answers: [txt('a.example', 'x')] })),
    });
    t.after(() => server.close());
    for (const [trusted, expected] of [
      [false, 'unknown'],
      [true, 'secure'],
    ] as const) {
      const { resolver } = await setup(t, [], { servers: [{ ...server.address, trusted }] });
      const answer = await resolver.query('a.example', 'TXT');
      equal(answer.kind === 'records' && answer.dnssec, expected);
    }
  },
);

// Cache and coalescing.
test('a hit is an answer at once, with the same record objects, however the name is written', async (t) => {
  const { resolver, asked } = await setup(t, [(a, send) => send(hello(a))]);
  const first = await resolver.query('a.example', 'TXT');
  for (const name of ['a.example', 'A.eXample', 'a.example.', '\\097.example', 'a.exampl\\101']) {
    const hit = resolver.query(name, 'TXT');
    ok(!(hit instanceof Promise), name);
    ok(hit.kind === 'records' && first.kind === 'records');
    strictEqual(hit.records[0], first.records[0]);
  }
  equal(asked[0]?.length, 1);
  equal(resolver.stats().hits, 5);
});

test('names that differ only beyond ASCII case are different names', async (t) => {
  const { resolver, asked } = await setup(t, [(a, send) => send(hello(a))]);
  await ask(resolver, 'k.example');
  // KELVIN SIGN becomes "k" by String.toLowerCase.
  await ask(resolver, '\u212a.example');
  deepEqual(asked[0], ['udp k.example 16', 'udp \\226\\132\\170.example 16']);
});

test('a name that cannot exist is "no such name", and nobody is asked', async (t) => {
  const { resolver, asked } = await setup(t, [(a, send) => send(hello(a))]);
  for (const name of [`${'a'.repeat(64)}.example`, 'a..example', 'a.'.repeat(128)])
    equal(await ask(resolver, name), 'no-name');
  deepEqual(asked[0], []);
});

test('equal questions at the same time are one question', async (t) => {
  const { resolver, asked } = await setup(t, [(a, send) => send(hello(a))]);
  const names = ['a.example', 'A.example', 'a.example.'];
  const answers = await Promise.all(names.map((name) => resolver.query(name, 'TXT')));
  deepEqual(answers.map(show), ['records hello', 'records hello', 'records hello']);
  strictEqual(answers[0], answers[2]);
  equal(asked[0]?.length, 1);
  deepEqual([resolver.stats().misses, resolver.stats().joined], [1, 2]);
});

test('questions of another type or name are not joined', async (t) => {
  const { resolver, asked } = await setup(t, [
    (a, send) => send(a.reply({ authorities: [soa('example', 60)] })),
  ]);
  await Promise.all([ask(resolver), ask(resolver, 'a.example', 'MX'), ask(resolver, 'b.example')]);
  equal(asked[0]?.length, 3);
});

test('abort: the one who aborts gets the reason, the others their answer', async (t) => {
  const going = new Deferred();
  const arrived = new Deferred();
  const { resolver, asked } = await setup(t, [
    async (a, send) => {
      arrived.resolve();
      await going.promise;
      await send(hello(a));
    },
  ]);
  const leaving = new AbortController();
  const staying = new AbortController();
  const one = resolver.query('a.example', 'TXT', { signal: leaving.signal });
  const two = resolver.query('a.example', 'TXT', { signal: staying.signal });
  const three = resolver.query('a.example', 'TXT');
  await arrived.promise;
  const reason = new Error('enough');
  leaving.abort(reason);
  await rejects(async () => one, reason);
  going.resolve();
  equal(show(await two), 'records hello');
  equal(show(await three), 'records hello');
  equal(asked[0]?.length, 1);
});

test('abort: when the last one leaves the work ends, and the next one starts anew', async (t) => {
  const arrived = [new Deferred(), new Deferred()];
  const { resolver, asked } = await setup(t, [
    (a, send) => {
      arrived[a.number - 1]?.resolve();
      return a.number === 1 ? undefined : send(hello(a));
    },
  ]);
  const all = [new AbortController(), new AbortController()];
  const waits = all.map(({ signal }) => resolver.query('a.example', 'TXT', { signal }));
  await arrived[0]?.promise;
  for (const controller of all) controller.abort();
  for (const wait of waits) await rejects(async () => wait, { name: 'AbortError' });
  equal(await ask(resolver), 'records hello');
  equal(asked[0]?.length, 2);
  equal(resolver.stats().inFlight, 0);
});

test('abort: an aborted signal asks nothing, not even the cache', async (t) => {
  const { resolver, asked } = await setup(t, [(a, send) => send(hello(a))]);
  await ask(resolver);
  const reason = new Error('before');
  throws(() => resolver.query('a.example', 'TXT', { signal: AbortSignal.abort(reason) }), reason);
  equal(asked[0]?.length, 1);
});

test('a signal that outlives its question keeps no listener', async (t) => {
  const { resolver } = await setup(t, [(a, send) => send(hello(a))]);
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>): void => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>): void => (listeners--, remove(...args));
  await resolver.query('a.example', 'TXT', { signal });
  equal(listeners, 0);
});

test('no more questions at a time than allowed; the rest wait their turn', async (t) => {
  let atOnce = 0;
  let most = 0;
  const { resolver } = await setup(
    t,
    [
      async (a, send) => {
        most = Math.max(most, ++atOnce);
        await new Promise((next) => setImmediate(next));
        atOnce--;
        await send(hello(a));
      },
    ],
    { maxInFlight: 2 },
  );
  const names = Array.from({ length: 9 }, (_, i) => `n${i}.example`);
  const answers = await Promise.all(names.map((name) => ask(resolver, name)));
  ok(answers.every((a) => a === 'records hello'));
  ok(most <= 2, `${most} at once`);
});

test('what else a reply carries is neither believed nor remembered', async (t) => {
  const poison = txt('victim.example', 'poison');
  const { resolver, asked } = await setup(t, [
    (a, send) =>
      send(
        a.question.name === 'victim.example'
          ? hello(a)
          : a.reply({ answers: [txt('a.example', 'mine'), poison], additionals: [poison] }),
      ),
  ]);
  equal(await ask(resolver), 'records mine');
  equal(await ask(resolver, 'victim.example'), 'records hello');
  equal(asked[0]?.length, 2);
});

test('close ends what is under way as "network" and answers nothing new', async (t) => {
  const arrived = new Deferred();
  const { resolver, asked } = await setup(t, [() => arrived.resolve()]);
  const waiting = resolver.query('a.example', 'TXT');
  await arrived.promise;
  await resolver.close();
  equal(show(await waiting), 'failed network');
  equal(await ask(resolver, 'b.example'), 'failed network');
  equal(asked[0]?.length, 1);
});

test('over IPv6', async (t) => {
  const v6 = Object.values(networkInterfaces())
    .flat()
    .some((i) => i?.address === '::1');
  if (!v6) return t.skip('SKIPPED: no IPv6 on loopback');
  const { resolver } = await setup(t, [
    { host: '::1', udp: (a, send) => send(truncated(a)), tcp: (a, s) => s.write(framed(hello(a))) },
  ]);
  equal(await ask(resolver), 'records hello');
  equal(resolver.stats().ignoredReplies.source, 0);
});

test('options out of range are our own mistake', () => {
  throws(() => createResolver({ servers: [] }), TypeError);
  for (const options of [
    { rounds: 0 },
    { rounds: 4 },
    { tryMs: Number.NaN },
    { udpPayloadBytes: 511 },
    { deadlineMs: 0 },
    { cache: { failureTtlSeconds: 0 } },
    { cache: { failureTtlSeconds: 301 } },
  ])
    throws(
      () => createResolver({ servers: [{ host: '127.0.0.1', port: 53 }], ...options }),
      TypeError,
      JSON.stringify(options),
    );
  notEqual(createResolver({ servers: [{ host: '127.0.0.1', port: 53 }] }), undefined);
});
