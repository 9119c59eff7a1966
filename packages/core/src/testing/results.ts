// Results of SPF and DKIM as later checks get them, without running SPF or DKIM.
import type { DkimResult, SpfResult } from '../checks/results.js';
import { parseDomain, type Domain } from '../words/domain.js';

/** A domain that the test knows to be one. */
export function domain(text: string): Domain {
  const read = parseDomain(text);
  if (!read.ok) throw new TypeError(`test domain ${text}: ${read.problem.message}`);
  return read.value;
}

/** SPF of one identity: status and domain decide, the rest is plausible. Without a domain: status none. */
export function spfResult(
  status: SpfResult['status'],
  name?: string,
  identity: SpfResult['identity'] = 'mailfrom',
): SpfResult {
  const common = {
    check: 'spf',
    identity,
    cost: { lookups: 1, voidLookups: 0 },
    tree: [],
    trace: [],
  } as const;
  if (name === undefined) return { ...common, status: 'none', reason: 'no-domain' };
  const asked = domain(name);
  const about = { ...common, domain: asked, sender: `postmaster@${name}` };
  switch (status) {
    case 'pass':
    case 'fail':
    case 'softfail':
    case 'neutral':
      return { ...about, status, matched: 'ip4:192.0.2.1', matchedIn: asked, range: '192.0.2.1/32' };
    case 'none':
      return { ...about, status, reason: 'no-record' };
    case 'temperror':
      return { ...about, status, reason: 'dns', name, cause: 'servfail' };
    case 'permerror':
      return { ...about, status, reason: 'syntax', faultIn: asked };
  }
}

/** One DKIM signature: status and d= decide, the rest is plausible. */
export function dkimResult(
  status: DkimResult['status'],
  name: string,
  more: { readonly index?: number; readonly coversWholeBody?: boolean; readonly testing?: boolean } = {},
): DkimResult {
  const { index = 0, coversWholeBody = true, testing } = more;
  const selector = 'sel';
  const common = {
    check: 'dkim',
    index,
    domain: domain(name),
    selector,
    identity: `@${name}`,
    algorithm: 'rsa-sha256',
    signedFields: ['from', 'subject', 'date'],
    ...(testing === undefined ? {} : { testing }),
    trace: [],
  } as const;
  switch (status) {
    case 'pass':
      return { ...common, status, coversWholeBody, unsignedFields: [], keyBits: 2048, dnssec: 'insecure' };
    case 'fail':
      return { ...common, status, reason: 'body-hash' };
    case 'policy':
      return { ...common, status, reason: 'weak-key', keyBits: 512 };
    case 'permerror':
      return { ...common, status, reason: 'key-missing' };
    case 'neutral':
      return { ...common, status, reason: 'expired' };
    case 'temperror':
      return { ...common, status, reason: 'dns', name: `${selector}._domainkey.${name}` };
  }
}
