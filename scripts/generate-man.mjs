// Writes docs/man/truefrom.1 from the command definitions, so that page and `--help` cannot differ.
// Usage: node scripts/generate-man.mjs [--check]   (reads the compiled gateway; --check: write nothing, fail when out of date)
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { nodeIo } from '../packages/gateway/dist/src/cli/io/node-io.js';
import { createProgram } from '../packages/gateway/dist/src/cli/program.js';
import { manPage } from '../packages/gateway/dist/src/cli/reference/man-page.js';
import { version } from '../packages/gateway/dist/src/cli/version.js';

const PAGE = 'docs/man/truefrom.1';
const page = manPage(
  createProgram(nodeIo(), () => undefined),
  version(),
);
const current = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '';
if (!process.argv.includes('--check')) {
  mkdirSync('docs/man', { recursive: true });
  writeFileSync(PAGE, page);
} else if (current !== page) {
  console.error(`${PAGE} is out of date: run node scripts/generate-man.mjs`);
  process.exitCode = 1;
}
