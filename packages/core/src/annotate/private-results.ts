import type { AlignedFrom } from '../checks/results.js';
import type { MethodResult } from '../message/authentication-results.js';
import { formatResultsField } from '../message/result-writer.js';
import type { Verification } from '../verify/verification.js';

// The words of Fastmail's authentication milter, which people filter on.
const ALIGNED_FROM: Readonly<Record<AlignedFrom, string>> = {
  pass: 'MAIL FROM and From are the same address',
  domain_pass: 'MAIL FROM and From are in the same domain',
  orgdomain_pass: 'MAIL FROM and From are in the same organization',
  fail: 'MAIL FROM and From are in different organizations',
  null_sender: 'MAIL FROM is empty',
  permerror: 'MAIL FROM and From cannot be compared',
};

/**
 * Our own rules as `x-...` methods, in an Authentication-Results field of their own with CRLF: a reader in production
 * should ignore a field with a method that is not registered (RFC 8601 2.7.6), and must not lose the registered ones.
 *
 * @throws TypeError for an empty authserv-id
 */
export function formatPrivateResults(authservId: string, verification: Verification): string {
  const { mismatch, origin, impersonation } = verification;
  return formatResultsField({
    authservId,
    version: 1,
    results: [
      own('x-aligned-from', mismatch.alignedFrom, ALIGNED_FROM[mismatch.alignedFrom]),
      own('x-mismatch', mismatch.status, excuse(mismatch)),
      own('x-origin', origin.status),
      own(
        'x-impersonation',
        impersonation.status,
        impersonation.status === 'suspicious'
          ? impersonation.findings.map((finding) => finding.kind).join(', ')
          : undefined,
      ),
    ],
  });
}

function excuse(mismatch: Verification['mismatch']): string | undefined {
  return mismatch.status === 'different' && mismatch.excusedBy !== undefined
    ? `excused by ${mismatch.excusedBy}`
    : undefined;
}

function own(method: string, status: string, comment?: string): MethodResult {
  return {
    method,
    methodVersion: 1,
    result: status,
    properties: [],
    comments: comment === undefined ? [] : [comment],
  };
}
