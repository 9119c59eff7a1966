// What is mutated: messages and records of the conformance suites, read in place, and the examples of this repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packet from 'dns-packet';
import { parseAllDocuments } from 'yaml';

const LONGEST_MESSAGE = 60_000;

const MESSAGE = Buffer.from(
  [
    'Received: from out.example.com (out.example.com [192.0.2.1]) by mx.example.net; Thu, 15 Jan 2026 12:00:00 +0000',
    'Authentication-Results: mx.example.net; spf=pass smtp.mailfrom=example.com; dkim=pass header.d=example.com',
    'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=example.net; s=s; t=1; b=AAAA',
    'ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=s; h=from; bh=AAAA; b=AAAA',
    'ARC-Authentication-Results: i=1; mx.example.net; dmarc=pass header.from=example.com',
    'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s; t=1; x=2; l=3; i=@example.com;',
    '\th=from:to:subject:from; bh=AAAA; b=AAAA',
    'From: "Some One" <some.one@example.com>',
    'To: Reader <reader@example.net>, friends: a@example.org, "b c"@example.org;',
    'Reply-To: other@example.org',
    'Subject: =?utf-8?B?w6k=?= and =?utf-8?Q?more?=',
    '',
    'Body',
    '',
  ].join('\r\n'),
);

/** @returns the texts that each kind of target begins with; never empty */
export function loadSeeds(suites) {
  const messages = [MESSAGE, ...emlIn(suites), ...emlIn('packages/gateway/examples'), ...arcMessages(suites)];
  const fields = (pattern) => unique(messages.flatMap((m) => fieldValues(m, pattern)));
  const text = suiteText(suites);
  const records = (pattern, own) =>
    unique([...own, ...(text.match(pattern) ?? [])]).map((r) => Buffer.from(r));
  return {
    messages,
    spf: records(/v=spf1[^"'\n]*/g, ['v=spf1 a mx/24//64 include:%{d2r}.example.org exp=e.%{d} -all']),
    dmarc: records(/v=DMARC1[^"\n]*/g, [
      'v=DMARC1; p=reject; sp=none; np=reject; psd=u; t=y; rua=mailto:a@b.example!10m',
    ]),
    keys: records(/(?:v=DKIM1|k=rsa)[^"\n]*/g, [
      'v=DKIM1; k=rsa; h=sha256; s=email; t=s:y; n=note; p=MEgCQQ==',
    ]),
    addresses: fields(/^(?:from|to|cc|sender|reply-to)$/),
    results: fields(/^(?:authentication-results|arc-authentication-results)$/),
    signatures: fields(/^(?:dkim-signature|arc-message-signature|arc-seal)$/),
    packets: dnsPackets(),
    dns: dnsOf(suites),
  };
}

/** Answers as another codec writes them. */
function dnsPackets() {
  const answers = [
    { type: 'TXT', name: 'a.example', ttl: 60, data: ['v=spf1 -all', 'x'.repeat(255)] },
    { type: 'MX', name: 'a.example', ttl: 60, data: { preference: 10, exchange: 'mx.a.example' } },
    { type: 'A', name: 'a.example', ttl: 60, data: '192.0.2.1' },
    { type: 'AAAA', name: 'a.example', ttl: 60, data: '2001:db8::1' },
    { type: 'CNAME', name: 'a.example', ttl: 60, data: 'b.a.example' },
    { type: 'PTR', name: '1.2.0.192.in-addr.arpa', ttl: 60, data: 'a.example' },
    {
      type: 'SOA',
      name: 'example',
      ttl: 60,
      data: { mname: 'ns.example', rname: 'x.example', serial: 1, minimum: 9 },
    },
    { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: packet.DNSSEC_OK, options: [] },
  ];
  const questions = [{ type: 'TXT', name: 'a.example' }];
  const one = answers.map((answer) =>
    packet.encode({ type: 'response', id: 1, questions, answers: [answer] }),
  );
  return [packet.encode({ type: 'response', id: 1, questions, answers }), ...one];
}

function emlIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((f) => /\.(eml|msg|txt)$/.test(f) && /(^|\/)messages\/|examples|\.eml$/.test(f))
    .sort()
    .map((f) => readFileSync(join(folder, f)))
    .filter((m) => m.length <= LONGEST_MESSAGE);
}

/** Scenarios of the ARC suite: messages, and the keys they were sealed with. */
function arcScenarios(suites) {
  const path = join(suites, 'arc-draft/arc-draft-validation-tests.yml');
  if (!existsSync(path)) return [];
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS());
}

function arcMessages(suites) {
  return arcScenarios(suites)
    .flatMap((scenario) => Object.values(scenario.tests))
    .map(({ message }) => Buffer.from((message ?? '').replace(/\r?\n/g, '\r\n'), 'latin1'));
}

function arcKeys(suites) {
  const keys = arcScenarios(suites).flatMap((scenario) => Object.entries(scenario['txt-records'] ?? {}));
  return Object.fromEntries(keys.map(([name, text]) => [name, { TXT: [text.split('\n').join('')] }]));
}

function suiteText(suites) {
  if (!existsSync(suites)) return '';
  return readdirSync(suites, { recursive: true })
    .filter((f) => /^(spf|dmarc-rfc|dkim)[^/]*\/[^/]*\.(yml|json)$/.test(f))
    .sort()
    .map((f) => readFileSync(join(suites, f), 'utf8'))
    .join('\n');
}

/** One zone of all the keys the suites' messages were signed with, so that mutated signatures get as far as they can. */
function dnsOf(suites) {
  if (!existsSync(suites)) return {};
  return Object.assign(
    arcKeys(suites),
    ...readdirSync(suites)
      .map((folder) => join(suites, folder, 'dns.json'))
      .filter((path) => existsSync(path))
      .map((path) => JSON.parse(readFileSync(path, 'utf8'))),
  );
}

function fieldValues(message, pattern) {
  const header = message.toString('latin1').split(/\r?\n\r?\n/, 1)[0];
  return header
    .split(/\r?\n(?![ \t])/)
    .filter((field) => pattern.test(field.slice(0, field.indexOf(':')).trim().toLowerCase()))
    .map((field) => Buffer.from(field.slice(field.indexOf(':') + 1), 'latin1'));
}

function unique(list) {
  return [...new Map(list.map((item) => [item.toString('latin1'), item])).values()];
}
