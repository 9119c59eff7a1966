import { rfc } from '../../words/clause.js';
import { parseDomain } from '../../words/domain.js';
import { DEFAULT_LIMITS } from '../../words/limits.js';
import { problem, type Problem } from '../../words/problem.js';

const RFC9989_4_6 = rfc('9989', '4.6');
const RFC9989_4_8 = rfc('9989', '4.8');

// RFC 3986: a scheme, then the characters of a URI. The exclamation mark is not among them (RFC 9989 4.8).
const URI = /^[a-z][a-z0-9+.-]*:(?:[a-z0-9\-._~:/?#[\]@$&'()*+;=]|%[0-9a-f]{2})+$/i;
const OBSOLETE_SIZE = /^[0-9]+[kmgt]?$/i;

/**
 * The report addresses of rua= or ruf= that are syntactically valid, without the obsolete `!size`.
 *
 * URIs of every scheme are kept, whoever sends reports ignores the schemes it does not know (RFC 9989 4.7);
 * a mailto: URI must name a mailbox.
 * @param at offset of the value in the record, for the warnings
 * @param warn is told `dmarc/report-uri`, `dmarc/report-size`, `dmarc/report-limit`
 */
export function parseReportUris(value: string, at: number, warn: (defect: Problem) => void): string[] {
  const uris: string[] = [];
  for (let start = 0; start <= value.length;) {
    const comma = value.indexOf(',', start);
    const end = comma < 0 ? value.length : comma;
    const raw = value.slice(start, end);
    const written = raw.trim();
    const offset = at + start;
    start = end + 1;
    if (uris.length === DEFAULT_LIMITS.reportUris) {
      const text = `only the first ${DEFAULT_LIMITS.reportUris} report addresses are read`;
      warn(problem('dmarc/report-limit', offset, RFC9989_4_6, text));
      break;
    }
    const uri = withoutObsoleteSize(written);
    if (!isReportUri(uri)) {
      warn(problem('dmarc/report-uri', offset, RFC9989_4_8, 'not a URI that reports can be sent to'));
      continue;
    }
    if (uri !== written)
      warn(
        problem('dmarc/report-size', offset, RFC9989_4_8, 'the size limit after "!" is obsolete and ignored'),
      );
    uris.push(uri);
  }
  return uris;
}

function withoutObsoleteSize(uri: string): string {
  const mark = uri.lastIndexOf('!');
  return mark > 0 && OBSOLETE_SIZE.test(uri.slice(mark + 1)) ? uri.slice(0, mark) : uri;
}

function isReportUri(uri: string): boolean {
  if (!URI.test(uri)) return false;
  if (uri.slice(0, 7).toLowerCase() !== 'mailto:') return true;
  const query = uri.indexOf('?');
  const mailbox = uri.slice(7, query < 0 ? uri.length : query);
  const atSign = mailbox.lastIndexOf('@');
  return atSign > 0 && parseDomain(mailbox.slice(atSign + 1)).ok;
}
