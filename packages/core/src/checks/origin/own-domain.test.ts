import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { arcResult, dmarcResult, envelope, reading } from '../../testing/readings.js';
import { domain, spfResult } from '../../testing/results.js';
import type { Envelope, SiteFacts } from '../context.js';
import type { ArcResult, DmarcResult, SpfResult } from '../results.js';
import { checkOrigin } from './own-domain.js';

const site: SiteFacts = {
  authservId: 'mx.own.example',
  ownDomains: new Set([domain('own.example'), domain('second.example')]),
  trustedSealers: new Set(),
  connectors: ['198.51.100.0/24', '2001:db8::/32'],
};

interface Case {
  readonly header?: string;
  readonly mailFrom?: string;
  readonly session?: Partial<Envelope> & { readonly ip?: string };
  readonly spf?: SpfResult;
  readonly dmarc?: DmarcResult;
  readonly arc?: ArcResult;
}

function origin(c: Case): ReturnType<typeof checkOrigin> {
  const header = c.header ?? 'From: a@stranger.example';
  return checkOrigin(
    {
      envelope: envelope(c.mailFrom ?? 'a@stranger.example', c.session),
      author: reading(header, 'from'),
      sender: reading(header, 'sender'),
      spf: c.spf ?? spfResult('none', 'stranger.example'),
      dmarc: c.dmarc ?? dmarcResult('none', 'stranger.example'),
      arc: c.arc ?? arcResult(),
    },
    site,
  );
}

function word(c: Case): string {
  const result = origin(c);
  switch (result.status) {
    case 'spoofed-own-domain':
      return `spoofed ${result.field} [${result.fields.join(' ')}] ${result.domain}`;
    case 'exempt':
      return `exempt ${result.by} ${result.domain}`;
    case 'internal':
      return `internal ${result.user}`;
    case 'external':
      return 'external';
  }
}

function everyone(range: string): SpfResult {
  const spf = spfResult('pass', 'own.example');
  return spf.status === 'pass' ? { ...spf, range } : spf;
}

