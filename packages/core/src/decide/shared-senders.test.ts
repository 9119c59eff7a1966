import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { AUTHOR, domain, matched, spfVerdict } from '../testing/verdicts.js';
import { parseDomain } from '../words/domain.js';
import { sharedPath } from './shared-path.js';
import { SHARED_SENDERS, sharedSender } from './shared-senders.js';

const lookups: readonly [string, string | undefined][] = [
  ['spf.protection.outlook.com', 'Microsoft 365'],
  ['_spf.google.com', 'Google Workspace and Gmail'],
  ['_spf.mailgun.org', 'Mailgun'],
  ['mailgun.org', 'Mailgun'],
  ['u123.wl456.sendgrid.net', undefined],
  ['sendgrid.net', 'Twilio SendGrid'],
  ['notmailgun.org', undefined],
  ['mailgun.org.evil.test', undefined],
  ['example.com', undefined],
  ['', undefined],
];
for (const [name, provider] of lookups)
  test(`shared senders: "${name}"`, () => {
    equal(sharedSender(name)?.provider, provider);
  });

test('shared senders: at least 60 providers, each name a domain and listed once', () => {
  ok(new Set(SHARED_SENDERS.map(({ provider }) => provider)).size >= 60);
  equal(new Set(SHARED_SENDERS.map(({ domain: name }) => name)).size, SHARED_SENDERS.length);
  for (const { domain: name } of SHARED_SENDERS) ok(parseDomain(name).ok, name);
});

const GOOGLE = domain('_spf.google.com');
const paths: readonly [string, Parameters<typeof spfVerdict>[2], string | undefined][] = [
  ['include in the record itself', { matched: 'include:_spf.google.com' }, 'include:_spf.google.com'],
  ['any case, final dot', { matched: '+include:_SPF.Google.Com.' }, '+include:_SPF.Google.Com.'],
  ['a: with CIDR length', { matched: 'a:mail.zendesk.com/24' }, 'a:mail.zendesk.com/24'],
  [
    'by the record that matched',
    { matched: 'include:spf.example.com', matchedIn: GOOGLE },
    'include:spf.example.com',
  ],
  [
    "behind an include of one's own",
    {
      matched: 'include:spf.example.com',
      tree: [
        { ...matched('include:sendgrid.net', AUTHOR), outcome: 'no-match' },
        matched('include:spf.example.com', AUTHOR, [
          matched('include:_spf.google.com', domain('spf.example.com'), [
            matched('ip4:192.0.2.0/24', GOOGLE),
          ]),
        ]),
      ],
    },
    'include:_spf.google.com',
  ],
  [
    'behind a redirect',
    { matched: 'include:sendgrid.net', tree: [matched('redirect=_spf.google.com', AUTHOR)] },
    'redirect=_spf.google.com',
  ],
  [
    'an include that did not match does not count',
    { matched: 'ip4:192.0.2.1', tree: [{ ...matched('include:sendgrid.net', AUTHOR), outcome: 'no-match' }] },
    undefined,
  ],
  ['own address', { matched: 'ip4:192.0.2.1' }, undefined],
];
for (const [name, more, term] of paths)
  test(`shared path: ${name}`, () => {
    equal(sharedPath(spfVerdict('pass', AUTHOR, more))?.term, term);
  });

test('shared path: only of a pass', () => {
  equal(sharedPath(spfVerdict('softfail', AUTHOR, { matched: 'include:_spf.google.com' })), undefined);
});
