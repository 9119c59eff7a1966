import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import type { PublicSuffixes } from '../../dns/public-suffix.js';
import { dkimResult, domain, spfResult } from '../../testing/results.js';
import { world } from '../../testing/world.js';
import { rfc } from '../../words/clause.js';
import { problem } from '../../words/problem.js';
import type { Context } from '../context.js';
import type { DkimResult, DmarcResult, SpfResult } from '../results.js';
import { checkDmarc } from './check-dmarc.js';

type Zone = Readonly<Record<string, unknown>>;

/** `_dmarc` records by domain, and names that merely exist. */
function zone(records: Readonly<Record<string, string | readonly string[]>>, ...existing: string[]): Zone {
  const dns: Record<string, unknown> = {};
  for (const [name, txt] of Object.entries(records))
    dns[`_dmarc.${name}`] = { TXT: typeof txt === 'string' ? [txt] : txt };
  for (const name of existing) dns[name] = { A: ['192.0.2.10'] };
  return dns;
}

interface Message {
  readonly from: string | readonly string[];
  readonly spf?: SpfResult;
  readonly dkim?: readonly DkimResult[];
}

async function check(
  dns: Zone,
  message: Message,
  more: Partial<Context> = {},
): Promise<{ readonly result: DmarcResult; readonly asked: readonly string[] }> {
  const context = world(dns, more);
  const { from, spf = spfResult('none'), dkim = [] } = message;
  const authorDomains = (typeof from === 'string' ? [from] : from).map(domain);
  const result = await checkDmarc({ authorDomains, spf, dkim }, context);
  deepEqual(JSON.parse(JSON.stringify(result)), result, 'plain data');
  return { result, asked: context.resolver.questions ?? [] };
}

/** The verdict in one line: `fail quarantine(sp) example.com/example.com`. */
function line(result: DmarcResult): string {
  switch (result.status) {
    case 'pass':
    case 'fail': {
      const { status, policy, policyTag, policyDomain, organizationalDomain } = result;
      return `${status} ${policy}(${policyTag}) ${policyDomain}/${organizationalDomain}`;
    }
    case 'none':
    case 'permerror':
      return `${result.status} ${result.reason}`;
    case 'temperror':
      return `${result.status} ${result.name}`;
  }
}

const pass = (name: string): DkimResult => dkimResult('pass', name);
const REJECT = 'v=DMARC1; p=reject';
const PSD = 'v=DMARC1; p=none; sp=quarantine; np=reject; psd=y';

