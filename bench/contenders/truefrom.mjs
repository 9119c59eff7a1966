// truefrom's full verification of a message: all mechanisms, the assurance ladder and the decision, with the public
// suffix list; DNS answered from memory.
import { nodeCrypto } from '../../packages/core/dist/node/index.js';
import {
  assess,
  decide,
  MemoryResolver,
  parseIp,
  parseMailFrom,
  readZone,
  verifyMessage,
} from '../../packages/core/dist/src/index.js';
import { loadPublicSuffixes } from '../../packages/gateway/dist/src/resolver/public-suffixes.js';

export async function create({ messages, zone, timeSeconds }) {
  const now = new Date(timeSeconds * 1000);
  const context = {
    resolver: new MemoryResolver(readZone(zone).zone),
    crypto: nodeCrypto(),
    clock: { now: () => now },
    publicSuffixes: await loadPublicSuffixes(),
  };
  const site = { authservId: 'mx.example.net', ownDomains: new Set(), trustedSealers: new Set() };
  return async (index) => {
    const { message, envelope } = messages[index];
    // As they come from a session: reading them is part of the work.
    const session = {
      clientIp: valueOf(parseIp(envelope.clientIp)),
      helo: envelope.helo,
      mailFrom: valueOf(parseMailFrom(envelope.mailFrom)),
      rcptTo: envelope.rcptTo.map((recipient) => valueOf(parseMailFrom(recipient))),
    };
    const found = await verifyMessage(message, session, site, context);
    const { rung } = assess(found);
    const { action } = decide(found);
    return (
      found.spf.status === 'pass' &&
      found.dkim.length === 1 &&
      found.dkim[0].status === 'pass' &&
      found.dmarc.status === 'pass' &&
      rung === 'domain' &&
      action === 'accept'
    );
  };
}

function valueOf(parsed) {
  if (!parsed.ok) throw new TypeError(parsed.problem.message);
  return parsed.value;
}
