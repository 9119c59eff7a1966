import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Context, Envelope, SiteFacts } from '../checks/context.js';
import type { DnsAnswer, RecordType, RecordTypes, Resolver } from '../dns/resolver.js';
import { concat } from '../syntax/bytes.js';
import { envelope } from '../testing/readings.js';
import { domain } from '../testing/results.js';
import { sealed, signed, signedWithLength } from '../testing/signed-mail.js';
import { keyZone, testSigner } from '../testing/signers.js';
import { cut, cutAt, endlessWait, streamOf, type StreamLog } from '../testing/stream.js';
import { crlf, world } from '../testing/world.js';
import type { Verification } from './verification.js';
import { verifyEnvelope, verifyMessage } from './verify-message.js';

const SUPPLIER = testSigner('ed25519', 'supplier.example');
const SUPPLIER_RSA = testSigner('rsa', 'supplier.example');
const LETTERS = testSigner('ed25519', 'letters.example', { label: 'letters' });
const LIST = testSigner('ed25519', 'list.example', { label: 'list' });
const CLINIC = testSigner('ed25519', 'clinic.example', { label: 'clinic' });

const ZONE = {
  ...keyZone(SUPPLIER, SUPPLIER_RSA, LETTERS, LIST, CLINIC),
  'supplier.example': { TXT: ['v=spf1 ip4:192.0.2.1 -all'] },
  '_dmarc.supplier.example': { TXT: ['v=DMARC1; p=reject'] },
  'mail.supplier.example': { TXT: ['v=spf1 a -all'], A: ['192.0.2.1'] },
  'bounce.supplier.example': { TXT: ['v=spf1 include:letters.example -all'] },
  'shop.example': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
  'letters.example': { TXT: ['v=spf1 ip4:198.51.100.0/25 -all'] },
  'bulk.example': { TXT: ['v=spf1 ip4:203.0.113.66 -all'] },
  'list.example': { TXT: ['v=spf1 ip4:203.0.113.9 -all'] },
  'harbor.example': { TXT: ['v=spf1 ip4:198.51.100.200 -all'] },
  // Two tenants of one provider, whose servers both list.
  '_spf.cloud.example': { TXT: ['v=spf1 ip4:192.0.2.128/25 -all'] },
  'clinic.example': { TXT: ['v=spf1 include:_spf.cloud.example -all'] },
  '_dmarc.clinic.example': { TXT: ['v=DMARC1; p=reject'] },
};

const SITE: SiteFacts = {
  authservId: 'mx.harbor.example',
  ownDomains: new Set([domain('harbor.example')]),
  trustedSealers: new Set([domain('list.example')]),
};

const mail = (from: string, more = ''): Uint8Array =>
  crlf(
    `From: ${from}\nTo: dana@harbor.example\nSubject: Invoice 17\nDate: Thu, 15 Jan 2026 11:58:00 +0000\n${more}\nPlease pay.\nThanks\n`,
  );

const ATTACKER = { ip: '203.0.113.66', helo: 'mx.bulk.example' };
const CLOUD = { ip: '192.0.2.177', helo: 'out7.cloud.example' };
const OWN_SERVER = { ip: '192.0.2.1', helo: 'mail.supplier.example' };
const CONTEXT = world(ZONE);
const supplierMail = mail('Supplier <billing@supplier.example>');
const supplierSigned = await signed(supplierMail, [SUPPLIER], CONTEXT);
const altered = supplierSigned.slice();
altered.set(crlf('Prease pay'), altered.length - crlf('Please pay.\nThanks\n').length);
const listMail = concat([
  crlf('List-Id: <talk.list.example>\n'),
  await signed(supplierMail, [SUPPLIER], CONTEXT),
]);
const listed = concat([crlf('X-Note: footer added\n'), listMail, crlf('-- \nthe list\n')]);

/** Every mechanism in one word or two. */
function statuses(v: Verification): Record<string, string> {
  return {
    spf: `${v.spf.status} ${v.spf.identity}`,
    helo: v.spfHelo.status,
    dkim: v.dkim.map((d) => ('reason' in d ? `${d.status}/${d.reason}` : d.status)).join(' '),
    dmarc: 'reason' in v.dmarc ? `${v.dmarc.status}/${v.dmarc.reason}` : v.dmarc.status,
    arc: v.arc.status,
    origin: 'by' in v.origin ? `${v.origin.status}/${v.origin.by}` : v.origin.status,
    mismatch: v.mismatch.alignedFrom,
    impersonation:
      v.impersonation.status === 'clean'
        ? 'clean'
        : v.impersonation.findings.map(({ kind }) => kind).join(' '),
  };
}

