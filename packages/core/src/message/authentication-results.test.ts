import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeLatin1, encodeUtf8 } from '../syntax/bytes.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { parseAuthenticationResults, type AuthenticationResults } from './authentication-results.js';
import { matchesAuthservId, sameAuthservId } from './authserv-id.js';
import { readExchangeResults } from './exchange-results.js';

/** `id [version]: method[/v]=result[ reason] ptype.property=value ...; ...`, or the code of the defect. */
function shown(field: string | Uint8Array): string {
  const read = parseAuthenticationResults(typeof field === 'string' ? encodeUtf8(field) : field);
  return read.ok ? show(read.value) : read.problem.code;
}

function show(value: AuthenticationResults): string {
  const results = value.results.map((r) => {
    const version = r.methodVersion === 1 ? '' : `/${r.methodVersion}`;
    const reason = r.reason === undefined ? '' : ` <${r.reason}>`;
    const properties = r.properties.map((p) => ` ${p.ptype}.${p.property}=${p.value}`).join('');
    return `${r.method}${version}=${r.result}${reason}${properties}`;
  });
  return `${value.authservId}${value.version === 1 ? '' : ` ${value.version}`}: ${results.join('; ')}`;
}

const readings = [
  ['2.2', 'no-result', 'example.org 1; none', 'example.org: '],
  ['2.2', 'no-result with white space and comments', ' (a) example.org (b) ; (c) none (d) ', 'example.org: '],
  [
    '2.2',
    'one result',
    'example.com; spf=pass smtp.mailfrom=example.net',
    'example.com: spf=pass smtp.mailfrom=example.net',
  ],
  ['2.2', 'several results', 'example.com; a=pass; b=fail', 'example.com: a=pass; b=fail'],
  [
    '2.2',
    'several properties',
    'x; dkim=pass header.d=a.example header.s=s',
    'x: dkim=pass header.d=a.example header.s=s',
  ],
  [
    '2.2',
    'folds',
    'x;\r\n\tspf=pass\r\n smtp.mailfrom=a.example\r\n ',
    'x: spf=pass smtp.mailfrom=a.example',
  ],
  [
    '2.2',
    'CFWS around every mark',
    'x;spf (a) = (b) pass (c) smtp (d) . (e) mailfrom (f) = (g) a.example',
    'x: spf=pass smtp.mailfrom=a.example',
  ],
  [
    '2.2',
    'reason, token',
    'x; dkim=fail reason=broken header.d=a.example',
    'x: dkim=fail <broken> header.d=a.example',
  ],
  [
    '2.2',
    'reason, quoted',
    'x; dkim=fail reason = "bad \\"sig\\"; dkim=pass"',
    'x: dkim=fail <bad "sig"; dkim=pass>',
  ],
  [
    '2.2',
    'special-smtp-verb',
    'x; rrvs=pass smtp.rcptto=a@b.example',
    'x: rrvs=pass smtp.rcptto=a@b.example',
  ],
  [
    '2.2',
    'pvalue: address',
    'x; auth=pass smtp.auth=user@example.com',
    'x: auth=pass smtp.auth=user@example.com',
  ],
  [
    '2.2',
    'pvalue: domain with @',
    'x; dkim=pass header.i=@example.com',
    'x: dkim=pass header.i=@example.com',
  ],
  [
    '2.2',
    'pvalue: quoted local part',
    'x; spf=pass smtp.mailfrom="a b"@example.com',
    'x: spf=pass smtp.mailfrom=a b@example.com',
  ],
  [
    '2.2',
    'pvalue: quoted string',
    'x; iprev=pass policy.iprev="2001:db8::1"',
    'x: iprev=pass policy.iprev=2001:db8::1',
  ],
  [
    '2.2',
    'pvalue: "=" in a local part',
    'x; spf=pass smtp.mailfrom=b=c=d.example@a.example',
    'x: spf=pass smtp.mailfrom=b=c=d.example@a.example',
  ],
  [
    '2.2',
    'method and result without regard to case',
    'x; DKIM=Pass HEADER.D=A.example',
    'x: dkim=pass header.d=A.example',
  ],
  ['2.2', 'method version', 'x; dkim / 2 = pass', 'x: dkim/2=pass'],
  [
    '2.2',
    'a comment directly behind a result',
    'x; dmarc=pass(p=reject) header.from=a.example',
    'x: dmarc=pass header.from=a.example',
  ],
  [
    '2.2',
    'nested comment with a closing mark escaped',
    'x; spf=pass (a (b \\) ) c; dkim=pass) smtp.helo=h.example',
    'x: spf=pass smtp.helo=h.example',
  ],
  ['2.2', 'last semicolon without a result', 'x; spf=pass;', 'x: spf=pass'],
  [
    '2.2',
    'a property without a value',
    'x; spf=none smtp.mailfrom=; dkim=none',
    'x: spf=none smtp.mailfrom=; dkim=none',
  ],
  ['2.2', 'base64 without quotes', 'x; dkim=pass header.b=a/b+c==', 'x: dkim=pass header.b=a/b+c=='],
  [
    '2.2',
    'a property without ptype',
    'x; dmarc=pass action=none header.from=a.example',
    'x: dmarc=pass .action=none header.from=a.example',
  ],
  ['2.5', 'authserv-id is a quoted string', '"mx example"; none', 'mx example: '],
  ['2.5', 'authserv-id in UTF-8', 'bücher.example; none', 'bücher.example: '],
  ['2.6', 'version', 'x 2; spf=pass', 'x 2: spf=pass'],
  ['2.6', 'version between comments', 'x (a)1(b); spf=pass', 'x: spf=pass'],
  ['2.2', 'underscores of Fastmail', 'x; x-aligned-from=domain_pass', 'x: x-aligned-from=domain_pass'],
  ['2.7.6', 'a method nobody knows', 'x; x-foo=bar x-a.b=c', 'x: x-foo=bar x-a.b=c'],
  ['2.2', 'no authserv-id', '; spf=pass', 'authres/authserv-id'],
  ['2.2', 'empty field', '', 'authres/authserv-id'],
  ['2.2', 'comment instead of an authserv-id', '(x); spf=pass', 'authres/authserv-id'],
  ['2.2', 'two words as authserv-id', 'x y; spf=pass', 'authres/authserv-id'],
  ['2.2', 'nothing but an authserv-id', 'x', 'authres/no-results'],
  ['2.2', 'none beside results', 'x; none; spf=pass', 'authres/none-and-results'],
  ['2.2', 'none after results', 'x; spf=pass; none', 'authres/none-and-results'],
  ['2.2', 'result without method', 'x; =pass', 'authres/method'],
  ['2.2', 'method without result', 'x; spf', 'authres/method'],
  ['2.2', 'method with an empty result', 'x; spf=', 'authres/result'],
  ['2.2', 'method that ends in a hyphen', 'x; spf-=pass', 'authres/method'],
  ['2.2', 'something glued to the result', 'x; spf=pass"x"', 'authres/result'],
  ['2.2', 'a result glued to another', 'x; dkim=fail.header.d=a', 'authres/result'],
  ['2.2', 'property without "="', 'x; spf=pass smtp.mailfrom', 'authres/property'],
  ['2.2', 'property without "."', 'x; spf=pass smtp mailfrom=a', 'authres/property'],
  ['2.2', 'two values run together', 'x; dkim=pass header.d=a.example=b.example', 'authres/value'],
  ['2.2', 'two @', 'x; spf=pass smtp.mailfrom=a@b.example@c.example', 'authres/value'],
  ['2.2', 'a quoted string with a tail', 'x; spf=pass smtp.mailfrom="a"b.example', 'authres/value'],
  ['2.2', 'quotes behind the @', 'x; spf=pass smtp.mailfrom="a"@b"c"@d.example', 'authres/value'],
  ['2.6', 'version is no number', 'x 1a; spf=pass', 'authres/version'],
  ['2.6', 'version of ten digits', 'x 1234567890; spf=pass', 'authres/version'],
  ['2.6', 'method version is no number', 'x; dkim/a=pass', 'authres/version'],
  ['7.8', 'comment is not closed', 'x; spf=pass (a', 'authres/comment-open'],
  ['7.8', 'comment closed too often', 'x; spf=pass (a))', 'authres/property'],
  ['7.8', 'quoted string is not closed', 'x; spf=pass reason="a', 'authres/quote-open'],
  ['7.8', 'backslash at the end of a comment', 'x; spf=pass (a\\', 'authres/comment-open'],
  ['7.8', 'NUL in a comment', 'x; spf=pass (a\0)', 'authres/control'],
  ['7.8', 'NUL in a quoted pair', 'x; spf=pass reason="a\\\0"', 'authres/control'],
  ['7.8', 'NUL between words', 'x; spf=pass \0', 'authres/property'],
  ['7.8', 'CR alone', 'x;\r spf=pass', 'authres/control'],
  ['7.8', 'LF that folds nothing', 'x; spf=pass\nx: y', 'authres/control'],
] as const;
for (const [clause, name, field, expected] of readings)
  test(`RFC 8601 ${clause}: ${name}`, () => {
    equal(shown(field), expected);
  });

