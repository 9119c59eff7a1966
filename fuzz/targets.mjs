// What is fuzzed. Each target takes bytes and answers a result; it must never throw, whatever the bytes are.
//   seeds    which kind of text is mutated (seeds.mjs)
//   offsets  problems in the result point into the input, so their `at` is checked
//   share    how many of the runs it gets, beside 1 for the others
import { nodeCrypto } from '../packages/core/dist/node/index.js';
import * as core from '../packages/core/dist/src/index.js';
import { parseAddressList } from '../packages/core/dist/src/message/address-list.js';
import { readAuthor } from '../packages/core/dist/src/message/author.js';
import { readHeaderBlock, unfoldedValue } from '../packages/core/dist/src/message/header-block.js';
import { parseDkimKey } from '../packages/core/dist/src/signature/key-record.js';
import { parseSignatureTags } from '../packages/core/dist/src/signature/signature-tags.js';
import { decodeMessage } from '../packages/gateway/dist/src/resolver/message.js';

const TIME = new Date(1_768_478_400_000);
const CLIENTS = ['192.0.2.1', '2001:db8::1', '0.0.0.0', '::ffff:192.0.2.1'].map((ip) =>
  valueOf(core.parseIp(ip)),
);
/** No message or envelope may make us ask more. SPF: 10 terms, each with up to 10 hosts, twice (RFC 7208 4.6.4). */
const MAX_QUESTIONS = 600;

const parser = (name, seeds, run) => ({ name, seeds, offsets: true, run });

export const TARGETS = [
  parser('readHeaderBlock', 'messages', (bytes) => {
    const head = readHeaderBlock(bytes, core.DEFAULT_LIMITS);
    let end = 0;
    for (const field of head.fields) {
      if (field.start < end || field.valueStart > field.valueEnd || field.valueEnd > field.end)
        throw new Error('fields overlap');
      end = field.end;
      unfoldedValue(head, field);
    }
    if (end > head.bodyStart || head.bodyStart > bytes.length)
      throw new Error('the body begins inside the header');
    return { problems: head.problems };
  }),
  parser('readAuthor', 'messages', (bytes) => readAuthor(readHeaderBlock(bytes, core.DEFAULT_LIMITS))),
  parser('parseAddressList', 'addresses', (bytes) => parseAddressList(bytes)),
  parser('parseMailFrom', 'addresses', (bytes) => core.parseMailFrom(bytes.toString('latin1'))),
  parser('parseDomain', 'addresses', (bytes) => core.parseDomain(bytes.toString('utf8'))),
  parser('parseAuthenticationResults', 'results', (bytes) => core.parseAuthenticationResults(bytes)),
  parser('readExchangeResults', 'results', (bytes) => core.readExchangeResults(bytes)),
  parser('parseSpfRecord', 'spf', (bytes) => core.parseSpfRecord(bytes)),
  parser('parseDmarcRecord', 'dmarc', (bytes) => core.parseDmarcRecord(bytes)),
  parser('parseDkimKey', 'keys', (bytes) => {
    const key = parseDkimKey(bytes);
    return key.ok ? { ok: true, warnings: key.warnings } : key;
  }),
  parser('parseSignatureTags', 'signatures', (bytes) => {
    const tags = parseSignatureTags(bytes, 0, bytes.length, 'dkim');
    return tags.ok ? { ok: true, warnings: tags.warnings } : tags;
  }),
  parser('decodeMessage', 'packets', (bytes) => {
    const message = decodeMessage(bytes);
    return message.ok ? { ok: true, warnings: message.warnings } : message;
  }),
  { name: 'checkSpf', seeds: 'spf', share: 2, run: checkSpf },
  { name: 'checkDkim', seeds: 'messages', share: 2, run: checkDkim },
  { name: 'verifyMessage', seeds: 'messages', share: 4, run: verifyMessage },
];

