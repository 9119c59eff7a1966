// RFC 8617, clause by clause, for what it asks of a validator.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { sealMessage } from '../../sign/seal-message.js';
import { concat, encodeLatin1, encodeUtf8, latin1 } from '../../syntax/bytes.js';
import { readHeaderBlock } from '../../message/header-block.js';
import { domain } from '../../testing/results.js';
import { sealedWithLength } from '../../testing/signed-mail.js';
import { keyZone, testSigner, type TestSigner } from '../../testing/signers.js';
import { crlf, world } from '../../testing/world.js';
import { checkArc } from '../../verify/check-arc.js';
import { DEFAULT_LIMITS } from '../../words/limits.js';
import type { Context } from '../context.js';
import type { ArcResult } from '../results.js';

const ONE = testSigner('ed25519', 'one.example');
const TWO = testSigner('rsa', 'two.example');
const WORLD = world(keyZone(ONE, TWO));
const MESSAGE = crlf('From: a@a.example\nTo: b@b.example\nSubject: s\n\nbody\n');

async function seal(message: Uint8Array, key: TestSigner, results: string): Promise<Uint8Array> {
  const authservId = `mx.${key.domain}`;
  const made = await sealMessage(
    message,
    key,
    { authservId, authenticationResults: `${authservId}; ${results}` },
    WORLD,
  );
  if (!made.ok || made.value.status !== 'sealed') throw new TypeError('the test chain was not sealed');
  return concat([encodeUtf8(made.value.fields.join('')), message]);
}

const PASSED = 'dmarc=pass header.from=a.example';
const FIRST = await seal(MESSAGE, ONE, PASSED);
const SECOND = await seal(FIRST, TWO, `arc=pass; ${PASSED}`);

const edit = (message: Uint8Array, ...pairs: readonly (readonly [string | RegExp, string])[]): Uint8Array => {
  let text = latin1(message);
  for (const [from, to] of pairs) {
    const out = text.replace(from, to);
    if (out === text) throw new TypeError(`the row changes nothing: ${String(from)}`);
    text = out;
  }
  return encodeLatin1(text);
};

async function check(
  message: Uint8Array,
  context: Context = WORLD,
  trusted: readonly string[] = [],
): Promise<ArcResult> {
  return checkArc(message, { trustedSealers: new Set(trusted.map(domain)) }, context);
}

const say = (result: ArcResult): string =>
  result.status === 'fail' ? `fail ${result.instance} ${result.reason}` : result.status;

