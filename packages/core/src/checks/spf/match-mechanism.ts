import { rfc } from '../../words/clause.js';
import { isWithin } from '../../words/domain.js';
import { formatIp, inCidr, type IpAddress, type IpBytes, ipToBytes } from '../../words/ip.js';
import { unreachable } from '../../words/unreachable.js';
import type { ExistsMechanism, HostsMechanism, Mechanism, PtrMechanism } from './mechanism.js';
import { type Halt, type MechanismOutcome, NO_MATCH } from './outcome.js';
import { resolveTarget } from './resolve-target.js';
import { dnsHalt, type SpfCheck } from './spf-check.js';
import { targetName } from './target-name.js';

const RFC7208_5_3 = rfc('7208', '5.3');
const RFC7208_5_4 = rfc('7208', '5.4');
const RFC7208_5_5 = rfc('7208', '5.5');
const RFC7208_5_7 = rfc('7208', '5.7');

const COUNTED = { countsLookups: true } as const;

/** RFC 7208 5.1 and 5.6: the mechanisms that ask nothing. */
export function matchWithoutDns(
  check: SpfCheck,
  domain: string,
  mechanism: Extract<Mechanism, { kind: 'all' | 'ip4' | 'ip6' }>,
): MechanismOutcome {
  if (mechanism.kind === 'all') return { status: 'match', matchedIn: domain, range: 'any' };
  const { network, prefix } = mechanism;
  if (!inCidr(check.ip, network, prefix)) return NO_MATCH;
  return { status: 'match', matchedIn: domain, range: formatRange(network, prefix) };
}

/**
 * RFC 7208 5.3, 5.4, 5.5, 5.7: the mechanisms that ask DNS. The caller has opened the term in the budget.
 * @param domain `<domain>` of the record that holds the mechanism
 */
export async function matchWithDns(
  check: SpfCheck,
  domain: string,
  mechanism: HostsMechanism | PtrMechanism | ExistsMechanism,
): Promise<MechanismOutcome> {
  const target = await resolveTarget(check, mechanism.target, domain, COUNTED);
  if (target.status !== 'target') return target;
  if (target.name === undefined) return NO_MATCH;
  switch (mechanism.kind) {
    case 'a':
      return matchA(check, domain, mechanism, target.name);
    case 'mx':
      return matchMx(check, domain, mechanism, target.name);
    case 'ptr':
      return matchPtr(check, domain, target.name);
    case 'exists':
      return matchExists(check, domain, target.name);
    default:
      return unreachable(mechanism);
  }
}

async function matchA(
  check: SpfCheck,
  domain: string,
  mechanism: HostsMechanism,
  name: string,
): Promise<MechanismOutcome> {
  const answer = await check.ask(RFC7208_5_3, name, check.addressType);
  if (answer.kind === 'failed' || answer.kind === 'late') return dnsHalt(name, answer);
  if (answer.kind !== 'records') return check.budget.noteVoid() ? NO_MATCH : voidLimit(domain);
  return compareAddresses(check, domain, mechanism, answer.records);
}

async function matchMx(
  check: SpfCheck,
  domain: string,
  mechanism: HostsMechanism,
  name: string,
): Promise<MechanismOutcome> {
  const answer = await check.ask(RFC7208_5_4, name, 'MX');
  if (answer.kind === 'failed' || answer.kind === 'late') return dnsHalt(name, answer);
  // No MX is no match: the name's own address is not its MX here (RFC 7208 5.4).
  if (answer.kind !== 'records') return check.budget.noteVoid() ? NO_MATCH : voidLimit(domain);
  const { mxHosts } = check.limits;
  // By preference, then name, so that the same records give the same answer whatever order DNS chose.
  const hosts = [...answer.records].sort(
    (a, b) => a.preference - b.preference || (a.exchange < b.exchange ? -1 : a.exchange > b.exchange ? 1 : 0),
  );
  for (const [i, { exchange }] of hosts.entries()) {
    if (i >= mxHosts) {
      check.say(RFC7208_5_4, `${name} has ${hosts.length} MX hosts, ${mxHosts} may be asked about`);
      return { status: 'permerror', reason: 'mx-limit', faultIn: domain };
    }
    const host = targetName(exchange);
    // The null MX of RFC 7505 has no name to ask.
    if (host === undefined) continue;
    const addresses = await check.ask(RFC7208_5_4, host, check.addressType);
    if (addresses.kind === 'failed' || addresses.kind === 'late') return dnsHalt(host, addresses);
    if (addresses.kind !== 'records') {
      if (!check.budget.noteVoid()) return voidLimit(domain);
      continue;
    }
    const outcome = compareAddresses(check, domain, mechanism, addresses.records);
    if (outcome.status === 'match') return outcome;
  }
  return NO_MATCH;
}

async function matchPtr(check: SpfCheck, domain: string, name: string): Promise<MechanismOutcome> {
  const client = await check.names.clientNames();
  if ('status' in client) return client;
  if (client.isVoid && !check.budget.noteVoid()) return voidLimit(domain);
  for (const clientName of client.names) {
    // Only a name that would match is worth an address question; the outcome is the same.
    if (!isWithin(clientName, name)) continue;
    const validated = await check.names.isValidated(clientName);
    if (typeof validated === 'object') return validated;
    if (validated) {
      check.say(RFC7208_5_5, `${clientName} points to the client and is in ${name}`);
      return { status: 'match', matchedIn: domain, range: undefined };
    }
  }
  return NO_MATCH;
}

async function matchExists(check: SpfCheck, domain: string, name: string): Promise<MechanismOutcome> {
  // RFC 7208 5.7: always A, whatever the client's family.
  const answer = await check.ask(RFC7208_5_7, name, 'A');
  if (answer.kind === 'failed' || answer.kind === 'late') return dnsHalt(name, answer);
  if (answer.kind === 'records') return { status: 'match', matchedIn: domain, range: undefined };
  return check.budget.noteVoid() ? NO_MATCH : voidLimit(domain);
}

function compareAddresses(
  check: SpfCheck,
  domain: string,
  mechanism: HostsMechanism,
  addresses: readonly IpAddress[],
): MechanismOutcome {
  const bits = check.ip.length * 8;
  const prefix = bits === 32 ? mechanism.prefix4 : mechanism.prefix6;
  for (const address of addresses) {
    // Both texts are in normal form, so equal addresses are equal texts.
    if (address === check.ipText)
      return { status: 'match', matchedIn: domain, range: formatRange(check.ip, prefix) };
    if (prefix === bits) continue;
    const bytes = ipToBytes(address);
    if (bytes !== undefined && inCidr(check.ip, bytes, prefix))
      return { status: 'match', matchedIn: domain, range: formatRange(bytes, prefix) };
  }
  return NO_MATCH;
}

export function voidLimit(domain: string): Halt {
  return { status: 'permerror', reason: 'void-limit', faultIn: domain };
}

function formatRange(address: IpBytes, prefix: number): string {
  const network = address.slice();
  for (let i = 0; i < network.length; i++) {
    const kept = Math.min(8, Math.max(0, prefix - i * 8));
    network[i] = (network[i] ?? 0) & (0xff << (8 - kept));
  }
  return `${formatIp(network)}/${prefix}`;
}
