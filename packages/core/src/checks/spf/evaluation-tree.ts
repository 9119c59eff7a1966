import type { SpfNode } from '../results.js';
import type { SpfRecord } from './record.js';
import type { SpfCheck } from './spf-check.js';

/** What was spent up to one moment. */
type Spent = Pick<SpfNode, 'lookups' | 'voidLookups'>;

/** Puts the rest of a record into the tree: terms from `from` on, which the verdict made unnecessary. */
export function growNotReached(
  check: SpfCheck,
  domain: string,
  record: SpfRecord,
  from: number,
  nodes: SpfNode[],
): void {
  const { directives, redirect } = record;
  for (let i = from; i < directives.length && !check.treeIsFull; i++) {
    const term = directives[i]?.text;
    if (term !== undefined) check.grow(nodes, unspent(domain, term, 'not-reached'));
  }
  if (redirect !== undefined) check.grow(nodes, unspent(domain, redirect.text, 'not-reached'));
}

function unspent(domain: string, term: string, outcome: SpfNode['outcome']): SpfNode {
  return { term, domain, outcome, lookups: 0, voidLookups: 0, children: [] };
}

/** A term that was evaluated, with what it cost since `before`, its children's cost among it. */
export function spentNode(
  check: SpfCheck,
  term: Pick<SpfNode, 'term' | 'domain' | 'outcome' | 'children'>,
  before: Spent,
): SpfNode {
  const { lookups, voidLookups } = check.budget;
  return {
    term: term.term,
    domain: term.domain,
    outcome: term.outcome,
    lookups: lookups - before.lookups,
    voidLookups: voidLookups - before.voidLookups,
    children: term.children,
  };
}