const rest = (zone: Record<string, unknown>): Context => world({ ...keyZone(ONE, TWO), ...zone });
const ROWS: readonly (readonly [
  clause: string,
  name: string,
  wanted: string,
  message: Uint8Array,
  context?: Context,
])[] = [
  ['5.2', 'no ARC fields: none', 'none', MESSAGE],
  ['5.2', 'one set', 'pass', FIRST],
  ['5.2', 'two sets', 'pass', SECOND],
  [
    '5.2',
    'step 4: the newest message signature must verify',
    'fail 2 body-hash',
    edit(SECOND, ['body', 'BODY']),
  ],
  [
    '5.2',
    'step 4: over its header fields too',
    'fail 2 message-signature',
    edit(SECOND, ['Subject: s', 'Subject: t']),
  ],
  [
    '5.2',
    'step 6: every seal must verify, the first as well',
    'fail 1 seal-signature',
    await resealed(edit(FIRST, [/cv=none/, 'cv=none; x=y'])),
  ],
  [
    '5.2',
    'results are sealed',
    'fail 2 seal-signature',
    edit(SECOND, [/(i=2; mx.two.example;\s+arc=pass;\s+dmarc)=pass/, '$1=fail']),
  ],
  ['5.2', 'the key of a seal is missing', 'fail 2 key', SECOND, world(keyZone(ONE))],
  [
    '5.2',
    'the key of an earlier seal is revoked',
    'fail 1 key',
    SECOND,
    rest({ [ONE.name]: { TXT: ['v=DKIM1; p='] } }),
  ],
  [
    '5.2',
    'a key that cannot be asked for now',
    'temperror',
    SECOND,
    rest({ [ONE.name]: { error: 'SERVFAIL' } }),
  ],
  ['4.1.2', 'ARC-Message-Signature without bh=', 'fail 1 syntax', edit(FIRST, [' bh=', ' zz='])],
  [
    '4.1.2',
    'ARC-Message-Signature that signs ARC-Seal',
    'fail 1 syntax',
    edit(FIRST, ['h=from:', 'h=arc-seal:from:']),
  ],
  ['4.1.2', 'ARC-Message-Signature that does not sign From', 'fail 1 syntax', edit(FIRST, [/from:/g, ''])],
  [
    '4.1.2',
    'ARC-Message-Signature has no v=, and one is ignored',
    'fail 1 message-signature',
    edit(FIRST, ['c=relaxed', 'v=1; c=relaxed']),
  ],
  ['4.1.3', 'ARC-Seal with h=', 'fail 1 seal-signs-h', edit(FIRST, ['cv=none;', 'cv=none; h=from;'])],
  ['4.1.3', 'ARC-Seal without cv=', 'fail 1 cv-value', edit(FIRST, ['cv=none;', ''])],
  ['4.1.3', 'cv= of a later set is none', 'fail 2 cv-value', edit(SECOND, ['cv=pass', 'cv=none'])],
  ['4.1.3', 'cv= of the first set is pass', 'fail 1 cv-value', edit(FIRST, ['cv=none', 'cv=pass'])],
  ['4.1.3', 'cv= is no word of it', 'fail 1 cv-value', edit(FIRST, ['cv=none', 'cv=yes'])],
  ['4.2', 'a set without its seal', 'fail 1 incomplete-set', edit(FIRST, ['ARC-Seal', 'X-Seal'])],
  [
    '4.2',
    'a set without its message signature',
    'fail 1 incomplete-set',
    edit(FIRST, ['ARC-Message-Signature', 'X-Signature']),
  ],
  [
    '4.2',
    'a set without its results',
    'fail 1 incomplete-set',
    edit(FIRST, ['ARC-Authentication-Results', 'X-Results']),
  ],
  [
    '4.2',
    'two seals of one instance',
    'fail 1 incomplete-set',
    concat([FIRST.subarray(0, latin1(FIRST).indexOf('ARC-Message')), FIRST]),
  ],
  ['4.2', 'the fields of a chain in any order', 'pass', reversed(SECOND)],
  ['4.2.1', 'a gap between instances', 'fail 1 gap', edit(SECOND, [/ARC-Seal: i=1[^]*From:/, 'From:'])],
  ['4.2.1', 'instance 0', 'fail 0 instance-syntax', edit(FIRST, ['ARC-Seal: i=1', 'ARC-Seal: i=0'])],
  ['4.2.1', 'instance 51', 'fail 0 instance-syntax', edit(FIRST, ['ARC-Seal: i=1', 'ARC-Seal: i=51'])],
  [
    '4.2.1',
    'an instance that is no number',
    'fail 0 instance-syntax',
    edit(FIRST, ['ARC-Seal: i=1', 'ARC-Seal: i=one']),
  ],
  [
    '4.2.1',
    'i= is not first in ARC-Authentication-Results',
    'fail 0 instance-syntax',
    edit(FIRST, ['Results: i=1;', 'Results: x; i=1;']),
  ],
  ['5.1.1', 'a seal covers its own set and those before it, whatever came later', 'pass', SECOND],
  [
    '5.1.1',
    'white space in sealed fields does not matter',
    'pass',
    edit(SECOND, ['ARC-Authentication-Results: i=2;', 'ARC-AUTHENTICATION-RESULTS:  i=2; ']),
  ],
  [
    '5.1.2',
    'a chain that says it failed has failed, however good its seals',
    'fail 2 chain-said-fail',
    edit(SECOND, ['cv=pass', 'cv=fail']),
  ],
  [
    '5.1.3',
    'two chains in one message',
    'fail 1 incomplete-set',
    concat([FIRST.subarray(0, latin1(FIRST).indexOf('From:')), FIRST]),
  ],
  [
    '5.2.1',
    'a failure is permanent: cv=fail of an earlier set',
    'fail 1 chain-said-fail',
    edit(SECOND, ['cv=none', 'cv=fail']),
  ],
];

/** The second hop says that the chain passed, over a first set that does not verify. */
async function resealed(broken: Uint8Array): Promise<Uint8Array> {
  return seal(broken, TWO, 'arc=pass');
}

function reversed(message: Uint8Array): Uint8Array {
  const text = latin1(message);
  const at = text.indexOf('From:');
  const fields = text.slice(0, at).split(/(?<=\r\n)(?=ARC-)/);
  return encodeLatin1(fields.reverse().join('') + text.slice(at));
}

for (const [clause, name, wanted, message, context] of ROWS)
  test(`RFC 8617 ${clause}: ${name}`, async () => {
    const result = await check(message, context);
    equal(say(result), wanted, result.trace.at(-1)?.text);
  });

test('RFC 8617 5.2: an earlier message signature may be broken by a lawful change', async () => {
  const changed = await seal(edit(FIRST, ['body', 'body\r\nfooter']), TWO, 'arc=pass');
  const result = await check(changed);
  ok(result.status === 'pass');
  deepEqual([result.oldestPass, result.sets.map((set) => set.messageSignature)], [2, ['fail', 'pass']]);
});

