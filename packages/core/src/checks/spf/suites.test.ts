// The public SPF suites, case by case. They are read in place and stay outside this repository.
import { ok, equal } from 'node:assert/strict';
import { isMap, parseAllDocuments, type YAMLMap } from 'yaml';
import { openSuite } from '../../testing/suite-table.js';
import { withSuite } from '../../testing/suites.js';
import { MemoryResolver } from '../../dns/memory-resolver.js';
import { readZone, type Zone, type ZoneEntry, zoneName } from '../../dns/zone.js';
import { encodeLatin1 } from '../../syntax/bytes.js';
import type { Domain } from '../../words/domain.js';
import { parseIp } from '../../words/ip.js';
import type { ReversePath } from '../../words/mailbox.js';
import { world } from '../../testing/world.js';
import { checkSpf } from './check-spf.js';

interface SuiteTest {
  readonly host: string;
  readonly helo: string;
  readonly mailfrom: string;
  readonly result: string | readonly string[];
  readonly explanation?: string;
}

interface Scenario {
  readonly description?: string;
  readonly comment?: string;
  readonly tests: Readonly<Record<string, SuiteTest>>;
  readonly zonedata: Readonly<Record<string, readonly unknown[]>>;
}

const SUITES = [
  ['spf-rfc7208', 'rfc7208-tests.yml', []],
  ['spf-rfc4408', 'rfc4408-tests.yml', []],
  // A private extension, "default=" with a meaning: RFC 7208 6 makes it an unknown modifier.
  ['spf-pyspf', 'pyspf-tests.yml', ['default-modifier', 'default-modifier-harsh']],
] as const;

for (const [name, file, left] of SUITES)
  withSuite([name, file], (text) => {
    const suite = openSuite(name);
    for (const [i, scenario] of readScenarios(text).entries()) {
      const title = (scenario.description ?? scenario.comment ?? `scenario ${i}`).trim().split('\n')[0];
      const zone = readSuiteZone(scenario.zonedata);
      for (const [id, row] of Object.entries(scenario.tests)) {
        if ((left as readonly string[]).includes(id)) continue;
        suite.case(`${title}: ${id}`, () => runRow(row, zone));
      }
    }
  });

async function runRow(row: SuiteTest, zone: Zone): Promise<void> {
  const clientIp = parseIp(row.host);
  ok(clientIp.ok);
  const result = await checkSpf(
    { clientIp: clientIp.value, helo: row.helo, mailFrom: reversePath(row.mailfrom) },
    { ...world({}), resolver: new MemoryResolver(zone) },
  );
  const allowed = [row.result].flat();
  ok(allowed.includes(result.status), `${result.status}, wanted ${allowed.join(' or ')}`);
  if (row.explanation === undefined) return;
  ok(result.status === 'fail');
  // DEFAULT is the checker's own text; ours is none: what to say then is the receiver's choice.
  equal(result.explanation, row.explanation === 'DEFAULT' ? undefined : row.explanation);
}

// The suites put into MAIL FROM what no parser would make a mailbox of; the check must stand it.
function reversePath(mailFrom: string): ReversePath {
  if (mailFrom === '') return null;
  const at = mailFrom.lastIndexOf('@');
  return { localPart: mailFrom.slice(0, at), domain: mailFrom.slice(at + 1) as Domain };
}

function readScenarios(text: string): Scenario[] {
  const scenarios: Scenario[] = [];
  for (const document of parseAllDocuments(text, { uniqueKeys: false })) {
    const top = document.contents;
    if (!isMap(top)) continue;
    const zonedata: Record<string, unknown[]> = {};
    // A name may stand twice; its entries belong together, where toJS() would keep the last alone.
    for (const { key, value } of (top.get('zonedata') as YAMLMap<{ value: string }, YAMLMap>).items)
      (zonedata[key.value] ??= []).push(...(value?.toJS(document) as unknown[]));
    scenarios.push({ ...(document.toJS() as Scenario), zonedata });
  }
  return scenarios;
}

/** Zone data of the suites (README there): a list of one-key maps for each name, and the bare word TIMEOUT. */
function readSuiteZone(zonedata: Scenario['zonedata']): Zone {
  const zone = new Map<string, ZoneEntry>();
  for (const [name, entries] of Object.entries(zonedata)) {
    const types: Record<string, unknown[]> = {};
    const texts = new Map<string, unknown[]>();
    let timeout = false;
    for (const entry of entries) {
      if (entry === 'TIMEOUT') {
        timeout = true;
        continue;
      }
      for (const [type, value] of Object.entries(entry as Record<string, unknown>)) {
        const into = type === 'TXT' || type === 'SPF' ? (texts.get(type) ?? []) : (types[type] ??= []);
        if (type === 'TXT' || type === 'SPF') texts.set(type, into);
        into.push(value);
      }
    }
    // Type SPF entries stand for TXT, unless the name has TXT of its own ("NONE" is one) or times out.
    const txt = texts.get('TXT') ?? (timeout ? [] : (texts.get('SPF') ?? []));
    const { records, entry } = readTypes(name, types);
    zone.set(zoneName(name), {
      ...entry,
      ...(timeout && { error: 'timeout' as const }),
      records: {
        ...records,
        ...(txt.length > 0 && !txt.includes('NONE') && { TXT: txt.map((t) => encodeLatin1(joined(t))) }),
      },
    });
  }
  return zone;
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.join('') : String(value);
}

function readTypes(
  name: string,
  types: Record<string, unknown[]>,
): { readonly records: ZoneEntry['records']; readonly entry: ZoneEntry } {
  const { zone } = readZone({ [name]: types });
  const entry = zone.get(zoneName(name)) ?? { records: {}, errors: new Map() };
  return { records: entry.records, entry };
}
