// The corpus: mail that passes SPF, DKIM and DMARC, of given sizes. Texts come from a seed; keys are new each run.
import { generateKeyPairSync } from 'node:crypto';
import { seeded } from '../scripts/random.mjs';
import { signed } from './signer.mjs';

/** 2026-01-15T12:00:00Z; every contender verifies as of this moment. */
export const TIME_SECONDS = 1_768_478_400;
const DOMAINS = 5;
const CLIENT_IP = '192.0.2.10';
const KiB = 1024;
const MiB = 1024 * KiB;

/** Number of messages by size. The mix is that of an office's inbound mail: many small ones, few large. */
export const SIZES = {
  '2 KB': [[2 * KiB, 100]],
  '20 KB': [[20 * KiB, 40]],
  '200 KB': [[200 * KiB, 8]],
  '5 MB': [[5 * MiB, 2]],
  mixed: [
    [2 * KiB, 175],
    [20 * KiB, 62],
    [200 * KiB, 12],
    [5 * MiB, 1],
  ],
};
export const ALGORITHMS = ['rsa-sha256', 'ed25519-sha256'];

const WORDS = (
  'the order of parts that you asked for left our store on monday and should be with you by friday please look at ' +
  'the list below tell us if a part is missing or broken we send it again at no cost many thanks for your patience ' +
  'meeting notes budget draft second quarter review agenda minutes open points owner date invoice number total due'
).split(' ');

/** Keys and DNS of the sending domains, for one algorithm. */
export function sendingDomains(algorithm) {
  const zone = { '_spf.provider.example': { TXT: ['v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/28 -all'] } };
  const keys = [];
  for (let i = 0; i < DOMAINS; i++) {
    const domain = `company${i}.example`;
    const pair =
      algorithm === 'rsa-sha256'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
    zone[domain] = {
      A: ['203.0.113.5'],
      MX: [[10, `mx.${domain}`]],
      TXT: ['verification=8d7a', 'v=spf1 mx include:_spf.provider.example -all'],
    };
    zone[`mx.${domain}`] = { A: ['203.0.113.6'] };
    zone[`s1._domainkey.${domain}`] = { TXT: [chunks(keyRecord(algorithm, pair.publicKey))] };
    zone[`_dmarc.${domain}`] = { TXT: ['v=DMARC1; p=reject; rua=mailto:reports@example.net'] };
    keys.push({ algorithm, domain, selector: 's1', ...pair });
  }
  return { zone, keys };
}

function keyRecord(algorithm, publicKey) {
  const p =
    algorithm === 'rsa-sha256'
      ? publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
      : Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('base64');
  return `v=DKIM1; k=${algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519'}; p=${p}`;
}

/** A TXT record in character-strings of at most 255 bytes. */
function chunks(text) {
  return text.match(/.{1,255}/g);
}

/** @returns one message of about `bytes` bytes with its envelope and what its signature covers */
export function makeMessage(key, bytes, seed) {
  const random = seeded(seed);
  const sentence = (words) => Array.from({ length: words }, () => random.pick(WORDS)).join(' ');
  const { domain } = key;
  const mailFrom = `bounce+${random.below(1e6)}@${domain}`;
  const hop = (from, by) =>
    ` from ${from} (${from} [${CLIENT_IP}])\r\n\tby ${by} with ESMTPS id ${random.below(1e9).toString(36)}\r\n\t` +
    'for <reader@example.net>; Thu, 15 Jan 2026 11:59:58 +0000';
  const boundary = `=_part_${random.below(1e9)}`;
  const large = bytes > 8 * KiB;
  const fields = [
    ['Received', hop(`out.${domain}`, 'mx.example.net')],
    ['Received', hop(`app.${domain}`, `out.${domain}`)],
    ['From', ` "${sentence(2)}" <news@${domain}>`],
    ['To', ' Reader <reader@example.net>'],
    ['Subject', ` ${sentence(7)}`],
    ['Date', ' Thu, 15 Jan 2026 11:59:57 +0000'],
    ['Message-ID', ` <${random.below(1e9).toString(36)}.${random.below(1e9).toString(36)}@${domain}>`],
    ['List-Unsubscribe', ` <https://${domain}/stop?id=${random.below(1e9)}>,\r\n <mailto:stop@${domain}>`],
    ['MIME-Version', ' 1.0'],
    ['Content-Type', large ? ` multipart/mixed; boundary="${boundary}"` : ' text/plain; charset=utf-8'],
    ['X-Mailer', ' corpus 1'],
  ];
  const text = (length) => {
    let out = '';
    while (out.length < length) out += `${sentence(11)}\r\n${random.below(6) === 0 ? '\r\n' : ''}`;
    return out;
  };
  const body = large ? multipart(boundary, text, bytes, random) : text(Math.max(200, bytes - 1400));
  const made = signed(fields, body, key, TIME_SECONDS - 60);
  return {
    ...made,
    key,
    envelope: { clientIp: CLIENT_IP, helo: `out.${domain}`, mailFrom, rcptTo: ['reader@example.net'] },
  };
}

/** A quarter of text, the rest an attachment in base64: what large mail is made of. */
function multipart(boundary, text, bytes, random) {
  const attachment = Buffer.alloc(Math.floor((bytes * 0.75 * 3) / 4));
  for (let i = 0; i + 4 <= attachment.length; i += 4) attachment.writeUInt32LE(random.below(2 ** 32), i);
  const lines = attachment.toString('base64').replace(/(.{76})/g, '$1\r\n');
  return (
    `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text(bytes * 0.22)}\r\n--${boundary}\r\n` +
    `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n--${boundary}--\r\n`
  );
}

/** The messages of one size, over all sending domains, larger ones spread among the small ones. */
export function makeCorpus(size, keys) {
  const messages = [];
  let seed = 1;
  for (const [bytes, count] of SIZES[size])
    for (let i = 0; i < count; i++) messages.push(makeMessage(keys[seed % keys.length], bytes, seed++));
  const random = seeded(7);
  return messages
    .map((message) => ({ message, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ message }) => message);
}
