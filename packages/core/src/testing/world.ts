// A world for tests: zone text instead of DNS, a fixed clock, the real crypto.
import { nodeCrypto } from '../../node/crypto.js';
import type { Context } from '../checks/context.js';
import { MemoryResolver } from '../dns/memory-resolver.js';
import { readZone } from '../dns/zone.js';

/** 2026-01-15T12:00:00Z, in seconds. */
export const TEST_TIME_SECONDS = 1_768_478_400;

export interface TestWorld extends Context {
  readonly resolver: MemoryResolver;
}

/** A context over a zone in the JSON form of the design; counts the questions asked in `resolver.questions`. */
export function world(
  zone: unknown,
  more: Partial<Context> & { readonly timeSeconds?: number } = {},
): TestWorld {
  const read = readZone(zone);
  if (read.problems.length > 0) throw new TypeError(`test zone: ${JSON.stringify(read.problems)}`);
  const { timeSeconds = TEST_TIME_SECONDS, ...context } = more;
  return {
    crypto: nodeCrypto(),
    clock: { now: () => new Date(timeSeconds * 1000) },
    ...context,
    resolver: new MemoryResolver(read.zone, { record: true }),
  };
}

/** Text to a message: line ends become CRLF. */
export function crlf(text: string): Uint8Array {
  return new TextEncoder().encode(text.replace(/\r?\n/g, '\r\n'));
}
