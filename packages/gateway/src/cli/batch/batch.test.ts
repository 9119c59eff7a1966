import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { runCli } from '../testing/run-cli.js';
import { OutputClosed, type Output } from '../io/io.js';
import { pieces, testIo } from '../testing/test-io.js';
import { run } from '../run.js';

const EXAMPLES = fileURLToPath(new URL('../../../../examples', import.meta.url));
const ZONE = JSON.parse(readFileSync(`${EXAMPLES}/zone.json`, 'utf8')) as unknown;
const GOOD = {
  id: 'good',
  message: readFileSync(`${EXAMPLES}/01-legitimate.eml`).toString('base64'),
  clientIp: '192.0.2.10',
  helo: 'mail.northwind.example',
  mailFrom: 'billing@northwind.example',
  rcptTo: ['accounts@harbor.example'],
  site: {
    authservId: 'mx.harbor.example',
    ownDomains: ['harbor.example'],
    protectedDomains: [],
    protectedUsers: [],
    trustedSealers: [],
  },
  dns: ZONE,
  time: 1_768_478_400,
};
const BATCH = ['check', '--batch', '-', '-n', 'z.json'];

interface Answer {
  readonly id: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly verification?: Readonly<Record<string, { readonly status?: string }>>;
  readonly assurance?: { readonly rung: string };
  readonly decision?: { readonly action: string };
  readonly headers?: readonly string[];
}

async function batch(lines: readonly unknown[]): Promise<{ code: number; answers: Answer[]; err: string }> {
  const stdin = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  const { code, out, err } = await runCli(BATCH, { stdin, files: { 'z.json': '{}' } });
  return {
    code,
    err,
    answers: out
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => JSON.parse(l) as Answer),
  };
}

test('batch: a line in, an object out, with the keys of the contract', async () => {
  const { code, answers } = await batch([GOOD]);
  equal(code, 0);
  deepEqual(Object.keys(answers[0] ?? {}), ['id', 'verification', 'assurance', 'decision', 'headers']);
  equal(answers[0]?.assurance?.rung, 'domain');
  equal(answers[0]?.decision?.action, 'accept');
  match(answers[0]?.headers?.[0] ?? '', /^Authentication-Results: mx\.harbor\.example;/);
});

test('batch: without a message there is SPF and nothing else', async () => {
  const spfOnly = { ...GOOD, message: undefined };
  const { answers } = await batch([spfOnly, { ...spfOnly, id: 2, clientIp: '203.0.113.1' }]);
  deepEqual(Object.keys(answers[0] ?? {}), ['id', 'verification']);
  deepEqual(Object.keys(answers[0]?.verification ?? {}), ['spf', 'spfHelo']);
  deepEqual(
    answers.map((a) => [a.id, a.verification?.['spf']?.status]),
    [
      ['good', 'pass'],
      [2, 'fail'],
    ],
  );
});

// Each row: what is wrong, the line, the code of the error, the id it carries.
const BAD = [
  ['not JSON', '{"id": "x", ', 'json', null],
  ['not an object', '["x"]', 'json', null],
  ['unknown key', { ...GOOD, clientIP: '192.0.2.1' }, 'unknown-key', 'good'],
  ['unknown key in site', { ...GOOD, site: { owndomains: [] } }, 'unknown-key', 'good'],
  ['no client', { ...GOOD, clientIp: undefined }, 'missing-key', 'good'],
  ['bad client', { ...GOOD, clientIp: '192.0.2' }, 'bad-value', 'good'],
  ['bad domain', { ...GOOD, site: { ownDomains: ['a b'] } }, 'bad-value', 'good'],
  ['bad network', { ...GOOD, site: { connectors: ['x'] } }, 'bad-value', 'good'],
  ['helo of the wrong kind', { ...GOOD, helo: 7 }, 'bad-value', 'good'],
  ['time of the wrong kind', { ...GOOD, time: 'noon' }, 'bad-value', 'good'],
  ['time before 1970', { ...GOOD, time: -1 }, 'bad-value', 'good'],
  ['not base64', { ...GOOD, message: 'a*b' }, 'base64', 'good'],
  ['base64 cut short', { ...GOOD, message: 'QUJDR' }, 'base64', 'good'],
  ['broken zone', { ...GOOD, dns: { 'a.example': { TTX: ['x'] } } }, 'zone', 'good'],
  ['id of the wrong kind', { ...GOOD, id: { a: 1 } }, 'bad-value', null],
] as const;
for (const [name, line, code, id] of BAD)
  test(`batch: ${name}: an error with its line, and the run goes on`, async () => {
    const { code: exit, answers } = await batch(['', line, { ...GOOD, id: 'after' }]);
    equal(exit, 65);
    equal(answers.length, 2);
    equal(answers[0]?.error?.code, code, JSON.stringify(answers[0]).slice(0, 300));
    match(answers[0]?.error?.message ?? '', /^line 2: /);
    equal(answers[0]?.id, id);
    equal(answers[1]?.id, 'after');
    equal(answers[1]?.decision?.action, 'accept');
  });

test('batch: bytes that are not UTF-8 are an error of their line', async () => {
  const stdin = pieces('{"id": "', new Uint8Array([0xff, 0xfe]), '"}\n', JSON.stringify(GOOD));
  const { code, out } = await runCli(BATCH, { stdin, files: { 'z.json': '{}' } });
  equal(code, 65);
  const [first, second] = out
    .split('\n')
    .map((line) => (line === '' ? undefined : (JSON.parse(line) as Answer)));
  equal(first?.error?.code, 'json');
  equal(second?.decision?.action, 'accept');
});