const LEGITIMATE = {
  spf: 'pass mailfrom',
  helo: 'pass',
  dkim: 'pass',
  dmarc: 'pass',
  arc: 'none',
  origin: 'external',
  mismatch: 'pass',
  impersonation: 'clean',
};
const FORGED = { ...LEGITIMATE, helo: 'none', dkim: '' };

const stories: readonly (readonly [string, Uint8Array, Envelope, Record<string, string>])[] = [
  ['a legitimate message', supplierSigned, envelope('billing@supplier.example', OWN_SERVER), LEGITIMATE],
  [
    'RSA and Ed25519 together',
    await signed(supplierMail, [SUPPLIER_RSA, SUPPLIER], CONTEXT),
    envelope('billing@supplier.example', OWN_SERVER),
    { ...LEGITIMATE, dkim: 'pass pass' },
  ],
  [
    'a server that the domain does not list, and no DMARC record',
    mail('orders@shop.example'),
    envelope('orders@shop.example', ATTACKER),
    { ...FORGED, spf: 'fail mailfrom', dmarc: 'none/no-record' },
  ],
  [
    'a forged From behind a passing SPF',
    supplierMail,
    envelope('news@bulk.example', ATTACKER),
    { ...FORGED, dmarc: 'fail', mismatch: 'fail' },
  ],
  [
    'a signed message, altered on the way',
    altered,
    envelope('billing@bulk.example', ATTACKER),
    { ...FORGED, dkim: 'fail/body-hash', dmarc: 'fail', mismatch: 'fail' },
  ],
  [
    'a service that sends under a subdomain: aligned by SPF',
    supplierMail,
    envelope('b17@bounce.supplier.example', { ip: '198.51.100.3', helo: 'mx.letters.example' }),
    { ...FORGED, mismatch: 'orgdomain_pass' },
  ],
  [
    'a service that signs and sends as itself: two passes, nothing aligned',
    await signed(supplierMail, [LETTERS], CONTEXT),
    envelope('b17@letters.example', { ip: '198.51.100.3', helo: 'mx.letters.example' }),
    { ...FORGED, dkim: 'pass', dmarc: 'fail', mismatch: 'fail' },
  ],
  [
    'our own domain, and nobody logged in',
    mail('dana@harbor.example'),
    envelope('dana@harbor.example', ATTACKER),
    { ...FORGED, spf: 'fail mailfrom', dmarc: 'none/no-record', origin: 'spoofed-own-domain' },
  ],
  [
    'our own domain, after a login',
    mail('dana@harbor.example'),
    envelope('dana@harbor.example', { ip: '10.1.2.3', helo: 'laptop', authenticatedAs: 'dana' }),
    { ...FORGED, spf: 'fail mailfrom', dmarc: 'none/no-record', origin: 'internal' },
  ],
  [
    'MAIL FROM differs from a From without policy',
    mail('refund@shop.example'),
    envelope('refund@bulk.example', ATTACKER),
    { ...FORGED, dmarc: 'none/no-record', mismatch: 'fail' },
  ],
  [
    'one tenant of a shared provider spoofs another: all passes',
    mail('reception@clinic.example'),
    envelope('reception@clinic.example', CLOUD),
    FORGED,
  ],
  [
    'the same provider, signing with the tenant’s key',
    await signed(mail('reception@clinic.example'), [CLINIC], CONTEXT),
    envelope('reception@clinic.example', CLOUD),
    { ...FORGED, dkim: 'pass' },
  ],
  [
    'the null sender: SPF of HELO is SPF of MAIL FROM, and counts for DMARC (RFC 9989 3.2.4)',
    supplierMail,
    envelope('', OWN_SERVER),
    { ...LEGITIMATE, spf: 'pass helo', dkim: '', mismatch: 'null_sender' },
  ],
  [
    'beside a MAIL FROM, HELO never aligns (RFC 9989 4.4.2)',
    supplierMail,
    envelope('x@shop.example', OWN_SERVER),
    { ...LEGITIMATE, spf: 'fail mailfrom', dkim: '', dmarc: 'fail', mismatch: 'fail' },
  ],
  [
    'l= short of the end never reaches DMARC',
    await signedWithLength(supplierMail, SUPPLIER, 5, CONTEXT),
    envelope('x@bulk.example', ATTACKER),
    { ...FORGED, dkim: 'pass', dmarc: 'fail', mismatch: 'fail' },
  ],
  [
    'l= of the whole body does',
    await signedWithLength(supplierMail, SUPPLIER, crlf('Please pay.\nThanks\n').length, CONTEXT),
    envelope('x@bulk.example', ATTACKER),
    { ...FORGED, dkim: 'pass', mismatch: 'fail' },
  ],
  [
    'no From',
    crlf('Subject: x\n\nbody\n'),
    envelope('x@bulk.example', ATTACKER),
    { ...FORGED, dmarc: 'none/no-author-domain', mismatch: 'permerror', impersonation: 'unreadable-from' },
  ],
  [
    'two From fields of two domains',
    mail('billing@supplier.example', 'From: x@bulk.example\n'),
    envelope('x@bulk.example', ATTACKER),
    {
      ...FORGED,
      dmarc: 'permerror/multiple-author-domains',
      mismatch: 'permerror',
      impersonation: 'several-from-fields',
    },
  ],
  [
    'two From fields of one domain are no clean From either',
    mail('billing@supplier.example', 'From: other@supplier.example\n'),
    envelope('billing@supplier.example', OWN_SERVER),
    { ...LEGITIMATE, dkim: '', dmarc: 'permerror/unreadable-from', impersonation: 'several-from-fields' },
  ],
  [
    'several mailboxes of one domain are one Author Domain',
    mail('a@supplier.example, b@supplier.example', 'Sender: a@supplier.example\n'),
    envelope('a@supplier.example', OWN_SERVER),
    { ...LEGITIMATE, dkim: '', impersonation: 'several-from-mailboxes' },
  ],
  [
    'several mailboxes of several domains',
    mail('a@supplier.example, b@shop.example'),
    envelope('a@supplier.example', OWN_SERVER),
    {
      ...LEGITIMATE,
      dkim: '',
      dmarc: 'permerror/multiple-author-domains',
      mismatch: 'permerror',
      impersonation: 'several-from-mailboxes',
    },
  ],
  [
    'From that cannot be read',
    mail('billing supplier.example'),
    envelope('billing@supplier.example', OWN_SERVER),
    {
      ...LEGITIMATE,
      dkim: '',
      dmarc: 'permerror/unreadable-from',
      mismatch: 'permerror',
      impersonation: 'unreadable-from',
    },
  ],
  [
    'a list that changes the body, trusted as a sealer: ARC vouches for the author domain',
    await sealed(listed, LIST, 'dmarc=pass header.from=supplier.example', CONTEXT),
    envelope('talk-bounces@list.example', { ip: '203.0.113.9', helo: 'lists.list.example' }),
    { ...FORGED, dkim: 'fail/body-hash', dmarc: 'fail', arc: 'pass', mismatch: 'fail' },
  ],
];

