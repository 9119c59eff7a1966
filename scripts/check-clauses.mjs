// Ties the RFCs to code and tests: writes docs/conformance/rfcNNNN.md (clause, files that cite it, tests named after it).
// Usage: node scripts/check-clauses.mjs [--check] [--names FILE]
//   without --check the pages are written, and closed gaps leave gaps.json, which can only shrink
//   --check: write nothing; fail where a page is out of date, a cited section does not exist, a clause that asks something
//            of a verifier has no test, or a gap listed in gaps.json has been closed (take it off the list)
//   --names: names of the tests that passed, as scripts/test-reporter.mjs leaves them; without it the tests are run
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DOCS = 'docs/conformance';
const SECTION = String.raw`(\d+(?:\.\d+)*|[A-D](?:\.\d+)*)`;
const CITATIONS = [
  new RegExp(String.raw`\brfc\('(\d{4})', '${SECTION}'\)`, 'g'),
  new RegExp(String.raw`\bRFC (\d{4}) ${SECTION}(?![\w-])`, 'g'),
];

const check = process.argv.includes('--check');
const documents = JSON.parse(readFileSync(join(DOCS, 'sections.json'), 'utf8'));
const gaps = JSON.parse(readFileSync(join(DOCS, 'gaps.json'), 'utf8'));
const errors = [];

const code = new Map();
for (const file of sourceFiles())
  for (const { clause } of citationsIn(readFileSync(file, 'utf8'), file)) add(code, clause, file);

const tests = new Map();
for (const { name, file } of testNames())
  for (const { clause, at } of citationsIn(name, `test "${name}"`))
    if (at === 0) add(tests, clause, { name: name.slice(name.indexOf(':') + 1).trim(), file });

for (const [number, { title, sections }] of Object.entries(documents)) {
  const open = gaps[number] ?? [];
  for (const { section, verifier } of sections) {
    const tested = tests.has(`${number} ${section}`);
    if (verifier && !tested && !open.includes(section))
      errors.push(`RFC ${number} ${section} asks something of a verifier and no test is named after it`);
    if (tested && open.includes(section)) {
      if (check) errors.push(`RFC ${number} ${section} has a test: take it off ${DOCS}/gaps.json`);
      else open.splice(open.indexOf(section), 1);
    }
  }
  for (const section of open)
    if (!sections.some((s) => s.section === section && s.verifier))
      errors.push(
        `${DOCS}/gaps.json: RFC ${number} ${section} is no clause that asks something of a verifier`,
      );
  const path = join(DOCS, `rfc${number}.md`);
  const page = writePage(number, title, sections, open);
  if (!check) writeFileSync(path, page);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== page)
    errors.push(`${path} is out of date: npm run docs`);
}

if (!check) writeFileSync(join(DOCS, 'gaps.json'), formatGaps());
for (const error of new Set(errors)) console.log(error);
const clauses = Object.values(documents)
  .flatMap((d) => d.sections)
  .filter((s) => s.verifier).length;
const known = Object.values(gaps).flat().length;
console.log(
  `conformance: ${clauses} clauses ask something of a verifier, ${known} known gaps, ${errors.length} errors`,
);
process.exitCode = errors.length > 0 ? 1 : 0;

function add(map, key, value) {
  const list = map.get(key) ?? [];
  if (!list.some((v) => JSON.stringify(v) === JSON.stringify(value))) list.push(value);
  map.set(key, list);
}

function* citationsIn(text, where) {
  for (const pattern of CITATIONS)
    for (const { 1: number, 2: section, index } of text.matchAll(pattern)) {
      if (!(number in documents)) continue;
      if (!documents[number].sections.some((s) => s.section === section))
        errors.push(`${where} cites RFC ${number} ${section}, which is not in ${DOCS}/sections.json`);
      yield { clause: `${number} ${section}`, at: index };
    }
}

function sourceFiles() {
  return ['packages/core/src', 'packages/core/node', 'packages/gateway/src']
    .flatMap((root) => readdirSync(root, { recursive: true }).map((f) => join(root, f)))
    .filter((f) => /\.(ts|wat)$/.test(f) && !/\.test\.ts$/.test(f) && !f.includes('/testing/'))
    .sort();
}

function testNames() {
  const given = process.argv.indexOf('--names');
  if (given > 0) return inOrder(JSON.parse(readFileSync(process.argv[given + 1], 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'truefrom-names-'));
  const path = join(folder, 'names.json');
  const run = spawnSync(process.execPath, ['scripts/test.mjs'], {
    env: { ...process.env, TRUEFROM_TEST_NAMES: path },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`the tests do not pass; first make them\n${run.stdout}${run.stderr}`);
  const names = JSON.parse(readFileSync(path, 'utf8'));
  rmSync(folder, { recursive: true });
  return inOrder(names);
}

/** By file, in the order in which they ran. */
function inOrder(names) {
  return names.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}

function writePage(number, title, sections, open) {
  const lines = [
    `# RFC ${number}: ${title}`,
    '',
    'Generated by `npm run docs` from the clauses that code and tests cite. **V** marks a clause that asks something of a',
    'verifier; each of them has a test or is marked as a known gap. Headings are those of the RFC, some of them shortened.',
    '',
  ];
  const rest = [];
  for (const { section, title: heading, verifier } of sections) {
    const files = code.get(`${number} ${section}`) ?? [];
    const named = tests.get(`${number} ${section}`) ?? [];
    if (files.length === 0 && named.length === 0 && verifier !== true) {
      rest.push(`${section} ${heading}`);
      continue;
    }
    lines.push(`## ${section} ${heading}${verifier === true ? ' **V**' : ''}`, '');
    if (files.length > 0) lines.push(`Code: ${files.map(link).join(', ')}`, '');
    for (const file of new Set(named.map((t) => t.file)))
      lines.push(
        `Tests in ${link(file)}:`,
        '',
        ...named.filter((t) => t.file === file).map((t) => `- ${escape(t.name)}`),
        '',
      );
    if (named.length === 0)
      lines.push(
        open.includes(section) ? '_Known gap: no test is named after this clause yet._' : '_No test._',
        '',
      );
  }
  if (rest.length > 0) lines.push('## Neither cited nor asked of a verifier', '', rest.join(' · '), '');
  return lines.join('\n');
}

function formatGaps() {
  const rows = Object.entries(gaps).map(([n, list]) => `  "${n}": [${list.map((s) => `"${s}"`).join(', ')}]`);
  return `{\n${rows.join(',\n')}\n}\n`;
}

function link(file) {
  return `[${file.replace(/^packages\//, '')}](../../${file})`;
}

/** Test names hold bits of mail and markup; a page shows them as they are. */
function escape(text) {
  const visible = text.replace(
    /[\x00-\x1f\x7f]/g,
    (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return visible.replace(/[\\`*_[\]<>&|]/g, (c) => `\\${c}`);
}
