import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeLatin1 } from '../../syntax/bytes.js';
import { DEFAULT_LIMITS } from '../../words/limits.js';
import type { DmarcRecord } from '../results.js';
import { parseDmarcRecord } from './record.js';

function read(text: string): DmarcRecord | string {
  const result = parseDmarcRecord(encodeLatin1(text));
  return result.ok ? result.value : result.problem.code;
}

function codes(record: DmarcRecord | string): string {
  return typeof record === 'string' ? record : record.warnings.map(({ code }) => code).join(' ');
}

const DEFAULTS: DmarcRecord = {
  policy: 'none',
  policyPresent: true,
  dkimAlignment: 'relaxed',
  spfAlignment: 'relaxed',
  psd: 'u',
  testing: false,
  aggregateReports: [],
  failureReports: [],
  failureOptions: ['0'],
  warnings: [],
};

const RUA = 'rua=mailto:a@b.example';
const AGGREGATE = { aggregateReports: ['mailto:a@b.example'] };
const NO_POLICY = { policyPresent: false };

// clause, what, record, differences from the defaults, warnings
const rows: readonly (readonly [string, string, string, Partial<DmarcRecord>, string])[] = [
  ['4.7', 'p=none', 'v=DMARC1; p=none', {}, ''],
  ['4.7', 'p=quarantine', 'v=DMARC1; p=quarantine', { policy: 'quarantine' }, ''],
  ['4.7', 'p=reject', 'v=DMARC1; p=reject', { policy: 'reject' }, ''],
  ['4.7', 'p may be missing', `v=DMARC1; ${RUA}`, { ...NO_POLICY, ...AGGREGATE }, 'dmarc/policy-missing'],
  ['4.7', 'the version alone is a record', 'v=DMARC1', NO_POLICY, 'dmarc/policy-missing'],
  [
    '4.7',
    'p need not be second',
    'v=DMARC1; adkim=s; p=reject',
    { policy: 'reject', dkimAlignment: 'strict' },
    '',
  ],
  [
    '4.7',
    'sp and np',
    'v=DMARC1;p=none;sp=quarantine;np=reject',
    { subdomainPolicy: 'quarantine', nonexistentPolicy: 'reject' },
    '',
  ],
  [
    '4.7',
    'adkim and aspf',
    'v=DMARC1;p=none;adkim=s;aspf=s',
    { dkimAlignment: 'strict', spfAlignment: 'strict' },
    '',
  ],
  ['4.7', 'adkim=r aspf=r', 'v=DMARC1;p=none;adkim=r;aspf=r', {}, ''],
  ['4.7', 'psd=y', 'v=DMARC1;p=none;psd=y', { psd: 'y' }, ''],
  ['4.7', 'psd=n', 'v=DMARC1;p=none;psd=n', { psd: 'n' }, ''],
  ['4.7', 'psd=u', 'v=DMARC1;p=none;psd=u', {}, ''],
  ['4.7', 't=y', 'v=DMARC1;p=reject;t=y', { policy: 'reject', testing: true }, ''],
  ['4.7', 't=n', 'v=DMARC1;p=none;t=n', {}, ''],
  ['4.7', 'unknown tags MUST be ignored', 'v=DMARC1;p=reject;zz=1;x=y', { policy: 'reject' }, ''],
  [
    '4.7',
    'fo with ruf',
    'v=DMARC1;p=none;ruf=mailto:a@b.example;fo=1:d:s',
    { failureReports: ['mailto:a@b.example'], failureOptions: ['1', 'd', 's'] },
    '',
  ],
  ['4.7', 'fo MUST be ignored without ruf', 'v=DMARC1;p=none;fo=1', {}, ''],
  [
    '4.7',
    'fo 0 and 1 are mutually exclusive',
    'v=DMARC1;p=none;ruf=mailto:a@b.example;fo=0:1',
    { failureReports: ['mailto:a@b.example'] },
    'dmarc/tag-value',
  ],
  [
    '4.8',
    'fo: each at most once',
    'v=DMARC1;p=none;ruf=mailto:a@b.example;fo=d:d',
    { failureReports: ['mailto:a@b.example'] },
    'dmarc/tag-value',
  ],
  [
    '4.8',
    'fo: unknown option',
    'v=DMARC1;p=none;ruf=mailto:a@b.example;fo=2',
    { failureReports: ['mailto:a@b.example'] },
    'dmarc/tag-value',
  ],
  [
    '4.8',
    'fo: many options',
    `v=DMARC1;p=none;ruf=mailto:a@b.example;fo=${'d:'.repeat(999)}0`,
    { failureReports: ['mailto:a@b.example'] },
    'dmarc/tag-value',
  ],
  ['4.8', 'invalid adkim has its default', 'v=DMARC1;p=none;adkim=strict', {}, 'dmarc/tag-value'],
  ['4.8', 'invalid aspf has its default', 'v=DMARC1;p=none;aspf=', {}, 'dmarc/tag-value'],
  ['4.8', 'invalid psd has its default', 'v=DMARC1;p=none;psd=maybe', {}, 'dmarc/tag-value'],
  ['4.8', 'invalid t has its default', 'v=DMARC1;p=none;t=yes', {}, 'dmarc/tag-value'],
  ['4.8', 'trailing semicolon (KumoMTA)', 'v=DMARC1; p=reject;', { policy: 'reject' }, ''],
  ['4.8', 'trailing semicolon and white space', 'v=DMARC1; p=reject ;\t ', { policy: 'reject' }, ''],
  [
    '4.8',
    'white space around = and ;',
    'v \t= DMARC1 ;\tp\t=\treject\t; t = y',
    { policy: 'reject', testing: true },
    '',
  ],
  ['4.8', 'no white space at all', 'v=DMARC1;p=reject;t=y', { policy: 'reject', testing: true }, ''],
  [
    '4.8',
    'key words in any case',
    'V=DMARC1; P=Reject; SP=NONE; T=Y; PSD=N',
    { policy: 'reject', subdomainPolicy: 'none', testing: true, psd: 'n' },
    '',
  ],
  [
    '4.8',
    'a part that is no tag costs only itself',
    'v=DMARC1; hello; p=reject',
    { policy: 'reject' },
    'dmarc/tag-syntax',
  ],
  ['4.8', 'a tag name has letters only', 'v=DMARC1; p_=reject; p=none', {}, 'dmarc/tag-syntax'],
  ['4.8', 'a part without name', 'v=DMARC1; =reject; p=none', {}, 'dmarc/tag-syntax'],
  ['4.8', 'two semicolons', 'v=DMARC1;; p=reject', { policy: 'reject' }, ''],
  [
    '4.8',
    'a value may hold an equals sign',
    'v=DMARC1; p=none; rua=mailto:a@b.example?subject=x',
    { aggregateReports: ['mailto:a@b.example?subject=x'] },
    '',
  ],
  [
    '4.8',
    'of a tag that stands twice the first counts',
    'v=DMARC1; p=reject; p=none',
    { policy: 'reject' },
    'dmarc/duplicate-tag',
  ],
  [
    '4.8',
    'a second version is no version',
    'v=DMARC1; v=DMARC1; p=reject',
    { policy: 'reject' },
    'dmarc/duplicate-tag',
  ],
  ['4.10.1', 'p without valid value', 'v=DMARC1; p=block', NO_POLICY, 'dmarc/policy-value'],
  ['4.10.1', 'p empty', 'v=DMARC1; p=', NO_POLICY, 'dmarc/policy-value'],
  [
    '4.10.1',
    'invalid sp: as if p=none',
    `v=DMARC1; p=reject; np=reject; sp=block; ${RUA}`,
    { ...NO_POLICY, ...AGGREGATE },
    'dmarc/policy-value',
  ],
  ['4.10.1', 'invalid np: as if p=none', 'v=DMARC1; p=reject; np=block', NO_POLICY, 'dmarc/policy-value'],
  [
    '4.10.1',
    'missing p: sp says nothing',
    `v=DMARC1; sp=reject; ${RUA}`,
    { ...NO_POLICY, ...AGGREGATE },
    'dmarc/policy-missing',
  ],
  [
    'A.6',
    'pct, rf and ri are gone',
    'v=DMARC1; p=reject; pct=0; rf=afrf; ri=3600',
    { policy: 'reject' },
    'dmarc/removed-tag dmarc/removed-tag dmarc/removed-tag',
  ],
  [
    '4.6',
    'several addresses',
    'v=DMARC1;p=none;rua=mailto:a@b.example , https://c.example/x,mailto:d@e.example',
    { aggregateReports: ['mailto:a@b.example', 'https://c.example/x', 'mailto:d@e.example'] },
    '',
  ],
  [
    '4.8',
    'obsolete size',
    'v=DMARC1;p=none;rua=mailto:a@b.example!10M,mailto:c@d.example!5',
    { aggregateReports: ['mailto:a@b.example', 'mailto:c@d.example'] },
    'dmarc/report-size dmarc/report-size',
  ],
  [
    '4.8',
    'exclamation mark MUST be encoded',
    'v=DMARC1;p=none;rua=mailto:a!b@c.example',
    {},
    'dmarc/report-uri',
  ],
  ['4.8', 'no scheme', 'v=DMARC1;p=none;rua=a@b.example', {}, 'dmarc/report-uri'],
  [
    '4.8',
    'mailto without mailbox',
    'v=DMARC1;p=none;rua=mailto:b.example,mailto:@b.example,mailto:a@',
    {},
    'dmarc/report-uri dmarc/report-uri dmarc/report-uri',
  ],
  [
    '4.8',
    'one address of two is valid',
    'v=DMARC1;p=none;rua=nobody,mailto:a@b.example',
    AGGREGATE,
    'dmarc/report-uri',
  ],
  ['4.8', 'rua empty', 'v=DMARC1;p=none;rua=', {}, 'dmarc/report-uri'],
  [
    '4.8',
    'percent sign without two hex digits',
    'v=DMARC1;p=none;rua=mailto:a%4@b.example',
    {},
    'dmarc/report-uri',
  ],
];
for (const [clause, name, text, differences, warnings] of rows)
  test(`RFC 9989 ${clause}: ${name}`, () => {
    const record = read(text);
    equal(codes(record), warnings);
    deepEqual({ ...(record as DmarcRecord), warnings: [] }, { ...DEFAULTS, ...differences });
  });

