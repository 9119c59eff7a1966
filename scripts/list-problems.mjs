// Writes docs/problems.md: every defect a parser can report, with its clause and sentence, read from the syntax trees of
// the code that reports them. Usage: node scripts/list-problems.mjs [--check]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const PAGE = 'docs/problems.md';
const ROOTS = ['packages/core/src', 'packages/core/node', 'packages/gateway/src'];
const CODE = /^(spf|dkim|dmarc|arc|message|address|dns|authres|zone)\/[a-z0-9-]+$/;
/** Codes made as `${area}/${what}`: for both signature formats. */
const SHARED_AREAS = ['dkim', 'arc'];

const found = new Map();
for (const root of ROOTS)
  for (const name of readdirSync(root, { recursive: true }).sort())
    if (/\.ts$/.test(name) && !/\.(test|d)\.ts$/.test(name) && !name.includes('testing'))
      readFile(join(root, name));

const page = writePage();
if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) {
  console.log(`${PAGE} is out of date: npm run docs`);
  process.exitCode = 1;
}
console.log(`problems: ${found.size} codes`);

function readFile(path) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2023, true);
  const clauses = clauseConstants(source);
  const reporters = sharedReporters(source);
  visit(source, (node) => {
    if (!ts.isStringLiteral(node) || !ts.isCallExpression(node.parent)) return;
    const call = node.parent;
    const name = calledName(call);
    const codes = CODE.test(node.text)
      ? [node.text]
      : reporters.has(name) && call.arguments[0] === node
        ? SHARED_AREAS.map((area) => `${area}/${node.text}`)
        : [];
    for (const code of codes) {
      const entry = found.get(code) ?? { clauses: new Set(), messages: new Set(), files: new Set() };
      found.set(code, entry);
      entry.files.add(path);
      const clause = call.arguments.map((a) => clauses.get(a.getText())).find((c) => c !== undefined);
      const given = clause ?? defaultClause(source, name, clauses);
      if (given !== undefined) entry.clauses.add(given);
      for (const argument of call.arguments) {
        const text = sentence(argument);
        if (argument !== node && text !== undefined) entry.messages.add(text);
      }
    }
  });
}

/** `const RFC7208_4_5 = rfc('7208', '4.5')`, by name. */
function clauseConstants(source) {
  const clauses = new Map();
  visit(source, (node) => {
    if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isCallExpression(node.initializer))
      return;
    const [first, second] = node.initializer.arguments.map((a) =>
      ts.isStringLiteral(a) ? a.text : undefined,
    );
    const called = node.initializer.expression.getText();
    if (called === 'rfc') clauses.set(node.name.getText(), `RFC ${first} ${second}`);
    if (called === 'own') clauses.set(node.name.getText(), `truefrom ${first}`);
  });
  return clauses;
}

/** Functions that make a code of an area and their first argument. */
function sharedReporters(source) {
  const names = new Set();
  visit(source, (node) => {
    if (!ts.isTemplateExpression(node) || node.templateSpans[0]?.literal.text !== '/') return;
    for (let at = node.parent; at !== undefined; at = at.parent)
      if (ts.isFunctionLike(at)) {
        const owner = ts.isArrowFunction(at) ? at.parent : at;
        names.add(owner.name?.getText());
        return;
      }
  });
  return names;
}

/** The clause a helper of the same file takes where none is handed in. */
function defaultClause(source, name, clauses) {
  let clause;
  visit(source, (node) => {
    if (!ts.isFunctionLike(node) || node.name?.getText() !== name) return;
    for (const parameter of node.parameters)
      if (parameter.initializer) clause ??= clauses.get(parameter.initializer.getText());
    // A helper that always cites the same clause names it in its body.
    if (clause === undefined && node.body)
      visit(node.body, (inner) => {
        if (ts.isIdentifier(inner)) clause ??= clauses.get(inner.text);
      });
  });
  return clause;
}

function calledName({ expression }) {
  return ts.isPropertyAccessExpression(expression) ? expression.name.getText() : expression.getText();
}

/** A message as people read it; what is filled in becomes an ellipsis. */
function sentence(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return node.text.includes(' ') ? node.text : undefined;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
}

function visit(node, each) {
  each(node);
  node.forEachChild((child) => visit(child, each));
}

function writePage() {
  const lines = [
    '# Problems',
    '',
    'What can be wrong with mail, records and answers, as it stands in `problem.code`. Codes are stable; texts are for people.',
    'Each problem in a result also carries its byte offset. Generated from the code by `npm run docs`.',
    '',
  ];
  let area;
  for (const code of [...found.keys()].sort()) {
    const { clauses, messages } = found.get(code);
    if (code.split('/')[0] !== area) {
      area = code.split('/')[0];
      lines.push(
        ...(lines.at(-1) === '' ? [] : ['']),
        `## ${area}`,
        '',
        '| code | clause | what it says |',
        '| --- | --- | --- |',
      );
    }
    lines.push(`| \`${code}\` | ${cell([...clauses], ', ')} | ${cell([...messages], '; or ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function cell(texts, between) {
  return texts.map((text) => text.replace(/[|<>]/g, (c) => `\\${c}`)).join(between) || 'varies';
}
