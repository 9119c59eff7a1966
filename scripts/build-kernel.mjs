// Assembles the SIMD kernel of body canonicalization into the TypeScript module that carries it.
// Usage: node scripts/build-kernel.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const folder = new URL('../packages/core/src/signature/kernel/', import.meta.url);
const source = new URL('relax-body.wat', folder);
const target = new URL('relax-body.wasm.ts', folder);

const { parseWat } = await wabt();
const module = parseWat('relax-body.wat', readFileSync(source, 'utf8'), { simd: true });
const { buffer } = module.toBinary({ write_debug_names: false });
const text = `// Made by scripts/build-kernel.mjs from relax-body.wat (${buffer.length} bytes); do not edit.
export const RELAX_BODY_WASM: string =
  '${Buffer.from(buffer).toString('base64')}';
`;
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error(
      'relax-body.wasm.ts is not what relax-body.wat assembles to; run: node scripts/build-kernel.mjs',
    );
    process.exitCode = 1;
  }
} else writeFileSync(target, text);