/** Mutated records that include each other, at names a mutated macro may reach. */
async function checkSpf(bytes, { random, seeds, mutate }) {
  const zone = { '*': {} };
  for (const name of ['a.example', 'b.example', 'e.example', '_spf.a.example', 'example.com', 'mx.a.example'])
    zone[name] = {
      TXT: [
        name === 'a.example'
          ? bytes.toString('latin1')
          : mutate(random.pick(seeds.spf), seeds.spf, random).toString('latin1'),
      ],
      A: ['192.0.2.1'],
      MX: Array.from({ length: 12 }, (_, i) => [i, `mx${i}.a.example`]),
    };
  const resolver = recording(zone);
  const localPart = mutate(Buffer.from('user'), seeds.addresses, random).subarray(0, 60).toString('latin1');
  const result = await core.checkSpf(
    {
      clientIp: random.pick(CLIENTS),
      helo: mutate(Buffer.from('mx.a.example'), seeds.addresses, random).toString('latin1'),
      mailFrom: { localPart, domain: valueOf(core.parseDomain('a.example')) },
    },
    context(resolver),
  );
  fewQuestions(resolver);
  return result;
}

/** A message read whole and one read in pieces must come out alike. */
async function checkDkim(bytes, { random, seeds }) {
  const resolver = recording(seeds.dns);
  const whole = await core.checkDkim(bytes, context(resolver));
  fewQuestions(resolver);
  const inPieces = await core.checkDkim(pieces(bytes, random), context(recording(seeds.dns)));
  sameJson(whole, inPieces);
  return whole;
}

/** The whole of it, with an envelope that is mutated too, whole and in pieces. */
async function verifyMessage(bytes, { random, seeds, mutate }) {
  const resolver = recording(seeds.dns);
  const text = (seed) => mutate(Buffer.from(seed), seeds.addresses, random).toString('latin1');
  const mailFrom = core.parseMailFrom(random.below(2) === 0 ? 'a@example.com' : text('a@example.com'));
  const envelope = {
    clientIp: random.pick(CLIENTS),
    helo: random.below(2) === 0 ? 'mx.example.com' : text('mx.example.com'),
    mailFrom: mailFrom.ok ? mailFrom.value : null,
    rcptTo: [],
    ...(random.below(4) === 0 && { authenticatedAs: text('user') }),
  };
  const site = {
    authservId: 'mx.example.net',
    ownDomains: new Set(['example.com'].map((d) => valueOf(core.parseDomain(d)))),
    trustedSealers: new Set(['example.org', 'd1.example.org'].map((d) => valueOf(core.parseDomain(d)))),
  };
  const whole = await core.verifyMessage(bytes, envelope, site, context(resolver));
  fewQuestions(resolver);
  oneFieldEach(core.headersFor(site.authservId, whole, core.assess(whole), core.decide(whole), envelope));
  const inPieces = await core.verifyMessage(
    pieces(bytes, random),
    envelope,
    site,
    context(recording(seeds.dns)),
  );
  sameJson(whole, inPieces);
  return whole;
}

/** Nothing from mail or envelope may end a header field early or begin another. */
function oneFieldEach(fields) {
  for (const field of fields)
    if (!/^[!-9;-~]+:(?:[^\r\n\0]|\r\n[ \t]+[^ \t\r\n])*(?:\r\n)?$/.test(field))
      throw new Error(`not one header field: ${JSON.stringify(field)}`);
}

async function* pieces(bytes, random) {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(random.below(4) === 0 ? 3 : 4000);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function sameJson(whole, inPieces) {
  const [a, b] = [JSON.stringify(whole), JSON.stringify(inPieces)];
  if (a !== b) throw new Error(`read whole and in pieces differ:\n${a}\n${b}`);
}

const zones = new WeakMap();

function recording(json) {
  let zone = zones.get(json);
  if (zone === undefined) zones.set(json, (zone = core.readZone(json).zone));
  return new core.MemoryResolver(zone, { record: true });
}

function fewQuestions({ questions }) {
  if (questions.length > MAX_QUESTIONS) throw new Error(`${questions.length} DNS questions`);
}

function context(resolver) {
  return { resolver, crypto: nodeCrypto(), clock: { now: () => TIME } };
}

function valueOf(parsed) {
  if (!parsed.ok) throw new TypeError(parsed.problem.message);
  return parsed.value;
}
