// Mail that is hostile in size or shape costs bounded work: counted, not timed (docs/limits.md).
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { CryptoProvider, Hasher } from '../crypto/provider.js';
import { concat, encodeLatin1 } from '../syntax/bytes.js';
import { countByteWork } from '../testing/byte-work.js';
import { envelope } from '../testing/readings.js';
import { domain } from '../testing/results.js';
import { sealed } from '../testing/signed-mail.js';
import { testSigner } from '../testing/signers.js';
import { streamOf, type StreamLog } from '../testing/stream.js';
import { crlf, world, type TestWorld } from '../testing/world.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { mostQuestions } from './most-questions.js';
import type { Verification } from './verification.js';
import { verifyMessage } from './verify-message.js';

const SITE = {
  authservId: 'mx.harbor.example',
  ownDomains: new Set([domain('harbor.example')]),
  trustedSealers: new Set<never>(),
};
const SESSION = envelope('x@bulk.example', { helo: 'mx.bulk.example' });

interface CryptoWork {
  verified: number;
  hashed: number;
}

function countedHasher(hasher: Hasher, work: CryptoWork): Hasher {
  return {
    update: (bytes) => {
      work.hashed += bytes.length;
      hasher.update(bytes);
    },
    digest: () => hasher.digest(),
    copy: () => countedHasher(hasher.copy(), work),
  };
}

/** Real crypto that counts signatures computed and bytes hashed. */
function counting(context: TestWorld): { readonly context: TestWorld; readonly work: CryptoWork } {
  const { crypto } = context;
  const work: CryptoWork = { verified: 0, hashed: 0 };
  const counted: CryptoProvider = {
    ...crypto,
    createHash: (algorithm) => countedHasher(crypto.createHash(algorithm), work),
    hash: (algorithm, bytes) => {
      work.hashed += bytes.length;
      return crypto.hash(algorithm, bytes);
    },
    verify: (...asked) => {
      work.verified++;
      return crypto.verify(...asked);
    },
  };
  return { context: { ...context, crypto: counted }, work };
}

async function verify(
  message: Uint8Array | AsyncIterable<Uint8Array>,
  zone: unknown = {},
  session = SESSION,
): Promise<{
  readonly found: Verification;
  readonly questions: readonly string[];
  readonly work: CryptoWork;
}> {
  const { context, work } = counting(world(zone));
  const found = await verifyMessage(message, session, SITE, context);
  const questions = context.resolver.questions ?? [];
  ok(questions.length <= mostQuestions(DEFAULT_LIMITS), `${questions.length} questions`);
  return { found, questions, work };
}

const BODY = '\r\n\r\nbody\r\n';
const BH = 'g3zLYH4xKxcPrHOD18z9YfpQcnk/GaJedfustWU5uGs=';

test('100,000 header fields: those within the limit are read, the rest is told, and only the header is walked', async () => {
  const message = encodeLatin1(`From: a@bulk.example\r\n${'X: y\r\n'.repeat(100_000)}${BODY}`);
  const { value, work } = await countByteWork(() => verify(message));
  const { facts, dmarc } = value.found;
  equal(facts.headerFields, DEFAULT_LIMITS.headerFields);
  ok(facts.problems.some(({ code }) => code === 'message/too-many-fields'));
  // Another From could stand behind the limit.
  equal(dmarc.status, 'permerror');
  ok(work.searched < 12 * message.length, `${work.searched} bytes searched in ${message.length}`);
});

/** A message with that many signatures, each of a domain of its own; the first 50 have keys. */
function manySignatures(count: number): { readonly message: Uint8Array; readonly zone: unknown } {
  const key = testSigner('ed25519', 'd.example');
  const zone: Record<string, unknown> = {};
  let fields = '';
  for (let i = 0; i < count; i++) {
    fields += `DKIM-Signature: v=1; a=ed25519-sha256; d=d${i}.example; s=s; h=from; bh=${BH}; b=AAAA\r\n`;
    if (i < 50)
      zone[`s._domainkey.d${i}.example`] = { TXT: [key.record, key.record, key.record, key.record] };
  }
  return { message: encodeLatin1(`${fields}From: a@bulk.example${BODY}`), zone };
}

test('10,000 signatures: past the limit of header fields none is tried, for From may not be the last one', async () => {
  const { message, zone } = manySignatures(10_000);
  const { found, questions, work } = await verify(message, zone);
  ok(found.dkim.slice(0, DEFAULT_LIMITS.signatures).every((d) => d.status === 'policy'));
  equal(found.dkim.length, DEFAULT_LIMITS.listedSignatures);
  equal(work.verified, 0);
  ok(!questions.some((name) => name.includes('_domainkey')));
});

