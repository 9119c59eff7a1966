import type { Envelope, Resolver, SiteFacts } from '@truefrom/core';
import { unknownKey } from '../files/json-text.js';
import { CliError } from '../io/cli-error.js';
import {
  readAnyMailFrom,
  readCidrs,
  readDomain,
  readIp,
  readMailbox,
  readUnixSeconds,
} from '../check/read-values.js';
import type { BatchCaches } from './batch-caches.js';

/** One line of a batch, read. What the line leaves out is absent here: the run's own flags fill it in. */
export interface BatchItem {
  readonly id: string | number | null;
  readonly envelope: Envelope;
  /** Absent: SPF only. */
  readonly message?: Uint8Array;
  readonly site?: SiteFacts;
  readonly resolver?: Resolver;
  readonly time?: Date;
}

/** Why a line cannot be checked; `code` is stable and documented in docs/cli.md. */
export interface BatchError {
  readonly id: string | number | null;
  readonly error: { readonly code: BatchErrorCode; readonly message: string };
}

export const BATCH_ERROR_CODES = [
  'line-too-long',
  'json',
  'unknown-key',
  'missing-key',
  'bad-value',
  'base64',
  'zone',
  'unreadable',
] as const;

export type BatchErrorCode = (typeof BATCH_ERROR_CODES)[number];

/** Thrown inside the reader of a line, and turned into a `BatchError` by it. */
class BadLine extends Error {
  readonly code: BatchErrorCode;

  constructor(code: BatchErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const KEYS = [
  'id',
  'message',
  'clientIp',
  'helo',
  'mailFrom',
  'rcptTo',
  'authenticatedAs',
  'site',
  'dns',
  'time',
];
const SITE_KEYS = [
  'authservId',
  'ownDomains',
  'protectedDomains',
  'protectedUsers',
  'trustedSealers',
  'connectors',
];
const MAX_LIST = 10_000;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads one line of a batch (docs/cli.md, "Batch"). A bad line is an answer, not an exception.
 * @param lineNumber from 1, for the complaint
 * @param fallbackSite facts a line's `site` object does not give are taken from here
 */
export function readBatchLine(
  bytes: Uint8Array,
  lineNumber: number,
  caches: BatchCaches,
  fallbackSite: SiteFacts,
): BatchItem | BatchError {
  let id: BatchItem['id'] = null;
  try {
    const line = parseObject(bytes);
    id = readId(line['id']);
    rejectUnknown(line, KEYS, '');
    const site = optional(line['site'], (value) => caches.site(value, (v) => readSite(v, fallbackSite)));
    return {
      id,
      envelope: readEnvelope(line),
      ...optionalEntry('message', optional(line['message'], readBase64)),
      ...optionalEntry('site', site),
      ...optionalEntry(
        'resolver',
        optional(line['dns'], (value) => readDns(value, caches)),
      ),
      ...optionalEntry('time', optional(line['time'], readTime)),
    };
  } catch (error) {
    if (error instanceof BadLine) return batchError(id, error.code, `line ${lineNumber}: ${error.message}`);
    if (error instanceof CliError) return batchError(id, 'bad-value', `line ${lineNumber}: ${error.message}`);
    throw error;
  }
}

export function batchError(id: BatchItem['id'], code: BatchErrorCode, message: string): BatchError {
  return { id, error: { code, message } };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadLine('json', `not JSON: ${error.message.slice(0, 200)}`);
    // TextDecoder says TypeError for bytes that are not UTF-8.
    if (error instanceof TypeError) throw new BadLine('json', 'not UTF-8');
    throw error;
  }
  return asObject(value, 'a line');
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new BadLine(what === 'a line' ? 'json' : 'bad-value', `${what} is not a JSON object`);
}

function rejectUnknown(value: object, known: readonly string[], where: string): void {
  const unknown = unknownKey(value, known);
  if (unknown !== undefined) throw new BadLine('unknown-key', `${where}${unknown.message}`);
}

function readId(value: unknown): BatchItem['id'] {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.length <= 1000) return value;
  throw new BadLine('bad-value', 'id is not a string of at most 1000 characters or a number');
}

