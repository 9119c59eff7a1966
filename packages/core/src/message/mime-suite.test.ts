// Suite mime-rfc: examples of the RFCs and the MIME torture test must be read, whatever they hold.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSuite } from '../testing/suite-table.js';
import { withSuite } from '../testing/suites.js';
import { DEFAULT_LIMITS } from '../words/limits.js';
import { fieldsNamed, readHeaderBlock, unfoldedValue } from './header-block.js';

interface MimeCase {
  readonly id: string;
  readonly file: string;
  readonly expected: { readonly pythonEmail: { readonly topType: string; readonly fromCount: number } };
}

withSuite(['mime-rfc', 'cases.json'], (text, path) => {
  const suite = openSuite('mime-rfc');
  const { cases } = JSON.parse(text) as { cases: readonly MimeCase[] };
  for (const { id, file, expected } of cases)
    suite.case(id, () => {
      const bytes = readFileSync(join(dirname(path), 'messages', file));
      const head = readHeaderBlock(bytes, DEFAULT_LIMITS);
      equal(fieldsNamed(head, 'from').length, expected.pythonEmail.fromCount, 'From fields');
      const types = fieldsNamed(head, 'content-type').map((f) => unfoldedValue(head, f).split(';')[0]);
      deepEqual(
        types.map((t) => t?.trim().toLowerCase()),
        [expected.pythonEmail.topType],
        'Content-Type',
      );
      ok(head.bodyStart > 0 && head.bodyStart < bytes.length, 'a body');
      let end = 0;
      for (const field of head.fields) {
        ok(field.start >= end && field.start < field.valueStart, 'fields follow one another');
        ok(
          field.valueStart <= field.valueEnd && field.valueEnd < field.end,
          'a value ends before its line end',
        );
        end = field.end;
      }
      ok(end <= head.bodyStart, 'the body follows the header');
    });
});
