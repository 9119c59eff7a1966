import { decodeBase64 } from '../../syntax/base64.js';
import { CR, encodeLatin1, isWsp, LF, SP } from '../../syntax/bytes.js';
import { RELAX_BODY_WASM } from './relax-body.wasm.js';

/**
 * A piece of memory and a routine that relaxes bytes inside it (RFC 6376 3.4.4 a). The WASM module and its JavaScript
 * twin give the same bytes; a test holds them against each other.
 */
export interface RelaxKernel {
  readonly name: 'wasm' | 'js';
  readonly memory: Uint8Array;
  /**
   * Relaxes `length` bytes at `at` in place. Reads two bytes of look-ahead behind them; up to 16 bytes behind them may
   * become rubbish.
   * @returns end of the output
   */
  relax(at: number, length: number): number;
}

/** Most bytes one call relaxes: small enough to stay in a core's own cache. */
export const KERNEL_BYTES = 65_536;
/** Where callers put the bytes. */
export const KERNEL_AT = 4096;
const MEMORY_BYTES: number = KERNEL_AT + KERNEL_BYTES + 64;

/** The same routine in JavaScript: for platforms without WASM SIMD, and as the other side of the differential test. */
export function createJsKernel(): RelaxKernel {
  const memory = new Uint8Array(MEMORY_BYTES);
  return {
    name: 'js',
    memory,
    relax(at, length) {
      let out = at;
      for (let i = at; i < at + length; i++) {
        const byte = memory[i] ?? 0;
        if (!isWsp(byte)) memory[out++] = byte;
        else if (!isWsp(memory[i + 1]) && !(memory[i + 1] === CR && memory[i + 2] === LF)) memory[out++] = SP;
      }
      return out;
    },
  };
}

/** The WASM SIMD routine; undefined where the platform has no WASM SIMD. */
export function createWasmKernel(): RelaxKernel | undefined {
  const code = decodeBase64(encodeLatin1(RELAX_BODY_WASM));
  if (code === undefined || typeof WebAssembly === 'undefined') return undefined;
  let instance: WebAssembly.Instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(code));
  } catch {
    // A CompileError: no SIMD here. The twin gives the same bytes, only slower.
    return undefined;
  }
  const { memory, relax } = instance.exports as { memory: WebAssembly.Memory; relax: RelaxKernel['relax'] };
  const bytes = new Uint8Array(memory.buffer);
  writeLaneTable(bytes);
  return { name: 'wasm', memory: bytes, relax };
}

// For each 8-bit drop mask the lanes that stay, in order.
function writeLaneTable(memory: Uint8Array): void {
  for (let mask = 0; mask < 256; mask++) {
    let at = mask * 8;
    for (let lane = 0; lane < 8; lane++) if ((mask & (1 << lane)) === 0) memory[at++] = lane;
  }
}

let shared: RelaxKernel | undefined;

/** The kernel of this process: made at first use. Calls are synchronous, so one memory serves all messages. */
export function relaxKernel(): RelaxKernel {
  shared ??= createWasmKernel() ?? createJsKernel();
  return shared;
}
