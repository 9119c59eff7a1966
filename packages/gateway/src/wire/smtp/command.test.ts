import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unescape } from '../../testing/smtp-dialogue.js';
import { parseCommand, type ReadCommand } from './command.js';
import { MAX_PARAMETERS, type ParameterOffers } from './parameters.js';
import { MAX_LOCAL_PART } from './path.js';

const ALL: ParameterOffers = {
  size: true,
  eightBitMime: true,
  smtpUtf8: true,
  dsn: true,
  auth: true,
  requireTls: true,
};
const NONE: ParameterOffers = {
  size: false,
  eightBitMime: false,
  smtpUtf8: false,
  dsn: false,
  auth: false,
  requireTls: false,
};

const read = (line: string, offers = ALL): ReadCommand => parseCommand(unescape(line), offers);

/** The command, or code and enhanced code of the refusal. */
function tell(line: string, offers = ALL): unknown {
  const result = read(line, offers);
  return result.ok ? result.command : `${result.refusal.code} ${result.refusal.enhanced}`;
}

/** The address of MAIL or RCPT, or the refusal. */
function tellPath(line: string): unknown {
  const result = read(line);
  if (!result.ok) return `${result.refusal.code} ${result.refusal.enhanced}`;
  const { command } = result;
  if (command.verb === 'MAIL') return command.reversePath?.address ?? 'null';
  return command.verb === 'RCPT' ? command.forwardPath.address : command.verb;
}

const long = (n: number): string => 'x'.repeat(n);

