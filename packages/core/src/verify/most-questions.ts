import type { Limits } from '../words/limits.js';

type Bounds = Pick<
  Limits,
  'dnsLookups' | 'mxHosts' | 'ptrNames' | 'signatures' | 'arcSets' | 'treeWalkQueries'
>;

/**
 * The most DNS questions that one message can make `verifyMessage` ask, whatever it holds. What a resolver asks to
 * answer one of them (CNAMEs, retries) is not in it.
 */
export function mostQuestions(limits: Bounds): number {
  const { dnsLookups, mxHosts, ptrNames, signatures, arcSets, treeWalkQueries } = limits;
  const names = 1 + Math.max(mxHosts, ptrNames);
  // The record, each term with the most it can ask, the text of exp=, and the client's names for %{p}, once a check.
  const spf = 1 + dnsLookups * names + 1 + (1 + ptrNames);
  // A walk for the author domain and for each identity that passed; existence; the suffix list's view.
  const dmarc = (1 + 1 + signatures) * treeWalkQueries + 2;
  return 2 * spf + signatures + 2 * arcSets + dmarc;
}