test('1,900 signatures of as many domains: as many are tried as the limit says', async () => {
  const { message, zone } = manySignatures(1900);
  const { found, questions, work } = await verify(message, zone);
  const keys = questions.filter((name) => name.includes('_domainkey'));
  equal(keys.length, DEFAULT_LIMITS.signatures);
  ok(work.verified <= DEFAULT_LIMITS.signatures * DEFAULT_LIMITS.keyRecords, `${work.verified} computed`);
  equal(found.dkim.length, DEFAULT_LIMITS.listedSignatures);
  deepEqual(
    found.dkim.slice(DEFAULT_LIMITS.signatures).map((d) => 'reason' in d && d.reason),
    Array.from({ length: DEFAULT_LIMITS.listedSignatures - DEFAULT_LIMITS.signatures }, () => 'too-many'),
  );
});

test('signatures with an l= each: the body is hashed as often as the limit says', async () => {
  let fields = '';
  for (let i = 0; i < 10; i++)
    fields += `DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; l=${60_000 + i}; h=from; bh=${BH}; b=AAAA\r\n`;
  const body = 'x'.repeat(70_000);
  const { work } = await verify(encodeLatin1(`${fields}From: a@bulk.example\r\n\r\n${body}\r\n`));
  ok(work.hashed <= DEFAULT_LIMITS.bodyHashes * (body.length + 2), `${work.hashed} bytes hashed`);
});

test('a signature whose h= names a field 10,000 times takes each field once', async () => {
  const key = testSigner('ed25519', 'd.example');
  const h = 'x:'.repeat(10_000);
  const fields = `DKIM-Signature: v=1; a=ed25519-sha256; d=d.example; s=s; h=${h}from; bh=${BH}; b=AAAA\r\n`;
  const message = encodeLatin1(`${fields}${'X: y\r\n'.repeat(1000)}From: a@bulk.example${BODY}`);
  const { work } = await countByteWork(() => verify(message, { [key.name]: { TXT: [key.record] } }));
  ok(work.copied < 8 * message.length, `${work.copied} bytes copied of ${message.length}`);
});

test('one header line of 50 MB, streamed: the reader holds a header and a piece, and does not copy it over and over', async () => {
  const log: StreamLog = { pulled: 0, bytes: 0, closed: false };
  const piece = new Uint8Array(65_536).fill(0x61);
  function* line(): Generator<Uint8Array> {
    yield encodeLatin1('From: ');
    for (let i = 0; i < 800; i++) yield piece;
  }
  const { value, work } = await countByteWork(() => verify(streamOf(line(), log)));
  const most = DEFAULT_LIMITS.headerBytes + piece.length;
  // Scratch memory for canonical text apart, nothing is larger than the header may be.
  ok(work.copied < 6 * most, `${work.copied} bytes copied`);
  equal(value.found.dmarc.status, 'permerror');
  equal(log.bytes, 6 + 800 * piece.length);
});

test('SPF records that fan out: the questions of both identities stay within their bounds', async () => {
  const zone: Record<string, unknown> = {};
  const hosts = Array.from({ length: 10 }, (_, i) => [i, `h${i}.bulk.example`] as const);
  for (const [, host] of hosts) zone[host] = { A: ['198.51.100.1'] };
  const record = Array.from({ length: 12 }, (_, i) => `mx:m${i}.bulk.example`).join(' ');
  for (let i = 0; i < 12; i++) zone[`m${i}.bulk.example`] = { MX: hosts };
  zone['bulk.example'] = zone['mx.bulk.example'] = { TXT: [`v=spf1 ${record} -all`] };
  const { found, questions } = await verify(crlf('From: a@bulk.example\n\nbody\n'), zone);
  deepEqual([found.spf.status, found.spfHelo.status], ['permerror', 'permerror']);
  const perCheck = 1 + DEFAULT_LIMITS.dnsLookups * (1 + DEFAULT_LIMITS.mxHosts);
  equal(questions.filter((name) => !name.startsWith('_dmarc')).length, 2 * perCheck);
});

test('an ARC chain of 50 sets with 100 keys: a question and a signature for each, no more', async () => {
  const zone: Record<string, unknown> = {};
  const crypto = world({});
  let message: Uint8Array = crlf('From: a@bulk.example\nSubject: x\n\nbody\n');
  for (let i = 1; i <= DEFAULT_LIMITS.arcSets; i++) {
    const signer = testSigner('ed25519', `hop${i}.example`);
    zone[signer.name] = { TXT: [signer.record] };
    message = await sealed(message, signer, `spf=none; arc=${i === 1 ? 'none' : 'pass'}`, crypto);
  }
  const { found, questions, work } = await verify(message, zone);
  equal(found.arc.status, 'pass');
  ok(questions.filter((name) => name.includes('_domainkey')).length <= 2 * DEFAULT_LIMITS.arcSets);
  ok(work.verified <= 2 * DEFAULT_LIMITS.arcSets, `${work.verified} signatures computed`);
});

