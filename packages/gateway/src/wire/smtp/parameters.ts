import { rfc } from '@truefrom/core';
import { parsePath } from './path.js';
import { refusal, type Refusal } from './reply.js';
import { decodeXtext, isXtext } from './xtext.js';

/** Parameters of MAIL. Values in xtext stay as written: they go on to the next hop unchanged. */
export interface MailParameters {
  /** RFC 1870: the size the client declares, in bytes. */
  readonly size?: number;
  /** RFC 6152. BINARYMIME is not offered, so it is refused. */
  readonly body?: '7BIT' | '8BITMIME';
  /** RFC 6531. */
  readonly smtpUtf8?: true;
  /** RFC 3461 4.3. */
  readonly ret?: 'FULL' | 'HDRS';
  /** RFC 3461 4.4, xtext. */
  readonly envid?: string;
  /** RFC 4954 5: `<>` or an address in xtext. */
  readonly auth?: string;
  /** RFC 8689. */
  readonly requireTls?: true;
}

export type Notify = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

/** Parameters of RCPT (RFC 3461 4.1, 4.2). */
export interface RcptParameters {
  readonly notify?: readonly Notify[];
  /** `rfc822;` and an address in xtext (or `utf-8;`, RFC 6533 3). */
  readonly orcpt?: string;
}

/** Which parameters may come: those of the extensions that the server offered in its last reply to EHLO. */
export interface ParameterOffers {
  readonly size: boolean;
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  readonly dsn: boolean;
  readonly auth: boolean;
  readonly requireTls: boolean;
}

export type ReadParameters<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Read<T> = (
  value: string | undefined,
  into: Draft<T>,
  offers: ParameterOffers,
) => 'ok' | 'value' | 'unknown';

const RFC5321_4_1_1_11 = rfc('5321', '4.1.1.11');
const RFC5321_4_1_2 = rfc('5321', '4.1.2');

/** One command carries a handful of parameters; more are there to cost time. */
export const MAX_PARAMETERS = 16;
/** RFC 3461 4.4: an ENVID has at most 100 characters of xtext. */
export const MAX_ENVID = 100;
/** RFC 3461 4.2: an ORCPT has at most 500 characters. */
export const MAX_ORCPT = 500;
/** RFC 4954 5: an AUTH parameter has at most 500 characters. */
export const MAX_AUTH = 500;
/** RFC 1870 4: a SIZE has at most 20 digits; a number we can hold exactly has 15. */
const MAX_SIZE_DIGITS = 20;

const MAIL: Readonly<Record<string, Read<MailParameters>>> = {
  SIZE: (value, into, offers) => {
    if (!offers.size) return 'unknown';
    if (value === undefined || value.length > MAX_SIZE_DIGITS || !/^\d+$/.test(value)) return 'value';
    into.size = Math.min(Number(value), Number.MAX_SAFE_INTEGER);
    return 'ok';
  },
  BODY: (value, into, offers) => {
    if (!offers.eightBitMime) return 'unknown';
    const body = value?.toUpperCase();
    if (body !== '7BIT' && body !== '8BITMIME') return 'value';
    into.body = body;
    return 'ok';
  },
  SMTPUTF8: (value, into, offers) => {
    if (!offers.smtpUtf8) return 'unknown';
    into.smtpUtf8 = true;
    return value === undefined ? 'ok' : 'value';
  },
  RET: (value, into, offers) => {
    if (!offers.dsn) return 'unknown';
    const ret = value?.toUpperCase();
    if (ret !== 'FULL' && ret !== 'HDRS') return 'value';
    into.ret = ret;
    return 'ok';
  },
  ENVID: (value, into, offers) => {
    if (!offers.dsn) return 'unknown';
    if (value === undefined || value.length > MAX_ENVID || decodeXtext(value) === undefined) return 'value';
    into.envid = value;
    return 'ok';
  },
  AUTH: (value, into, offers) => {
    if (!offers.auth) return 'unknown';
    if (value === undefined || value.length > MAX_AUTH || !isAuth(value)) return 'value';
    into.auth = value;
    return 'ok';
  },
  REQUIRETLS: (value, into, offers) => {
    if (!offers.requireTls) return 'unknown';
    into.requireTls = true;
    return value === undefined ? 'ok' : 'value';
  },
};