const notRecords = [
  ['empty', ''],
  ['v is missing', 'p=reject'],
  ['v MUST be the first tag', 'p=reject; v=DMARC1'],
  ['the value is case sensitive', 'v=dmarc1; p=reject'],
  ['DMARC2', 'v=DMARC2; p=reject'],
  ['DMARC10', 'v=DMARC10; p=reject'],
  ['cut short', 'v=DMARC'],
  ['no semicolon after it', 'v=DMARC1 p=reject'],
  ['white space before it', ' v=DMARC1; p=reject'],
  ['empty tag before it', ';v=DMARC1; p=reject'],
  ['another name', 'vv=DMARC1; p=reject'],
  ['white space inside it', 'v=DMA RC1; p=reject'],
  ['SPF', 'v=spf1 -all'],
] as const;
for (const [name, text] of notRecords)
  test(`RFC 9989 4.7: not a DMARC record: ${name}`, () => {
    equal(read(text), 'dmarc/version');
  });

test('warnings say where', () => {
  const record = read('v=DMARC1; p=none; adkim= x; rua=mailto:a@b.example, foo; p=reject');
  ok(typeof record !== 'string');
  deepEqual(
    record.warnings.map(({ code, at }) => [code, at]),
    [
      ['dmarc/tag-value', 25],
      ['dmarc/report-uri', 51],
      ['dmarc/duplicate-tag', 56],
    ],
  );
});

