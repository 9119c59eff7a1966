// truefrom's DKIM alone, DNS answered from memory.
import { nodeCrypto } from '../../packages/core/dist/node/index.js';
import { checkDkim, MemoryResolver, readZone } from '../../packages/core/dist/src/index.js';

export function create({ messages, zone, timeSeconds }) {
  const now = new Date(timeSeconds * 1000);
  const context = {
    resolver: new MemoryResolver(readZone(zone).zone),
    crypto: nodeCrypto(),
    clock: { now: () => now },
  };
  return async (index) => {
    const results = await checkDkim(messages[index].message, context);
    return results.length === 1 && results[0].status === 'pass';
  };
}