const RCPT: Readonly<Record<string, Read<RcptParameters>>> = {
  NOTIFY: (value, into, offers) => {
    if (!offers.dsn) return 'unknown';
    const notify = value?.toUpperCase().split(',') ?? [];
    // RFC 3461 4.1: NEVER stands alone.
    if (!notify.every(isNotify) || notify.length === 0 || new Set(notify).size < notify.length)
      return 'value';
    if (notify.includes('NEVER') && notify.length > 1) return 'value';
    into.notify = notify;
    return 'ok';
  },
  ORCPT: (value, into, offers) => {
    if (!offers.dsn) return 'unknown';
    const semicolon = value?.indexOf(';') ?? -1;
    if (value === undefined || value.length > MAX_ORCPT || semicolon < 1) return 'value';
    if (!/^[A-Za-z0-9-]+$/.test(value.slice(0, semicolon))) return 'value';
    const address = value.slice(semicolon + 1);
    if (!isUtf8Address(value, address) && decodeXtext(address) === undefined) return 'value';
    into.orcpt = value;
    return 'ok';
  },
};

/** What stands behind the path of MAIL. */
export function parseMailParameters(text: string, offers: ParameterOffers): ReadParameters<MailParameters> {
  return parseParameters(text, MAIL, offers);
}

/** What stands behind the path of RCPT. */
export function parseRcptParameters(text: string, offers: ParameterOffers): ReadParameters<RcptParameters> {
  return parseParameters(text, RCPT, offers);
}

function parseParameters<T extends object>(
  text: string,
  known: Readonly<Record<string, Read<T>>>,
  offers: ParameterOffers,
): ReadParameters<T> {
  const value: Partial<Draft<T>> = {};
  const seen = new Set<string>();
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const keyword = (equals < 0 ? word : word.slice(0, equals)).toUpperCase();
    if (!/^[A-Z0-9][A-Z0-9-]*$/.test(keyword)) return bad('501', '5.5.4', 'syntax error in parameters');
    // RFC 5321 4.1.1.11: 555 for a parameter the server does not know or did not offer.
    const read = Object.hasOwn(known, keyword) ? known[keyword] : undefined;
    if (seen.has(keyword)) return bad('501', '5.5.4', `parameter ${keyword} is given twice`);
    if (seen.size === MAX_PARAMETERS) return bad('501', '5.5.4', 'too many parameters');
    seen.add(keyword);
    const outcome = read?.(equals < 0 ? undefined : word.slice(equals + 1), value as Draft<T>, offers);
    if (outcome === 'value') return bad('501', '5.5.4', `parameter ${keyword} has no valid value`);
    if (outcome !== 'ok') return bad('555', '5.5.4', `parameter ${keyword} is not supported`);
  }
  return { ok: true, value: value as T };
}

function bad(code: '501' | '555', enhanced: string, text: string): { ok: false; refusal: Refusal } {
  const clause = code === '555' ? RFC5321_4_1_1_11 : RFC5321_4_1_2;
  return { ok: false, refusal: refusal(clause, Number(code), enhanced, text) };
}

function isNotify(word: string): word is Notify {
  return word === 'NEVER' || word === 'SUCCESS' || word === 'FAILURE' || word === 'DELAY';
}

function isAuth(value: string): boolean {
  if (value === '<>') return true;
  if (!isXtext(value)) return false;
  const address = decodeXtext(value);
  if (address === undefined) return false;
  const read = parsePath(`<${address}>`, 0);
  return read.ok && read.path !== null && read.end === address.length + 2;
}

/** RFC 6533 3: `utf-8;` with utf-8-addr-unitext or `\x{..}`; printable and without spaces is all that matters here. */
function isUtf8Address(value: string, address: string): boolean {
  return /^utf-8;/i.test(value) && address !== '' && !/[\x00-\x20\x7f=+]/.test(address);
}
