import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { domain } from '../../testing/results.js';
import { WatchedDomains } from './lookalike-domain.js';

const rows = [
  ['RFC 2606 3: the names kept for documentation imitate nobody', 'example.net', 'example.com', undefined],
  ['nor do names below them', 'example.net', 'mail.example.org', undefined],
  ['but they can be imitated', 'example.net', 'examp1e.com', 'confusable'],
  ['and a name below another suffix is none of them', 'example.net', 'example.test', 'tld'],
] as const;
for (const [name, own, seen, method] of rows)
  test(`look-alike: ${name}: ${seen}`, () => {
    equal(new WatchedDomains([domain(own)], undefined).imitatedBy(domain(seen))?.method, method);
  });
