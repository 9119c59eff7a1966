import type { SpfNode, SpfResult } from '../checks/results.js';
import { type SharedSender, sharedSender } from './shared-senders.js';

/** The term of an SPF record through which strangers pass as well. */
export interface SharedPath {
  /** The term as published, e.g. `include:_spf.example.com`; of several on the way, the outermost one that is known. */
  readonly term: string;
  readonly by: SharedSender;
}

/** A tree is as deep as SPF lets it be; deeper ones do not come from our evaluator. */
const MAX_DEPTH = 32;

/** Where a passing SPF result went through a provider that many share; undefined where no such provider is known. */
export function sharedPath(spf: SpfResult): SharedPath | undefined {
  if (spf.status !== 'pass') return undefined;
  const fromTree = walk(spf.tree, MAX_DEPTH);
  if (fromTree !== undefined) return fromTree;
  const target = sharedSender(targetOf(spf.matched));
  if (target !== undefined) return { term: spf.matched, by: target };
  const record = sharedSender(spf.matchedIn);
  return record === undefined ? undefined : { term: spf.matched, by: record };
}

function walk(nodes: readonly SpfNode[], depth: number): SharedPath | undefined {
  if (depth === 0) return undefined;
  for (const node of nodes) {
    // Of all terms, those that matched are the way to the pass; a redirect matches where its record does.
    if (node.outcome !== 'match') continue;
    const by = sharedSender(targetOf(node.term));
    if (by !== undefined) return { term: node.term, by };
    const deeper = walk(node.children, depth - 1);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** The domain a term names, without qualifier and CIDR length: `+a:Mail.Example.com/24` names `mail.example.com`. */
function targetOf(term: string): string {
  const start = firstOf(term, ':', '=');
  if (start < 0) return '';
  const slash = term.indexOf('/', start);
  const name = term.slice(start + 1, slash < 0 ? undefined : slash).toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function firstOf(text: string, a: string, b: string): number {
  const first = text.indexOf(a);
  const second = text.indexOf(b);
  return first < 0 ? second : second < 0 ? first : Math.min(first, second);
}