test('one ARC set more than a chain may have: nothing is asked', async () => {
  const seal = 'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=a.example; s=s; b=AAAA\r\n';
  const message = encodeLatin1(`${seal.repeat(DEFAULT_LIMITS.arcSets + 1)}From: a@bulk.example${BODY}`);
  const { found, questions } = await verify(message);
  ok(found.arc.status === 'fail' && found.arc.reason === 'too-many-sets');
  deepEqual(
    questions.filter((name) => name.includes('_domainkey')),
    [],
  );
});

test('2,000 From fields: reading stops with the addresses that one field may hold', async () => {
  const fields = Array.from({ length: 2000 }, (_, i) => `From: a${i}@d${i}.example\r\n`).join('');
  const { found, questions } = await verify(encodeLatin1(`${fields}\r\nbody\r\n`));
  equal(found.dmarc.status, 'permerror');
  equal(found.impersonation.status, 'suspicious');
  deepEqual(
    questions.filter((name) => name.startsWith('_dmarc')),
    [],
  );
});

// Counts the steps of the readers that walk text character by character.
async function charactersRead(message: Uint8Array): Promise<number> {
  const { charCodeAt } = String.prototype as unknown as Record<
    'charCodeAt',
    (this: string, i: number) => number
  >;
  let steps = 0;
  const counted = {
    charCodeAt: function (this: string, i: number) {
      steps++;
      return charCodeAt.call(this, i);
    },
  };
  Object.assign(String.prototype, counted);
  try {
    await verify(message);
  } finally {
    Object.assign(String.prototype, { charCodeAt });
  }
  return steps;
}

for (const [name, piece] of [
  ['100,000 addresses', 'a@bulk.example, '],
  ['a chain of at signs', "a@b'"],
  ['quoted names', '"a@b.example" '],
  ['open brackets', '<"a@b'],
  ['comments', '(a@b)'],
  ['encoded words', '=?utf-8?q?a=40b?= '],
] as const)
  test(`a From field of ${name}: twice the field is at most about twice the work`, async () => {
    const field = (length: number): Uint8Array =>
      encodeLatin1(`From: ${piece.repeat(Math.ceil(length / piece.length))}${BODY}`);
    const half = await charactersRead(field(30_000));
    const whole = await charactersRead(field(60_000));
    ok(half > 0);
    ok(whole < 3 * half + 10_000, `${half} steps, then ${whole}`);
    const huge = await charactersRead(field(1_600_000));
    ok(huge < 4 * whole + 10_000, `past addressBytes: ${whole} steps, then ${huge}`);
  });

test('an author domain of 127 labels: the tree walk asks as often as the RFC says', async () => {
  const author = Array.from({ length: 127 }, () => 'a').join('.');
  const { questions } = await verify(crlf(`From: x@${author}\n\nbody\n`));
  const walked = questions.filter((name) => name.startsWith('_dmarc'));
  equal(walked.length, DEFAULT_LIMITS.treeWalkQueries);
});

test('all of it at once stays under the documented number of questions', async () => {
  const zone: Record<string, unknown> = {};
  const names = Array.from({ length: 10 }, (_, i) => [i, `p${i}.bulk.example`] as const);
  for (const [, host] of names) zone[host] = { A: ['198.51.100.1'] };
  const terms = Array.from({ length: 10 }, (_, i) => `mx:m${i}.bulk.example`).join(' ');
  for (let i = 0; i < 10; i++) zone[`m${i}.bulk.example`] = { MX: names };
  zone['bulk.example'] = { TXT: [`v=spf1 ${terms} -all exp=%{p}.e.bulk.example`] };
  zone['mx.bulk.example'] = zone['bulk.example'];
  zone['1.2.0.192.in-addr.arpa'] = { PTR: names.map(([, host]) => host) };
  const deep = Array.from({ length: 20 }, (_, i) => `l${i}`).join('.');
  zone['_dmarc.bulk.example'] = { TXT: ['v=DMARC1; p=reject'] };
  let message: Uint8Array = crlf(`From: a@${deep}.bulk.example\nSubject: x\n\nbody\n`);
  const context = world({});
  for (let i = 1; i <= DEFAULT_LIMITS.arcSets; i++) {
    const signer = testSigner('ed25519', `hop${i}.example`);
    zone[signer.name] = { TXT: [signer.record] };
    message = await sealed(message, signer, `arc=${i === 1 ? 'none' : 'pass'}`, context);
  }
  const signatures = Array.from(
    { length: 100 },
    (_, i) =>
      `DKIM-Signature: v=1; a=rsa-sha256; d=s${i}.${deep}.bulk.example; s=s; h=from; bh=${BH}; b=AAAA\r\n`,
  );
  const { questions } = await verify(concat([encodeLatin1(signatures.join('')), message]), zone);
  // That the bound is not met by doing nothing: SPF, DKIM and ARC alone ask for most of it.
  ok(questions.length > mostQuestions(DEFAULT_LIMITS) / 2, `${questions.length} questions`);
});