function readEnvelope(line: Record<string, unknown>): Envelope {
  if (line['clientIp'] === undefined || line['clientIp'] === null)
    throw new BadLine(
      'missing-key',
      'clientIp is missing: SPF needs the address of the client, e.g. "192.0.2.1"',
    );
  const login = optional(line['authenticatedAs'], (v) => asString(v, 'authenticatedAs'));
  return {
    clientIp: readIp(asString(line['clientIp'], 'clientIp'), 'clientIp'),
    helo: optional(line['helo'], (v) => asString(v, 'helo')) ?? '',
    mailFrom: optional(line['mailFrom'], (v) => readAnyMailFrom(asString(v, 'mailFrom'))) ?? null,
    rcptTo: strings(line['rcptTo'], 'rcptTo').map((address) => readMailbox(address, 'rcptTo')),
    ...(login !== undefined && login !== '' && { authenticatedAs: login }),
  };
}

function readSite(value: unknown, fallback: SiteFacts): SiteFacts {
  const site = asObject(value, 'site');
  rejectUnknown(site, SITE_KEYS, 'site: ');
  const domains = (key: string): SiteFacts['ownDomains'] =>
    new Set(strings(site[key], `site.${key}`).map((domain) => readDomain(domain, `site.${key}`)));
  const given = (key: string): boolean => site[key] !== undefined && site[key] !== null;
  return {
    ...fallback,
    ...(given('authservId') && { authservId: asString(site['authservId'], 'site.authservId') }),
    ...(given('ownDomains') && { ownDomains: domains('ownDomains') }),
    ...(given('protectedDomains') && { protectedDomains: domains('protectedDomains') }),
    ...(given('trustedSealers') && { trustedSealers: domains('trustedSealers') }),
    ...(given('connectors') && {
      connectors: readCidrs(strings(site['connectors'], 'site.connectors'), 'site.connectors'),
    }),
    ...(given('protectedUsers') && { protectedUsers: readUsers(site['protectedUsers']) }),
  };
}

function readUsers(value: unknown): NonNullable<SiteFacts['protectedUsers']> {
  return asArray(value, 'site.protectedUsers').map((item) => {
    const user = asObject(item, 'each of site.protectedUsers');
    rejectUnknown(user, ['displayName', 'addresses'], 'site.protectedUsers: ');
    return {
      displayName: asString(user['displayName'], 'site.protectedUsers.displayName'),
      addresses: strings(user['addresses'], 'site.protectedUsers.addresses').map((a) =>
        readMailbox(a, 'site.protectedUsers.addresses'),
      ),
    };
  });
}

function readDns(value: unknown, caches: BatchCaches): Resolver {
  const { resolver, problem } = caches.zone(asObject(value, 'dns'));
  if (problem !== undefined)
    throw new BadLine('zone', `dns: ${[...problem.path].join(' > ')}: ${problem.message}`);
  return resolver;
}

function readTime(value: unknown): Date {
  if (typeof value !== 'number' && typeof value !== 'string')
    throw new BadLine('bad-value', 'time is not a number of seconds since 1970');
  return readUnixSeconds(String(value), 'time');
}

function readBase64(value: unknown): Uint8Array {
  const text = asString(value, 'message');
  const bytes = Buffer.from(text, 'base64');
  // Node passes over what is not base64 without a word: then fewer bytes come out than the text stands for.
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const characters = text.length - padding;
  if (characters % 4 === 1 || bytes.length !== Math.floor((characters * 3) / 4))
    throw new BadLine('base64', 'message is not base64 (no blanks or line ends inside)');
  return bytes;
}

function asString(value: unknown, key: string): string {
  if (typeof value === 'string') return value;
  throw new BadLine('bad-value', `${key} is not a string`);
}

function asArray(value: unknown, key: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadLine('bad-value', `${key} is not a list`);
  if (value.length > MAX_LIST) throw new BadLine('bad-value', `${key} has more than ${MAX_LIST} items`);
  return value;
}

function strings(value: unknown, key: string): readonly string[] {
  if (value === undefined || value === null) return [];
  return asArray(value, key).map((item) => asString(item, `each of ${key}`));
}

/** JSON null says the same as leaving the key out. */
function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

function optionalEntry<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
