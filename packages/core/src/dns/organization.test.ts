import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { domain } from '../testing/results.js';
import { isParentOrChild, registeredDomain, sameRegistrant } from './organization.js';

const rows = [
  ['contoso.example', 'contoso.example'],
  ['a.b.contoso.example', 'contoso.example'],
  ['a.contoso.co.uk', 'contoso.co.uk'],
  ['contoso.co.uk', 'contoso.co.uk'],
  ['co.uk', 'co.uk'],
  ['a.co.example', 'co.example'],
  ['uk', 'uk'],
] as const;
for (const [name, expected] of rows)
  test(`registered domain without a suffix list: ${name}`, () => {
    equal(registeredDomain(domain(name)), expected);
  });

test('registered domain by the suffix list; a suffix itself falls back to the guess', () => {
  const suffixes = {
    organizationalDomain: (name: string) =>
      name === 'a.b.pages.example' ? domain('b.pages.example') : undefined,
  };
  equal(registeredDomain(domain('a.b.pages.example'), suffixes), 'b.pages.example');
  equal(registeredDomain(domain('pages.example'), suffixes), 'pages.example');
});

test('same registrant, parent and child', () => {
  equal(sameRegistrant(domain('a.contoso.example'), domain('b.contoso.example')), true);
  equal(sameRegistrant(domain('contoso.example'), domain('evilcontoso.example')), false);
  equal(isParentOrChild(domain('a.contoso.example'), domain('contoso.example')), true);
  equal(isParentOrChild(domain('a.contoso.example'), domain('b.contoso.example')), false);
  equal(isParentOrChild(domain('contoso.example'), domain('example')), false);
});
