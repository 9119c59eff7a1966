import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDomain, toUnicode } from './domain.js';
import { punycodeDecode, punycodeEncode } from './punycode.js';

const LABEL = 'a'.repeat(63);
const NAME = `${LABEL}.${LABEL}.${LABEL}.${'a'.repeat(61)}`;
const SYNTAX = 'address/domain-syntax';
const LENGTH = 'address/domain-length';
const rows = [
  ['RFC 1035 2.3.3', 'has no case', 'EXAMPLE.Com', 'example.com'],
  ['RFC 1035 5.1', 'may end in a dot', 'example.com.', 'example.com'],
  ['RFC 1035 5.1', 'but not in two', 'example.com..', SYNTAX],
  ['RFC 1035 2.3.1', 'does not begin with a dot', '.example.com', SYNTAX],
  ['RFC 1035 2.3.1', 'has no empty label', 'example..com', SYNTAX],
  ['RFC 1035 2.3.1', 'is not empty', '', SYNTAX],
  ['RFC 1035 2.3.1', 'is not the root', '.', SYNTAX],
  ['RFC 1035 2.3.1', 'has no blank', 'example .com', SYNTAX],
  ['RFC 1035 2.3.1', 'has no NUL', 'example.com\0.evil.example', SYNTAX],
  ['RFC 1035 2.3.1', 'has no bracket', 'legitimate.example(.attacker.example', SYNTAX],
  ['RFC 1035 2.3.4', 'a label of 63 characters', `${LABEL}.test`, `${LABEL}.test`],
  ['RFC 1035 2.3.4', 'a label of 64 characters', `a${LABEL}.test`, LENGTH],
  ['RFC 1035 2.3.4', '253 characters', NAME, NAME],
  ['RFC 1035 2.3.4', '254 characters', `${NAME}a`, LENGTH],
  ['RFC 5890 2.3.2.1', 'U-labels are their A-labels', 'b\u00fccher.example', 'xn--bcher-kva.example'],
  ['RFC 5890 2.3.2.1', 'in upper case too', 'B\u00dcCHER.EXAMPLE', 'xn--bcher-kva.example'],
  ['RFC 5890 2.3.2.1', 'and decomposed', 'bu\u0308cher.example', 'xn--bcher-kva.example'],
  ['RFC 5890 2.3.2.1', 'A-labels in upper case', 'XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
  ['RFC 5892 2.6', 'nothing invisible', 'b\u00fc\u200bcher.example', SYNTAX],
  ['RFC 5892 2.6', 'nothing that turns text around', '\u202eb\u00fccher.example', SYNTAX],
  ['RFC 5892 2.6', 'nothing that normalizes to a slash', '\u2100.example', SYNTAX],
  ['RFC 3490 3.1', 'ideographic full stops', 'b\u00fccher\u3002example', 'xn--bcher-kva.example'],
  ['RFC 5890 2.3.2.1', 'a U-label whose A-label has 63', `${'\u00fc'.repeat(57)}.test`, ''],
  ['RFC 5890 2.3.2.1', 'a U-label whose A-label is longer', `${'\u00fc'.repeat(58)}.test`, LENGTH],
] as const;
for (const [clause, name, text, wanted] of rows)
  test(`${clause}: a domain name: ${name}`, () => {
    const read = parseDomain(text);
    const got = read.ok ? read.value : read.problem.code;
    if (wanted === '') ok(read.ok && read.value.split('.')[0]?.length === 63, got);
    else equal(got, wanted);
  });

// 64 KB of marks in the wrong order took seconds to normalize.
test('a name with U-labels of 512 units is looked at, one of 513 is not normalized first', () => {
  const code = (text: string): string => {
    const read = parseDomain(text);
    return read.ok ? 'name' : read.problem.code;
  };
  const marks = '\u0301\u0316'.repeat(256);
  equal(code(marks), SYNTAX);
  equal(code(`${marks}\u0301`), LENGTH);
});

test('RFC 5890 2.3.1: a defect of a U-label name points into the text as it was given', () => {
  const read = parseDomain('999999999999\u00e9.example.org>');
  equal(read.ok ? undefined : read.problem.at, 0);
});

test('RFC 3492: no label longer than the DNS knows is worked on', () => {
  const longest = '\u00fc'.repeat(59);
  ok(punycodeEncode(longest) !== undefined);
  equal(punycodeEncode('\u00fc'.repeat(127)), undefined);
  ok(punycodeDecode('a'.repeat(63)) !== undefined);
  equal(punycodeDecode('a'.repeat(64)), undefined);
});

test('RFC 5890 2.3.2.1: what is shown of a domain reads back as the same domain, and nothing throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.domain()), (text) => {
      const read = parseDomain(text);
      if (!read.ok) return;
      ok(read.value.length <= 253 && !read.value.endsWith('.'));
      const again = parseDomain(read.value);
      ok(again.ok && again.value === read.value);
      const shown = parseDomain(toUnicode(read.value));
      ok(!shown.ok || shown.value === read.value, `${text} is shown as ${toUnicode(read.value)}`);
    }),
    { numRuns: 300 },
  );
});
