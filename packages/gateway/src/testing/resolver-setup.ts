// A resolver over scripted servers, for tests. Time stands still unless a test moves it.
import { equal } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { DnsAnswer, RecordType } from '@truefrom/core';
import { type ClosableResolver, createResolver, type ResolverOptions } from '../resolver/index.js';
import { ManualTime } from './manual-time.js';
import { type Asked, type Script, scriptedServer, txt } from './scripted-server.js';

export interface Setup {
  readonly resolver: ClosableResolver;
  readonly time: ManualTime;
  /** What each server was asked. */
  readonly asked: readonly (readonly string[])[];
}

/** A resolver over scripted servers; all of it is gone when the test is. */
export async function setup(
  t: TestContext,
  scripts: readonly (Script | Script['udp'])[],
  options: ResolverOptions & { readonly time?: ManualTime } = {},
): Promise<Setup> {
  const time = options.time ?? new ManualTime();
  const servers = await Promise.all(
    scripts.map((script) => scriptedServer(typeof script === 'function' ? { udp: script } : script)),
  );
  const resolver = createResolver({ servers: servers.map((s) => s.address), ...options, time });
  t.after(async () => {
    await resolver.close();
    await Promise.all(servers.map((server) => server.close()));
    equal(time.pending, 0, 'timers left over');
  });
  return { resolver, time, asked: servers.map((s) => s.asked) };
}

export function show(answer: DnsAnswer<unknown>): string {
  switch (answer.kind) {
    case 'records':
      return `records ${answer.records
        .map((r) => (r instanceof Uint8Array ? Buffer.from(r).toString('latin1') : JSON.stringify(r)))
        .join(',')}`;
    case 'failed':
      return `failed ${answer.cause}`;
    case 'no-data':
    case 'no-name':
      return answer.kind;
  }
}

export const hello = (asked: Asked): Uint8Array =>
  asked.reply({ answers: [txt(asked.question.name, 'hello')] });
export const truncated = (asked: Asked): Uint8Array => asked.reply({ truncated: true });

export async function ask(
  resolver: ClosableResolver,
  name = 'a.example',
  type: RecordType = 'TXT',
): Promise<string> {
  return show(await resolver.query(name, type));
}

export function flip(bytes: Uint8Array, at: number, bits = 1): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ bits;
  return changed;
}

/** A promise and how to keep it. */
export class Deferred {
  readonly promise: Promise<void>;
  resolve: () => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
