import type { Envelope } from '../checks/context.js';
import type { ArcResult, DkimResult, DmarcResult, SpfResult } from '../checks/results.js';
import type { MethodResult, ResultProperty } from '../message/authentication-results.js';
import { formatResultsField } from '../message/result-writer.js';
import type { Verification } from '../verify/verification.js';
import { unreachable } from '../words/unreachable.js';

/** RFC 5321 4.5.3.1: no address is longer; a longer text is an attack on whoever reads the field. */
const LONGEST_ADDRESS = 320;

/**
 * What was found out, as one Authentication-Results field (RFC 8601 2.2) with CRLF, ready to prepend. Only methods,
 * results and properties of IANA's "Email Authentication Parameters". SPF, DKIM and DMARC always have a result, also
 * where From is missing or double: a reader must be able to tell "checked, nothing to say" from "not checked".
 * Our own rules are not in here: see `formatPrivateResults`.
 *
 * @param envelope adds `smtp.remote-ip` to arc (RFC 8617 6), and tells the null sender's SPF result apart
 * @throws TypeError for an empty authserv-id
 */
export function formatAuthenticationResults(
  authservId: string,
  verification: Verification,
  envelope?: Pick<Envelope, 'clientIp' | 'mailFrom'>,
): string {
  const { spf, spfHelo, dkim, dmarc, arc, authenticatedAs } = verification;
  const results: MethodResult[] = [];
  if (authenticatedAs !== undefined)
    results.push(result('auth', 'pass', { properties: [property('smtp', 'auth', authenticatedAs)] }));
  // RFC 7208 2.4: for the null sender the MAIL FROM check is one of postmaster@HELO; saying it twice says no more.
  if (envelope?.mailFrom !== null && spf.identity === 'mailfrom') results.push(spfResult(spf, 'mailfrom'));
  results.push(spfResult(spfHelo, 'helo'));
  if (dkim.length === 0) results.push(result('dkim', 'none', { comment: 'message not signed' }));
  for (const signature of dkim) results.push(dkimResult(signature));
  results.push(dmarcResult(dmarc));
  results.push(arcResult(arc, envelope?.clientIp));
  return formatResultsField({ authservId, version: 1, results });
}

function result(
  method: string,
  status: string,
  more: { reason?: string | undefined; comment?: string | undefined; properties?: readonly ResultProperty[] },
): MethodResult {
  return {
    method,
    methodVersion: 1,
    result: status,
    ...(more.reason === undefined ? {} : { reason: more.reason }),
    properties: more.properties ?? [],
    comments: more.comment === undefined ? [] : [more.comment],
  };
}

function property(ptype: string, name: string, value: string): ResultProperty {
  return { ptype, property: name, value };
}

/** The properties that have a value which a reader can be asked to take. */
function present(
  ...candidates: readonly (readonly [ptype: string, name: string, value: string | undefined])[]
): readonly ResultProperty[] {
  const properties: ResultProperty[] = [];
  for (const [ptype, name, value] of candidates)
    if (value !== undefined && value !== '' && value.length <= LONGEST_ADDRESS)
      properties.push(property(ptype, name, value));
  return properties;
}

// RFC 8601 2.7.2
function spfResult(spf: SpfResult, name: 'mailfrom' | 'helo'): MethodResult {
  // RFC 8601 2.7.2: the local part may be left out; one longer than any address is.
  const sender = (spf.sender?.length ?? 0) <= LONGEST_ADDRESS ? spf.sender : undefined;
  const value = name === 'helo' ? spf.domain : (sender ?? spf.domain);
  return result('spf', spf.status, {
    reason: 'reason' in spf ? spf.reason : undefined,
    properties: present(['smtp', name, value]),
  });
}

// RFC 8601 2.7.1, RFC 6008 4
function dkimResult(dkim: DkimResult): MethodResult {
  const comments: string[] = [];
  if (dkim.status === 'pass' && !dkim.coversWholeBody) comments.push('l= leaves a part of the body unsigned');
  if (dkim.testing === true) comments.push('the signer is testing');
  return result('dkim', dkim.status, {
    reason: 'reason' in dkim ? dkim.reason : undefined,
    comment: comments.length === 0 ? undefined : comments.join('; '),
    properties: present(
      ['header', 'd', dkim.domain],
      ['header', 'i', dkim.identity],
      ['header', 's', dkim.selector],
      ['header', 'a', dkim.algorithm],
      ['header', 'b', dkim.signaturePrefix],
    ),
  });
}

// IANA registers header.from and policy.dmarc for dmarc: the policy to apply after the options of the record.
function dmarcResult(dmarc: DmarcResult): MethodResult {
  const from = ['header', 'from', dmarc.authorDomain] as const;
  switch (dmarc.status) {
    case 'pass':
    case 'fail':
      return result('dmarc', dmarc.status, {
        comment: `${dmarc.policyTag}=${dmarc.publishedPolicy}${dmarc.testing ? ' t=y' : ''}`,
        properties: present(from, ['policy', 'dmarc', dmarc.policy]),
      });
    case 'none':
    case 'permerror':
    case 'temperror':
      return result('dmarc', dmarc.status, { reason: dmarc.reason, properties: present(from) });
    default:
      return unreachable(dmarc);
  }
}

// RFC 8617 6
function arcResult(arc: ArcResult, clientIp: string | undefined): MethodResult {
  const remote = ['smtp', 'remote-ip', clientIp] as const;
  switch (arc.status) {
    case 'pass':
      return result('arc', 'pass', {
        properties: present(remote, ['header', 'oldest-pass', String(arc.oldestPass)]),
      });
    case 'fail':
      return result('arc', 'fail', {
        comment: `i=${arc.instance}`,
        reason: arc.reason,
        properties: present(remote),
      });
    case 'temperror':
      // RFC 8617 4.4 knows none, fail and pass only, and a chain that could not be checked is not intact.
      return result('arc', 'fail', { reason: 'dns-temperror', properties: present(remote) });
    case 'none':
      return result('arc', 'none', { properties: present(remote) });
    default:
      return unreachable(arc);
  }
}