for (const [name, message, session, expected] of stories)
  test(`verifyMessage: ${name}; whole, as a stream, and with a resolver that answers late`, async () => {
    const context = world(ZONE);
    const found = await verifyMessage(message, session, SITE, context);
    deepEqual(statuses(found), expected);
    // Plain data: what JSON keeps is all there is.
    deepEqual(JSON.parse(JSON.stringify(found)), withoutUndefined(found));
    for (const size of [1, 7, 64])
      deepEqual(
        await verifyMessage(streamOf(cut(message, size)), session, SITE, context),
        found,
        `pieces of ${size}`,
      );
    const late = { ...context, resolver: lateResolver(context.resolver) };
    deepEqual(await verifyMessage(message, session, SITE, late), found, 'answered late');
    const signal = new AbortController().signal;
    deepEqual(await verifyMessage(message, session, SITE, { ...context, signal }), found, 'with a signal');
  });

// JSON has no `undefined`: only the author domain is there without a value.
function withoutUndefined(found: Verification): unknown {
  const { authorDomain, ...rest } = found;
  return authorDomain === undefined ? rest : found;
}

/** Answers after a turn of the event loop, in an order of its own. */
function lateResolver(resolver: Resolver): Resolver {
  let turns = 0;
  return {
    async query<K extends RecordType>(name: string, type: K): Promise<DnsAnswer<RecordTypes[K]>> {
      for (let i = ++turns % 3; i >= 0; i--) await new Promise((resolve) => setImmediate(resolve));
      return resolver.query(name, type);
    },
  };
}