// [clause, what, line, address or refusal]
const paths: readonly (readonly [string, string, string, string])[] = [
  ['5321 4.1.1.2', 'an address', 'MAIL FROM:<a@example.org>', 'a@example.org'],
  ['5321 2.4', 'verbs without regard to case', 'mail from:<A@Example.ORG>', 'A@Example.ORG'],
  ['5321 4.5.5', 'the null sender', 'MAIL FROM:<>', 'null'],
  [
    '5321 3.3',
    'a space after the colon is read, as everybody does',
    'MAIL FROM: <a@example.org>',
    'a@example.org',
  ],
  ['5321 4.1.1', 'spaces at the end are passed over', 'MAIL FROM:<a@example.org>  ', 'a@example.org'],
  ['5321 4.1.1.2', 'a space before the colon is not read', 'MAIL FROM :<a@example.org>', '501 5.5.4'],
  ['5321 4.1.1.2', 'no brackets', 'MAIL FROM:a@example.org', '501 5.5.4'],
  ['5321 4.1.1.2', 'no closing bracket', 'MAIL FROM:<a@example.org', '501 5.5.4'],
  ['5321 4.1.1.2', 'text behind the bracket', 'MAIL FROM:<a@example.org>x', '501 5.5.4'],
  ['5321 4.1.1.2', 'another keyword', 'MAIL TO:<a@example.org>', '501 5.5.4'],
  ['5321 4.1.1.2', 'nothing', 'MAIL', '501 5.5.4'],
  ['5321 4.1.1.2', 'two addresses', 'MAIL FROM:<a@example.org><b@example.org>', '501 5.5.4'],
  ['5321 C', 'a source route is dropped', 'MAIL FROM:<@a.example,@b.example:c@example.org>', 'c@example.org'],
  ['5321 C', 'a source route without colon', 'RCPT TO:<@a.example,c@example.org>', '501 5.1.3'],
  ['5321 C', 'a source route with an empty host', 'RCPT TO:<@:c@example.org>', '501 5.1.3'],
  ['5321 C', '32 hosts', `RCPT TO:<${'@a.example,'.repeat(31)}@a.example:c@d.example>`, 'c@d.example'],
  ['5321 C', '33 hosts', `RCPT TO:<${'@a.example,'.repeat(32)}@a.example:c@d.example>`, '501 5.1.3'],
  ['5321 4.1.2', 'a quoted local part', 'RCPT TO:<"a b>\\"@c"@example.org>', '"a b>\\"@c"@example.org'],
  [
    '5321 4.1.2',
    'a quoted local part with an @ and a bracket',
    'RCPT TO:<"a@b>"@example.org>',
    '"a@b>"@example.org',
  ],
  ['5321 4.1.2', 'an open quote', 'RCPT TO:<"a@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'text behind a quote', 'RCPT TO:<"a"b@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'an empty quote names nobody', 'RCPT TO:<""@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'an empty local part', 'RCPT TO:<@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'two dots', 'RCPT TO:<a..b@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'a dot at the start', 'RCPT TO:<.a@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'a dot at the end', 'RCPT TO:<a.@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'two @', 'RCPT TO:<a@b@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'spaces', 'RCPT TO:<a b@example.org>', '501 5.1.3'],
  ['5321 4.1.2', 'comments', 'RCPT TO:<a(c)@example.org>', '501 5.1.3'],
  ['5321 2.3.5', 'a final dot of the domain', 'RCPT TO:<a@example.org.>', '501 5.1.3'],
  ['5321 4.1.2', 'a domain with an empty label', 'MAIL FROM:<a@example..org>', '501 5.1.7'],
  ['5321 4.1.2', 'no domain', 'MAIL FROM:<a>', '501 5.1.7'],
  ['5321 4.1.3', 'an IPv4 literal', 'RCPT TO:<a@[192.0.2.1]>', 'a@[192.0.2.1]'],
  ['5321 4.1.3', 'an IPv6 literal', 'RCPT TO:<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]'],
  ['5321 4.1.3', 'an IPv6 address without its tag', 'RCPT TO:<a@[2001:db8::1]>', '501 5.1.3'],
  ['5321 4.1.3', 'an IPv4 address with the tag of IPv6', 'RCPT TO:<a@[IPv6:192.0.2.1]>', '501 5.1.3'],
  ['5321 4.1.3', 'octal in a literal', 'RCPT TO:<a@[0300.0.2.1]>', '501 5.1.3'],
  ['5321 4.1.3', 'a tag nobody registered', 'RCPT TO:<a@[x:y]>', '501 5.1.3'],
  ['5321 4.1.1.3', 'Postmaster alone', 'RCPT TO:<Postmaster>', 'Postmaster'],
  ['5321 4.1.1.3', 'Postmaster alone, as sender', 'MAIL FROM:<Postmaster>', '501 5.1.7'],
  ['5321 4.1.1.3', 'anybody else alone', 'RCPT TO:<root>', '501 5.1.3'],
  ['5321 4.1.1.3', 'the null recipient', 'RCPT TO:<>', '501 5.1.3'],
  [
    '5321 4.5.3.1.1',
    'the longest local part',
    `RCPT TO:<${long(MAX_LOCAL_PART)}@a.example>`,
    `${long(MAX_LOCAL_PART)}@a.example`,
  ],
  ['5321 4.5.3.1.1', 'a longer one', `RCPT TO:<${long(MAX_LOCAL_PART + 1)}@a.example>`, '501 5.1.3'],
  ['5321 4.5.3.1.2', 'a domain of 256', `RCPT TO:<a@${'abc.'.repeat(64)}>`, '501 5.1.3'],
  ['6531 3.3', 'UTF-8 with SMTPUTF8', 'MAIL FROM:<\\xc3\\xa9@example.org> SMTPUTF8', '\u00e9@example.org'],
  ['6531 3.3', 'UTF-8 without SMTPUTF8', 'MAIL FROM:<\\xc3\\xa9@example.org>', '553 5.6.7'],
  ['6531 3.3', 'a domain in U-labels', 'MAIL FROM:<a@ex\\xc3\\xa4mple.org> SMTPUTF8', 'a@ex\u00e4mple.org'],
  [
    '6531 3.3',
    'an astral character',
    'MAIL FROM:<\\xf0\\x9f\\x92\\x8c@example.org> SMTPUTF8',
    '\u{1f48c}@example.org',
  ],
  ['6531 3.3', 'bytes that are no UTF-8', 'MAIL FROM:<\\xe9@example.org> SMTPUTF8', '500 5.5.2'],
  ['6531 3.3', 'a line separator', 'MAIL FROM:<a\\xe2\\x80\\xa8b@example.org> SMTPUTF8', '500 5.5.2'],
  ['6531 3.3', 'NEL, a line end to some', 'MAIL FROM:<a\\xc2\\x85b@example.org> SMTPUTF8', '500 5.5.2'],
  ['5321 4.1.1', 'NUL', 'MAIL FROM:<a\\0@example.org>', '500 5.5.2'],
  ['5321 4.1.1', 'a tab', 'MAIL FROM:<a@example.org>\\x09SIZE=1', '500 5.5.2'],
];
for (const [clause, name, line, expected] of paths)
  test(`RFC ${clause}: ${name}`, () => {
    equal(tellPath(line), expected);
  });