test('bound: record size, just below and just above', () => {
  const limit = DEFAULT_LIMITS.recordBytes;
  const head = 'v=DMARC1; p=reject; x=';
  const record = read(head + 'a'.repeat(limit - head.length));
  ok(typeof record !== 'string' && record.policy === 'reject');
  equal(read(head + 'a'.repeat(limit + 1 - head.length)), 'dmarc/record-size');
});

test('bound: report addresses, just below and just above', () => {
  const addresses = (n: number): string =>
    Array.from({ length: n }, (_, i) => `mailto:a@b${i}.example`).join(',');
  const limit = DEFAULT_LIMITS.reportUris;
  const full = read(`v=DMARC1; p=none; rua=${addresses(limit)}`);
  ok(typeof full !== 'string');
  equal(full.aggregateReports.length, limit);
  equal(codes(full), '');
  const over = read(`v=DMARC1; p=none; rua=${addresses(limit + 1)}`);
  ok(typeof over !== 'string');
  equal(over.aggregateReports.length, limit);
  equal(codes(over), 'dmarc/report-limit');
});

test('bound: warnings', () => {
  const record = read(`v=DMARC1; p=none${'; x'.repeat(20_000)}`);
  ok(typeof record !== 'string');
  equal(record.warnings.length, 20);
});

test('hostile text in a warning is short and printable', () => {
  const record = read(`v=DMARC1; p=\r\nX: y\x1b[2J${'z'.repeat(5000)}`);
  ok(typeof record !== 'string');
  for (const { message } of record.warnings) ok(/^[\x20-\x7e]{1,120}$/.test(message), message);
});

const piece = fc.oneof(
  fc.constantFrom(
    'v=DMARC1',
    ';',
    ' ',
    '\t',
    '=',
    'p',
    'sp=',
    'np=',
    'reject',
    'none',
    'rua=',
    'ruf=',
    'mailto:a@b.c',
    ',',
    '!9',
    'fo=',
    '0:d',
    'psd=y',
    't=',
    '\u00ff',
  ),
  fc.string({ maxLength: 6 }),
);
test('property: any bytes give a record or a problem, offsets inside, twice the same', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(piece, { maxLength: 30 }), (version, pieces) => {
      const txt = encodeLatin1((version ? 'v=DMARC1;' : '') + pieces.join(''));
      const result = parseDmarcRecord(txt);
      deepEqual(parseDmarcRecord(txt), result);
      if (!result.ok) return result.problem.at >= 0 && result.problem.at <= txt.length;
      equal(JSON.stringify(result.value), JSON.stringify(JSON.parse(JSON.stringify(result.value))));
      return result.warnings.every(({ at }) => at >= 0 && at <= txt.length);
    }),
    { numRuns: 500 },
  );
});
