// The web console: an empty shell until its own issue. It may see the gateway's contract and nothing else.
import type { Verification } from 'truefrom/contract';

/** One line that names the author domain of a verification. */
export function title(verification: Pick<Verification, 'authorDomain'>): string {
  return verification.authorDomain ?? 'no author domain';
}
