import type { Verification } from '../verify/verification.js';
import { isWithin } from '../words/domain.js';
import { formatMailbox } from '../words/mailbox.js';
import type { Assurance } from './decision.js';
import { arcVouches } from './arc-vouches.js';
import { loginIsAuthor } from './login-of-author.js';
import { type DkimPass, type SpfVerdict, vouchers, type Vouchers } from './vouchers.js';
import { sharedPath } from './shared-path.js';
import type { OwnershipCheck } from './shared-senders.js';

/**
 * The rung of the assurance ladder a message stands on, with evidence and with what it does not prove (docs/policy.md).
 *
 * `author` is never given: signatures of authors (S/MIME, OpenPGP) are not part of a Verification yet, and nothing less
 * than one proves an author.
 */
export function assess(verification: Verification): Assurance {
  return assessWith(verification, vouchers(verification));
}

/** The same, for a caller who has the vouchers already. */
export function assessWith(v: Verification, who: Vouchers): Assurance {
  const evidence: string[] = [];
  const notProven: string[] = [];
  const user = loginOfAuthor(v);
  const connector = connectorForAuthor(v);
  for (const signature of who.dkim) evidence.push(signatureText(signature));
  if (who.spf !== undefined) evidence.push(serverText(who.spf));
  if (connector !== undefined) evidence.push(`It came from a network listed as connector: ${connector}`);
  if (user !== undefined)
    evidence.push(
      user.login.includes('@')
        ? `Our own server authenticated ${user.author}, the address in From`
        : `Our own server authenticated ${user.login}, the local part of the own address ${user.author} in From`,
    );
  if (evidence.length > 0 && who.alignedBy === 'names' && (who.spf !== undefined || who.dkim.length > 0))
    evidence.push('Aligned because one domain is the other or within it: there is no DMARC verdict to go by');

  sayWhatDoesNotCount(v, who, user, notProven);
  if (user !== undefined) {
    notProven.push('A login proves that a password or token was used, not who used it');
    if (!user.login.includes('@'))
      notProven.push(
        `The login ${user.login} has no domain: that it belongs to ${user.author} holds only where one name is one person in all your domains`,
      );
    return finish(v, 'user', evidence, notProven);
  }
  const [signature] = who.dkim;
  if (signature !== undefined) {
    sayOfSignature(signature, notProven);
    return finish(v, 'domain', evidence, notProven);
  }
  if (who.spf !== undefined) {
    sayOfServer(who.spf, notProven);
    return finish(v, 'server', evidence, notProven);
  }
  if (connector !== undefined) {
    notProven.push(
      'Nobody logged in and nothing is signed: who or what sent it from that network is not known',
    );
    return finish(v, 'server', evidence, notProven);
  }
  notProven.push(
    v.authorDomain === undefined
      ? 'Nothing shows who wrote this: From names no single author'
      : `Nothing shows that ${v.authorDomain}, or anybody there, had a part in this`,
  );
  return finish(v, 'none', evidence, notProven);
}

/** The login, where it is the author's own. */
function loginOfAuthor(v: Verification): { readonly login: string; readonly author: string } | undefined {
  if (v.origin.status !== 'internal' || v.author === undefined) return undefined;
  const login = v.origin.user;
  return loginIsAuthor(login, v.author, v) ? { login, author: formatMailbox(v.author) } : undefined;
}

function connectorForAuthor(v: Verification): string | undefined {
  const { origin, authorDomain } = v;
  if (origin.status !== 'exempt' || origin.by !== 'connector' || authorDomain === undefined) return undefined;
  return isWithin(authorDomain, origin.domain) ? origin.detail : undefined;
}

function signatureText(signature: DkimPass): string {
  return `DKIM signature of ${signature.domain} (selector ${signature.selector}) passes over the whole body`;
}

function serverText(spf: SpfVerdict): string {
  return `SPF of ${spf.domain} passes through "${spf.matched}", matched in the record of "${spf.matchedIn}"${spf.range === undefined ? '' : ` (${spf.range})`}`;
}

