import type { DkimPermerrorReason, DkimPolicyReason, DkimResult } from '@truefrom/core';
import { finding, type Finding } from './finding.js';

/** One DKIM signature in a sentence. */
export function describeDkim(dkim: DkimResult): Finding {
  const signer = signerOf(dkim);
  const testing = dkim.testing === true ? '; the signer says it is only testing' : '';
  switch (dkim.status) {
    case 'pass':
      return dkim.coversWholeBody
        ? finding('pass', 'good', `the key of ${signer} signed it, and nothing signed has changed${testing}`)
        : finding('pass', 'warn', `the key of ${signer} signed only the start of the body (l=)${testing}`);
    case 'fail':
      return finding(
        'fail',
        'bad',
        dkim.reason === 'body-hash'
          ? `the body is not the one ${signer} signed${testing}`
          : `the signature of ${signer} does not fit the header and the key${testing}`,
      );
    case 'policy':
      return finding('policy', 'warn', `signature of ${signer} not accepted: ${policyText(dkim.reason)}`);
    case 'permerror':
      return finding('permerror', 'warn', `signature of ${signer} unusable: ${permerrorText(dkim)}`);
    case 'neutral':
      return finding(
        'neutral',
        'warn',
        `signature of ${signer} ${dkim.reason === 'expired' ? 'has expired' : 'is dated in the future'}`,
      );
    case 'temperror':
      return finding('temperror', 'warn', `signature of ${signer}: DNS does not answer for ${dkim.name}`);
  }
}

function signerOf(dkim: DkimResult): string {
  if (dkim.domain === undefined) return 'an unknown domain';
  return dkim.selector === undefined ? dkim.domain : `${dkim.domain} (selector ${dkim.selector})`;
}

function policyText(reason: DkimPolicyReason): string {
  switch (reason) {
    case 'sha1':
      return 'rsa-sha1 can be forged (RFC 8301 3.1)';
    case 'weak-key':
      return 'the key is shorter than 1024 bits';
    case 'large-key':
      return 'the key is longer than we compute with';
    case 'too-many':
      return 'there are more signatures than we try';
    case 'header-not-read':
      return 'the header is longer than we read';
    case 'body-too-long':
      return 'the body is longer than we read';
  }
}

function permerrorText(dkim: DkimResult & { readonly status: 'permerror' }): string {
  const fixed = PERMERROR[dkim.reason];
  return dkim.problem === undefined || fixed.includes(dkim.problem.message)
    ? fixed
    : `${fixed}: ${dkim.problem.message}`;
}

const PERMERROR: Readonly<Record<DkimPermerrorReason, string>> = {
  syntax: 'its tags cannot be read',
  version: 'unknown version',
  'unsupported-algorithm': 'unknown algorithm',
  'unsupported-canonicalization': 'unknown canonicalisation',
  'unsupported-query': 'it asks for another key store than DNS (q=)',
  'domain-mismatch': 'i= is not within d=',
  'from-not-signed': 'From is not signed',
  'key-missing': 'there is no public key in DNS',
  'key-syntax': 'the key record cannot be read',
  'key-revoked': 'the key has been revoked',
  'key-mismatch': 'the key is of another kind than the signature',
  'key-service': 'the key is not meant for mail',
  'key-hash': 'the key does not allow this hash',
  'key-strict': 'the key allows its own domain only (t=s)',
};
