import { encodeUtf8 } from '../syntax/bytes.js';
import { parseDomain } from '../words/domain.js';
import { parseIp } from '../words/ip.js';
import type { DnsFailure, RecordType, RecordTypes } from './resolver.js';

/** What a zone holds for one name. */
export interface ZoneEntry {
  readonly records: { readonly [K in RecordType]?: readonly RecordTypes[K][] };
  readonly cname?: string;
  /** Why no type of this name is answered. */
  readonly error?: ZoneError;
  /** Why one type is not answered. */
  readonly errors: ReadonlyMap<string, ZoneError>;
}

export type ZoneError = DnsFailure | 'no-name';

/** Names in lower case, without final dot, as A-labels. */
export type Zone = ReadonlyMap<string, ZoneEntry>;

/** A defect in a zone file: where (`["example.com","TXT",0]`) and what to write instead. */
export interface ZoneProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const ERRORS: Readonly<Record<string, ZoneError>> = {
  SERVFAIL: 'servfail',
  TIMEOUT: 'timeout',
  REFUSED: 'refused',
  NXDOMAIN: 'no-name',
};

/** A record, or what a record of the type looks like. */
type Read<T> = { readonly record: T } | { readonly wanted: string };

const READERS: { readonly [K in RecordType]: (value: unknown) => Read<RecordTypes[K]> } = {
  A: readA,
  AAAA: readAaaa,
  MX: readMx,
  PTR: readHost,
  NS: readHost,
  TXT: readTxt,
  TLSA: readHex,
  SMIMEA: readHex,
  OPENPGPKEY: readHex,
};

/**
 * Reads the JSON form of a zone (design, section 3): `{"name": {TYPE: records | {"error": E}, "error": E, "errors": {TYPE: E}}}`.
 * @returns every defect with its path; `zone` holds what was sound, so that a caller may go on
 */
export function readZone(json: unknown): { readonly zone: Zone; readonly problems: readonly ZoneProblem[] } {
  const zone = new Map<string, ZoneEntry>();
  const problems: ZoneProblem[] = [];
  if (!isObject(json)) {
    problems.push({
      path: [],
      message: 'a zone is an object of names: {"example.com": {"TXT": ["v=spf1 -all"]}}',
    });
    return { zone, problems };
  }
  for (const [name, value] of Object.entries(json)) {
    const key = zoneName(name);
    if (!isObject(value)) {
      problems.push({ path: [name], message: 'a name holds an object of types: {"TXT": ["v=spf1 -all"]}' });
      continue;
    }
    if (zone.has(key))
      problems.push({
        path: [name],
        message: `"${name}" stands twice (names are compared without regard to case or final dot)`,
      });
    zone.set(key, readEntry(name, value, problems));
  }
  return { zone, problems };
}

/** The key of a name in a zone: lower case, no final dot, U-labels turned into A-labels. */
export function zoneName(name: string): string {
  const domain = parseDomain(name);
  if (domain.ok) return domain.value;
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function readEntry(name: string, types: Record<string, unknown>, problems: ZoneProblem[]): ZoneEntry {
  const records: Record<string, unknown[]> = {};
  const errors = new Map<string, ZoneError>();
  let cname: string | undefined;
  let error: ZoneError | undefined;
  for (const [type, value] of Object.entries(types)) {
    const at = [name, type];
    if (type === 'error') error = readError(value, at, problems);
    else if (type === 'errors') readErrors(value, at, errors, problems);
    else if (isObject(value) && 'error' in value) {
      const one = readError(value['error'], [...at, 'error'], problems);
      if (one !== undefined) errors.set(type.toUpperCase(), one);
    } else if (type.toUpperCase() === 'CNAME') {
      const target: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof target === 'string' && (!Array.isArray(value) || value.length === 1))
        cname = zoneName(target);
      else problems.push({ path: at, message: 'CNAME is one name, e.g. "target.example.com"' });
    } else if (isRecordType(type.toUpperCase())) {
      records[type.toUpperCase()] = readRecords(type.toUpperCase() as RecordType, value, at, problems);
    } else if (type.toUpperCase() !== 'SPF') {
      // Type SPF (99) is history (RFC 7208 3.1); old zones carry it and it is passed over in silence.
      problems.push({
        path: at,
        message: `unknown type "${type}"; known: ${Object.keys(READERS).join(', ')}, CNAME, error, errors`,
      });
    }
  }
  return { records, errors, ...(cname !== undefined && { cname }), ...(error !== undefined && { error }) };
}

