// A scenario: a folder of text in e2e/scenarios, made into a line for `truefrom check --batch` (e2e/README.md).
import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  DEFAULT_SIGNED_FIELDS,
  MemoryResolver,
  readZone,
  sealMessage,
  signMessage,
  type Context,
  type DkimSigner,
} from '@truefrom/core';
import { importSigningKey, nodeCrypto } from '@truefrom/core/node';

const FOLDER = fileURLToPath(new URL('../../../../../e2e', import.meta.url));
/** 2026-01-15T12:00:00Z, in seconds. */
const TIME_SECONDS = 1_768_478_400;

/** What must come of a scenario. */
export interface Expected {
  /** Who sends what, and what the best product would do about it. */
  readonly story: string;
  /** The clause the scenario is a test of, e.g. `RFC 9989 7.4`. */
  readonly clause?: string;
  readonly action: string;
  readonly rung: string;
  readonly rule: string;
  /** Exactly the reasons that weigh something (severity low or more), sorted: what a postmaster would see as noise. */
  readonly counts: readonly string[];
  /** Some of the reasons that only inform. */
  readonly notes?: readonly string[];
}

/** How the published key stands to the one that signs. */
type KeyState = 'published' | 'other' | 'revoked' | 'testing' | 'absent' | 'unreachable';

interface SignStep {
  readonly domain: string;
  readonly selector?: string;
  readonly key?: KeyState;
  /** Sign each field as often as it is there and no more, as many signers do. */
  readonly open?: boolean;
  /** Written by hand: `partial` with l= over the present body, `sha1` with rsa-sha1. We sign neither. */
  readonly odd?: 'partial' | 'sha1';
}

/** What happens to the message on its way, in order. */
type Step =
  | { readonly sign: SignStep }
  | { readonly seal: { readonly domain: string; readonly authservId: string; readonly results: string } }
  | { readonly prepend: string }
  | { readonly append: string }
  | { readonly replace: readonly [string, string] };

interface Session extends Record<string, unknown> {
  readonly site?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly Step[];
}

type Zone = Record<string, Record<string, unknown>>;

/** One line of a batch, as an object. */
export interface ScenarioLine extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly message: string;
  readonly dns: Zone;
}

/** The names of all scenarios. */
export function scenarioNames(): readonly string[] {
  return readdirSync(join(FOLDER, 'scenarios')).sort();
}

export function readExpected(name: string): Expected {
  return readJson(join(FOLDER, 'scenarios', name, 'expected.json')) as Expected;
}

/** Plays the steps of a scenario. */
export async function readScenario(name: string): Promise<ScenarioLine> {
  const folder = join(FOLDER, 'scenarios', name);
  const { steps = [], site, ...session } = readJson(join(folder, 'session.json')) as Session;
  const zone: Zone = {
    ...(readJson(join(FOLDER, 'zone.json')) as Zone),
    ...(existsSync(join(folder, 'zone.json')) ? (readJson(join(folder, 'zone.json')) as Zone) : {}),
  };
  let message: Buffer = Buffer.from(
    readFileSync(join(folder, 'message.eml'), 'utf8').replace(/\r?\n/g, '\r\n'),
  );
  for (const step of steps) message = await play(step, message, zone);
  return {
    id: name,
    rcptTo: ['dana@harbor.example'],
    ...session,
    message: message.toString('base64'),
    site: { ...(readJson(join(FOLDER, 'site.json')) as object), ...site },
    dns: zone,
    time: TIME_SECONDS,
  };
}

async function play(step: Step, message: Buffer, zone: Zone): Promise<Buffer> {
  if ('prepend' in step) return Buffer.concat([crlf(step.prepend), message]);
  if ('append' in step) return Buffer.concat([message, crlf(step.append)]);
  if ('replace' in step) {
    const [from, to] = step.replace.map((text) => Buffer.from(text));
    const at = from === undefined ? -1 : message.indexOf(from);
    if (from === undefined || to === undefined || at < 0)
      throw new Error(`nothing to replace: ${step.replace[0]}`);
    return Buffer.concat([message.subarray(0, at), to, message.subarray(at + from.length)]);
  }
  const fields = 'sign' in step ? await sign(step.sign, message, zone) : await seal(step.seal, message, zone);
  return Buffer.concat([Buffer.from(fields), message]);
}

