// A small DNS server on loopback over a zone in the JSON form of the design: for end-to-end tests with --nameserver.
import { DEFAULT_LIMITS, type RecordType, type RecordTypes, readZone, type Zone } from '@truefrom/core';
import type { DnsMessage, DnsRecord } from '../resolver/message.js';
import { encodeName, nameText } from '../resolver/name.js';
import { type RecordData, TYPE_NUMBERS } from '../resolver/rdata.js';
import { type Asked, cname, framed, type ScriptedServer, scriptedServer, soa } from './scripted-server.js';

const TTL_SECONDS = 300;

/**
 * Serves the zone over UDP and TCP; as SERVFAIL, REFUSED and NXDOMAIN what the zone says is so, and TIMEOUT as silence.
 * Names outside the zone do not exist. `asked` lists the questions that came.
 */
export async function serveZone(zoneJson: unknown): Promise<ScriptedServer> {
  const read = readZone(zoneJson);
  if (read.problems.length > 0) throw new TypeError(`test zone: ${JSON.stringify(read.problems)}`);
  const names = index(read.zone);
  return scriptedServer({
    udp: (asked, send) => {
      const change = answer(names, asked);
      if (change === undefined) return undefined;
      const reply = asked.reply(change);
      return send(
        reply.length <= (asked.message.edns?.udpPayloadBytes ?? 512)
          ? reply
          : asked.reply({ truncated: true }),
      );
    },
    tcp: (asked, socket) => {
      const change = answer(names, asked);
      if (change !== undefined) socket.end(framed(asked.reply(change)));
    },
  });
}

type Entry = Zone extends ReadonlyMap<string, infer E> ? E : never;

/** By the name's one text; names that only have something below them hold nothing (RFC 8020). */
function index(zone: Zone): ReadonlyMap<string, Entry> {
  const names = new Map<string, Entry>();
  for (const [name, entry] of zone) {
    const wire = encodeName(name);
    if (wire === undefined) throw new TypeError(`test zone: "${name}" cannot be a name`);
    names.set(nameText(wire), entry);
  }
  for (const name of [...names.keys()])
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
      if (!names.has(name.slice(dot + 1))) names.set(name.slice(dot + 1), { records: {}, errors: new Map() });
  return names;
}

/** Undefined: silence. */
function answer(names: ReadonlyMap<string, Entry>, { question }: Asked): Partial<DnsMessage> | undefined {
  const answers: DnsRecord[] = [];
  const authorities = [soa('', TTL_SECONDS)];
  const type = (Object.keys(WRITERS) as RecordType[]).find((name) => TYPE_NUMBERS[name] === question.type);
  let name = question.name;
  for (let hop = 0; hop <= DEFAULT_LIMITS.cnames; hop++) {
    const entry = names.get(name);
    const error = entry === undefined ? 'no-name' : errorOf(entry, type);
    if (error === 'timeout') return undefined;
    if (error === 'no-name') return { authoritative: true, rcode: 3, answers, authorities };
    if (error !== undefined) return { rcode: error === 'refused' ? 5 : 2 };
    const found = entry === undefined || type === undefined ? [] : recordsOf(entry, type);
    answers.push(...found.map((data) => ({ name, ttlSeconds: TTL_SECONDS, data })));
    if (found.length > 0) return { authoritative: true, answers };
    if (entry?.cname === undefined) return { authoritative: true, answers, authorities };
    answers.push(cname(name, entry.cname, TTL_SECONDS));
    name = entry.cname;
  }
  return { rcode: 2 };
}

function errorOf(entry: Entry, type: RecordType | undefined): Entry['error'] {
  if (type === undefined) return entry.error;
  return entry.errors.get(type) ?? (Object.hasOwn(entry.records, type) ? undefined : entry.error);
}

function recordsOf<K extends RecordType>(entry: Entry, type: K): RecordData[] {
  const records: readonly RecordTypes[K][] = entry.records[type] ?? [];
  return records.map(WRITERS[type]);
}

const WRITERS: { readonly [K in RecordType]: (record: RecordTypes[K]) => RecordData } = {
  A: (address) => ({ type: 'A', address }),
  AAAA: (address) => ({ type: 'AAAA', address }),
  MX: (mx) => ({ type: 'MX', ...mx }),
  NS: (host) => ({ type: 'NS', host }),
  PTR: (host) => ({ type: 'PTR', host }),
  TXT: (text) => ({ type: 'TXT', strings: split(text) }),
  TLSA: (rdata) => ({ type: 'TLSA', rdata }),
  SMIMEA: (rdata) => ({ type: 'SMIMEA', rdata }),
  OPENPGPKEY: (rdata) => ({ type: 'OPENPGPKEY', rdata }),
};

/** Character-strings hold 255 bytes; an empty text is one empty string. */
function split(text: Uint8Array): Uint8Array[] {
  const strings: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < text.length; at += 255) strings.push(text.subarray(at, at + 255));
  return strings;
}
