import type { DkimPolicyReason, DkimResult } from '../../checks/results.js';
import type { Verification } from '../../verify/verification.js';
import { unreachable } from '../../words/unreachable.js';
import { type Finding, note } from '../finding.js';

/** DKIM: every signature is named, none counts against the message (RFC 6376 6.1); what passes is in the ladder. */
export function dkimRules(v: Verification): readonly Finding[] {
  if (v.dkim.length === 0)
    return [note('dkim-none', 'the message has no DKIM signature', 'DKIM-Signature: absent')];
  const findings: Finding[] = [];
  for (const signature of v.dkim) addSignature(signature, findings);
  return findings;
}

function addSignature(signature: DkimResult, findings: Finding[]): void {
  const whose = `the DKIM signature of ${signature.domain ?? 'an unreadable domain'}`;
  if (signature.testing === true)
    findings.push(note('dkim-testing', `${whose} has a key in test mode (t=y)`, evidenceOf(signature)));
  switch (signature.status) {
    case 'pass':
      if (!signature.coversWholeBody)
        findings.push(
          note(
            'dkim-partial-body',
            `${whose} passes, but leaves the end of the body unsigned (l=${signature.bodyLength ?? '?'})`,
            evidenceOf(signature),
          ),
        );
      return;
    case 'fail':
      findings.push(
        note(
          'dkim-fail',
          signature.reason === 'body-hash'
            ? `${whose} is broken: the body was changed`
            : `${whose} is broken: signed fields were changed, or another key made it`,
          evidenceOf(signature),
        ),
      );
      return;
    case 'policy':
      findings.push(
        note(
          'dkim-not-accepted',
          `${whose} is not accepted: ${policyText(signature.reason, signature.keyBits)}`,
          evidenceOf(signature),
        ),
      );
      return;
    case 'permerror':
      findings.push(
        note(
          'dkim-permerror',
          `${whose} cannot be used: ${signature.problem?.message ?? signature.reason}`,
          evidenceOf(signature),
        ),
      );
      return;
    case 'neutral':
      findings.push(
        note(
          'dkim-expired',
          `${whose} ${signature.reason === 'expired' ? 'has expired' : 'is dated in the future'}`,
          evidenceOf(signature),
        ),
      );
      return;
    case 'temperror':
      findings.push(
        note(
          'dkim-temperror',
          `${whose} waits for ${signature.name}: DNS did not answer`,
          evidenceOf(signature),
        ),
      );
      return;
    default:
      unreachable(signature);
  }
}

function policyText(reason: DkimPolicyReason, keyBits: number | undefined): string {
  const bits = keyBits === undefined ? '' : ` (${keyBits} bits)`;
  switch (reason) {
    case 'sha1':
      return 'rsa-sha1 is no longer safe (RFC 8301 3.1)';
    case 'weak-key':
      return `the key is too short${bits}`;
    case 'large-key':
      return `the key is larger than we compute with${bits}`;
    case 'too-many':
      return 'the message has more signatures than are tried';
    case 'header-not-read':
      return 'the header is longer than is read';
    case 'body-too-long':
      return 'the body is larger than is hashed';
    default:
      return unreachable(reason);
  }
}

function evidenceOf(signature: DkimResult): string {
  const selector = signature.selector === undefined ? '' : `, s=${signature.selector}`;
  const reason = 'reason' in signature ? ` (${signature.reason})` : '';
  return `signature ${signature.index + 1} from the top: dkim=${signature.status}${reason}${selector}`;
}
