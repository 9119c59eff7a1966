// Imports point down: fails when a file imports from a folder above its own, or a sibling in an "aloof" folder.
// Usage: node scripts/check-layers.mjs PACKAGE_DIR   (reads PACKAGE_DIR/layers.json, checks PACKAGE_DIR/src)
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = resolve(process.argv[2], 'src');
const { order, aloof } = JSON.parse(readFileSync(join(root, '../layers.json'), 'utf8'));
const files = readdirSync(root, { recursive: true }).filter(
  (f) => /\.ts$/.test(f) && !/\.(test|d)\.ts$/.test(f) && !f.includes('testing'),
);
const layerOf = (file) => order.findIndex((layer) => file === layer || file.startsWith(layer + sep));
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g;
let bad = 0;
for (const file of files) {
  const from = layerOf(file);
  if (from < 0) {
    console.log(`${file}: in no layer of layers.json`);
    bad++;
    continue;
  }
  for (const match of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
    const target = relative(root, resolve(root, dirname(file), match[1] ?? match[2])).replace(/\.js$/, '.ts');
    const siblings = aloof.find((a) => file.startsWith(a + sep) && target.startsWith(a + sep));
    const crossing =
      siblings !== undefined && target.split(sep).length > 2 && file.split(sep)[1] !== target.split(sep)[1];
    if (layerOf(target) < from || crossing) {
      console.log(`${file} imports ${target} (${crossing ? `siblings in ${siblings}` : 'upward'})`);
      bad++;
    }
  }
}
console.log(`${relative(process.cwd(), root)}: ${files.length} files, ${bad} imports against the layers`);
process.exitCode = bad > 0 ? 1 : 0;