function sayOfSignature(signature: DkimPass, notProven: string[]): void {
  notProven.push(
    `The key belongs to ${signature.domain} and its servers: it does not tell which person there wrote this`,
    'Whoever has a signed message can send it again: it need not have been meant for you',
  );
  if (signature.unsignedFields.length > 0)
    notProven.push(
      `The signature leaves these fields open to change: ${signature.unsignedFields.join(', ')}`,
    );
  if (signature.dnssec !== 'secure')
    notProven.push(
      `DNS not signed: whoever can tamper with the DNS of ${signature.domain} could have signed this`,
    );
}

function sayOfServer(spf: SpfVerdict, notProven: string[]): void {
  const shared = sharedPath(spf);
  if (shared === undefined)
    notProven.push('SPF names machines: everybody who may send through this server passes alike');
  else
    notProven.push(
      `SPF passed through "${shared.term}", a range shared with every customer of ${shared.by.provider}: any of them could have sent this${checkText(shared.by.provider, shared.by.check)}`,
    );
  notProven.push('Nothing that counts is signed: the content may have been changed on the way');
}

/** What stands between one customer of a provider and the domain of another. */
function checkText(provider: string, check: OwnershipCheck): string {
  switch (check) {
    case 'dns':
      return `, if ${provider} did not first have them prove the domain in DNS`;
    case 'address':
      return `, if ${provider} did not first have them confirm an address in the domain`;
    case 'account':
      return `, if ${provider} did not hold each of them to the addresses of the account`;
    case 'contract':
      return `, if their contract with ${provider} did not keep them from it`;
    case 'weak':
      return `; checks of ${provider} against that have had holes`;
    case 'none':
      return `; ${provider} does not check it by itself`;
    case 'unknown':
      return `; what ${provider} does against that is not known`;
  }
}

function sayWhatDoesNotCount(
  v: Verification,
  who: Vouchers,
  user: object | undefined,
  notProven: string[],
): void {
  if (v.origin.status === 'internal' && user === undefined)
    notProven.push(
      `${v.origin.user} logged in, but is not ${v.origin.user.includes('@') ? 'the address in From' : 'the local part of From'}: whether this login may write as the author is checked at submission, not here`,
    );
  if (who.spfEveryone !== undefined)
    notProven.push(
      `SPF passed through "${who.spfEveryone.matched}", which stands for ${who.spfEveryone.range === 'any' ? 'every address of the Internet' : `all of ${who.spfEveryone.range ?? ''}`}: that vouches for nobody`,
    );
  for (const signature of who.dkimNotCounted)
    notProven.push(
      signature.testing === true
        ? `The DKIM signature of ${signature.domain} passes, but its key says t=y: the signer is only testing`
        : `The DKIM signature of ${signature.domain} passes, but l= leaves the end of the body unsigned`,
    );
  if (arcVouches(v) !== undefined)
    notProven.push('Nothing passes now: a trusted forwarder says that the author domain passed before');
}

function finish(
  v: Verification,
  rung: Assurance['rung'],
  evidence: readonly string[],
  notProven: string[],
): Assurance {
  sayOfDmarc(v, notProven);
  notProven.push(
    'No S/MIME or OpenPGP signature was checked: only one made with the key of the author would prove the author in person',
  );
  return { rung, evidence, notProven };
}

function sayOfDmarc(v: Verification, notProven: string[]): void {
  const { dmarc } = v;
  if (dmarc.status === 'none') {
    if (dmarc.reason === 'no-record' && v.authorDomain !== undefined)
      notProven.push(`${v.authorDomain} has no DMARC record: it does not ask to refuse forgeries`);
    return;
  }
  if (dmarc.status !== 'pass' && dmarc.status !== 'fail') return;
  if (dmarc.publishedPolicy === 'none')
    notProven.push(`DMARC policy none: the owner of ${dmarc.policyDomain} does not ask to refuse forgeries`);
  else if (dmarc.testing)
    notProven.push(
      `DMARC record of ${dmarc.policyDomain} says t=y: the domain owner is still testing the policy`,
    );
}
