import type { SpfResult } from '@truefrom/core';
import { finding, type Finding } from './finding.js';

/**
 * SPF of one identity in a sentence.
 * @param client the address that was asked about, or what is known of it
 */
export function describeSpf(spf: SpfResult, client: string): Finding {
  const domain = spf.domain ?? 'the domain';
  switch (spf.status) {
    case 'pass':
      return finding('pass', 'good', `${domain} lists ${client}${through(spf)}`);
    case 'fail':
      return finding(
        'fail',
        'bad',
        `${domain} does not list ${client} and says nobody else may send (${spf.matched})`,
      );
    case 'softfail':
      return finding(
        'softfail',
        'warn',
        `${domain} does not list ${client}, but is not sure (${spf.matched})`,
      );
    case 'neutral':
      return finding('neutral', 'warn', `${domain} says nothing about ${client} (${spf.matched})`);
    case 'none':
      return finding('none', 'dim', noneText(spf.reason, domain));
    case 'temperror':
      return finding(
        'temperror',
        'warn',
        spf.reason === 'dns' ? `DNS does not answer for ${spf.name}` : `DNS took too long, at ${spf.name}`,
      );
    case 'permerror':
      return finding('permerror', 'warn', `the record of ${domain} is broken: ${permerrorText(spf)}`);
  }
}

type Judged = Extract<SpfResult, { readonly matched: string }>;

function through({ matched, matchedIn, domain, range }: Judged): string {
  const where = matchedIn === domain || matched.includes(matchedIn) ? '' : `, in the record of ${matchedIn}`;
  const single = range === undefined || /\/(?:32|128)$/.test(range) || matched.includes(range);
  return ` (${matched}${where}${single ? '' : `, range ${range}`})`;
}

function noneText(reason: (SpfResult & { status: 'none' })['reason'], domain: string): string {
  switch (reason) {
    case 'no-domain':
      return 'there is no domain to ask about';
    case 'no-record':
      return `${domain} publishes no SPF record`;
    case 'no-such-domain':
      return `${domain} does not exist`;
  }
}

function permerrorText(spf: SpfResult & { readonly status: 'permerror' }): string {
  switch (spf.reason) {
    case 'syntax':
      return spf.problem?.message ?? 'syntax';
    case 'multiple-records':
      return 'there are several';
    case 'lookup-limit':
      return 'it needs more than 10 DNS lookups';
    case 'void-limit':
      return 'more than 2 of its lookups find nothing';
    case 'mx-limit':
      return 'an mx term has more than 10 hosts';
    case 'include-none':
      return 'it includes a domain without SPF record';
    case 'redirect-none':
      return 'it redirects to a domain without SPF record';
    case 'loop':
      return 'it includes itself';
  }
}