test('RFC 5321 4.1.2: the parts of an address', () => {
  const result = read('RCPT TO:<"a\\"b"@Example.ORG>');
  ok(result.ok && result.command.verb === 'RCPT');
  const { localPart, domain, international } = result.command.forwardPath;
  deepEqual([localPart, domain, international], ['a"b', 'example.org', false]);
});

const MAIL = 'MAIL FROM:<a@example.org>';
const RCPT = 'RCPT TO:<a@example.org>';
const parametersOf = (line: string, offers = ALL): unknown => {
  const result = read(line, offers);
  if (!result.ok) return `${result.refusal.code} ${result.refusal.enhanced}`;
  return 'parameters' in result.command ? result.command.parameters : undefined;
};

// [clause, what, line, parameters or refusal]
const parameters: readonly (readonly [string, string, string, unknown])[] = [
  ['1870 6.1', 'SIZE', `${MAIL} SIZE=12345`, { size: 12345 }],
  ['1870 6.1', 'SIZE of 20 digits', `${MAIL} SIZE=${'9'.repeat(20)}`, { size: Number.MAX_SAFE_INTEGER }],
  ['1870 6.1', 'SIZE of 21 digits', `${MAIL} SIZE=${'9'.repeat(21)}`, '501 5.5.4'],
  ['1870 6.1', 'SIZE without number', `${MAIL} SIZE`, '501 5.5.4'],
  ['1870 6.1', 'SIZE below zero', `${MAIL} SIZE=-1`, '501 5.5.4'],
  ['6152 2', 'BODY', `${MAIL} body=8bitmime`, { body: '8BITMIME' }],
  ['6152 2', 'BODY=7BIT', `${MAIL} BODY=7BIT`, { body: '7BIT' }],
  ['3030 3', 'BINARYMIME is not offered', `${MAIL} BODY=BINARYMIME`, '501 5.5.4'],
  ['6531 3.4', 'SMTPUTF8', `${MAIL} SMTPUTF8`, { smtpUtf8: true }],
  ['6531 3.4', 'SMTPUTF8 has no value', `${MAIL} SMTPUTF8=1`, '501 5.5.4'],
  ['3461 4.3', 'RET and ENVID', `${MAIL} RET=hdrs ENVID=QQ+2B314`, { ret: 'HDRS', envid: 'QQ+2B314' }],
  ['3461 4.3', 'RET with another word', `${MAIL} RET=ALL`, '501 5.5.4'],
  ['3461 4.4', 'ENVID of 100', `${MAIL} ENVID=${long(100)}`, { envid: long(100) }],
  ['3461 4.4', 'ENVID of 101', `${MAIL} ENVID=${long(101)}`, '501 5.5.4'],
  ['3461 4.4', 'ENVID that is no xtext', `${MAIL} ENVID=a+zz`, '501 5.5.4'],
  ['3461 4.4', 'ENVID with a line end inside', `${MAIL} ENVID=a+0D+0A`, '501 5.5.4'],
  ['4954 5', 'AUTH of nobody', `${MAIL} AUTH=<>`, { auth: '<>' }],
  ['4954 5', 'AUTH in xtext', `${MAIL} AUTH=e+3Dmc2@example.com`, { auth: 'e+3Dmc2@example.com' }],
  ['4954 5', 'AUTH that is no address', `${MAIL} AUTH=nobody`, '501 5.5.4'],
  ['8689 2', 'REQUIRETLS', `${MAIL} REQUIRETLS`, { requireTls: true }],
  ['8689 2', 'REQUIRETLS has no value', `${MAIL} REQUIRETLS=yes`, '501 5.5.4'],
  ['5321 4.1.1.11', 'smtp-server fault: FOO=BAR got 250', `${MAIL} FOO=BAR`, '555 5.5.4'],
  ['5321 4.1.1.11', 'a parameter of Object.prototype', `${MAIL} CONSTRUCTOR=1`, '555 5.5.4'],
  ['5321 4.1.1.11', 'a parameter of RCPT', `${MAIL} NOTIFY=NEVER`, '555 5.5.4'],
  ['5321 4.1.2', 'a keyword with odd characters', `${MAIL} S!ZE=1`, '501 5.5.4'],
  ['5321 4.1.2', 'twice the same', `${MAIL} SIZE=1 SIZE=2`, '501 5.5.4'],
  ['3461 4.1', 'NOTIFY', `${RCPT} NOTIFY=SUCCESS,DELAY`, { notify: ['SUCCESS', 'DELAY'] }],
  ['3461 4.1', 'NEVER with others', `${RCPT} NOTIFY=NEVER,DELAY`, '501 5.5.4'],
  ['3461 4.1', 'NOTIFY twice the same', `${RCPT} NOTIFY=DELAY,DELAY`, '501 5.5.4'],
  ['3461 4.1', 'NOTIFY of nothing', `${RCPT} NOTIFY=`, '501 5.5.4'],
  ['3461 4.2', 'ORCPT', `${RCPT} ORCPT=rfc822;a+2Bb@c`, { orcpt: 'rfc822;a+2Bb@c' }],
  ['3461 4.2', 'ORCPT without type', `${RCPT} ORCPT=;a@c`, '501 5.5.4'],
  ['3461 4.2', 'ORCPT of 500', `${RCPT} ORCPT=rfc822;${long(493)}`, { orcpt: `rfc822;${long(493)}` }],
  ['3461 4.2', 'ORCPT of 501', `${RCPT} ORCPT=rfc822;${long(494)}`, '501 5.5.4'],
  ['6533 3', 'ORCPT in UTF-8', `${RCPT} ORCPT=utf-8;\\xc3\\xa9@c`, { orcpt: 'utf-8;\u00e9@c' }],
  ['5321 4.1.1.11', 'a parameter of MAIL', `${RCPT} SIZE=1`, '555 5.5.4'],
];
for (const [clause, name, line, expected] of parameters)
  test(`RFC ${clause}: ${name} (${line.slice(0, 4)})`, () => {
    deepEqual(parametersOf(line), expected);
  });

