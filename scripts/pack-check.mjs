// Packs core and gateway as npm would publish them and uses the tarballs as a stranger would, in an empty project.
// Usage: node scripts/pack-check.mjs   (after a build; the registry is asked for the gateway's dependencies only)
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// What a user writes first. One compiles for Node with its types, one for a bundler with the DOM's and without Node's:
// the engine itself must not need Node.
const IMPORTS = `import { parseDomain, type Context, type Verification } from '@truefrom/core';
import { nodeCrypto } from '@truefrom/core/node';`;
const PLAIN_IMPORTS = `import { parseDomain } from '@truefrom/core';
import { nodeCrypto } from '@truefrom/core/node';`;
const USE = `export function about(found: Verification, context: Context): string {
  const domain = parseDomain('example.com');
  return \`\${found.spf.status} \${domain.ok ? domain.value : domain.problem.code} \${context.clock.now().toISOString()}\`;
}`;
const USERS = {
  node: { module: 'NodeNext', moduleResolution: 'NodeNext', lib: ['ES2023'], types: ['node'] },
  bundler: { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2023', 'DOM'], types: [] },
};

const ROOT = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'truefrom-pack-'));
const problems = [];

try {
  const tarballs = ['core', 'gateway'].map(pack);
  install(tarballs);
  for (const [name, options] of Object.entries(USERS)) compileUser(name, options);
  run('ESM import', process.execPath, ['user.mjs']);
  const help = run('npx truefrom --help', 'npx', ['--no-install', 'truefrom', '--help']);
  if (!/truefrom/.test(help)) problems.push('truefrom --help does not name the program');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.log(`pack: ${problem}`);
console.log(problems.length === 0 ? 'pack: both tarballs install, import and type-check' : 'pack: FAILED');
process.exitCode = problems.length > 0 ? 1 : 0;

/** Packs one workspace and looks at what is in the tarball. */
function pack(name) {
  const cwd = join(ROOT, 'packages', name);
  const out = spawnSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
    cwd,
    encoding: 'utf8',
  });
  if (out.status !== 0) throw new Error(`npm pack of ${name}: ${out.stderr}`);
  const [{ filename, files, unpackedSize }] = JSON.parse(out.stdout);
  const paths = new Set(files.map((f) => f.path));
  const manifest = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  for (const wanted of ['README.md', 'LICENSE', ...targets(manifest)])
    if (!paths.has(wanted)) problems.push(`${name}: ${wanted} is not in the tarball`);
  for (const path of paths) {
    if (/\.test\.|\/testing\/|\.tsbuildinfo$/.test(path))
      problems.push(`${name}: ${path} should not be in the tarball`);
    const source = path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
    if (/^dist\/.*\.js$/.test(path) && !existsSync(join(cwd, source)))
      problems.push(`${name}: ${path} is left over from an earlier build; npm run clean`);
  }
  const dependencies = Object.entries(manifest.dependencies ?? {});
  if (name === 'core' && dependencies.length + Object.keys(manifest.peerDependencies ?? {}).length > 0)
    problems.push('core: has a runtime dependency');
  for (const [dependency, version] of dependencies)
    if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push(`${name}: ${dependency} is not pinned (${version})`);
  console.log(`pack: ${filename}, ${files.length} files, ${Math.round(unpackedSize / 1024)} KiB unpacked`);
  return join(folder, filename);
}

/** Every file that "exports" and "bin" promise. */
function targets(manifest) {
  const leaves = (value) =>
    typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leaves);
  return [...leaves(manifest.exports), ...leaves(manifest.bin)].map((path) => path.replace(/^\.\//, ''));
}

function install(tarballs) {
  write('package.json', JSON.stringify({ name: 'user', private: true, type: 'module' }));
  run('npm install', 'npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    ...tarballs,
  ]);
  for (const types of ['@types/node', 'undici-types'])
    cpSync(join(ROOT, 'node_modules', types), join(folder, 'node_modules', types), { recursive: true });
  write(
    'user.mjs',
    `${PLAIN_IMPORTS}\nif (!parseDomain('example.com').ok || nodeCrypto() === undefined) process.exit(1);\n`,
  );
  write('node.ts', `${IMPORTS}\n${USE}\nexport const provider = nodeCrypto();\n`);
  write(
    'bundler.ts',
    `import { parseDomain, type Context, type Verification } from '@truefrom/core';\n${USE}\n`,
  );
}

function compileUser(name, options) {
  const config = `tsconfig.${name}.json`;
  const compilerOptions = { strict: true, skipLibCheck: false, noEmit: true, target: 'ES2023', ...options };
  write(config, JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  run(`types under ${options.moduleResolution}`, process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    config,
  ]);
}

function write(name, text) {
  writeFileSync(join(folder, name), text);
}

function run(what, command, args) {
  const out = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (out.status !== 0) problems.push(`${what} fails:\n${out.stdout}${out.stderr}`);
  return out.stdout;
}
