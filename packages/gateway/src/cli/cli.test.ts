import { equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { BATCH_ERROR_CODES } from './batch/read-batch-line.js';
import { EXIT } from './io/cli-error.js';
import { createProgram } from './program.js';
import { runCli } from './testing/run-cli.js';
import { pieces, testIo } from './testing/test-io.js';

const BIN = fileURLToPath(new URL('../../../bin/truefrom.mjs', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const ZONE = `${EXAMPLES}/zone.json`;
const STORY_1 = [
  '-n',
  ZONE,
  '-i',
  '192.0.2.10',
  '-e',
  'mail.northwind.example',
  '-f',
  'billing@northwind.example',
  '-t',
  '1768478400',
];

// Each row: what is wrong, the command line, exit code, the one line on stderr.
const MISTAKES = [
  [
    'mistyped option',
    ['check', '--jsno'],
    64,
    /^truefrom: unknown option '--jsno'; did you mean --json\?\n$/,
  ],
  ['mistyped command', ['chek'], 64, /^truefrom: unknown command 'chek'; did you mean check\?\n$/],
  [
    'option without value',
    ['check', '-i'],
    64,
    /^truefrom: option '-i, --client-ip <ip>' argument missing\n$/,
  ],
  ['two outputs', ['check', '--json', '--explain', 'x.eml'], 64, /cannot be used with option '--explain'\n$/],
  ['file and batch', ['check', 'x.eml', '--batch', 'y'], 64, /give one of them\n$/],
  [
    'bad address',
    ['check', '-n', 'z.json', '-i', '192.0.2.256', 'm.eml'],
    64,
    /^truefrom: --client-ip: "192\.0\.2\.256" is not an IPv4/,
  ],
  [
    'bad MAIL FROM',
    ['check', '-n', 'z.json', '-i', '192.0.2.1', '-f', 'a b@c', 'm.eml'],
    64,
    /^truefrom: --sender "a b@c": /,
  ],
  [
    'address for a domain',
    ['check', '-n', 'z.json', '--own-domain', 'a@b.example', 'm.eml'],
    64,
    /give the domain alone/,
  ],
  ['bad network', ['check', '-n', 'z.json', '--connector', '192.0.2.0/33', 'm.eml'], 64, /not a network/],
  ['bad time', ['check', '-n', 'z.json', '-t', 'now', 'm.eml'], 64, /write seconds since 1970/],
  ['time out of range', ['check', '-n', 'z.json', '-t', '9999999999999', 'm.eml'], 64, /not a time/],
  [
    'bad server',
    ['check', '--nameserver', 'dns.example', 'm.eml'],
    64,
    /^truefrom: --nameserver "dns\.example": /,
  ],
  [
    'zone and server',
    ['check', '-n', 'z.json', '--nameserver', '127.0.0.1', 'm.eml'],
    64,
    /exclude each other/,
  ],
  [
    'no such message',
    ['check', '-n', 'z.json', 'nowhere.eml'],
    65,
    /^truefrom: nowhere\.eml: cannot open: no such file or directory\n$/,
  ],
  [
    'empty message',
    ['check', '-n', 'z.json', 'empty.eml'],
    65,
    /^truefrom: empty\.eml: the message is empty\n$/,
  ],
  ['no such zone', ['check', '-n', 'no.json', 'm.eml'], 65, /^truefrom: no\.json: cannot open/],
  [
    'broken zone',
    ['check', '-n', 'bad.json', 'm.eml'],
    78,
    /^truefrom: bad\.json:2:19: unknown type "TTX"; .*did you mean "TXT"\?\n$/,
  ],
  [
    'broken policy',
    ['check', '-n', 'z.json', '--policy', 'policy.json', 'm.eml'],
    78,
    /^truefrom: policy\.json:2:3: unknown key "dmarcRejct": did you mean "dmarcReject"\?\n$/,
  ],
  [
    'batch of something else',
    ['check', '-n', 'z.json', '--batch', 'm.eml'],
    65,
    /neither JSON lines .* nor an mbox/,
  ],
  ['batch of an empty folder', ['check', '-n', 'z.json', '--batch', 'folder'], 65, /no mail here/],
  ['spf without client', ['spf', '-f', 'a@b.example'], 64, /needs the address of the client/],
  ['spf without identity', ['spf', '-i', '192.0.2.1'], 64, /needs a MAIL FROM/],
  ['headers without id', ['headers', 'm.eml'], 64, /needs the authserv-id/],
  ['sign without key', ['sign', '-d', 'a.example', 'm.eml'], 64, /needs -d DOMAIN, -s SELECTOR and -k/],
  [
    'sign with a bad key',
    ['sign', '-d', 'a.example', '-s', 's', '-k', 'm.eml', 'm.eml'],
    78,
    /^truefrom: m\.eml: /,
  ],
  [
    'sign with a key too few',
    ['sign', '-d', 'a.example', '-s', 's', '-s', 't', '-k', 'm.eml'],
    64,
    /2 selectors, 1 keys/,
  ],
  ['unknown reason', ['explain', 'spf-fial'], 64, /did you mean "spf-fail"\?\n$/],
  ['unknown story', ['demo', '99'], 64, /there are 1 to 11\n$/],
  ['unknown shell', ['completion', 'tcsh'], 64, /not bash, zsh or fish\n$/],
] as const;
const FILES = {
  'm.eml': 'From: a@example.com\r\n\r\nhello\r\n',
  'empty.eml': '',
  'z.json': '{}',
  'bad.json': '{\n "example.com": { "TTX": ["x"] }\n}',
  'policy.json': '{\n  "dmarcRejct": "careful"\n}',
  'folder/readme.txt': 'x',
};
for (const [name, argv, code, stderr] of MISTAKES)
  test(`mistake: ${name}`, async () => {
    const ran = await runCli(argv, { files: FILES });
    match(ran.err, stderr);
    equal(ran.err.trimEnd().includes('\n'), false, 'one line');
    equal(ran.out, '');
    equal(ran.code, code);
  });

test('mistake: control characters in a file name do not reach the terminal', async () => {
  const { err } = await runCli(['check', '-n', 'z.json', '\u001b[2Jx.eml'], { files: FILES });
  ok(!err.includes('\u001b'));
});

test('help: says every option of check, and how it exits', async () => {
  const { code, out, err } = await runCli(['check', '--help']);
  equal(code, 0);
  equal(err, '');
  for (const word of [
    '-i, --client-ip',
    '-e, --helo',
    '-f, --sender',
    '--rcpt',
    '--auth',
    '--own-domain',
    '-m, --mta',
    '-n, --dns-cache',
    '--nameserver',
    '-t, --time',
    '--policy',
    '--json',
    '--explain',
    '--html',
    '--batch',
    'Exit status',
  ])
    ok(out.includes(word), word);
});

test('help: without a command it is shown and is a usage error', async () => {
  const { code, err } = await runCli([]);
  equal(code, 64);
  match(err, /Usage: truefrom <command>/);
});

test('check: exit code, JSON on stdout, nothing on stderr', async () => {
  const { code, out, err } = await runCli(['check', ...STORY_1, '--json', `${EXAMPLES}/01-legitimate.eml`]);
  equal(code, 0);
  equal(err, '');
  const result = JSON.parse(out) as {
    decision: { action: string };
    assurance: { rung: string };
    headers: string[];
    verification: { dkim: { status: string }[] };
    assumed?: unknown;
  };
  equal(result.decision.action, 'accept');
  equal(result.assurance.rung, 'domain');
  equal(result.verification.dkim.map((d) => d.status).join(), 'pass,pass');
  match(result.headers[0] ?? '', /^Authentication-Results: mx\.test;/);
  equal(result.assumed, undefined);
});

test('check: a file with Unix line ends verifies, and says how it was read', async () => {
  const crlf = readFileSync(`${EXAMPLES}/01-legitimate.eml`);
  const unix = Buffer.from(crlf.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  const { code, out } = await runCli(['check', ...STORY_1, 'unix.eml'], { files: { 'unix.eml': unix } });
  equal(code, 0);
  match(out, /DKIM +pass/);
  match(out, /Unix line ends/);
});

test('check: what is guessed is labelled as a guess, in text and JSON', async () => {
  const head =
    'Return-Path: <billing@northwind.example>\r\nReceived: from mail.northwind.example (mail.northwind.example [192.0.2.10])\r\n by mx.harbor.example\r\n';
  const message = Buffer.concat([Buffer.from(head), readFileSync(`${EXAMPLES}/01-legitimate.eml`)]);
  const world = ['-n', ZONE, '-t', '1768478400'];
  const text = await runCli(['check', ...world], { stdin: message.toString('latin1') });
  match(text.out, /192\.0\.2\.10 is guessed from a Received field, unverified/);
  match(text.out.replace(/\s+/g, ' '), /guessed from Return-Path, unverified/);
  match(text.out, /SPF +pass/);
  const json = await runCli(['check', ...world, '--json'], { stdin: message.toString('latin1') });
  equal((JSON.parse(json.out) as { assumed: unknown[] }).assumed.length, 2);
});

test('check: without any trace of the client SPF is not checked, and the rest is', async () => {
  const { out } = await runCli(['check', '-n', ZONE, '-t', '1768478400', `${EXAMPLES}/01-legitimate.eml`]);
  match(out, /SPF +unknown +no client address is known/);
  match(out, /DKIM +pass/);
  match(out.replace(/\s+/g, ' '), /SPF and MAIL FROM were left out/);
});

test('check: hostile words in a message stay words, in text and HTML', async () => {
  const message =
    'From: "\u001b[31m<script>alert(1)</script>" <a@evil.example>\r\nSubject: \u202etxt\u0007<img src=x onerror=1>\r\n\r\nx\r\n';
  const files = { 'm.eml': message, 'z.json': '{}' };
  const text = await runCli(['check', '-n', 'z.json', 'm.eml'], { files });

  ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/.test(text.out));
  const page = await runCli(['check', '-n', 'z.json', '--html', '-', 'm.eml'], { files });
  ok(!page.out.includes('<script') && !page.out.includes('<img'));
  ok(page.out.includes('&lt;script&gt;'));
  match(page.out, /Content-Security-Policy/);
  const written = await runCli(['check', '-n', 'z.json', '--html', 'out.html', 'm.eml'], { files });
  equal(written.io.written.get('out.html'), page.out);
  equal(written.out, '');
});

test('check --explain: clauses and DNS questions', async () => {
  const { out } = await runCli(['check', ...STORY_1, '--explain', `${EXAMPLES}/01-legitimate.eml`]);
  match(out, /RFC 7208 /);
  match(out, /\? northwind\.example TXT = /);
  match(out, /\? _dmarc\.northwind\.example TXT = /);
});

test('every screen of check fits 80 columns', async () => {
  for (const argv of [['check', ...STORY_1, '--explain', `${EXAMPLES}/04-altered.eml`], ['demo']]) {
    const { out } = await runCli(argv);
    for (const line of out.split('\n'))
      ok(Array.from(line).length <= 80 || /^ +\S+$/.test(line) || line.includes(EXAMPLES), line);
  }
});

const SMALL = [
  [
    ['spf', '-n', ZONE, '-i', '192.0.2.10', '-f', 'x@northwind.example'],
    0,
    /^pass +MAIL FROM: northwind\.example lists 192\.0\.2\.10/,
  ],
  [['spf', '-n', ZONE, '-i', '203.0.113.9', '-f', 'x@northwind.example'], 1, /^fail /],
  [
    ['spf', 'show', 'clinic.example', '-n', ZONE],
    0,
    /include:spf\.cloudmail\.example +1 lookup\n.*ip4:192\.0\.2\.128\/25/,
  ],
  [['dmarc', 'news.northwind.example', '-n', ZONE], 0, /p?=reject: asks to refuse mail that fails/],
  [['dmarc', 'shop.example', '-n', ZONE], 1, /publishes no DMARC policy/],
  [
    ['dkim', 'verify', '-n', ZONE, '-t', '1768478400', `${EXAMPLES}/01-legitimate.eml`],
    0,
    /^pass +signature 1: the key of northwind\.example/,
  ],
  [
    ['dkim', 'verify', '-n', ZONE, '-t', '1768478400', `${EXAMPLES}/04-altered.eml`],
    1,
    /^fail +signature 1: the body is not the one/,
  ],
  [
    ['dkim', 'explain', '-n', ZONE, '-t', '1768478400', `${EXAMPLES}/04-altered.eml`],
    1,
    /^fail +signature 1: [^]*body +changed in a way none/,
  ],
  [['arc', '-n', ZONE, `${EXAMPLES}/01-legitimate.eml`], 0, /^none +no forwarder/],
  [['headers', '--trusted-id', 'mx.harbor.example', `${EXAMPLES}/01-legitimate.eml`], 1, /^not verified/],
  [['explain'], 0, /spf-fail/],
  [['explain', 'spf-fail'], 0, /RFC 7208/],
  [['completion', 'bash'], 0, /complete -o filenames -F _truefrom truefrom/],
  [['completion', 'zsh'], 0, /#compdef truefrom/],
  [['completion', 'fish'], 0, /complete -c truefrom -n '__fish_use_subcommand' -a check/],
  [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
] as const;
for (const [argv, code, out] of SMALL)
  test(`command: ${argv.filter((word) => !word.includes('/')).join(' ')}`, async () => {
    const ran = await runCli(argv);
    match(ran.out, out);
    equal(ran.err, '');
    equal(ran.code, code);
  });

test('sign: a message signed with two keys verifies with the keys published', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync('ed25519');
  const zone = {
    'r._domainkey.a.example': {
      TXT: [`v=DKIM1; p=${rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`],
    },
    'e._domainkey.a.example': {
      TXT: [
        `v=DKIM1; k=ed25519; p=${Buffer.from(ed25519.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`,
      ],
    },
  };
  const files = {
    'm.eml': 'From: a@a.example\nSubject: x\n\n8-bit \xe9\n',
    'r.pem': rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'e.pem': ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'z.json': JSON.stringify(zone),
  };
  const keys = ['-d', 'a.example', '-s', 'r', '-k', 'r.pem', '-s', 'e', '-k', 'e.pem'];
  const signed = await runCli(['sign', ...keys, 'm.eml'], { files });
  match(signed.err, /lines end in LF alone/);
  equal(signed.code, 0);
  const verified = await runCli(['dkim', 'verify', '-n', 'z.json', '--json'], {
    files,
    stdin: pieces(Buffer.from(signed.out, 'latin1')),
  });
  const { dkim } = JSON.parse(verified.out) as { dkim: { status: string }[] };
  equal(dkim.map((d) => d.status).join(), 'pass,pass');
  const fields = await runCli(['sign', ...keys, '-o', '-t', '1768478400', 'm.eml'], { files });
  match(fields.out, /^DKIM-Signature: [^]*t=1768478400;/);
  ok(!fields.out.includes('Subject: x'));
});

test('seal: what was sealed validates, and a message of one key only', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const p = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64');
  const files = {
    'm.eml': 'From: a@a.example\r\nSubject: x\r\n\r\nhello\r\n',
    'e.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'z.json': JSON.stringify({ 'e._domainkey.list.example': { TXT: [`v=DKIM1; k=ed25519; p=${p}`] } }),
  };
  const results = [
    '-m',
    'mx.list.example',
    '--auth-results',
    'mx.list.example; dmarc=pass header.from=a.example',
  ];
  const seal = ['seal', '-n', 'z.json', '-d', 'list.example', '-s', 'e', '-k', 'e.pem', ...results];
  const sealed = await runCli([...seal, 'm.eml'], { files });
  equal(sealed.err, '');
  equal(sealed.code, 0);
  const stdin = pieces(Buffer.from(sealed.out, 'latin1'));
  const checked = await runCli(['arc', '-n', 'z.json', '--trusted-sealer', 'list.example'], { files, stdin });
  match(checked.out, /^pass +list\.example, trusted, saw DMARC pass for a\.example/);
  equal((await runCli([...seal, '-s', 'f', '-k', 'e.pem', 'm.eml'], { files })).code, 64);
  equal((await runCli(['seal', '-d', 'a.example', '-s', 'e', '-k', 'e.pem', 'm.eml'], { files })).code, 64);
});

test('process: --help loads neither engine nor resolver', () => {
  const ran = spawnSync(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `
    process.argv = ['node', 'truefrom', '--help'];
    await import(${JSON.stringify(BIN)});
    const { Session } = await import('node:inspector');
    const session = new Session(); session.connect();
    const urls = [];
    session.on('Debugger.scriptParsed', (m) => urls.push(m.params.url));
    session.post('Debugger.enable');
    process.stderr.write(urls.filter((u) => /packages\\/core|resolver|tldts|\\/yaml\\//.test(u)).join('\\n'));
  `,
    ],
    { encoding: 'utf8' },
  );
  match(ran.stdout, /Usage: truefrom/);
  equal(ran.stderr, '');
});

test('process: exit code, and a reader that goes away ends it quietly', () => {
  const bad = spawnSync(process.execPath, [BIN, 'check', '--nonsense'], { encoding: 'utf8' });
  equal(bad.status, 64);
  const piped = spawnSync('sh', ['-c', `"${process.execPath}" "${BIN}" demo | head -n 1`], {
    encoding: 'utf8',
  });
  equal(piped.stderr, '');
  equal(piped.status, 0);
});

test('docs/cli.md names every command, exit code and batch error', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../../../docs/cli.md', import.meta.url)), 'utf8');
  const program = createProgram(testIo(), () => undefined);
  for (const command of program.commands) ok(page.includes(`truefrom ${command.name()}`), command.name());
  for (const code of Object.values(EXIT)) ok(new RegExp(`^\\| +${code} \\|`, 'm').test(page), String(code));
  for (const code of BATCH_ERROR_CODES) ok(page.includes(`\`${code}\``), code);
});