test('RFC 5321 4.1.1.11: what was not offered is not known', () => {
  for (const word of ['SIZE=1', 'BODY=7BIT', 'SMTPUTF8', 'RET=FULL', 'ENVID=a', 'AUTH=<>', 'REQUIRETLS'])
    equal(parametersOf(`${MAIL} ${word}`, NONE), '555 5.5.4', word);
  for (const word of ['NOTIFY=NEVER', 'ORCPT=rfc822;a@b'])
    equal(parametersOf(`${RCPT} ${word}`, NONE), '555 5.5.4', word);
});

test(`more than ${MAX_PARAMETERS} parameters cost no time`, () => {
  equal(parametersOf(`${MAIL} ${'X=1 '.repeat(2000)}`), '555 5.5.4');
});

// [clause, what, line, command or refusal]
const commands: readonly (readonly [string, string, string, unknown])[] = [
  ['5321 4.1.1.1', 'EHLO', 'ehlo mail.example', { verb: 'EHLO', name: 'mail.example' }],
  ['5321 4.1.1.1', 'EHLO with a literal', 'EHLO [192.0.2.1]', { verb: 'EHLO', name: '[192.0.2.1]' }],
  [
    '5321 4.1.4',
    'a name that is no domain is the engine\u2019s affair',
    'HELO my_pc',
    { verb: 'HELO', name: 'my_pc' },
  ],
  ['5321 4.1.1.1', 'EHLO without name', 'EHLO', '501 5.5.4'],
  ['5321 4.1.1.1', 'EHLO with two names', 'EHLO a b', '501 5.5.4'],
  ['5321 4.5.3.1.2', 'a name of 255', `HELO ${long(255)}`, { verb: 'HELO', name: long(255) }],
  ['5321 4.5.3.1.2', 'a name of 256', `HELO ${long(256)}`, '501 5.5.4'],
  ['2033 4.1', 'LHLO', 'LHLO a.example', { verb: 'LHLO', name: 'a.example' }],
  ['5321 4.1.1.4', 'DATA', 'DATA', { verb: 'DATA' }],
  ['5321 4.1.1.4', 'DATA with an argument', 'DATA now', '501 5.5.4'],
  ['5321 4.1.1.9', 'NOOP with an argument', 'NOOP a b', { verb: 'NOOP', text: 'a b' }],
  ['5321 4.1.1.10', 'QUIT with spaces at the end', 'QUIT  ', { verb: 'QUIT' }],
  ['5321 4.1.1.5', 'RSET with an argument', 'RSET x', '501 5.5.4'],
  ['5321 4.2.4', 'an unknown verb', 'TURN', '500 5.5.1'],
  ['5321 4.2.4', 'an empty line', '', '500 5.5.1'],
  ['5321 4.1.1', 'a space at the start', ' NOOP', '500 5.5.1'],
  ['3030 2', 'BDAT', 'BDAT 1000', { verb: 'BDAT', size: 1000, last: false }],
  ['3030 2', 'BDAT LAST', 'bdat 0 last', { verb: 'BDAT', size: 0, last: true }],
  ['3030 2', 'BDAT without size', 'BDAT LAST', '501 5.5.4'],
  ['3030 2', 'BDAT below zero', 'BDAT -1', '501 5.5.4'],
  [
    '3030 2',
    'BDAT of 15 digits',
    `BDAT ${'9'.repeat(15)}`,
    { verb: 'BDAT', size: 999_999_999_999_999, last: false },
  ],
  ['3030 2', 'BDAT of 16 digits', `BDAT ${'9'.repeat(16)}`, '501 5.5.4'],
  [
    '4954 4',
    'AUTH',
    'AUTH plain AGEAYg==',
    { verb: 'AUTH', mechanism: 'PLAIN', initialResponse: 'AGEAYg==' },
  ],
  [
    '4954 4',
    'AUTH with an empty response',
    'AUTH EXTERNAL =',
    { verb: 'AUTH', mechanism: 'EXTERNAL', initialResponse: '=' },
  ],
  ['4954 4', 'AUTH without response', 'AUTH LOGIN', { verb: 'AUTH', mechanism: 'LOGIN' }],
  ['4954 4', 'AUTH with something else', 'AUTH PLAIN a b', '501 5.5.2'],
  ['4422 3.1', 'a mechanism of 21 characters', `AUTH ${long(21)}`, '501 5.5.2'],
  ['5321 4.1.1', 'XFORWARD with an unknown attribute', 'XFORWARD FOO=1', '501 5.5.4'],
];
for (const [clause, name, line, expected] of commands)
  test(`RFC ${clause}: ${name}`, () => {
    deepEqual(tell(line), expected);
  });

