import type { ArcFailReason, ArcResult, DmarcResult } from '@truefrom/core';
import { finding, type Finding } from './finding.js';

/** DMARC in a sentence: what aligns with From, and what its domain asks for. */
export function describeDmarc(dmarc: DmarcResult): Finding {
  switch (dmarc.status) {
    case 'pass': {
      const aligned = [dmarc.spfAligned ? 'SPF' : '', dmarc.dkimAligned ? 'DKIM' : ''].filter(
        (m) => m !== '',
      );
      return finding(
        'pass',
        'good',
        `${aligned.join(' and ')} passed for the domain in From, ${dmarc.authorDomain} (${asks(dmarc)})`,
      );
    }
    case 'fail':
      return finding('fail', 'bad', `nothing that passed speaks for ${dmarc.authorDomain}; ${asks(dmarc)}`);
    case 'none':
      if (dmarc.reason === 'no-author-domain') return finding('none', 'warn', 'From names no domain to ask');
      return finding(
        'none',
        dmarc.wouldPass ? 'plain' : 'warn',
        `${dmarc.authorDomain ?? 'the domain'} publishes no DMARC policy${dmarc.wouldPass ? ', though the mail would pass' : ''}`,
      );
    case 'permerror':
      return finding('permerror', 'warn', permerrorText(dmarc));
    case 'temperror':
      return finding('temperror', 'warn', `DNS does not answer for ${dmarc.name}`);
  }
}

function asks(dmarc: DmarcResult & { readonly status: 'pass' | 'fail' }): string {
  const where = dmarc.policyDomain === dmarc.authorDomain ? '' : ` at ${dmarc.policyDomain}`;
  const lowered = dmarc.policy === dmarc.publishedPolicy ? '' : `, lowered to ${dmarc.policy} by t=y`;
  return `${dmarc.policyTag}=${dmarc.publishedPolicy}${where}${lowered}`;
}

function permerrorText(dmarc: DmarcResult & { readonly status: 'permerror' }): string {
  switch (dmarc.reason) {
    case 'multiple-author-domains':
      return 'From names several domains, so none of them can vouch';
    case 'unreadable-from':
      return `From cannot be read: ${dmarc.problem?.message ?? 'syntax'}`;
    case 'syntax':
      return `the DMARC record is broken: ${dmarc.problem?.message ?? 'syntax'}`;
  }
}

/** The ARC chain in a sentence. */
export function describeArc(arc: ArcResult): Finding {
  switch (arc.status) {
    case 'pass': {
      const sealers = arc.sealedBy.join(', ');
      return arc.vouchedFor === undefined
        ? finding('pass', 'plain', `an unbroken chain by ${sealers}; none of its sealers is trusted here`)
        : finding(
            'pass',
            'good',
            `${arc.vouchedFor.by}, trusted, saw DMARC pass for ${arc.vouchedFor.authorDomain}`,
          );
    }
    case 'fail':
      return finding(
        'fail',
        'warn',
        `the chain is broken at instance ${arc.instance}: ${failText(arc.reason)}`,
      );
    case 'temperror':
      return finding('temperror', 'warn', `DNS does not answer for ${arc.name}`);
    case 'none':
      return finding('none', 'dim', 'no forwarder left a sealed record');
  }
}

function failText(reason: ArcFailReason): string {
  switch (reason) {
    case 'too-many-sets':
      return 'too many sets';
    case 'header-not-read':
      return 'the header is longer than we read';
    case 'instance-syntax':
      return 'an instance number cannot be read';
    case 'incomplete-set':
      return 'a field of the set is missing or doubled';
    case 'gap':
      return 'an instance is missing';
    case 'chain-said-fail':
      return 'an earlier hop already said so';
    case 'cv-value':
      return 'cv= does not fit the instance';
    case 'syntax':
      return 'a field cannot be read';
    case 'seal-signs-h':
      return 'the seal has an h= tag';
    case 'key':
      return 'there is no usable public key';
    case 'body-hash':
      return 'the body has changed since';
    case 'message-signature':
      return 'the message has changed since';
    case 'seal-signature':
      return 'the seal does not fit';
  }
}
