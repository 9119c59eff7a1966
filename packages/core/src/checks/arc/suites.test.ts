// The ARC suite of the public suites, verification half.
import { equal } from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { openSuite } from '../../testing/suite-table.js';
import { withSuite } from '../../testing/suites.js';
import { crlf, world } from '../../testing/world.js';
import { checkArc } from '../../verify/check-arc.js';

interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, { readonly message: string; readonly cv: string | null }>>;
  readonly 'txt-records': Readonly<Record<string, string>>;
}

/** 2018-01-01, when the suite's keys were fresh. */
const NOW_SECONDS = 1_514_764_800;

const DISPUTED = {
  ams_fields_c_na:
    'RFC 8617 4.1.2 with RFC 6376 3.5: a missing c= is simple/simple; the sample was signed as relaxed/relaxed',
  ams_fields_h_empty: 'RFC 6376 3.5: h= is a list of at least one field name; an empty one is a syntax error',
};

withSuite(['arc-draft', 'arc-draft-validation-tests.yml'], (text) => {
  const suite = openSuite('arc-draft', DISPUTED);
  for (const document of parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' })) {
    const scenario = document.toJS() as Scenario | null;
    if (scenario === null) continue;
    const zone = Object.fromEntries(
      Object.entries(scenario['txt-records']).map(([name, record]) => [
        name,
        {
          TXT: [
            record
              .trim()
              .split('\n')
              .map((s) => s.trim()),
          ],
        },
      ]),
    );
    for (const [id, { message, cv }] of Object.entries(scenario.tests))
      suite.case(id, async () => {
        const result = await checkArc(
          crlf(message),
          { trustedSealers: new Set() },
          world(zone, { timeSeconds: NOW_SECONDS }),
        );
        const wanted = (cv ?? 'fail').toLowerCase() || 'fail';
        equal(result.status, wanted, result.trace.at(-1)?.text);
      });
  }
});
