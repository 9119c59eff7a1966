import { rfc } from '../../words/clause.js';
import { problem } from '../../words/problem.js';
import type { HostOutcome } from './outcome.js';
import { isSpfRecord, readSpfRecord, type SpfRecord } from './record.js';
import type { SpfCheck } from './spf-check.js';

const RFC7208_3_4 = rfc('7208', '3.4');
const RFC7208_4_5 = rfc('7208', '4.5');
const RFC7208_4_6 = rfc('7208', '4.6');

/** RFC 7208 4.5: records that are not SPF's are dropped; exactly one must be left, and be sound as a whole (4.6). */
export function selectRecord(
  check: SpfCheck,
  domain: string,
  records: readonly Uint8Array[],
): SpfRecord | HostOutcome {
  const candidates = records.filter(isSpfRecord);
  const [txt] = candidates;
  if (txt === undefined) {
    check.say(RFC7208_4_5, `${domain} has no SPF record`);
    return { status: 'none', reason: 'no-record' };
  }
  if (candidates.length > 1) {
    // Taking either would let a stale record decide.
    check.say(RFC7208_4_5, `${domain} has ${candidates.length} SPF records`);
    return { status: 'permerror', reason: 'multiple-records', faultIn: domain };
  }
  if (txt.length > check.limits.recordBytes) {
    const { recordBytes } = check.limits;
    const tooLong = problem(
      'spf/record-length',
      recordBytes,
      RFC7208_3_4,
      `the record is longer than ${recordBytes} bytes`,
    );
    check.say(RFC7208_3_4, tooLong.message);
    return { status: 'permerror', reason: 'syntax', faultIn: domain, problem: tooLong };
  }
  const record = readSpfRecord(txt);
  if (record.ok) return record.value;
  check.say(RFC7208_4_6, `the record of ${domain} is wrong: ${record.problem.message}`);
  return { status: 'permerror', reason: 'syntax', faultIn: domain, problem: record.problem };
}
