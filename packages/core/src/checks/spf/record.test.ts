import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeLatin1 } from '../../syntax/bytes.js';
import { isSpfRecord, parseSpfRecord } from './record.js';

/** `code@offset` of the defect, or `ok`. */
function outcome(text: string): string {
  const record = parseSpfRecord(encodeLatin1(text));
  return record.ok ? 'ok' : `${record.problem.code}@${record.problem.at}`;
}

const rows: readonly (readonly [clause: string, name: string, terms: string, expected: string])[] = [
  ['3.1', 'non-ASCII in an unknown modifier', 'x=\u00fc', 'spf/non-ascii@9'],
  ['4.6.1', 'a term that is nothing', 'moo', 'spf/unknown-mechanism@7'],
  ['4.6.1', 'the offset of a later term', 'a mx moo', 'spf/unknown-mechanism@12'],
  ['4.6.1', 'two qualifiers', '--all', 'spf/unknown-mechanism@8'],
  ['4.6.1', 'a qualifier alone', '-', 'spf/unknown-mechanism@8'],
  ['4.6.1', 'a qualifier before a modifier', '-redirect=a.test', 'spf/unknown-mechanism@8'],
  ['4.6.1', 'a tab between terms', 'a\t-all', 'spf/unknown-mechanism@7'],
  ['4.6.1', 'a line end behind the record', '-all\n', 'spf/unknown-mechanism@8'],
  ['4.6.1', 'NUL', 'a:b.test\0', 'spf/macro-character@15'],
  ['4.6.1', 'a name that starts with a digit', '1a=b', 'spf/unknown-mechanism@7'],
  ['4.6.1', 'a long name', `${'x'.repeat(1000)}:y`, 'spf/unknown-mechanism@7'],
  ['4.6.1', 'a mechanism name in a modifier position', 'all=x', 'ok'],
  ['5.1', 'all with an argument', 'all:x.test', 'spf/term-syntax@10'],
  ['5.2', 'include without domain', 'include', 'spf/term-syntax@14'],
  ['5.2', 'include with empty domain', 'include:', 'spf/domain-spec@15'],
  ['5.2', 'include with prefix', 'include:a.test/24', 'spf/domain-spec@15'],
  ['5.3', 'a alone', 'a', 'ok'],
  ['5.3', 'prefix lengths', 'a/0//0', 'ok'],
  ['5.3', 'largest prefix lengths', 'a:b.test/32//128', 'ok'],
  ['5.3', 'IPv4 prefix 33', 'a/33', 'spf/cidr@9'],
  ['5.3', 'IPv6 prefix 129', 'a//129', 'spf/cidr@10'],
  ['5.3', 'leading zero', 'a/08', 'spf/cidr@9'],
  ['5.3', 'no digits', 'a/', 'spf/cidr@8'],
  ['5.3', 'no digits behind a domain', 'a:b.test/', 'spf/domain-spec@9'],
  ['5.3', 'dual with one slash', 'a/24/24', 'spf/cidr@8'],
  ['5.3', 'three slashes', 'a///24', 'spf/cidr@8'],
  ['5.3', 'IPv6 prefix twice', 'a:b.test//24//64', 'spf/domain-spec@9'],
  ['5.3', 'prefix before the domain', 'a/24:b.test', 'spf/cidr@8'],
  ['5.3', 'a slash inside the domain', 'a:x/y.test/24', 'ok'],
  ['5.3', 'a prefix behind a macro', 'a:%{d}/24', 'ok'],
  ['5.4', 'mx as a', 'mx:b.test/24//64', 'ok'],
  ['5.4', 'mx with empty domain', 'mx:/24', 'spf/domain-spec@10'],
  ['5.5', 'ptr with prefix', 'ptr/24', 'spf/term-syntax@10'],
  ['5.5', 'ptr with empty domain', 'ptr:', 'spf/domain-spec@11'],
  ['5.6', 'ip4 alone', 'ip4', 'spf/ip-network@10'],
  ['5.6', 'ip4 short', 'ip4:192.0.2', 'spf/ip-network@11'],
  ['5.6', 'ip4 leading zero', 'ip4:192.0.2.01', 'spf/ip-network@11'],
  ['5.6', 'ip4 with port', 'ip4:192.0.2.1:25', 'spf/ip-network@11'],
  ['5.6', 'ip4 with a macro', 'ip4:%{i}', 'spf/ip-network@11'],
  ['5.6', 'ip4 prefix 32', 'ip4:192.0.2.1/32', 'ok'],
  ['5.6', 'ip4 prefix 33', 'ip4:192.0.2.1/33', 'spf/cidr@21'],
  ['5.6', 'ip4 prefix missing', 'ip4:192.0.2.1/', 'spf/cidr@21'],
  ['5.6', 'ip4 dual prefix', 'ip4:192.0.2.1//32', 'spf/cidr@21'],
  ['5.6', 'ip4 with an IPv6 address', 'ip4:::1', 'spf/ip-network@11'],
  ['5.6', 'ip6 with an IPv4 address', 'ip6:192.0.2.1', 'spf/ip-network@11'],
  ['5.6', 'ip6 prefix 128', 'ip6:2001:db8::/128', 'ok'],
  ['5.6', 'ip6 prefix 129', 'ip6:2001:db8::/129', 'spf/cidr@22'],
  ['5.6', 'ip6 mapped, prefix of IPv6', 'ip6:::ffff:192.0.2.1/128', 'ok'],
  ['5.7', 'exists without domain', 'exists', 'spf/term-syntax@13'],
  ['6', 'unknown modifier with bad macro', 'foo=%a', 'spf/macro-syntax@11'],
  ['6', 'redirect twice, in any case', 'redirect=a.test REDIRECT=b.test', 'spf/duplicate-modifier@23'],
  ['6', 'unknown modifiers may repeat', 'x=1 x=1', 'ok'],
  ['6.1', 'redirect empty', 'redirect=', 'spf/domain-spec@16'],
  ['6.1', 'redirect with a colon', 'redirect:a.test', 'spf/unknown-mechanism@7'],
  ['6.2', 'exp empty', 'exp=', 'spf/domain-spec@11'],
  ['7.1', 'one label', 'a:localhost', 'spf/domain-spec@9'],
  ['7.1', 'numeric top label', 'a:192.0.2.1', 'spf/domain-spec@9'],
  ['7.1', 'top label with hyphen first', 'a:b.-test', 'spf/domain-spec@9'],
  ['7.1', 'top label with hyphen last', 'a:b.test-', 'spf/domain-spec@9'],
  ['7.1', 'top label of digits and hyphen', 'a:b.1-2', 'ok'],
  ['7.1', 'top label with underscore', 'a:b.te_st', 'spf/domain-spec@9'],
  ['7.1', 'underscores elsewhere', 'include:_spf._x.test', 'ok'],
  ['7.1', 'a macro at the end', 'exists:%{i}._spf.%{d2}', 'ok'],
  ['7.1', 'text behind a macro needs a dot', 'exists:%{d}test', 'spf/domain-spec@18'],
  ['7.1', 'a dot and top label behind a macro', 'exists:%{d}.test', 'ok'],
  ['7.1', 'a closing brace is text', 'a:b.te}', 'spf/domain-spec@9'],
  ['7.1', 'an escaped percent closes as a macro does', 'a:b%%', 'ok'],
  ['7.1', 'two dots at the end', 'a:b.test..', 'spf/domain-spec@9'],
];
for (const [clause, name, terms, expected] of rows)
  test(`RFC 7208 ${clause}: record: ${name}`, () => {
    equal(outcome(`v=spf1 ${terms}`), expected);
  });