test('verifyMessage: one author is named, several are not', async () => {
  const one = await verifyMessage(supplierMail, envelope('x@shop.example'), SITE, world(ZONE));
  deepEqual(one.author, { localPart: 'billing', domain: 'supplier.example' });
  const two = await verifyMessage(
    mail('a@supplier.example, b@supplier.example'),
    envelope('x@shop.example'),
    SITE,
    world(ZONE),
  );
  equal(two.author, undefined);
  equal(two.authorDomain, 'supplier.example');
});

test('verifyMessage: ARC counts only from a sealer this site trusts', async () => {
  const message = await sealed(listed, LIST, 'dmarc=pass header.from=supplier.example', CONTEXT);
  const session = envelope('talk-bounces@list.example', { ip: '203.0.113.9' });
  const found = await verifyMessage(message, session, SITE, world(ZONE));
  const { arc, mismatch } = found;
  ok(arc.status === 'pass' && mismatch.status === 'different');
  deepEqual(arc.vouchedFor, { authorDomain: 'supplier.example', by: 'list.example', instance: 1 });
  equal(mismatch.excusedBy, 'arc');
  const distrustful = await verifyMessage(
    message,
    session,
    { ...SITE, trustedSealers: new Set() },
    world(ZONE),
  );
  ok(distrustful.arc.status === 'pass' && distrustful.mismatch.status === 'different');
  equal(distrustful.arc.vouchedFor, undefined);
  equal(distrustful.mismatch.excusedBy, undefined);
});

test('verifyMessage: what verifyEnvelope found out is used, and nothing is asked twice', async () => {
  const session = envelope('billing@supplier.example', OWN_SERVER);
  const context = world(ZONE);
  const known = await verifyEnvelope(session, SITE, context);
  const before = context.resolver.questions?.length ?? 0;
  const found = await verifyMessage(supplierSigned, session, SITE, context, known);
  equal(found.spf, known.spf);
  equal(found.spfHelo, known.spfHelo);
  deepEqual(context.resolver.questions?.slice(before), [
    'ed25519._domainkey.supplier.example/TXT',
    '_dmarc.supplier.example/TXT',
  ]);
  equal(new Set(context.resolver.questions).size, context.resolver.questions?.length);
});

test('RFC 7208 2.4: with the null sender, HELO is asked about once', async () => {
  const context = world(ZONE);
  const { spf, spfHelo } = await verifyEnvelope(envelope('', OWN_SERVER), SITE, context);
  equal(spf, spfHelo);
  deepEqual(context.resolver.questions, ['mail.supplier.example/TXT', 'mail.supplier.example/A']);
});

test('RFC 7208 7.3: the receiver of the r macro is the authserv-id, unless the session says otherwise', async () => {
  const zone = {
    'a.example': { TXT: ['v=spf1 -all exp=why.a.example'] },
    'why.a.example': { TXT: ['%{r} refused'] },
  };
  for (const [receiver, text] of [
    [undefined, 'mx.harbor.example refused'],
    ['mx2.harbor.example', 'mx2.harbor.example refused'],
  ] as const) {
    const session = envelope('x@a.example', receiver === undefined ? {} : { receiver });
    const { spf } = await verifyEnvelope(session, SITE, world(zone));
    equal(spf.status === 'fail' && spf.explanation, text);
  }
});

// ── Abort and failure ───────────────────────────────────────────────────────

/** Collects what Node would end the process for. */
async function unheard(run: () => Promise<void>): Promise<readonly unknown[]> {
  const reasons: unknown[] = [];
  const note = (reason: unknown): void => void reasons.push(reason);
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', note);
  try {
    await run();
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeListener('unhandledRejection', note);
    for (const listener of others) process.on('unhandledRejection', listener);
  }
  return reasons;
}

