import type { SpfResult } from './results.js';

// A /8 was once given to single organizations; nobody has more. IPv6 allocations to providers begin at /16.
const WIDEST_V4 = 8;
const WIDEST_V6 = 16;

/**
 * Does the passing mechanism stand for the whole Internet, or so much of it that no organization sends from there?
 * "ip4:0.0.0.0/1" and its other half say "+all" in two terms.
 */
export function passesEveryone(spf: SpfResult): boolean {
  if (spf.status !== 'pass' || spf.range === undefined) return false;
  if (spf.range === 'any') return true;
  const slash = spf.range.indexOf('/');
  if (slash < 0) return false;
  return Number(spf.range.slice(slash + 1)) < (spf.range.includes(':') ? WIDEST_V6 : WIDEST_V4);
}
