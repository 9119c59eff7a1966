// Writes every page under docs/ that is made from code and tests; with --check it only says which are out of date.
// Usage: node scripts/generate-docs.mjs [--check] [--names FILE]   (see check-clauses.mjs for --names)
import { spawnSync } from 'node:child_process';

const GENERATORS = [
  'scripts/list-problems.mjs',
  'scripts/generate-reasons.mjs',
  'scripts/generate-limits.mjs',
  'scripts/generate-man.mjs',
  'scripts/check-clauses.mjs',
];
for (const generator of GENERATORS) {
  const { status } = spawnSync(process.execPath, [generator, ...process.argv.slice(2)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
