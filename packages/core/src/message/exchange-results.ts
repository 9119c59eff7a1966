import { DEFAULT_LIMITS } from '../words/limits.js';
import { parsed, type Parsed } from '../words/parsed.js';
import { parseResultsWithoutId, type MethodResult, type ResultLimits } from './authentication-results.js';

/**
 * An Authentication-Results field as Exchange Online writes it: RFC 8601 2.2 has no field without authserv-id. Nobody
 * signs with a name here, so nothing in the field says who wrote it: `trustworthy` is false whatever it claims.
 * Only its place in the header can lend it trust (`readAuthenticationResults`, option `exchangeOnline`).
 */
export interface ExchangeResults {
  readonly trustworthy: false;
  /** `action=` and other bare properties have the ptype ''. */
  readonly results: readonly MethodResult[];
  /** Microsoft's composite result with its three-digit reason. */
  readonly compauth?: { readonly result: string; readonly reason?: string };
  /** The client address of the comment `(sender IP is ...)`. */
  readonly senderIp?: string;
  /** What stands between semicolons and is no result; older servers put the recipient's domain there. */
  readonly strayWords: readonly string[];
}

const SENDER_IP = 'sender ip is ';

/**
 * Reads the non-standard form: no authserv-id, the first word is already a result; `action=` without ptype; words
 * between semicolons that are no result; no blank after a semicolon.
 * Errors: those of `parseAuthenticationResults`; a field that begins with an id or a stray word is not of this form.
 */
export function readExchangeResults(
  value: Uint8Array,
  limits: ResultLimits = DEFAULT_LIMITS,
): Parsed<ExchangeResults> {
  const read = parseResultsWithoutId(value, limits);
  if (!read.ok) return read;
  const { results, strayWords } = read.value;
  const compauth = results.filter((r) => r.method === 'compauth');
  const one = compauth.length === 1 ? compauth[0] : undefined;
  const senderIp = senderIpOf(results);
  return parsed(
    {
      trustworthy: false,
      results,
      ...(one === undefined
        ? {}
        : {
            compauth: { result: one.result, ...(one.reason === undefined ? {} : { reason: one.reason }) },
          }),
      ...(senderIp === undefined ? {} : { senderIp }),
      strayWords,
    },
    read.warnings,
  );
}

function senderIpOf(results: readonly MethodResult[]): string | undefined {
  for (const result of results)
    if (result.method === 'spf')
      for (const comment of result.comments)
        if (comment.toLowerCase().startsWith(SENDER_IP)) return comment.slice(SENDER_IP.length).trim();
  return undefined;
}