// RFC 7208 4.3: SPF has an answer for every MAIL FROM, so none is a bad line.
const ODD_MAIL_FROM = [
  ['', 'helo', 'pass'],
  ['<>', 'helo', 'pass'],
  ['@northwind.example', 'mailfrom', 'pass'],
  ['a@[192.0.2.10]', 'mailfrom', 'none'],
  ['a@b..example', 'mailfrom', 'none'],
  [`a@${'x'.repeat(64)}.example`, 'mailfrom', 'none'],
  ['northwind.example', 'mailfrom', 'none'],
] as const;
for (const [mailFrom, identity, status] of ODD_MAIL_FROM)
  test(`batch: RFC 7208 4.3: MAIL FROM "${mailFrom.slice(0, 24)}" is ${status}`, async () => {
    const { answers } = await batch([
      { id: 1, clientIp: '192.0.2.10', helo: 'mail.northwind.example', mailFrom, dns: ZONE },
    ]);
    const spf = answers[0]?.verification?.['spf'] as { status: string; identity: string } | undefined;
    deepEqual([spf?.identity, spf?.status], [identity, status]);
  });

test('batch: answers keep the order of the lines', async () => {
  const lines = Array.from({ length: 140 }, (_, id) => (id % 7 === 0 ? '{broken' : { ...GOOD, id }));
  const { answers } = await batch(lines);
  deepEqual(
    answers.map((a) => a.id),
    Array.from({ length: 140 }, (_, id) => (id % 7 === 0 ? null : id)),
  );
});

test('batch: exit code 1 where a message is flagged, 75 where it must wait', async () => {
  const flagged = {
    ...GOOD,
    clientIp: '203.0.113.1',
    message: Buffer.from('From: a@northwind.example\r\n\r\nx\r\n').toString('base64'),
  };
  equal((await batch([flagged])).code, 1);
  const outage = {
    'northwind.example': { error: 'SERVFAIL' },
    '_dmarc.northwind.example': { error: 'SERVFAIL' },
  };
  const { code, answers } = await batch([{ ...flagged, dns: outage }]);
  equal(answers[0]?.decision?.action, 'defer');
  equal(code, 75);
});

test('batch: reads no further than it writes', async () => {
  let read = 0;
  let written = 0;
  let most = 0;
  const line = Buffer.from(
    `${JSON.stringify({ id: 1, clientIp: '192.0.2.1', helo: 'x', mailFrom: 'a@b.example' })}\n`,
  );
  async function* stdin(): AsyncGenerator<Uint8Array> {
    for (; read < 600; read++) yield line;
  }
  const slow: Output = {
    isTty: false,
    columns: 80,
    write: async () => {
      most = Math.max(most, read - written++);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const io = { ...testIo({ files: { 'z.json': '{}' } }), stdin: stdin(), stdout: slow };
  equal(await run(BATCH, io), 0);
  equal(written, 600);
  ok(most <= 70, `${most} lines ahead`);
});

test('batch: a reader that goes away ends the run quietly', async () => {
  const gone: Output = { isTty: false, columns: 80, write: () => Promise.reject(new OutputClosed()) };
  const io = { ...testIo({ stdin: `${JSON.stringify(GOOD)}\n`, files: { 'z.json': '{}' } }), stdout: gone };
  equal(await run(BATCH, io), 0);
  equal(io.err(), '');
});

test('batch: progress on stderr where asked for, and JSON alone on stdout', async () => {
  const { err, out } = await runCli([...BATCH, '--progress'], {
    stdin: JSON.stringify(GOOD),
    files: { 'z.json': '{}' },
  });
  match(err, /^truefrom: 1 messages, /);
  equal(out.split('\n').length, 2);
});

const MESSAGE = readFileSync(`${EXAMPLES}/01-legitimate.eml`).toString('latin1');
const FORGED = 'From: a@bank.example\r\nSubject: x\r\n\r\nx\r\n';
const MAIL = [
  '-n',
  `${EXAMPLES}/zone.json`,
  '-t',
  '1768478400',
  '-i',
  '192.0.2.10',
  '-f',
  'billing@northwind.example',
];

test('batch: a folder of .eml: a summary by decision, rung and reason', async () => {
  const files = { 'd/a.eml': MESSAGE, 'd/b.eml': FORGED };
  const { code, out } = await runCli(['check', '--batch', 'd', ...MAIL], { files });
  equal(code, 1);
  match(out, /2 messages/);
  match(out, /1 +accept/);
  match(out, /1 +domain/);
  match(out, /Most frequent reasons/);
});

test('batch: a folder as JSON lines, ids are the paths', async () => {
  const { out } = await runCli(['check', '--batch', 'd', '--json', ...MAIL], {
    files: { 'd/a.eml': MESSAGE, 'd/b.eml': FORGED },
  });
  deepEqual(
    out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Answer).id),
    ['d/a.eml', 'd/b.eml'],
  );
});

test('batch: an mbox from standard input, its separator lines give MAIL FROM', async () => {
  const mbox = `From billing@northwind.example Thu Jan 15 12:00:00 2026\n${MESSAGE.replaceAll('\r\n', '\n')}\nFrom x@bank.example Thu Jan 15 12:00:01 2026\n${FORGED}`;
  const world = ['-n', `${EXAMPLES}/zone.json`, '-t', '1768478400', '-i', '192.0.2.10'];
  const { out } = await runCli(['check', '--batch', '-', '--json', ...world], { stdin: mbox });
  const answers = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
  deepEqual(
    answers.map((a) => [a.id, a.verification?.['spf']?.status, a.assurance?.rung]),
    [
      ['standard input#1', 'pass', 'domain'],
      ['standard input#2', 'fail', 'none'],
    ],
  );
});
