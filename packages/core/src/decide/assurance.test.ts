import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import {
  arcPass,
  ATTACKER,
  AUTHOR,
  cleanVerification,
  dkimFail,
  dkimPass,
  dmarcNone,
  dmarcOver,
  domain,
  matched,
  spfNone,
  spfVerdict,
} from '../testing/verdicts.js';
import type { Verification } from '../verify/verification.js';
import { assess } from './assurance.js';
import type { Rung } from './decision.js';

const OUTLOOK = 'include:spf.protection.outlook.com';
const SHARED = spfVerdict('pass', AUTHOR, {
  matched: OUTLOOK,
  matchedIn: 'spf.protection.outlook.com',
  range: '40.92.0.0/15',
  tree: [matched(OUTLOOK, AUTHOR, [matched('ip4:40.92.0.0/15', domain('spf.protection.outlook.com'))])],
});
const SPF_NONE = spfNone('no-record', AUTHOR);
const NO_RECORD = { dmarc: dmarcNone() };
const login = (user: string): Partial<Verification> => ({
  authenticatedAs: user,
  origin: { check: 'origin', status: 'internal', user, trace: [] },
});

const rows: readonly [
  name: string,
  changes: Partial<Verification>,
  rung: Rung,
  evidence: RegExp | undefined,
  notProven: RegExp,
][] = [
  ['SPF and DKIM pass: the key', {}, 'domain', /DKIM signature of example\.com/, /which person there/],
  ['the key came over plain DNS', {}, 'domain', /SPF of example\.com/, /DNS not signed/],
  ['SPF alone', { dkim: [] }, 'server', /SPF of example\.com passes/, /SPF names machines/],
  [
    'SPF through a shared provider',
    { dkim: [], spf: SHARED },
    'server',
    /include:spf\.protection/,
    /SPF passed through "include:spf\.protection\.outlook\.com", a range shared with every customer of Microsoft 365: any of them could have sent this/,
  ],
  ['SPF of another domain', { dkim: [], spf: spfVerdict('pass', ATTACKER) }, 'none', undefined, /S\/MIME/],
  ['DKIM of another domain', { dkim: [dkimPass(ATTACKER)], spf: SPF_NONE }, 'none', undefined, /S\/MIME/],
  ['DKIM fails', { dkim: [dkimFail()], spf: SPF_NONE }, 'none', undefined, /S\/MIME/],
  [
    'RFC 6376 8.2: l= never',
    { dkim: [dkimPass(AUTHOR, { coversWholeBody: false })], spf: SPF_NONE },
    'none',
    undefined,
    /l= leaves the end of the body unsigned/,
  ],
  [
    'RFC 6376 3.6.1: t=y never',
    { dkim: [dkimPass(AUTHOR, { testing: true })], spf: SPF_NONE },
    'none',
    undefined,
    /t=y: the signer is only testing/,
  ],
  [
    'RFC 7208 5.1: +all never',
    { dkim: [], spf: spfVerdict('pass', AUTHOR, { matched: '+all', range: 'any' }) },
    'none',
    undefined,
    /every address of the Internet/,
  ],
  [
    'RFC 7208 5.6: half the Internet never',
    { dkim: [], spf: spfVerdict('pass', AUTHOR, { matched: 'ip6:2000::/3', range: '2000::/3' }) },
    'none',
    undefined,
    /all of 2000::\/3/,
  ],
  ['login of the author', login('JANE@example.com'), 'user', /authenticated jane@/, /not who used it/],
  [
    'login of somebody else is not the author',
    { ...login('bob@example.com'), dkim: [], spf: SPF_NONE },
    'none',
    undefined,
    /bob@example\.com logged in, but is not the address in From/,
  ],
  [
    'a login without domain is the local part of an own address',
    login('JANE'),
    'user',
    /authenticated JANE, the local part of the own address jane@example\.com/,
    /has no domain: that it belongs to jane@example\.com holds only where/,
  ],
  [
    'a login without domain that is another local part',
    { ...login('bob'), dkim: [], spf: SPF_NONE },
    'none',
    undefined,
    /bob logged in, but is not the local part of From/,
  ],
  [
    'a login without domain never speaks for the domain of a stranger',
    { authenticatedAs: 'jane', dkim: [], spf: SPF_NONE },
    'none',
    undefined,
    /S\/MIME/,
  ],
  [
    'fields left open',
    { dkim: [dkimPass(AUTHOR, { unsignedFields: ['subject', 'reply-to'] })] },
    'domain',
    /DKIM/,
    /open to change: subject, reply-to/,
  ],
  [
    'no DMARC record',
    NO_RECORD,
    'domain',
    /Aligned because one domain is/,
    /example\.com has no DMARC record/,
  ],
  [
    'no DMARC record: a name above',
    { ...NO_RECORD, authorDomain: domain('news.example.com'), dkim: [] },
    'server',
    /SPF/,
    /no DMARC record/,
  ],
  [
    'no DMARC record: a name below',
    { ...NO_RECORD, spf: SPF_NONE, dkim: [dkimPass(domain('mail.example.com'))] },
    'domain',
    /mail\.example\.com/,
    /no DMARC record/,
  ],
  [
    'no DMARC record: a name that only ends alike',
    { ...NO_RECORD, spf: SPF_NONE, dkim: [dkimPass(domain('notexample.com'))] },
    'none',
    undefined,
    /no DMARC record/,
  ],
  [
    'no DMARC record: a top-level domain aligns with nothing',
    { ...NO_RECORD, spf: SPF_NONE, dkim: [dkimPass(domain('com'))] },
    'none',
    undefined,
    /no DMARC record/,
  ],
  [
    'p=none',
    { dmarc: dmarcOver('none', spfVerdict('pass'), [dkimPass()]) },
    'domain',
    /DKIM/,
    /DMARC policy none: the owner of example\.com does not ask to refuse forgeries/,
  ],
  [
    'RFC 9989 4.7: t=y',
    { dmarc: dmarcOver('reject', spfVerdict('pass'), [dkimPass()], { testing: true }) },
    'domain',
    /DKIM/,
    /t=y: the domain owner is still testing/,
  ],
  [
    'the DMARC result decides on alignment where there is one',
    { dkim: [dkimPass(domain('mail.example.com'))], spf: SPF_NONE, dmarc: dmarcOver('reject', SPF_NONE, []) },
    'none',
    undefined,
    /S\/MIME/,
  ],
  [
    'a listed connector is a server',
    {
      dkim: [],
      spf: SPF_NONE,
      origin: {
        check: 'origin',
        status: 'exempt',
        domain: AUTHOR,
        by: 'connector',
        detail: '192.0.2.0/24',
        trace: [],
      },
    },
    'server',
    /connector: 192\.0\.2\.0\/24/,
    /Nobody logged in/,
  ],
  [
    'a trusted sealer is hearsay',
    { dkim: [], spf: SPF_NONE, arc: arcPass(ATTACKER, AUTHOR) },
    'none',
    undefined,
    /a trusted forwarder says/,
  ],
];

for (const [name, changes, rung, evidence, notProven] of rows)
  test(`assurance: ${name}`, () => {
    const assurance = assess(cleanVerification(changes));
    equal(assurance.rung, rung);
    if (evidence === undefined) deepEqual(assurance.evidence, []);
    else
      ok(
        assurance.evidence.some((line) => evidence.test(line)),
        assurance.evidence.join('\n'),
      );
    ok(
      assurance.notProven.some((line) => notProven.test(line)),
      assurance.notProven.join('\n'),
    );
    ok([...assurance.evidence, ...assurance.notProven].every((line) => /^[A-Za-z]/.test(line)));
  });

test('assurance: without an author domain nobody vouches', () => {
  const { author, ...rest } = cleanVerification({ authorDomain: undefined });
  ok(author);
  equal(assess(rest).rung, 'none');
});

test('assurance: no rung is given without evidence, and each says what is missing for the author', () => {
  for (const [, changes] of rows) {
    const { rung, evidence, notProven } = assess(cleanVerification(changes));
    equal(rung === 'none', evidence.length === 0);
    ok(notProven.at(-1)?.includes('OpenPGP'));
  }
});