const bounds = [
  ['bytes below', `x; spf=pass (${'a'.repeat(DEFAULT_LIMITS.signatureBytes - 14)})`, 'x: spf=pass'],
  ['bytes above', `x; spf=pass (${'a'.repeat(DEFAULT_LIMITS.signatureBytes - 13)})`, 'authres/too-long'],
  ['comment depth below', `x; spf=pass ${'('.repeat(50)}${')'.repeat(50)}`, 'x: spf=pass'],
  ['comment depth above', `x; spf=pass ${'('.repeat(51)}${')'.repeat(51)}`, 'authres/comment-depth'],
  ['results below', `x${'; a=b'.repeat(100)}`, `x: ${Array(100).fill('a=b').join('; ')}`],
  ['results above', `x${'; a=b'.repeat(101)}`, 'authres/too-many-results'],
] as const;
for (const [name, field, expected] of bounds)
  test(`RFC 8601 7.8: bound: ${name}`, () => {
    equal(shown(field), expected);
  });

test('RFC 8617 4.1.1: the same grammar behind i=', () => {
  const value = encodeUtf8(' i=1; mx.example.com; dmarc=pass header.from=a.example');
  const read = parseAuthenticationResults(value, { start: value.indexOf(0x3b) + 1 });
  equal(read.ok ? show(read.value) : read.problem.code, 'mx.example.com: dmarc=pass header.from=a.example');
});

