import { isKeyword, type AuthenticationResults, type MethodResult } from './authentication-results.js';
import { formatAddressValue, formatComment, formatHeaderLines, formatValue } from './header-writer.js';

/**
 * A whole Authentication-Results field (RFC 8601 2.2), folded, with CRLF, ready to prepend; one result a line, `none`
 * where there is no result. Values are quoted where they need it, so that nothing in them can become a result.
 *
 * @param instance writes an ARC-Authentication-Results field instead (RFC 8617 4.1.1)
 * @throws TypeError for an empty authserv-id, or a method, result, property type or property that is no keyword:
 *   these words are ours, never a stranger's
 */
export function formatResultsField(value: AuthenticationResults, instance?: number): string {
  if (value.authservId.trim() === '') throw new TypeError('an authserv-id is needed');
  const version = value.version === 1 ? '' : ` ${value.version}`;
  const results = value.results.length === 0 ? ['none'] : value.results.map(formatResult);
  const first = instance === undefined ? '' : `i=${instance}; `;
  const parts = [`${first}${formatValue(value.authservId)}${version}`, ...results];
  return formatHeaderLines(
    instance === undefined ? 'Authentication-Results' : 'ARC-Authentication-Results',
    parts.map((part, i) => (i < parts.length - 1 ? `${part};` : part)),
  );
}

function formatResult(result: MethodResult): string {
  const version = result.methodVersion === 1 ? '' : `/${result.methodVersion}`;
  let text = `${keyword(result.method)}${version}=${keyword(result.result)}`;
  for (const comment of result.comments) text += ` ${formatComment(comment)}`;
  if (result.reason !== undefined) text += ` reason=${formatValue(result.reason)}`;
  for (const { ptype, property, value } of result.properties)
    text += ` ${keyword(ptype)}.${keyword(property)}=${formatAddressValue(value)}`;
  return text;
}

function keyword(word: string): string {
  if (!isKeyword(word)) throw new TypeError(`"${word}" is no keyword of RFC 8601 2.2`);
  return word;
}
