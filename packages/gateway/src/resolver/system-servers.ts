import { readFileSync } from 'node:fs';
import { parseServer, type ServerAddress } from './server-address.js';

/** As many servers as make sense to fail over to; libc takes three. */
const MAX_SERVERS = 8;
/** resolv.conf(5): without any, the name server is the one on this machine. */
const LOCAL: ServerAddress = { host: '127.0.0.1', port: 53 };

/** The name servers of this machine, from /etc/resolv.conf. A file that cannot be read is like an empty one. */
export function systemServers(path = '/etc/resolv.conf'): readonly ServerAddress[] {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
  return readResolvConf(text);
}

/**
 * The servers of a resolv.conf(5) text, in order, each once. `options trust-ad` is how an administrator says that
 * the AD bit of these servers may be believed. Search lists and ndots are left alone: every name here is absolute.
 */
export function readResolvConf(text: string): readonly ServerAddress[] {
  const servers = new Map<string, ServerAddress>();
  let trustAd = false;
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line.trim().split(/[ \t]+/);
    if (keyword === 'options') trustAd ||= words.includes('trust-ad');
    if (keyword !== 'nameserver' || words[0] === undefined) continue;
    // The file has addresses only; a port would be read as part of one.
    const server = parseServer(words[0].includes(':') ? `[${words[0]}]` : words[0]);
    if (server.ok && servers.size < MAX_SERVERS) servers.set(server.value.host, server.value);
  }
  const found = servers.size === 0 ? [LOCAL] : [...servers.values()];
  return trustAd ? found.map((server) => ({ ...server, trusted: true })) : found;
}