test('RFC 6532: bytes that are no UTF-8 stay one character each', () => {
  equal(
    shown(encodeLatin1('x; spf=pass smtp.mailfrom=\xe9@a.example')),
    'x: spf=pass smtp.mailfrom=é@a.example',
  );
});

test('RFC 8601 2.2: warnings name what was read in spite of the grammar', () => {
  const read = parseAuthenticationResults(
    encodeUtf8('x; spf=pass a=b smtp.mailfrom= ; dkim=pass header.b=a/b;'),
  );
  deepEqual(read.ok && read.warnings.map((w) => w.code), [
    'authres/no-ptype',
    'authres/empty-value',
    'authres/unquoted-value',
    'authres/empty-result',
  ]);
});

const ids = [
  ['same', 'mx.example.com', 'mx.example.com', true],
  ['case', 'MX.Example.COM', 'mx.example.com', true],
  ['final dot', 'mx.example.com.', 'mx.example.com', true],
  ['U-label', 'bücher.example', 'xn--bcher-kva.example', true],
  ['no domain name', 'My Server', 'my server', true],
  ['below', 'a.mx.example.com', 'mx.example.com', false],
  ['ends alike', 'evilmx.example.com', 'mx.example.com', false],
  ['longer', 'mx.example.com.evil.example', 'mx.example.com', false],
] as const;
for (const [name, a, b, same] of ids)
  test(`RFC 8601 2.5: authserv-id compared: ${name}`, () => {
    equal(sameAuthservId(a, b), same);
  });

