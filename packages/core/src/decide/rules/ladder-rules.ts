import { concern, type Finding } from '../finding.js';
import { sharedPath } from '../shared-path.js';
import type { Case } from './case.js';

/** What the low rungs of the ladder mean for the message. */
export function ladderRules(c: Case): readonly Finding[] {
  const { v, who, policy } = c;
  const author = v.authorDomain;
  if (author === undefined) return [];
  if (who.spf !== undefined && who.dkim.length === 0) {
    const shared = sharedPath(who.spf);
    if (shared === undefined) return [];
    return [
      concern(
        'server-shared',
        policy.sharedServer,
        `only SPF vouches for ${author}, through "${shared.term}", which every customer of ${shared.by.provider} passes`,
        `spf=pass, "${shared.term}" on the way from the record of ${who.spf.domain}`,
      ),
    ];
  }
  if (c.vouched || c.sealer !== undefined) return [];
  return [
    concern(
      'nobody-vouches',
      policy.nobodyVouches,
      `neither SPF nor DKIM vouches for ${author}, the domain in From`,
      `spf=${v.spf.status}${v.spf.domain === undefined ? '' : ` for ${v.spf.domain}`}; ${signaturesText(v.dkim.length)}`,
    ),
  ];
}

function signaturesText(count: number): string {
  if (count === 0) return 'no DKIM signature';
  return count === 1
    ? '1 DKIM signature, but not one that passes in full for From'
    : `${count} DKIM signatures, none that passes in full for From`;
}