test('a record: terms, offsets and targets', () => {
  const record = parseSpfRecord(encodeLatin1('v=spf1  ~a:X.test/24 ptr x=y exp=e.test redirect=r.test'));
  ok(record.ok);
  const { directives, redirect, exp, unknownModifiers } = record.value;
  deepEqual(
    directives.map(({ mechanism, qualifier, text, at }) => [mechanism.kind, qualifier, text, at]),
    [
      ['a', '~', '~a:X.test/24', 8],
      ['ptr', '+', 'ptr', 21],
    ],
  );
  deepEqual([redirect?.target.fixedName, redirect?.at], ['r.test', 40]);
  deepEqual([exp?.target.fixedName, exp?.at], ['e.test', 29]);
  deepEqual(unknownModifiers, [{ text: 'x=y', at: 25 }]);
});

const warnings = [
  ['5.1', 'all before the end', '-all a', ['spf/after-all@12']],
  ['5.1', 'redirect beside all', 'redirect=a.test -all', ['spf/redirect-ignored@7']],
  ['5.5', 'ptr', 'ptr -all', ['spf/ptr@7']],
  ['5.1', 'nothing to say', 'a -all', []],
] as const;
for (const [clause, name, terms, expected] of warnings)
  test(`RFC 7208 ${clause}: record warns: ${name}`, () => {
    const record = parseSpfRecord(encodeLatin1(`v=spf1 ${terms}`));
    ok(record.ok);
    deepEqual(
      record.warnings.map((w) => `${w.code}@${w.at}`),
      expected,
    );
  });

test('a record with ten thousand oddities warns twenty times', () => {
  const record = parseSpfRecord(encodeLatin1(`v=spf1${' ptr'.repeat(10_000)}`));
  ok(record.ok);
  equal(record.value.directives.length, 10_000);
  equal(record.warnings.length, 20);
});

test('records: any bytes parse or say where not', () => {
  const term = fc.oneof(
    fc.constantFrom(
      'a',
      'mx',
      'ptr',
      '-all',
      'ip4:',
      'ip6:',
      '::',
      '1.2.3.4',
      '/',
      '//',
      '24',
      'include:',
      '%{d}',
      '=',
      'exp=',
      'redirect=',
      '.test',
      ':',
      '\t',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 4 }),
    fc.constant(' '),
  );
  fc.assert(
    fc.property(fc.array(term, { maxLength: 40 }), (terms) => {
      const bytes = encodeLatin1(`v=spf1 ${terms.join('')}`);
      const record = parseSpfRecord(bytes);
      const problems = record.ok ? record.warnings : [record.problem];
      for (const { at } of problems) ok(at >= 0 && at <= bytes.length);
      if (record.ok) for (const { at, text } of record.value.directives) ok(at + text.length <= bytes.length);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      ok(parseSpfRecord(bytes).ok ? isSpfRecord(bytes) : true);
    }),
    { numRuns: 300 },
  );
});
