import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { type Domain, parseDomain } from '@truefrom/core';
import { loadPublicSuffixes } from './public-suffixes.js';

function domain(text: string): Domain {
  const read = parseDomain(text);
  if (!read.ok) throw new TypeError(text);
  return read.value;
}

const rows = [
  ['a plain domain', 'example.com', 'example.com'],
  ['below it', 'a.b.example.com', 'example.com'],
  ['a suffix of two labels', 'a.example.co.uk', 'example.co.uk'],
  ['a suffix', 'co.uk', undefined],
  ['a top-level domain', 'com', undefined],
  ['wildcard rule', 'a.b.c.ck', 'b.c.ck'],
  ['exception to a wildcard rule', 'a.www.ck', 'www.ck'],
  ['private suffix', 'customer.github.io', 'customer.github.io'],
  ['below a private suffix', 'a.customer.github.io', 'customer.github.io'],
  ['the private suffix itself', 'github.io', undefined],
  ['A-labels', 'a.xn--85x722f.xn--55qx5d.cn', 'xn--85x722f.xn--55qx5d.cn'],
  ['not in the list: the default rule', 'a.b.invalid', 'b.invalid'],
  ['underscore', '_dmarc.example.com', 'example.com'],
] as const;
for (const [name, of, expected] of rows)
  test(`public suffixes: ${name}: ${of}`, async () => {
    const suffixes = await loadPublicSuffixes();
    equal(suffixes.organizationalDomain(domain(of)), expected);
    equal(suffixes.organizationalDomain(domain(of)), expected, 'remembered');
  });

test('public suffixes: more names than are kept', async () => {
  const suffixes = await loadPublicSuffixes();
  for (let i = 0; i < 5000; i++)
    equal(suffixes.organizationalDomain(domain(`m.a${i}.example`)), `a${i}.example`);
});