test('smtp-server fault: source routes got 501', () => {
  equal(tellPath('RCPT TO:<@relay.example:a@example.org>'), 'a@example.org');
});

test('after these nobody knows where the next command starts', () => {
  for (const [line, lost] of [
    ['BDAT', 'bdat'],
    ['BDAT x', 'bdat'],
    ['GET / HTTP/1.1', 'http'],
    ['POST /mail HTTP/1.1', 'http'],
    ['FOO', undefined],
  ] as const) {
    const result = read(line);
    equal(result.ok ? 'ok' : result.lost, lost, line);
  }
});

test('property: any bytes give a command or a refusal, and a path is found again in what is written', () => {
  const word = fc.constantFrom(
    'MAIL FROM:',
    'RCPT TO:',
    '<',
    '>',
    '@',
    '"',
    '\\',
    'a',
    '.',
    ':',
    '[',
    ']',
    ' SIZE=',
    '\xe9',
    ' ',
  );
  const lines = fc.oneof(
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
    fc.array(word, { maxLength: 20 }).map((words) => Buffer.from(words.join(''), 'latin1')),
  );
  fc.assert(
    fc.property(lines, (line) => {
      const result = parseCommand(line, ALL);
      if (!result.ok) {
        ok(result.refusal.code >= 500 && result.refusal.code < 600);
        return;
      }
      if (result.command.verb !== 'RCPT') return;
      const again = parseCommand(Buffer.from(`RCPT TO:<${result.command.forwardPath.address}>`), ALL);
      deepEqual(
        again.ok && again.command.verb === 'RCPT' && again.command.forwardPath,
        result.command.forwardPath,
      );
    }),
    { numRuns: 500 },
  );
});
