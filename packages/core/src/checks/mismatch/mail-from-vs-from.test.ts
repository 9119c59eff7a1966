import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PublicSuffixes } from '../../dns/public-suffix.js';
import { arcResult, dmarcResult, envelope, reading } from '../../testing/readings.js';
import { dkimResult, domain } from '../../testing/results.js';
import type { Envelope } from '../context.js';
import type { ArcResult, DkimResult, DmarcResult } from '../results.js';
import { checkMismatch } from './mail-from-vs-from.js';

interface Case {
  readonly header?: string;
  readonly session?: Partial<Envelope>;
  readonly dkim?: readonly DkimResult[];
  readonly dmarc?: DmarcResult;
  readonly arc?: ArcResult;
  readonly listFields?: readonly string[];
  readonly suffixes?: PublicSuffixes;
}

function mismatch(mailFrom: string, c: Case): ReturnType<typeof checkMismatch> {
  return checkMismatch(
    {
      envelope: envelope(mailFrom, c.session),
      author: reading(c.header ?? 'From: A <a@author.example>', 'from'),
      dkim: c.dkim ?? [],
      dmarc: c.dmarc ?? dmarcResult('none', 'author.example'),
      arc: c.arc ?? arcResult(),
      listFields: c.listFields ?? [],
    },
    c.suffixes === undefined ? {} : { publicSuffixes: c.suffixes },
  );
}

/** example is one suffix, co.test another. */
const suffixes: PublicSuffixes = {
  organizationalDomain(name) {
    const keep = name.endsWith('.co.test') ? 3 : 2;
    const labels = name.split('.');
    return labels.length < keep ? undefined : domain(labels.slice(-keep).join('.'));
  },
};

const words: readonly (readonly [string, string, Case, string])[] = [
  ['one address', 'a@author.example', {}, 'pass same'],
  ['one address, other case of the local part', 'A@author.example', {}, 'pass same'],
  ['one domain', 'bounce@author.example', {}, 'domain_pass same'],
  ['parent domain, nothing known', 'a@b.author.example', {}, 'orgdomain_pass same-organization'],
  [
    'child domain, nothing known',
    'a@author.example',
    { header: 'From: a@b.author.example' },
    'orgdomain_pass same-organization',
  ],
  ['siblings, nothing known', 'a@x.author.example', { header: 'From: a@b.author.example' }, 'fail different'],
  [
    'siblings under the organizational domain DMARC found',
    'a@x.author.example',
    { header: 'From: a@b.author.example', dmarc: dmarcResult('fail', 'b.author.example') },
    'orgdomain_pass same-organization',
  ],
  [
    'siblings by the suffix list',
    'a@x.author.example',
    { header: 'From: a@b.author.example', suffixes },
    'orgdomain_pass same-organization',
  ],
  [
    'a public suffix is no organisation, though one name is above the other',
    'a@co.test',
    { header: 'From: a@b.co.test', suffixes },
    'fail different',
  ],
  ['a top-level domain is above nothing', 'a@example', {}, 'fail different'],
  ['another domain', 'x@evil.example', {}, 'fail different'],
  ['a name that ends alike', 'x@notauthor.example', {}, 'fail different'],
  ['bounce', '', {}, 'null_sender not-applicable null-sender'],
  ['no From', 'x@evil.example', { header: 'To: a@b.example' }, 'permerror not-applicable no-from'],
  ['unreadable From', 'x@evil.example', { header: 'From: nobody' }, 'permerror not-applicable no-from'],
  [
    'From that only a tolerant client reads',
    'a@author.example',
    { header: 'From: a@author.example>' },
    'permerror not-applicable no-from',
  ],
  [
    'two domains in From',
    'a@author.example',
    { header: 'From: a@author.example, b@evil.example' },
    'permerror not-applicable several-from',
  ],
  [
    'two From fields',
    'a@author.example',
    { header: 'From: a@author.example\nFrom: b@evil.example' },
    'permerror not-applicable several-from',
  ],
  [
    'two addresses of one domain count as one',
    'b@author.example',
    { header: 'From: a@author.example, b@author.example' },
    'pass same',
  ],
  [
    'a second domain that only a tolerant client reads',
    'a@author.example',
    { header: 'From: "<b@evil.example>" <a@author.example>' },
    'permerror not-applicable several-from',
  ],
];
for (const [what, mailFrom, input, expected] of words)
  test(`aligned-from: ${what}`, () => {
    const result = mismatch(mailFrom, input);
    equal(
      [
        result.alignedFrom,
        result.status,
        ...(result.status === 'not-applicable' ? [result.reason] : []),
      ].join(' '),
      expected,
    );
  });