/** Never answers; rejects when aborted, as the contract of the port says. */
const SILENT: Resolver = {
  query: (_name, _type, options) =>
    new Promise((_resolve, reject) => {
      const { signal } = options ?? {};
      signal?.throwIfAborted();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's reason, as it is
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
};

const SESSION = envelope('billing@supplier.example', OWN_SERVER);
const REASON = new Error('client went away');
const isReason = (error: unknown): boolean => error === REASON;

async function aborted(
  name: string,
  source: (log: StreamLog) => Uint8Array | AsyncIterable<Uint8Array>,
  resolver: Resolver,
): Promise<void> {
  const log: StreamLog = { pulled: 0, bytes: 0, closed: false };
  const reasons = await unheard(async () => {
    const abort = new AbortController();
    const context: Context = { ...world(ZONE), resolver, signal: abort.signal };
    const message = source(log);
    const verifying = verifyMessage(message, SESSION, SITE, context);
    setImmediate(() => abort.abort(REASON));
    await rejects(verifying, isReason, name);
    if (!(message instanceof Uint8Array)) equal(log.closed, true, 'the source was told');
  });
  deepEqual(reasons, []);
}

test('verifyMessage: an abort before it begins: nothing is asked', async () => {
  const context = world(ZONE);
  const signal = AbortSignal.abort(REASON);
  await rejects(verifyMessage(supplierSigned, SESSION, SITE, { ...context, signal }), isReason);
  deepEqual(context.resolver.questions, []);
});

test('verifyMessage: an abort while DNS is silent', () => aborted('DNS', () => supplierSigned, SILENT));

test('verifyMessage: an abort while a stream is silent', () =>
  aborted('stream', (log) => endlessWait(log), world(ZONE).resolver));

test('verifyMessage: an abort in the middle of the body, with DNS silent too', () =>
  aborted(
    'body',
    (log) => {
      const silent = endlessWait(log)[Symbol.asyncIterator]();
      const first = [supplierSigned.slice(0, -4)];
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            const value = first.pop();
            return value === undefined ? silent.next() : Promise.resolve({ done: false, value });
          },
          return: () => silent.return?.() ?? Promise.reject(new Error('no return')),
        }),
      };
    },
    SILENT,
  ));

test('verifyMessage: what a stream throws comes out, and no rejection is left unheard', async () => {
  const broken = new Error('connection reset');
  for (const length of [0, 40, supplierSigned.length - 4]) {
    const reasons = await unheard(async () => {
      const failing: Resolver = { query: () => Promise.reject(new Error('no resolver')) };
      async function* source(): AsyncGenerator<Uint8Array> {
        yield supplierSigned.slice(0, length);
        await new Promise((resolve) => setImmediate(resolve));
        throw broken;
      }
      const verifying = verifyMessage(source(), SESSION, SITE, { ...world(ZONE), resolver: failing });
      await rejects(verifying, (error) => error === broken);
    });
    deepEqual(reasons, []);
  }
});

// ── Any cut, any mail ───────────────────────────────────────────────────────

const LF_ONLY = supplierSigned.filter((byte) => byte !== 0x0d);
const ODD = crlf('From : a@supplier.example\nno colon\nX: \0\n\nx');

test('verifyMessage: however a stream is cut, the verification is the same', async () => {
  const messages = [supplierSigned, LF_ONLY, altered, ODD, crlf('From: a@supplier.example\n')];
  const context = world(ZONE);
  const wholes = await Promise.all(messages.map((m) => verifyMessage(m, SESSION, SITE, context)));
  const pick = fc.nat({ max: messages.length - 1 });
  // An offset twice is an empty piece.
  const offsets = fc.array(fc.nat({ max: supplierSigned.length }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pick, offsets, async (at, cuts) => {
      const message = messages[at] ?? ODD;
      const found = await verifyMessage(streamOf(cutAt(message, cuts)), SESSION, SITE, context);
      deepEqual(found, wholes[at]);
    }),
    { numRuns: 150 },
  );
});

test('verifyMessage: mutated mail never throws, and reads the same as a stream', async () => {
  const context = world(ZONE);
  const insert = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    '\0',
    ':',
    ';',
    '=',
    '\xff',
    'From: ',
    ' ',
    '"',
    '<',
    '@',
  );
  const edits = fc.array(fc.tuple(fc.nat({ max: supplierSigned.length }), insert), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(edits, fc.nat({ max: 700 }), async (changes, at) => {
      let text = Buffer.from(supplierSigned).toString('latin1');
      for (const [position, what] of changes)
        text = text.slice(0, position) + what + text.slice(position + 1);
      const message = Buffer.from(text, 'latin1');
      const found = await verifyMessage(message, SESSION, SITE, context);
      deepEqual(await verifyMessage(streamOf(cutAt(message, [at])), SESSION, SITE, context), found);
    }),
    { numRuns: 150 },
  );
});

test('verifyMessage: limits read the same from a stream as from a whole message', async () => {
  for (const limits of [
    { headerBytes: 100 },
    { headerFields: 2 },
    { messageBytes: 300 },
    { signatures: 0 },
    { bodyHashes: 0 },
  ]) {
    const context = world(ZONE, { limits });
    const whole = await verifyMessage(supplierSigned, SESSION, SITE, context);
    for (const size of [1, 50, 10_000])
      deepEqual(await verifyMessage(streamOf(cut(supplierSigned, size)), SESSION, SITE, context), whole);
  }
});