const OWN = 'From: CEO <ceo@own.example>';
const rows: readonly (readonly [string, Case, string])[] = [
  ['a stranger as a stranger', {}, 'external'],
  ['own domain in From', { header: OWN }, 'spoofed from [from] own.example'],
  ['a subdomain is own', { header: 'From: a@x.y.own.example' }, 'spoofed from [from] x.y.own.example'],
  ['a name that only ends alike is not own', { header: 'From: a@evilown.example' }, 'external'],
  ['own domain in MAIL FROM', { mailFrom: 'a@own.example' }, 'spoofed mailfrom [mailfrom] own.example'],
  [
    'own domain in Sender',
    { header: 'From: a@stranger.example\nSender: s@own.example' },
    'spoofed sender [sender] own.example',
  ],
  [
    'own domain everywhere: the most visible field is named',
    { header: `${OWN}\nSender: s@own.example`, mailFrom: 'a@own.example' },
    'spoofed from [from sender mailfrom] own.example',
  ],
  ['null sender and a stranger', { mailFrom: '' }, 'external'],
  [
    'own domain in the second From field',
    { header: `From: a@stranger.example\n${OWN}` },
    'spoofed from [from] own.example',
  ],
  [
    'own domain that only a tolerant client reads',
    { header: 'From: <ceo@own.example> <a@stranger.example>' },
    'spoofed from [from] own.example',
  ],
  [
    'own domain behind a bare CR',
    { header: 'Subject: x\rFrom: ceo@own.example\nFrom: a@stranger.example' },
    'spoofed from [from] own.example',
  ],
  [
    'an own address as a quoted name is a name (impersonation looks at it)',
    { header: 'From: "ceo@own.example" <a@stranger.example>' },
    'external',
  ],
  ['logged in', { header: OWN, session: { authenticatedAs: 'ceo' } }, 'internal ceo'],
  ['logged in, but not as us', { session: { authenticatedAs: 'ceo' } }, 'external'],
  [
    'logged in, MAIL FROM ours, but From is a stranger’s',
    { mailFrom: 'ceo@own.example', session: { authenticatedAs: 'ceo' } },
    'external',
  ],
  [
    'logged in, an own author and a stranger in one From',
    { header: 'From: ceo@own.example, a@stranger.example', session: { authenticatedAs: 'ceo' } },
    'external',
  ],
  [
    'SPF of an own MAIL FROM passes for everyone: no permission',
    { mailFrom: 'a@own.example', spf: everyone('any') },
    'spoofed mailfrom [mailfrom] own.example',
  ],
  [
    'SPF of an own MAIL FROM passes for half the Internet: no permission',
    { mailFrom: 'a@own.example', spf: everyone('128.0.0.0/1') },
    'spoofed mailfrom [mailfrom] own.example',
  ],
  [
    'SPF of an own MAIL FROM passes for a /8: the widest that one organization has',
    { mailFrom: 'a@own.example', spf: everyone('17.0.0.0/8') },
    'exempt spf-mailfrom own.example',
  ],
  [
    'Exchange: own domain in MAIL FROM with AuthAs Internal header forged: headers never matter',
    {
      header: `X-MS-Exchange-Organization-AuthAs: Internal\nX-MS-Exchange-Organization-AuthMechanism: 04\n${OWN}`,
      mailFrom: 'ceo@own.example',
    },
    'spoofed from [from mailfrom] own.example',
  ],
  [
    'Exchange RejectDirectSend misses this: own domain in From alone, SPF passing for the stranger',
    { header: OWN, spf: spfResult('pass', 'stranger.example') },
    'spoofed from [from] own.example',
  ],
  [
    'connector',
    { header: OWN, mailFrom: 'a@own.example', session: { ip: '198.51.100.7' } },
    'exempt connector own.example',
  ],
  ['connector over IPv6', { header: OWN, session: { ip: '2001:db8::7' } }, 'exempt connector own.example'],
  [
    'just outside the connector',
    { header: OWN, session: { ip: '198.51.101.0' } },
    'spoofed from [from] own.example',
  ],
  [
    'DMARC passed for the author',
    { header: OWN, dmarc: dmarcResult('pass', 'own.example') },
    'exempt dmarc-aligned own.example',
  ],
  [
    'DMARC passed for a subdomain of the own domain',
    { header: 'From: a@news.own.example', dmarc: dmarcResult('pass', 'news.own.example') },
    'exempt dmarc-aligned news.own.example',
  ],
  [
    'DMARC failed',
    { header: OWN, dmarc: dmarcResult('fail', 'own.example') },
    'spoofed from [from] own.example',
  ],
  [
    'mailcow #342: own domain comes back by a forward, signature intact, SPF broken',
    {
      header: OWN,
      mailFrom: 'ceo@own.example',
      spf: spfResult('fail', 'own.example'),
      dmarc: dmarcResult('pass', 'own.example'),
    },
    'exempt dmarc-aligned own.example',
  ],
  [
    'DMARC of a stranger exempts no own MAIL FROM',
    { mailFrom: 'a@own.example', dmarc: dmarcResult('pass', 'stranger.example') },
    'spoofed mailfrom [mailfrom] own.example',
  ],
  [
    'DMARC of a stranger exempts no own Sender',
    {
      header: 'From: a@stranger.example\nSender: s@own.example',
      dmarc: dmarcResult('pass', 'stranger.example'),
    },
    'spoofed sender [sender] own.example',
  ],
  [
    'DMARC of one own domain exempts no other',
    { header: OWN, mailFrom: 'a@second.example', dmarc: dmarcResult('pass', 'own.example') },
    'spoofed mailfrom [from mailfrom] second.example',
  ],
  [
    'an ambiguous From gets no exemption',
    { header: `${OWN}\nFrom: a@own.example`, dmarc: dmarcResult('pass', 'own.example') },
    'spoofed from [from] own.example',
  ],
  [
    'SPF passed for MAIL FROM, a stranger in From',
    { mailFrom: 'a@own.example', spf: spfResult('pass', 'own.example') },
    'exempt spf-mailfrom own.example',
  ],
  [
    'SPF passed for HELO says nothing',
    { mailFrom: 'a@own.example', spf: spfResult('pass', 'own.example', 'helo') },
    'spoofed mailfrom [mailfrom] own.example',
  ],
  [
    'SPF softfail',
    { mailFrom: 'a@own.example', spf: spfResult('softfail', 'own.example') },
    'spoofed mailfrom [mailfrom] own.example',
  ],
  [
    'shared SPF: SPF passed for MAIL FROM never speaks for From',
    { header: OWN, mailFrom: 'a@own.example', spf: spfResult('pass', 'own.example') },
    'spoofed from [from mailfrom] own.example',
  ],
  [
    'a trusted sealer vouches for the author',
    { header: OWN, arc: arcResult('own.example') },
    'exempt trusted-sealer own.example',
  ],
  [
    'a trusted sealer vouches for somebody else',
    { header: OWN, arc: arcResult('stranger.example') },
    'spoofed from [from] own.example',
  ],
];
for (const [what, input, expected] of rows)
  test(`origin: ${what}`, () => {
    equal(word(input), expected);
  });

test('origin: no own domains, nothing to look at', () => {
  const result = checkOrigin(
    {
      envelope: envelope('a@own.example'),
      author: reading(OWN, 'from'),
      sender: reading(OWN, 'sender'),
      spf: spfResult('none'),
      dmarc: dmarcResult('none', 'own.example'),
      arc: arcResult(),
    },
    { authservId: 'x', ownDomains: new Set(), trustedSealers: new Set() },
  );
  equal(result.status, 'external');
});

test('origin: every result says why, and is plain data', () => {
  for (const [, input] of rows) {
    const result = origin(input);
    equal(result.trace.length, 1);
    deepEqual(JSON.parse(JSON.stringify(result)), result);
  }
});

test('origin: a connector that is no network is our own mistake', () => {
  throws(
    () =>
      checkOrigin(
        {
          envelope: envelope('a@own.example'),
          author: reading(OWN, 'from'),
          sender: reading(OWN, 'sender'),
          spf: spfResult('none'),
          dmarc: dmarcResult('none', 'own.example'),
          arc: arcResult(),
        },
        { ...site, connectors: ['10.0.0.0/40'] },
      ),
    TypeError,
  );
});
