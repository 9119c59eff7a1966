import type { TraceStep, Verification } from '@truefrom/core';

/** The traces of a verification under the names people know, in the order of the mechanisms; empty ones left out. */
export function traceSections(
  verification: Verification,
): readonly (readonly [string, readonly TraceStep[]])[] {
  const sections: readonly (readonly [string, readonly TraceStep[]])[] = [
    ['SPF, MAIL FROM', verification.spf.trace],
    ['SPF, HELO', verification.spfHelo.trace],
    ...verification.dkim.map((dkim, i) => [`DKIM, signature ${i + 1}`, dkim.trace] as const),
    ['DMARC', verification.dmarc.trace],
    ['ARC', verification.arc.trace],
    ['Origin rule', verification.origin.trace],
    ['Mismatch rule', verification.mismatch.trace],
    ['Imitation', verification.impersonation.trace],
  ];
  return sections.filter(([, steps]) => steps.length > 0);
}
