import { equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import wabt from 'wabt';
import { latin1, encodeLatin1 } from '../../syntax/bytes.js';
import {
  createJsKernel,
  createWasmKernel,
  KERNEL_AT,
  KERNEL_BYTES,
  type RelaxKernel,
} from './relax-kernel.js';
import { RELAX_BODY_WASM } from './relax-body.wasm.js';

const JS = createJsKernel();
const WASM = createWasmKernel();

function relax(kernel: RelaxKernel, text: string, lookAhead: string): string {
  kernel.memory.set(encodeLatin1(text + lookAhead), KERNEL_AT);
  return latin1(kernel.memory.slice(KERNEL_AT, kernel.relax(KERNEL_AT, text.length)));
}

test('the WASM kernel and its JavaScript twin give the same bytes', () => {
  ok(WASM, 'this platform has WASM SIMD');
  const unit = fc.constantFrom(
    'a',
    '\u00ff',
    '\0',
    ' ',
    ' ',
    '\t',
    '\r',
    '\n',
    '\r\n',
    ' \r\n',
    'word',
    '                ',
  );
  const text = fc.string({ unit, maxLength: 200 });
  const next = fc.constantFrom('\r\n', 'ab', ' \r', '\t ', '\ra', '\n\n');
  fc.assert(
    fc.property(text, next, (t, lookAhead) => {
      equal(relax(WASM, t, lookAhead), relax(JS, t, lookAhead));
    }),
    { numRuns: 1000 },
  );
});

test('the WASM kernel and its twin agree on a full piece', () => {
  ok(WASM);
  for (const pattern of [' ', '\t \r\n', 'a ', 'word  \t word\r\n', '\r\n', 'x']) {
    const text = pattern.repeat(Math.ceil(KERNEL_BYTES / pattern.length)).slice(0, KERNEL_BYTES);
    equal(relax(WASM, text, '\r\n'), relax(JS, text, '\r\n'), JSON.stringify(pattern));
  }
});

test('relax-body.wasm.ts is what relax-body.wat assembles to', async () => {
  const source = new URL('../../../../src/signature/kernel/relax-body.wat', import.meta.url);
  const assembler = await wabt();
  const module = assembler.parseWat('relax-body.wat', readFileSync(source, 'utf8'), { simd: true });
  module.resolveNames();
  module.validate();
  const { buffer } = module.toBinary({});
  module.destroy();
  equal(RELAX_BODY_WASM, Buffer.from(buffer).toString('base64'));
});