const verdicts: readonly (readonly [string, string, Zone, Message, string])[] = [
  [
    '3.2.4',
    'the null sender has an SPF Domain: the HELO name as MAIL FROM',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', spf: spfResult('pass', 'mx.a.test', 'helo') },
    'pass reject(p) a.test/a.test',
  ],
  [
    '4.4.2',
    'SPF stands for the MAIL FROM domain alone',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', spf: spfResult('pass', 'bounce.example') },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.4',
    'same organizational domain, both below it',
    zone({ 'a.test': REJECT }, 'news.a.test'),
    { from: 'news.a.test', dkim: [pass('foo.a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    '4.4',
    'another organization',
    zone({ 'a.test': REJECT, 'b.test': REJECT }),
    { from: 'a.test', dkim: [pass('b.test')] },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.4',
    'a name that only ends alike',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', dkim: [pass('evila.test')] },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.4.1',
    'any one of several signatures is enough',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', dkim: [pass('b.test'), dkimResult('fail', 'a.test'), pass('a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    '4.5',
    'character-strings of a record are joined',
    { '_dmarc.a.test': { TXT: [['v=DMA', 'RC1; p=rej', 'ect']] } },
    { from: 'a.test' },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.7',
    'aspf=s does not touch DKIM',
    zone({ 'a.test': `${REJECT}; aspf=s` }),
    { from: 'a.test', dkim: [pass('m.a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    '4.7',
    'adkim=s does not touch SPF',
    zone({ 'a.test': `${REJECT}; adkim=s` }),
    { from: 'a.test', spf: spfResult('pass', 'm.a.test') },
    'pass reject(p) a.test/a.test',
  ],
  [
    '4.7',
    'np falls back to p where sp is absent',
    zone({ 'a.test': REJECT }),
    { from: 'ghost.a.test' },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.7',
    'np is not for the domain itself',
    zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }),
    { from: 'a.test' },
    'fail none(p) a.test/a.test',
  ],
  [
    '4.7',
    'np is not for existing subdomains',
    zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }, 'sub.a.test'),
    { from: 'sub.a.test' },
    'fail none(p) a.test/a.test',
  ],
  [
    '4.7',
    't=y lowers sp',
    zone({ 'a.test': 'v=DMARC1; p=none; sp=reject; t=y' }, 'sub.a.test'),
    { from: 'sub.a.test' },
    'fail quarantine(sp) a.test/a.test',
  ],
  [
    '4.7',
    't=y lowers np',
    zone({ 'a.test': 'v=DMARC1; p=none; np=quarantine; t=y' }),
    { from: 'ghost.a.test' },
    'fail none(np) a.test/a.test',
  ],
  [
    '4.7',
    't=y has no effect on none',
    zone({ 'a.test': 'v=DMARC1; p=none; t=y' }),
    { from: 'a.test' },
    'fail none(p) a.test/a.test',
  ],
  [
    '4.10',
    'step 2: two records are discarded and the walk goes on',
    zone({ 'b.a.test': [REJECT, 'v=DMARC1; p=none'], 'a.test': 'v=DMARC1; p=quarantine' }),
    { from: 'b.a.test' },
    'fail quarantine(p) a.test/a.test',
  ],
  [
    '4.10',
    'step 2: other TXT records do not make it several',
    zone({ 'a.test': ['v=spf1 -all', REJECT, 'v=dmarc1; p=none'] }),
    { from: 'a.test' },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.10',
    'step 6: psd=n ends the walk',
    zone({ 'b.a.test': `${REJECT}; psd=n`, 'a.test': 'v=DMARC1; p=none' }),
    { from: 'c.b.a.test' },
    'fail reject(p) b.a.test/b.a.test',
  ],
  [
    '4.10.1',
    'author domain before organizational domain',
    zone({ 'b.a.test': REJECT, 'a.test': 'v=DMARC1; p=none' }),
    { from: 'b.a.test' },
    'fail reject(p) b.a.test/a.test',
  ],
  [
    '4.10.1',
    'organizational domain before public suffix domain',
    zone({ 'a.test': REJECT, test: PSD }),
    { from: 'b.a.test' },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.10.1',
    'public suffix domain where the organization has none',
    zone({ test: PSD }, 'a.test'),
    { from: 'a.test' },
    'fail quarantine(sp) test/a.test',
  ],
  [
    '4.10.1',
    'np of the public suffix domain',
    zone({ test: PSD }),
    { from: 'a.test' },
    'fail reject(np) test/a.test',
  ],
  [
    '4.10.1',
    'a record in between is not the policy',
    zone({ 'b.a.test': 'v=DMARC1; p=none', 'a.test': REJECT }),
    { from: 'c.b.a.test' },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.10.1',
    'nor in between organization and author under a psd=y',
    zone({ 'b.a.test': 'v=DMARC1; p=none', test: PSD }, 'c.b.a.test'),
    { from: 'c.b.a.test' },
    'fail quarantine(sp) test/a.test',
  ],
  [
    '4.10.1',
    'invalid p and valid rua: p=none',
    zone({ 'a.test': 'v=DMARC1; p=block; rua=mailto:r@a.test' }),
    { from: 'a.test' },
    'fail none(p) a.test/a.test',
  ],
  [
    '4.10.1',
    'invalid sp and valid rua: p=none, for the domain itself too',
    zone({ 'a.test': 'v=DMARC1; p=reject; sp=block; rua=mailto:r@a.test' }),
    { from: 'a.test' },
    'fail none(p) a.test/a.test',
  ],
  [
    '4.10.1',
    'invalid np without rua: no DMARC processing',
    zone({ 'a.test': 'v=DMARC1; p=reject; np=block' }),
    { from: 'a.test' },
    'none no-record',
  ],
  [
    '4.10.1',
    'missing p and only an invalid rua: no DMARC processing',
    zone({ 'a.test': 'v=DMARC1; rua=nobody' }),
    { from: 'a.test' },
    'none no-record',
  ],
  [
    '4.10.1',
    'missing p at the author domain is not passed over',
    zone({ 'b.a.test': 'v=DMARC1; adkim=s', 'a.test': REJECT }),
    { from: 'b.a.test' },
    'none no-record',
  ],
  [
    '4.10.1',
    'missing p at the organizational domain',
    zone({ 'a.test': 'v=DMARC1; adkim=s' }),
    { from: 'b.a.test' },
    'none no-record',
  ],
  ['4.10.1', 'no record anywhere', {}, { from: 'a.test', dkim: [pass('a.test')] }, 'none no-record'],
  [
    '4.10.2',
    'rule 1: psd=n is the organizational domain',
    zone({ 'b.a.test': `${REJECT}; psd=n`, 'a.test': REJECT }),
    { from: 'b.a.test', dkim: [pass('x.b.a.test')] },
    'pass reject(p) b.a.test/b.a.test',
  ],
  [
    '4.10.2',
    'rule 1: psd=n on the other side breaks alignment',
    zone({ 'b.a.test': `${REJECT}; psd=n`, 'a.test': REJECT }),
    { from: 'a.test', dkim: [pass('x.b.a.test')] },
    'fail reject(p) a.test/a.test',
  ],
  [
    '4.10.2',
    'rule 2: one label below psd=y',
    zone({ 'co.test': `${PSD}`, 'a.co.test': REJECT }),
    { from: 'a.co.test', dkim: [pass('b.co.test')] },
    'fail reject(p) a.co.test/a.co.test',
  ],
  [
    '4.10.2',
    'rule 2: below psd=y, both below the organizational domain',
    zone({ 'co.test': PSD }, 'x.a.co.test'),
    { from: 'x.a.co.test', dkim: [pass('y.a.co.test')] },
    'pass quarantine(sp) co.test/a.co.test',
  ],
  [
    '4.10.2',
    'rule 2: a public suffix as author domain is its own organization',
    zone({ 'co.test': PSD }),
    { from: 'co.test', dkim: [pass('b.co.test')] },
    'fail none(p) co.test/co.test',
  ],
  [
    '4.10.2',
    'rule 3: the fewest labels',
    zone({ 'c.b.a.test': REJECT, 'b.a.test': REJECT, 'a.test': REJECT }),
    { from: 'c.b.a.test', dkim: [pass('z.a.test')] },
    'pass reject(p) c.b.a.test/a.test',
  ],
  [
    '4.10.2',
    'no walk: the common domain is the organizational domain',
    zone({ 'b.a.test': REJECT, 'a.test': REJECT }),
    { from: 'b.a.test', dkim: [pass('b.a.test')] },
    'pass reject(p) b.a.test/b.a.test',
  ],
  [
    '5.3.1',
    'U-labels are compared as A-labels',
    zone({ 'xn--bcher-kva.test': REJECT }),
    { from: 'bücher.test', dkim: [pass('xn--bcher-kva.test')] },
    'pass reject(p) xn--bcher-kva.test/xn--bcher-kva.test',
  ],
  ['5.3.1', 'no author domain', {}, { from: [], spf: spfResult('pass', 'a.test') }, 'none no-author-domain'],
  [
    '5.3.1',
    'several author domains',
    zone({ 'a.test': REJECT }),
    { from: ['a.test', 'b.test'], spf: spfResult('pass', 'a.test') },
    'permerror multiple-author-domains',
  ],
  [
    '5.3.1',
    'one author domain several times is one',
    zone({ 'a.test': REJECT }),
    { from: ['a.test', 'A.test'], spf: spfResult('pass', 'a.test') },
    'pass reject(p) a.test/a.test',
  ],
  [
    '5.3.5',
    'nothing passed',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', spf: spfResult('softfail', 'a.test'), dkim: [dkimResult('temperror', 'a.test')] },
    'fail reject(p) a.test/a.test',
  ],
  [
    '5.3.6',
    'no answer for the author domain',
    { '_dmarc.a.test': { error: 'TIMEOUT' } },
    { from: 'a.test', dkim: [pass('a.test')] },
    'temperror _dmarc.a.test',
  ],
  [
    '5.3.6',
    'no answer on the way up',
    { '_dmarc.a.test': { error: 'SERVFAIL' } },
    { from: 'b.a.test' },
    'temperror _dmarc.a.test',
  ],
  [
    '5.3.6',
    'no answer on the way up, needed for alignment',
    { ...zone({ 'b.a.test': REJECT }), '_dmarc.a.test': { error: 'SERVFAIL' } },
    { from: 'b.a.test', dkim: [pass('c.a.test')] },
    'temperror _dmarc.a.test',
  ],
  [
    '5.3.6',
    'no answer on the way up, but the author domain itself passed',
    { ...zone({ 'b.a.test': REJECT }), '_dmarc.a.test': { error: 'SERVFAIL' } },
    { from: 'b.a.test', dkim: [pass('c.a.test'), pass('b.a.test')] },
    'pass reject(p) b.a.test/b.a.test',
  ],
  [
    '5.3.6',
    'no answer on the way up, but nothing passed',
    { ...zone({ 'b.a.test': REJECT }), '_dmarc.a.test': { error: 'SERVFAIL' } },
    { from: 'b.a.test' },
    'fail reject(p) b.a.test/b.a.test',
  ],
  [
    '5.3.6',
    'no answer for an identifier',
    { ...zone({ 'a.test': REJECT }), '_dmarc.m.a.test': { error: 'REFUSED' } },
    { from: 'a.test', dkim: [pass('m.a.test')] },
    'temperror _dmarc.m.a.test',
  ],
  [
    '5.3.6',
    'no answer for an identifier, another one counts',
    { ...zone({ 'a.test': REJECT }), '_dmarc.m.a.test': { error: 'REFUSED' } },
    { from: 'a.test', spf: spfResult('pass', 'a.test'), dkim: [pass('m.a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    '5.3.6',
    'nobody asks for an identifier that cannot align',
    { ...zone({ 'a.test': REJECT }), '_dmarc.b.test': { error: 'REFUSED' } },
    { from: 'a.test', dkim: [pass('b.test')] },
    'fail reject(p) a.test/a.test',
  ],
  [
    '3.2.13',
    'only NXDOMAIN makes a domain non-existent',
    {
      ...zone({ 'a.test': 'v=DMARC1; p=none; sp=quarantine; np=reject' }),
      'b.a.test': { error: 'SERVFAIL' },
    },
    { from: 'b.a.test' },
    'fail quarantine(sp) a.test/a.test',
  ],
  [
    '3.2.13',
    'a name that has something below it exists',
    zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }, 'x.b.a.test'),
    { from: 'b.a.test' },
    'fail none(p) a.test/a.test',
  ],
  [
    '4.2',
    'no From: nothing else of the message is taken instead',
    zone({ 'a.test': REJECT }),
    { from: [], spf: spfResult('pass', 'a.test'), dkim: [pass('a.test')] },
    'none no-author-domain',
  ],
  [
    '4.3',
    'SPF alone is enough',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', spf: spfResult('pass', 'a.test') },
    'pass reject(p) a.test/a.test',
  ],
  [
    '4.3',
    'DKIM alone is enough',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', spf: spfResult('fail', 'a.test'), dkim: [pass('a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    '5.3.2',
    'no record: DMARC does not apply, whatever passed',
    zone({ 'b.test': REJECT }),
    { from: 'a.test', dkim: [pass('a.test'), pass('b.test')] },
    'none no-record',
  ],
  [
    '11.5',
    'a spoofed domain beside one of the attacker is no pass',
    zone({ 'evil.test': REJECT, 'a.test': REJECT }),
    { from: ['evil.test', 'a.test'], dkim: [pass('evil.test')] },
    'permerror multiple-author-domains',
  ],
  [
    '11.8',
    'the organizational domain is not taken one level too high',
    zone({ 'mail.a.test': `${REJECT}; psd=n`, 'a.test': REJECT }),
    { from: 'evil.a.test', dkim: [pass('mail.a.test')] },
    'fail reject(p) a.test/a.test',
  ],
  [
    'A.4',
    'any record at all makes a domain exist',
    { ...zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }), 'b.a.test': { TXT: ['no address, no MX'] } },
    { from: 'b.a.test' },
    'fail none(p) a.test/a.test',
  ],
  [
    'A.4',
    'nothing exists below a name that does not exist',
    zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }),
    { from: 'c.b.a.test' },
    'fail reject(np) a.test/a.test',
  ],
  [
    'B.1.1',
    'the MAIL FROM domain is a child of the author domain',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', spf: spfResult('pass', 'child.a.test') },
    'pass reject(p) a.test/a.test',
  ],
  [
    'B.1.1',
    'the MAIL FROM domain is somebody else',
    zone({ 'a.test': REJECT }),
    { from: 'child.a.test', spf: spfResult('pass', 'b.test') },
    'fail reject(p) a.test/a.test',
  ],
  [
    'B.1.2',
    'd= is the parent of the author domain',
    zone({ 'a.test': REJECT }),
    { from: 'child.a.test', dkim: [pass('a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    'B.1.2',
    'd= is somebody else',
    zone({ 'a.test': REJECT }),
    { from: 'child.a.test', dkim: [pass('b.test')] },
    'fail reject(p) a.test/a.test',
  ],
  [
    'B.4.1',
    'a record at the signing domain too',
    zone({ 'a.test': REJECT, 'signing.a.test': REJECT }),
    { from: 'a.test', spf: spfResult('pass', 'a.test'), dkim: [pass('signing.a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    'B.4.2',
    'author domain of thirteen labels',
    zone({ 'a.test': REJECT, 'signing.a.test': REJECT }),
    { from: 'a.b.c.d.e.f.g.h.i.j.k.a.test', dkim: [pass('signing.a.test')] },
    'pass reject(p) a.test/a.test',
  ],
  [
    'B.4.3',
    'two organizations under one public suffix',
    zone({ 'co.test': `${REJECT}; psd=y`, 'giant.co.test': REJECT, 'mega.co.test': REJECT }),
    {
      from: 'giant.co.test',
      spf: spfResult('pass', 'mail.giant.co.test'),
      dkim: [pass('mail.mega.co.test')],
    },
    'pass reject(p) giant.co.test/giant.co.test',
  ],
];
for (const [clause, name, dns, message, expected] of verdicts)
  test(`RFC 9989 ${clause}: ${name}`, async () => {
    equal(line((await check(dns, message)).result), expected);
  });

const questions: readonly (readonly [string, Zone, Message, string])[] = [
  [
    'author domain passed, its own record',
    zone({ 'b.a.test': REJECT }),
    { from: 'b.a.test', spf: spfResult('pass', 'b.a.test'), dkim: [pass('b.a.test')] },
    '_dmarc.b.a.test/TXT',
  ],
  [
    'strict alignment',
    zone({ 'b.a.test': `${REJECT}; adkim=s; aspf=s` }),
    { from: 'b.a.test', dkim: [pass('c.a.test')] },
    '_dmarc.b.a.test/TXT',
  ],
  [
    'strict for the only method that passed',
    zone({ 'b.a.test': `${REJECT}; adkim=s` }),
    { from: 'b.a.test', dkim: [pass('c.a.test')] },
    '_dmarc.b.a.test/TXT',
  ],
  [
    'an identifier of a stranger costs no walk of its own',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', dkim: [pass('esp.example')] },
    '_dmarc.a.test/TXT _dmarc.test/TXT',
  ],
  [
    'an identifier that failed costs nothing',
    zone({ 'a.test': REJECT }),
    { from: 'a.test', dkim: [dkimResult('fail', 'x.a.test'), pass('a.test')] },
    '_dmarc.a.test/TXT',
  ],
  [
    'each name once',
    zone({ 'a.test': REJECT }),
    { from: 'b.a.test', spf: spfResult('pass', 'c.a.test'), dkim: [pass('c.a.test'), pass('b.a.test')] },
    '_dmarc.b.a.test/TXT _dmarc.a.test/TXT _dmarc.test/TXT _dmarc.c.a.test/TXT',
  ],
  [
    'existence: one question, for A',
    zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }),
    { from: 'b.a.test' },
    '_dmarc.b.a.test/TXT _dmarc.a.test/TXT _dmarc.test/TXT b.a.test/A',
  ],
  [
    'existence: no question without np',
    zone({ 'a.test': 'v=DMARC1; p=none; sp=reject' }),
    { from: 'b.a.test' },
    '_dmarc.b.a.test/TXT _dmarc.a.test/TXT _dmarc.test/TXT',
  ],
  [
    'existence: no question where _dmarc below it exists',
    { ...zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }), '_dmarc.b.a.test': { TXT: ['x'] } },
    { from: 'b.a.test' },
    '_dmarc.b.a.test/TXT _dmarc.a.test/TXT _dmarc.test/TXT',
  ],
  [
    'psd=y ends the walk',
    zone({ test: PSD, 'b.test': REJECT }),
    { from: 'b.test' },
    '_dmarc.b.test/TXT _dmarc.test/TXT',
  ],
  [
    'psd=n ends the walk at once',
    zone({ 'b.a.test': `${REJECT}; psd=n` }),
    { from: 'b.a.test' },
    '_dmarc.b.a.test/TXT',
  ],
  ['several author domains: none', {}, { from: ['a.test', 'b.test'] }, ''],
  ['no author domain: none', {}, { from: [] }, ''],
];
for (const [name, dns, message, expected] of questions)
  test(`RFC 9989 4.10: questions: ${name}`, async () => {
    equal((await check(dns, message)).asked.join(' '), expected);
  });

// 7 labels are walked one by one; 8 too, as the cut leaves 7; from 9 on the middle is skipped.
const L = 'a.b.c.d.e.f.g.h.i'.split('.');
const walks = [
  [7, 7],
  [8, 8],
  [9, 8],
  [100, 8],
] as const;
for (const [labels, expected] of walks)
  test(`RFC 9989 4.10: a name of ${labels} labels costs ${expected} questions`, async () => {
    const all = Array.from({ length: labels }, (_, i) => L[i % L.length] ?? 'x');
    const { asked } = await check({}, { from: all.join('.') });
    const walked = all.map((_, i) => all.slice(i)).filter((rest, i) => i === 0 || rest.length <= 7);
    deepEqual(
      asked,
      walked.map((rest) => `_dmarc.${rest.join('.')}/TXT`),
    );
    equal(asked.length, expected);
  });

test('RFC 9989 4.10: a record in the skipped middle is not found (5.1.8)', async () => {
  const dns = zone({ 'b.c.d.e.f.g.a.test': `${REJECT}; psd=n`, 'a.test': 'v=DMARC1; p=none' });
  equal(line((await check(dns, { from: 'mail.a.b.c.d.e.f.g.a.test' })).result), 'fail none(p) a.test/a.test');
});

test('bound: treeWalkQueries, ours to lower', async () => {
  const { asked } = await check({}, { from: 'a.b.c.d.test' }, { limits: { treeWalkQueries: 3 } });
  deepEqual(asked, ['_dmarc.a.b.c.d.test/TXT', '_dmarc.d.test/TXT', '_dmarc.test/TXT']);
});

test('bound: ten signatures of deep sibling names cost at most eight questions each', async () => {
  const deep = (i: number): string =>
    `x.${'abcdefg'
      .split('')
      .map((c) => `${c}${i}`)
      .join('.')}.a.test`;
  const dkim = Array.from({ length: 10 }, (_, i) => pass(deep(i)));
  const { result, asked } = await check(zone({ 'a.test': REJECT }), { from: 'a.test', dkim });
  equal(result.status, 'pass');
  // a.test and test are known after the author's walk: 6 new names for each signature.
  equal(asked.length, 2 + 10 * 6);
});

test('bound: recordBytes, just below and just above', async () => {
  const dns = zone({ 'a.test': REJECT });
  const limits = (recordBytes: number) => ({ limits: { recordBytes } });
  equal((await check(dns, { from: 'a.test' }, limits(REJECT.length))).result.status, 'fail');
  equal((await check(dns, { from: 'a.test' }, limits(REJECT.length - 1))).result.status, 'none');
});

test('bound: deadlineMs: nothing is asked after it', async () => {
  let now = 0;
  const clock = { now: () => new Date((now += 10)) };
  const { result, asked } = await check({}, { from: 'c.b.a.test' }, { clock, limits: { deadlineMs: 25 } });
  equal(line(result), 'temperror _dmarc.a.test');
  deepEqual(asked, ['_dmarc.c.b.a.test/TXT', '_dmarc.b.a.test/TXT']);
});

test('aborted: the reason is thrown', async () => {
  const reason = new Error('enough');
  await rejects(check({}, { from: 'a.test' }, { signal: AbortSignal.abort(reason) }), reason);
});

test('a resolver that answers later gives the same', async () => {
  const context = world(zone({ 'a.test': 'v=DMARC1; p=none; np=reject' }));
  const { resolver } = context;
  const later: Context = {
    ...context,
    resolver: { query: async (name, type) => resolver.query(name, type) },
  };
  const input = { authorDomains: [domain('b.a.test')], spf: spfResult('none'), dkim: [pass('c.a.test')] };
  deepEqual(await checkDmarc(input, later), await checkDmarc(input, context));
});

// ── What peers got wrong ────────────────────────────────────────────────────

const statuses = ['fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror'] as const;
for (const status of statuses)
  test(`peer mistake: alignment without pass (KumoMTA): spf=${status}`, async () => {
    const { result } = await check(zone({ 'a.test': REJECT }), {
      from: 'a.test',
      spf: spfResult(status, 'a.test'),
    });
    equal(line(result), 'fail reject(p) a.test/a.test');
    deepEqual(result.identities, [
      { method: 'spf', domain: 'a.test', status, alignment: 'strict', counts: false },
    ]);
  });
for (const status of ['fail', 'policy', 'permerror', 'neutral', 'temperror'] as const)
  test(`peer mistake: alignment without pass (KumoMTA): dkim=${status}`, async () => {
    const dkim = [dkimResult(status, 'm.a.test')];
    const { result } = await check(zone({ 'a.test': REJECT }), { from: 'a.test', dkim });
    equal(line(result), 'fail reject(p) a.test/a.test');
    deepEqual(result.identities, [
      { method: 'dkim', domain: 'm.a.test', status, alignment: 'relaxed', counts: false, index: 0 },
    ]);
  });

const STRICT = 'v=DMARC1; p=reject; adkim=s; aspf=s';
/** A list on which `test` and `co.test` are suffixes. */
const SUFFIXES: PublicSuffixes = {
  organizationalDomain(name) {
    const labels = name.split('.');
    const suffix = name === 'co.test' || name.endsWith('.co.test') ? 2 : 1;
    return labels.length > suffix ? domain(labels.slice(-suffix - 1).join('.')) : undefined;
  },
};

for (const [peer, more] of [
  ['strict falls to relaxed (mailauth 5.0.0)', {}],
  ['strict with suffix list passes (OpenDMARC)', { publicSuffixes: SUFFIXES }],
] as const)
  for (const [from, identifier] of [
    ['a.test', 'm.a.test'],
    ['m.a.test', 'a.test'],
    ['m.a.test', 'n.a.test'],
  ] as const)
    test(`peer mistake: ${peer}: ${identifier} for ${from}`, async () => {
      const dns = zone({ 'a.test': STRICT }, 'm.a.test');
      const { result } = await check(
        dns,
        { from, spf: spfResult('pass', identifier), dkim: [pass(identifier)] },
        more,
      );
      equal(line(result), 'fail reject(p) a.test/a.test');
      ok(result.status === 'fail' && !result.spfAligned && !result.dkimAligned);
      deepEqual(
        result.identities.map(({ counts, notCounted }) => [counts, notCounted]),
        [
          [false, 'aspf=s asks for the author domain itself'],
          [false, 'adkim=s asks for the author domain itself'],
        ],
      );
    });

test('peer mistake: stray > skips DMARC (OpenDMARC)', async () => {
  const fromProblem = problem('address/syntax', 12, rfc('5322', '3.4'), 'a ">" without "<"');
  const context = world(zone({ 'a.test': REJECT }));
  const spf = spfResult('pass', 'evil.test');
  for (const authorDomains of [[], [domain('evil.test')]]) {
    const result = await checkDmarc({ authorDomains, fromProblem, spf, dkim: [] }, context);
    equal(line(result), 'permerror unreadable-from');
    ok(result.status === 'permerror' && result.problem === fromProblem);
    equal(result.authorDomain, undefined);
  }
});

test('peer mistake: dmarc=none hides an unreadable From', async () => {
  const context = world({});
  const fromProblem = problem('address/syntax', 0, rfc('5322', '3.6.2'), 'no mailbox in From');
  const input = { authorDomains: [], spf: spfResult('none'), dkim: [] };
  equal((await checkDmarc({ ...input, fromProblem }, context)).status, 'permerror');
  const without = await checkDmarc(input, context);
  // Without a From there is nothing to read, and the reason says that it is not the domain's choice.
  equal(line(without), 'none no-author-domain');
});

test('a signature whose l= leaves the end unsigned does not count, and says so', async () => {
  const dkim = [dkimResult('pass', 'a.test', { coversWholeBody: false })];
  const { result } = await check(zone({ 'a.test': REJECT }), { from: 'a.test', dkim });
  equal(line(result), 'fail reject(p) a.test/a.test');
  deepEqual(result.identities, [
    {
      method: 'dkim',
      domain: 'a.test',
      status: 'pass',
      alignment: 'strict',
      counts: false,
      index: 0,
      notCounted: 'l= leaves the end of the body unsigned: anybody could have added to it',
    },
  ]);
});

test('RFC 9989 5.3.3: every result lists what SPF and DKIM said of each domain', async () => {
  const message = {
    spf: spfResult('pass', 'a.test'),
    dkim: [pass('b.test'), dkimResult('permerror', 'c.a.test')],
  };
  const dns = { ...zone({ 'a.test': REJECT }), '_dmarc.down.a.test': { error: 'TIMEOUT' } };
  for (const from of ['a.test', 'none.example', 'down.a.test', [], ['a.test', 'b.test']]) {
    const { result } = await check(dns, { from, ...message });
    deepEqual(
      result.identities.map(({ method, domain: name, status, index }) => [method, name, status, index]),
      [
        ['spf', 'a.test', 'pass', undefined],
        ['dkim', 'b.test', 'pass', 0],
        ['dkim', 'c.a.test', 'permerror', 1],
      ],
    );
    equal(
      result.identities.some(({ counts }) => counts),
      result.status === 'pass',
    );
    ok(result.trace.length > 0);
  }
});

test('RFC 9989 5.3.4: each identifier is compared on its own', async () => {
  const dns = zone({ 'a.test': `${REJECT}; adkim=s` });
  const { result } = await check(dns, {
    from: 'a.test',
    spf: spfResult('pass', 'm.a.test'),
    dkim: [pass('m.a.test'), pass('b.test'), pass('a.test')],
  });
  deepEqual(
    result.identities.map(({ alignment, counts }) => [alignment, counts]),
    [
      ['relaxed', true],
      ['relaxed', false],
      ['none', false],
      ['strict', true],
    ],
  );
});

// ── none: what a record would have made a pass ──────────────────────────────

const wouldPass: readonly (readonly [string, Message, Partial<Context>, boolean])[] = [
  ['the same domain', { from: 'a.test', dkim: [pass('a.test')] }, {}, true],
  ['a child', { from: 'a.test', spf: spfResult('pass', 'm.a.test') }, {}, true],
  ['a parent', { from: 'm.a.test', dkim: [pass('a.test')] }, {}, true],
  ['siblings, without suffix list', { from: 'm.a.test', dkim: [pass('n.a.test')] }, {}, false],
  [
    'siblings, with suffix list',
    { from: 'm.a.test', dkim: [pass('n.a.test')] },
    { publicSuffixes: SUFFIXES },
    true,
  ],
  [
    'siblings under a suffix',
    { from: 'm.co.test', dkim: [pass('n.co.test')] },
    { publicSuffixes: SUFFIXES },
    false,
  ],
  [
    'a suffix is no parent',
    { from: 'm.co.test', dkim: [pass('co.test')] },
    { publicSuffixes: SUFFIXES },
    false,
  ],
  ['a top-level domain is no parent', { from: 'a.test', dkim: [pass('test')] }, {}, false],
  ['a stranger', { from: 'a.test', dkim: [pass('b.test')] }, {}, false],
  [
    'did not pass',
    { from: 'a.test', dkim: [dkimResult('fail', 'a.test')], spf: spfResult('softfail', 'a.test') },
    {},
    false,
  ],
  ['null sender', { from: 'a.test', spf: spfResult('pass', 'mx.a.test', 'helo') }, {}, true],
  [
    'l= only',
    { from: 'a.test', dkim: [dkimResult('pass', 'a.test', { coversWholeBody: false })] },
    {},
    false,
  ],
];
for (const [name, message, more, expected] of wouldPass)
  test(`no record: wouldPass: ${name}`, async () => {
    const { result } = await check({}, message, more);
    ok(result.status === 'none');
    equal(result.wouldPass, expected);
  });

// ── The public suffix list as a brake (RFC 9989 11.8) ───────────────────────

test('RFC 9989 11.8: suffix brake: a suffix whose record lacks psd=y does not make its customers one organization', async () => {
  const dns = zone({ 'co.test': REJECT }, 'a.co.test');
  const message = { from: 'a.co.test', dkim: [pass('evil.co.test')] };
  equal(line((await check(dns, message)).result), 'pass reject(p) co.test/co.test');
  const { result } = await check(dns, message, { publicSuffixes: SUFFIXES });
  equal(line(result), 'fail reject(p) co.test/co.test');
  deepEqual(result.identities, [
    {
      method: 'dkim',
      domain: 'evil.co.test',
      status: 'pass',
      alignment: 'relaxed',
      counts: false,
      index: 0,
      notCounted: 'a public suffix lies between evil.co.test and a.co.test',
    },
  ]);
  ok(result.trace.some(({ text }) => text.startsWith('warning: co.test is the organizational domain')));
  ok(result.status === 'fail');
  deepEqual(result.suffixList, { organizationalDomain: 'a.co.test', status: 'none' });
});

test('RFC 9989 11.8: suffix brake: the same domain is never stopped, not even a suffix', async () => {
  for (const from of ['co.test', 'a.co.test']) {
    const dns = zone({ 'co.test': REJECT }, 'a.co.test');
    const { result } = await check(dns, { from, dkim: [pass(from)] }, { publicSuffixes: SUFFIXES });
    equal(result.status, 'pass');
  }
});

test('RFC 9989 11.8: suffix brake: a customer does not speak for the suffix', async () => {
  const dns = zone({ 'co.test': REJECT });
  const { result } = await check(
    dns,
    { from: 'co.test', dkim: [pass('evil.co.test')] },
    { publicSuffixes: SUFFIXES },
  );
  equal(result.status, 'fail');
});

const views: readonly (readonly [string, Zone, Message, string, unknown])[] = [
  [
    'the same answer is not repeated',
    zone({ 'a.test': REJECT }),
    { from: 'b.a.test', dkim: [pass('c.a.test')] },
    'pass',
    undefined,
  ],
  [
    'not shown where the organizational domain was not looked for',
    zone({ 'b.a.test': REJECT }),
    { from: 'b.a.test', dkim: [pass('b.a.test')] },
    'pass',
    undefined,
  ],
  [
    'psd=n splits what the list joins',
    zone({ 'b.a.test': `${REJECT}; psd=n`, 'a.test': REJECT }),
    { from: 'b.a.test', dkim: [pass('a.test')] },
    'fail',
    { organizationalDomain: 'a.test', status: 'pass' },
  ],
  [
    'the record of the suffix domain is unknown to it',
    zone({ test: PSD }),
    { from: 'a.test', dkim: [pass('m.a.test')] },
    'pass',
    { organizationalDomain: 'a.test', status: 'none' },
  ],
  [
    'no record at the middle is no organization',
    zone({ 'c.b.a.test': REJECT }),
    { from: 'c.b.a.test', dkim: [pass('b.a.test')] },
    'fail',
    { organizationalDomain: 'a.test', status: 'pass' },
  ],
];
for (const [name, dns, message, status, expected] of views)
  test(`suffix list view: ${name}`, async () => {
    const { result } = await check(dns, message, { publicSuffixes: SUFFIXES });
    equal(result.status, status);
    ok(result.status === 'pass' || result.status === 'fail');
    deepEqual(result.suffixList, expected);
    const { result: without } = await check(dns, message);
    ok(!('suffixList' in without));
    equal(without.status, status);
  });

test('suffix list view: its record, below which the walk stopped, is asked for; no answer, no view', async () => {
  const dns = { ...zone({ 'b.a.test': `${REJECT}; psd=n` }), '_dmarc.a.test': { error: 'TIMEOUT' } };
  const { result, asked } = await check(dns, { from: 'c.b.a.test' }, { publicSuffixes: SUFFIXES });
  deepEqual(asked, ['_dmarc.c.b.a.test/TXT', '_dmarc.b.a.test/TXT', '_dmarc.a.test/TXT']);
  ok(result.status === 'fail' && result.suffixList === undefined);
});