async function sign(step: SignStep, message: Buffer, zone: Zone): Promise<string> {
  const { domain, selector = 's1', key = 'published', open, odd } = step;
  publish(zone, `${selector}._domainkey.${domain}`, key);
  if (odd !== undefined) return oddSignature({ domain, selector, odd }, message);
  const { closed, closedWherePresent } = DEFAULT_SIGNED_FIELDS;
  const fields = { closed: [], closedWherePresent: [], open: [...closed, ...closedWherePresent] };
  const signed = await signMessage(message, [signer(domain, selector)], context(zone), {
    ...(open === true && { fields }),
  });
  if (!signed.ok) throw new Error(signed.problem.message);
  return signed.value.join('');
}

async function seal(
  step: Extract<Step, { seal: unknown }>['seal'],
  message: Buffer,
  zone: Zone,
): Promise<string> {
  const { domain, authservId, results } = step;
  publish(zone, `arc._domainkey.${domain}`, 'published');
  const options = { authservId, authenticationResults: `${authservId}; ${results}` };
  const sealed = await sealMessage(message, signer(domain, 'arc'), options, context(zone));
  if (!sealed.ok) throw new Error(sealed.problem.message);
  if (sealed.value.status !== 'sealed') throw new Error(sealed.value.reason);
  return sealed.value.fields.join('');
}

function context(zone: Zone): Context {
  const clock = { now: () => new Date(TIME_SECONDS * 1000) };
  return { resolver: new MemoryResolver(readZone(zone).zone), crypto: nodeCrypto(), clock };
}

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
const pairs = new Map<string, Pair>();

function pair(label: 'ours' | 'other'): Pair {
  const known = pairs.get(label) ?? generateKeyPairSync('rsa', { modulusLength: 2048 });
  pairs.set(label, known);
  return known;
}

function signer(domain: string, selector: string): DkimSigner {
  const pem = pair('ours').privateKey.export({ format: 'pem', type: 'pkcs8' });
  const read = importSigningKey(pem, { domain, selector });
  if (!read.ok) throw new Error(read.problem.message);
  return read.value;
}

function publish(zone: Zone, name: string, key: KeyState): void {
  if (key === 'absent') return;
  const { publicKey } = pair(key === 'other' ? 'other' : 'ours');
  const p = key === 'revoked' ? '' : publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  zone[name] =
    key === 'unreachable'
      ? { error: 'SERVFAIL' }
      : { TXT: [[`v=DKIM1; k=rsa;${key === 'testing' ? ' t=y;' : ''} p=`, ...chunks(p)]] };
}

// A character-string of a TXT record holds 255 bytes (RFC 7208 3.3).
function chunks(text: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += 200) parts.push(text.slice(at, at + 200));
  return parts;
}

/** What our signer refuses to write, with c=simple/simple, which needs no canonicalization here. */
function oddSignature(
  step: { readonly domain: string; readonly selector: string; readonly odd: 'partial' | 'sha1' },
  message: Buffer,
): string {
  const { domain, selector, odd } = step;
  const hash = odd === 'sha1' ? 'sha1' : 'sha256';
  const end = message.indexOf('\r\n\r\n');
  const body = message.subarray(end + 4);
  const bh = createHash(hash).update(body).digest('base64');
  const fields = message
    .subarray(0, end + 2)
    .toString('latin1')
    .split(/(?<=\r\n)(?![ \t])/);
  const names = ['From', 'To', 'Subject', 'Date'];
  const signed = names.map((name) => fields.find((field) => field.startsWith(`${name}:`)) ?? '');
  const length = odd === 'partial' ? ` l=${body.length};` : '';
  const field = `DKIM-Signature: v=1; a=rsa-${hash}; c=simple/simple; d=${domain}; s=${selector};${length} h=${names.join(':')};\r\n bh=${bh};\r\n b=`;
  const b = createSign(hash)
    .update(Buffer.from(signed.join('') + field, 'latin1'))
    .sign(pair('ours').privateKey, 'base64');
  return `${field}${b}\r\n`;
}

function crlf(text: string): Buffer {
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
