import type { Context, Resolver } from '@truefrom/core';
import { nodeCrypto } from '@truefrom/core/node';
import {
  createResolver,
  loadPublicSuffixes,
  parseServer,
  systemServers,
  type ClosableResolver,
  type ServerAddress,
} from '../../resolver/index.js';
import { readZoneFile } from '../files/zone-file.js';
import { CliError, EXIT, usageError } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { readUnixSeconds } from './read-values.js';

/** The flags that say where DNS answers and the time come from. */
export interface WorldOptions {
  readonly dnsCache?: string;
  readonly nameserver?: readonly string[];
  readonly time?: string;
}

/** A context for the engine, to be closed when the command is done. */
export interface EngineContext extends Context {
  close(): Promise<void>;
}

/**
 * Makes the world the engine asks: a zone file (`-n`), the given name servers, or those of the system; the given
 * time or the clock.
 * @throws CliError 64 for a bad flag, 78 for a broken zone file; a query throws 78 on a system without name servers
 */
export async function createEngineContext(io: Io, options: WorldOptions): Promise<EngineContext> {
  const time = options.time === undefined ? undefined : readUnixSeconds(options.time, '--time');
  const { resolver, close } = await openResolver(io, options);
  return {
    resolver,
    crypto: nodeCrypto(),
    clock: { now: () => time ?? io.now() },
    publicSuffixes: await loadPublicSuffixes(),
    close,
  };
}

async function openResolver(
  io: Io,
  options: WorldOptions,
): Promise<{ readonly resolver: Resolver; readonly close: () => Promise<void> }> {
  if (options.dnsCache !== undefined && options.nameserver !== undefined)
    throw usageError(
      '--dns-cache and --nameserver exclude each other: answers come from the file or from the server',
    );
  if (options.dnsCache !== undefined)
    return { resolver: await readZoneFile(io, options.dnsCache), close: () => Promise.resolve() };
  const given = options.nameserver?.map(readServer);
  // Made when first asked: a batch whose lines bring their own zones needs no name server at all.
  let stub: ClosableResolver | undefined;
  return {
    resolver: {
      query: (name, type, queryOptions) => {
        stub ??= createResolver({ servers: given ?? systemServersOrFail() });
        return stub.query(name, type, queryOptions);
      },
    },
    close: async () => stub?.close(),
  };
}

function systemServersOrFail(): readonly ServerAddress[] {
  const servers = systemServers();
  if (servers.length > 0) return servers;
  throw new CliError(
    EXIT.config,
    'no name server in /etc/resolv.conf; give one with --nameserver, or answers with -n ZONE.json',
  );
}

function readServer(text: string): ServerAddress {
  const server = parseServer(text);
  if (server.ok) return server.value;
  throw usageError(`--nameserver "${text}": ${server.problem.message}`);
}
