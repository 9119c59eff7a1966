import { unreachable } from '../../words/unreachable.js';
import { type Finding, note } from '../finding.js';
import type { Case } from './case.js';

/** ARC (RFC 8617): a chain only ever informs; what a trusted one does is a matter of the DMARC rules. */
export function arcRules(c: Case): readonly Finding[] {
  const { arc } = c.v;
  switch (arc.status) {
    case 'none':
      return [];
    case 'pass':
      if (c.sealer !== undefined) return [];
      return [
        note(
          'arc-untrusted',
          'the ARC chain verifies, but no trusted sealer vouches for the author domain in it',
          `sealed by ${arc.sealedBy.join(', ')}`,
        ),
      ];
    case 'fail':
      return [
        note(
          'arc-fail',
          `the ARC chain is broken at instance ${arc.instance}: ${arc.problem?.message ?? arc.reason}`,
          `arc=fail (${arc.reason})`,
        ),
      ];
    case 'temperror':
      return [
        note('arc-temperror', 'a key of the ARC chain could not be fetched', `arc=temperror (${arc.name})`),
      ];
    default:
      return unreachable(arc);
  }
}
