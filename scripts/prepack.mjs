// npm runs this before and after packing a workspace: each tarball carries the licence, the repository holds it once.
// Usage (package.json of a workspace): "prepack": "node ../../scripts/prepack.mjs", "postpack": "... --clean"
import { copyFileSync, rmSync } from 'node:fs';

if (process.argv.includes('--clean')) rmSync('LICENSE');
else copyFileSync(new URL('../LICENSE', import.meta.url), 'LICENSE');