const patterns = [
  ['below', 'mx1.mx.example.net', '*.mx.example.net', true],
  ['two levels below', 'a.b.mx.example.net', '*.mx.example.net', true],
  ['the name itself', 'mx.example.net', '*.mx.example.net', false],
  ['ends alike', 'evilmx.example.net', '*.mx.example.net', false],
  ['no domain name', 'a b.mx.example.net', '*.mx.example.net', false],
  ['everything is no pattern', 'a.example', '*', false],
  ['a star in the middle is no pattern', 'a1.example', 'a*.example', false],
  ['a star before nothing', 'a.example', '*.', false],
  ['an empty entry', '', '', false],
] as const;
for (const [name, id, pattern, matches] of patterns)
  test(`authserv-id pattern: ${name}`, () => {
    equal(matchesAuthservId(id, [pattern]), matches);
  });

// The forms Exchange Online writes. The addresses are ours.
const exchange = [
  [
    'all in one',
    'spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=a.example; dkim=pass (signature was verified)\r\n header.d=a.example;dmarc=pass action=none header.from=a.example;compauth=pass reason=100',
    'spf=pass smtp.mailfrom=a.example; dkim=pass header.d=a.example; dmarc=pass .action=none header.from=a.example; compauth=pass <100> | 192.0.2.1 | pass 100 | ',
  ],
  [
    'a stray recipient domain',
    'spf=fail (sender IP is 2001:db8::1) smtp.mailfrom=a.example; rcpt.example; dkim=none (message not signed) header.d=none;rcpt.example; dmarc=fail action=oreject header.from=a.example;',
    'spf=fail smtp.mailfrom=a.example; dkim=none header.d=none; dmarc=fail .action=oreject header.from=a.example | 2001:db8::1 | undefined | rcpt.example,rcpt.example',
  ],
  ['a proper authserv-id is not of this form', 'mx.example.com; spf=pass', 'authres/result'],
  ['an authserv-id with a version is not of this form', 'mx.example.com 1; spf=pass', 'authres/method'],
  ['none is not of this form', 'none', 'authres/result'],
  [
    'two compauth say nothing',
    'compauth=pass reason=100; compauth=fail reason=000',
    'compauth=pass <100>; compauth=fail <000> | undefined | undefined | ',
  ],
] as const;
for (const [name, field, expected] of exchange)
  test(`Exchange Online (OpenDMARC #73): ${name}`, () => {
    const read = readExchangeResults(encodeUtf8(field));
    if (!read.ok) return equal(read.problem.code, expected);
    const { results, senderIp, compauth, strayWords, trustworthy } = read.value;
    equal(trustworthy, false);
    const said = show({ authservId: '', version: 1, results }).slice(2);
    const compared = compauth === undefined ? 'undefined' : `${compauth.result} ${compauth.reason}`;
    equal(`${said} | ${senderIp} | ${compared} | ${strayWords.join(',')}`, expected);
    equal(shown(field), 'authres/authserv-id', 'the strict reader refuses it');
  });

test('property: no bytes make the parsers throw, defects lie inside the field', () => {
  const piece = fc.constantFrom(
    'x',
    ';',
    '=',
    '.',
    '"',
    '\\',
    '(',
    ')',
    '@',
    ' ',
    '\r\n ',
    '/',
    '1',
    'spf',
    'pass',
    'none',
    'reason',
    'header',
    '\0',
  );
  const field = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(piece, { maxLength: 60 }).map((p) => encodeUtf8(p.join(''))),
    fc.array(piece, { maxLength: 60 }).map((p) => encodeUtf8(`x; spf=pass ${p.join('')}`)),
  );
  fc.assert(
    fc.property(field, (bytes) => {
      for (const read of [parseAuthenticationResults(bytes), readExchangeResults(bytes)])
        if (!read.ok) ok(read.problem.at >= 0 && read.problem.at <= bytes.length);
    }),
    { numRuns: 1000 },
  );
});

test('RFC 8601 2.2: a comment belongs to its own result, not to those before it', () => {
  const read = parseAuthenticationResults(
    encodeUtf8('a.example; arc=none; spf=pass; dkim=pass (1024-bit key); dmarc=pass'),
  );
  deepEqual(read.ok && read.value.results.map((r) => r.comments), [[], [], ['1024-bit key'], []]);
});