function readRecords(
  type: RecordType,
  value: unknown,
  at: readonly (string | number)[],
  problems: ZoneProblem[],
): unknown[] {
  const list: readonly unknown[] =
    !Array.isArray(value) || (type === 'MX' && typeof value[0] === 'number') ? [value] : value;
  const out: unknown[] = [];
  list.forEach((item, i) => {
    const read = READERS[type](item);
    if ('wanted' in read) problems.push({ path: [...at, i], message: read.wanted });
    else out.push(read.record);
  });
  return out;
}

function readError(
  value: unknown,
  path: readonly (string | number)[],
  problems: ZoneProblem[],
): ZoneError | undefined {
  const error = typeof value === 'string' ? ERRORS[value.toUpperCase()] : undefined;
  if (error === undefined)
    problems.push({ path, message: `an error is one of ${Object.keys(ERRORS).join(', ')}` });
  return error;
}

function readErrors(
  value: unknown,
  at: readonly (string | number)[],
  into: Map<string, ZoneError>,
  problems: ZoneProblem[],
): void {
  if (!isObject(value)) {
    problems.push({ path: at, message: '"errors" is an object of types: {"TXT": "SERVFAIL"}' });
    return;
  }
  for (const [type, one] of Object.entries(value)) {
    const error = readError(one, [...at, type], problems);
    if (error !== undefined) into.set(type.toUpperCase(), error);
  }
}

function readA(value: unknown): Read<RecordTypes['A']> {
  const ip = typeof value === 'string' && !value.includes(':') ? parseIp(value) : undefined;
  return ip?.ok === true
    ? { record: ip.value }
    : { wanted: 'an A record is an IPv4 address, e.g. "192.0.2.1"' };
}

function readAaaa(value: unknown): Read<RecordTypes['AAAA']> {
  const ip = typeof value === 'string' && value.includes(':') ? parseIp(value) : undefined;
  return ip?.ok === true
    ? { record: ip.value }
    : { wanted: 'an AAAA record is an IPv6 address, e.g. "2001:db8::1"' };
}

const MX_WANTED =
  'an MX record is [10, "mx.example.com"], "10 mx.example.com" or {"preference": 10, "exchange": "mx.example.com"}';

function readMx(value: unknown): Read<RecordTypes['MX']> {
  let preference: unknown;
  let exchange: unknown;
  if (Array.isArray(value)) [preference, exchange] = value as unknown[];
  else if (typeof value === 'string') {
    const parts = value.trim().split(/\s+/);
    [preference, exchange] = [Number(parts[0]), parts[1]];
  } else if (isObject(value))
    [preference, exchange] = [value['preference'] ?? value['priority'], value['exchange']];
  const inRange =
    typeof preference === 'number' && Number.isInteger(preference) && preference >= 0 && preference <= 65_535;
  if (!inRange || typeof exchange !== 'string') return { wanted: MX_WANTED };
  return { record: { preference: preference as number, exchange: zoneName(exchange) } };
}

function readHost(value: unknown): Read<string> {
  return typeof value === 'string'
    ? { record: zoneName(value) }
    : { wanted: 'a name, e.g. "host.example.com"' };
}

function readTxt(value: unknown): Read<Uint8Array> {
  const strings: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (strings.every((s): s is string => typeof s === 'string'))
    return { record: encodeUtf8(strings.join('')) };
  return { wanted: 'a TXT record is a string, or a list of its character-strings' };
}

function readHex(value: unknown): Read<Uint8Array> {
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value))
    return { wanted: 'rdata in hexadecimal, e.g. "0301d2abde"' };
  const record = new Uint8Array(value.length / 2);
  for (let i = 0; i < record.length; i++) record[i] = parseInt(value.slice(i * 2, i * 2 + 2), 16);
  return { record };
}

function isRecordType(type: string): type is RecordType {
  return Object.hasOwn(READERS, type);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
