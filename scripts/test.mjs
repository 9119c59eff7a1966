// Runs every compiled test in one process: a process per file costs more than the tests themselves.
// Usage: node scripts/test.mjs [PART_OF_A_FILE_NAME ...]
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

process.env['TRUEFROM_SUITES'] ??= resolve('../shared/suites');
const wanted = process.argv.slice(2);
for (const dist of ['packages/core/dist', 'packages/gateway/dist']) {
  if (!existsSync(dist)) continue;
  const files = readdirSync(dist, { recursive: true })
    .filter((f) => f.endsWith('.test.js') && existsSync(sourceOf(dist, f)))
    .filter((f) => wanted.length === 0 || wanted.some((w) => join(dist, f).includes(w)))
    .sort();
  for (const file of files) await import(pathToFileURL(join(dist, file)));
}

/** A compiled test whose source is gone is a leftover of an earlier build. */
function sourceOf(dist, file) {
  return join(dist, '..', file.replace(/\.js$/, '.ts'));
}
