// A real recursive resolver on loopback, where it is installed.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ServerAddress } from '../resolver/server-address.js';

const PROGRAM = '/usr/sbin/unbound';

/** False, or why not: for the `skip` option of a test. */
export const unboundMissing: string | false = existsSync(PROGRAM) ? false : 'SKIPPED: unbound not installed';

export interface Unbound {
  readonly address: ServerAddress;
  close(): Promise<void>;
}

/**
 * Starts unbound in the foreground with a directory of its own.
 * @param server lines of its "server:" clause
 * @param zones other clauses
 */
export async function startUnbound(server: readonly string[], zones = ''): Promise<Unbound> {
  const directory = mkdtempSync(join(tmpdir(), 'truefrom-unbound-'));
  const port = await freePort();
  const lines = [
    'interface: 127.0.0.1',
    `port: ${port}`,
    `directory: "${directory}"`,
    'chroot: ""',
    'username: ""',
    'pidfile: ""',
    'do-daemonize: no',
    'use-syslog: no',
    'verbosity: 1',
    'num-threads: 1',
    'do-ip6: no',
    'do-not-query-localhost: no',
    'ede: yes',
    ...server,
  ];
  const file = join(directory, 'unbound.conf');
  writeFileSync(
    file,
    `remote-control:\n  control-enable: no\nserver:\n${lines.map((l) => `  ${l}\n`).join('')}${zones}`,
  );
  const child = spawn(PROGRAM, ['-d', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const log: string[] = [];
  const stderr = createInterface({ input: child.stderr });
  const close = async (): Promise<void> => {
    child.kill();
    await exited;
    rmSync(directory, { recursive: true, force: true });
  };
  await new Promise<void>((resolve, reject) => {
    stderr.on('line', (line) => {
      log.push(line);
      if (line.includes('start of service')) resolve();
    });
    void exited.then(() => reject(new Error(`unbound ended: ${log.join('\n')}`)));
  });
  return { address: { host: '127.0.0.1', port }, close };
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}