const ESP = 'bounces+1-ab-rcpt=receiver.example@em.sendgrid.net';
const shapes: readonly (readonly [string, string, Case, string])[] = [
  ['plain', 'x@evil.example', {}, ''],
  ['SRS0', 'SRS0=HHH=TT=author.example=a@forwarder.example', {}, 'srs'],
  ['SRS0 with "+" as separator', 'SRS0+HHH=TT=author.example=a@forwarder.example', {}, 'srs'],
  ['SRS1', 'SRS1=HHH=first.example==HHH=TT=author.example=a@forwarder.example', {}, 'srs'],
  ['Exchange Online', 'bounces+SRS=hash=TT=author.example=a@tenant.example', {}, 'srs'],
  ['SRS in name only', 'srs0@forwarder.example', {}, ''],
  ['SRS without its fields', 'SRS0=a=b@forwarder.example', {}, ''],
  ['VERP of the recipient', 'list-return-12-rcpt=receiver.example@forwarder.example', {}, 'verp'],
  ['VERP of a list that received', 'b-other=elsewhere.example@forwarder.example', {}, 'verp'],
  ['"=" without a domain', 'a=b@forwarder.example', {}, ''],
  ['BATV', 'prvs=1234567890=a@batv.example', {}, 'batv'],
  ['list', 'devel-bounces@lists.example', { listFields: ['List-Id'] }, 'list'],
  ['list of Google', 'grp+bncBCABC@groups.example', { listFields: ['list-id', 'mailing-list'] }, 'list'],
  ['list field, but a sender that is none of a list', 'joe@lists.example', { listFields: ['list-id'] }, ''],
  ['a newsletter is no list', 'bounce@news.example', { listFields: ['list-unsubscribe'] }, ''],
  ['mail service', 'x@amazonses.com', {}, 'esp'],
  ['mail service, below', ESP, {}, 'verp esp'],
  ['a name that ends like a mail service', 'x@notsendgrid.net', {}, ''],
];
for (const [what, mailFrom, input, expected] of shapes)
  test(`shape: ${what}`, () => {
    equal(mismatch(mailFrom, input).shapes.join(' '), expected);
  });

const excuses: readonly (readonly [string, Case, string])[] = [
  ['nothing', {}, 'none'],
  ['login', { session: { authenticatedAs: 'u' } }, 'login'],
  [
    'DKIM of the author domain',
    { dkim: [dkimResult('fail', 'author.example'), dkimResult('pass', 'author.example')] },
    'dkim',
  ],
  [
    'DKIM of its parent',
    { header: 'From: a@b.author.example', dkim: [dkimResult('pass', 'author.example')] },
    'dkim',
  ],
  ['DKIM of the mail service', { dkim: [dkimResult('pass', 'sendgrid.net')] }, 'none'],
  [
    'DKIM that leaves body unsigned',
    { dkim: [dkimResult('pass', 'author.example', { coversWholeBody: false })] },
    'none',
  ],
  [
    'DKIM with a key in test mode',
    { dkim: [dkimResult('pass', 'author.example', { testing: true })] },
    'none',
  ],
  ['failed DKIM', { dkim: [dkimResult('fail', 'author.example')] }, 'none'],
  ['DMARC', { dmarc: dmarcResult('pass', 'author.example') }, 'dmarc'],
  ['DMARC fail', { dmarc: dmarcResult('fail', 'author.example') }, 'none'],
  ['trusted sealer', { arc: arcResult('author.example') }, 'arc'],
  ['trusted sealer for another domain', { arc: arcResult('other.example') }, 'none'],
];
for (const [what, input, expected] of excuses)
  test(`excuse: ${what}`, () => {
    const result = mismatch(ESP, input);
    equal(result.status === 'different' ? (result.excusedBy ?? 'none') : result.status, expected);
  });

test('property: any MAIL FROM and From give a result with a trace', () => {
  const local = fc.constantFrom('a', 'srs0=', 'SRS1=a=b==c=d', 'prvs=', '=', '+bnc', 'x=y.z', '-bounces-');
  const name = fc.constantFrom('author.example', 'x.author.example', 'sendgrid.net', 'example', 'a.b.c.test');
  const from = fc.constantFrom(
    '',
    'a@author.example',
    'a@x.author.example, b@y.example',
    '<a@b',
    '"',
    'a@example',
  );
  fc.assert(
    fc.property(fc.array(local, { minLength: 1, maxLength: 4 }), name, from, (parts, at, field) => {
      const result = checkMismatch({
        envelope: { ...envelope(''), mailFrom: { localPart: parts.join(''), domain: domain(at) } },
        author: reading(`From: ${field}`, 'from'),
        dkim: [],
        dmarc: dmarcResult('none', 'author.example'),
        arc: arcResult(),
        listFields: ['list-id'],
      });
      return result.trace.length === 1;
    }),
    { numRuns: 200 },
  );
});