test('RFC 8617 9.4: a chain that is valid vouches for nothing, unless its sealers are trusted', async () => {
  const rows: readonly (readonly [readonly string[], string])[] = [
    [[], 'nothing'],
    [['one.example'], 'nothing'],
    [['two.example'], 'two.example 2'],
    [['one.example', 'two.example'], 'one.example 1'],
  ];
  for (const [trusted, wanted] of rows) {
    const result = await check(SECOND, WORLD, trusted);
    ok(result.status === 'pass');
    const { vouchedFor } = result;
    equal(
      vouchedFor === undefined ? 'nothing' : `${vouchedFor.by} ${vouchedFor.instance}`,
      wanted,
      trusted.join(),
    );
  }
});

test('RFC 8617 9.4: the word of a trusted sealer about another author counts for nothing', async () => {
  for (const results of [
    'dmarc=pass header.from=b.example',
    'dmarc=fail header.from=a.example',
    'dmarc=pass',
    'dmarc=pass header.from=a.example; dmarc=fail header.from=a.example',
  ]) {
    const result = await check(await seal(MESSAGE, ONE, results), WORLD, ['one.example']);
    ok(result.status === 'pass');
    equal(result.vouchedFor, undefined, results);
  }
});

// RFC 6376 5.4.2 counts from the bottom: of a header cut off, the fields of an old message would verify again.
test('RFC 8617 5.2: a chain in a header that was not read to its end is not valid', async () => {
  const { fields, bodyStart } = readHeaderBlock(SECOND, DEFAULT_LIMITS);
  for (const [limits, wanted] of [
    [{ headerFields: fields.length }, 'pass'],
    [{ headerFields: fields.length - 1 }, 'fail 0 header-not-read'],
    [{ headerBytes: bodyStart }, 'pass'],
    [{ headerBytes: bodyStart - 4 }, 'fail 0 header-not-read'],
  ] as const)
    equal(say(await check(SECOND, { ...WORLD, limits })), wanted);
});

test('RFC 6376 8.2: a sealer whose newest signature leaves the end of the body open vouches for nothing', async () => {
  for (const [body, wanted] of [
    ['body\n', 'one.example'],
    ['body\nadded by anybody\n', undefined],
  ] as const) {
    const made = await sealedWithLength(crlf(`From: a@a.example\n\n${body}`), ONE, 6, PASSED, WORLD);
    const result = await check(made, WORLD, ['one.example']);
    equal(say(result), 'pass', result.trace.at(-1)?.text);
    ok(result.status === 'pass');
    equal(result.vouchedFor?.by, wanted);
  }
});

/** A chain of `length` sets in which only the shape is right. */
function shape(length: number): Uint8Array {
  let fields = '';
  for (let i = length; i >= 1; i--)
    fields +=
      `ARC-Seal: i=${i}; a=ed25519-sha256; cv=${i === 1 ? 'none' : 'pass'}; d=s${i}.example; s=s; b=AAAA\r\n` +
      `ARC-Message-Signature: i=${i}; a=ed25519-sha256; d=s${i}.example; s=s; h=from; bh=AAAA; b=AAAA\r\n` +
      `ARC-Authentication-Results: i=${i}; x.example; none\r\n`;
  return concat([encodeUtf8(fields), MESSAGE]);
}

test('RFC 8617 4.2.1: 50 sets are a chain, 51 are too many', async () => {
  let chain: Uint8Array = MESSAGE;
  for (let i = 1; i <= 50; i++) chain = await seal(chain, ONE, i === 1 ? 'arc=none' : 'arc=pass');
  const whole = await check(chain);
  equal(say(whole), 'pass', whole.trace.at(-1)?.text);
  equal(say(await check(shape(51))), 'fail 51 too-many-sets');
});

test('RFC 8617 9.1: header fields of any length and number are read within bounds', async () => {
  const long = edit(FIRST, ['ARC-Seal: i=1;', `ARC-Seal: i=1; zz=${'x'.repeat(100_000)};`]);
  ok(['fail'].includes((await check(long)).status));
  equal(
    say(await check(concat([encodeUtf8('ARC-Seal: i=1; a=b\r\n'.repeat(1990)), MESSAGE]))),
    'fail 51 too-many-sets',
  );
});

test('RFC 8617 9.2: a chain costs two questions a set, and none where it cannot be valid', async () => {
  const count = async (message: Uint8Array): Promise<number> => {
    const context = world(keyZone(ONE, TWO));
    await check(message, context);
    return context.resolver.questions?.length ?? -1;
  };
  ok((await count(shape(50))) <= 100);
  equal(await count(shape(51)), 0);
  equal(await count(edit(SECOND, ['cv=pass', 'cv=fail'])), 0);
  equal(await count(MESSAGE), 0);
});
