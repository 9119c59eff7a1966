import { equal, rejects, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { CliError } from '../io/cli-error.js';
import { testIo } from '../testing/test-io.js';
import { readJsonText } from './json-text.js';
import { readZoneFile } from './zone-file.js';

const BROKEN = [
  [
    'unknown type',
    '{\n  "example.com": {\n    "TTX": ["x"]\n  }\n}',
    /^zone\.json:3:5: unknown type "TTX"; .*did you mean "TXT"\?$/,
  ],
  ['a type in small letters is fine', '{"example.com": {"txt": ["x"]}}', undefined],
  [
    'bad address',
    '{"example.com":\n {"A": ["192.0.2.256"]}}',
    /^zone\.json:2:\d+: an A record is an IPv4 address/,
  ],
  ['bad error word', '{"example.com": {"error": "OOPS"}}', /^zone\.json:1:18: an error is one of SERVFAIL/],
  ['not an object', '["x"]', /^zone\.json: a zone is an object of names/],
  ['a comma too few', '{"a.example": {"A": []}\n "b.example": {}}', /^zone\.json:\d+:\d+: not JSON: /],
  ['cut short', '{"a.example": {', /^zone\.json:1:\d+: not JSON: /],
  [
    'the same name twice',
    '{"a.example": {"A": ["192.0.2.1"]},\n "a.example": {}}',
    /^zone\.json:2:2: not JSON: .*unique/i,
  ],
  [
    'the same name in other letters',
    '{"a.example": {},\n "A.Example.": {}}',
    /^zone\.json:2:2: "A\.Example\." stands twice/,
  ],
  ['two defects', '{"a.example": {"B": [], "C": []}}', /\(and 1 more\)$/],
] as const;
for (const [name, text, expected] of BROKEN)
  test(`zone file: ${name}`, async () => {
    const io = testIo({ files: { 'zone.json': text } });
    if (expected === undefined) await readZoneFile(io, 'zone.json');
    else
      await rejects(readZoneFile(io, 'zone.json'), (error) => {
        equal(error instanceof CliError && error.exitCode, 78);
        equal(expected.test((error as Error).message), true, (error as Error).message);
        return true;
      });
  });

test('zone file: a file that is not there is one line with its name', async () => {
  await rejects(
    readZoneFile(testIo(), 'nowhere.json'),
    /^CliError: nowhere\.json: cannot open: no such file/,
  );
});

test('json text: a large file is read quickly and its defects still have positions', () => {
  const names = Array.from({ length: 2000 }, (_, i) => `"host${i}.example": {"A": ["192.0.2.1"]}`);
  const text = `{${names.join(',\n')},\n "last.example": {"ZZ": []}}`;
  const json = readJsonText(text, 'big.json');
  equal(json.where(['last.example', 'ZZ']), 'big.json:2001:19');
});

test('json text: hostile YAML (aliases that multiply) is refused', () => {
  let text = 'a: &a ["x","x","x","x","x","x","x","x","x"]\n';
  for (const [i, name] of ['b', 'c', 'd', 'e', 'f'].entries())
    text += `${name}: &${name} [${Array<string>(9)
      .fill(`*${String.fromCharCode(97 + i)}`)
      .join(',')}]\n`;
  throws(() => readJsonText(text, 'bomb.json'));
});
