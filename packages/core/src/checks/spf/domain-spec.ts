import { rfc } from '../../words/clause.js';
import { failed, parsed, type Parsed } from '../../words/parsed.js';
import { problem } from '../../words/problem.js';
import { type MacroString, parseMacroString } from './macro-string.js';
import { targetName } from './target-name.js';

/** A domain-spec of RFC 7208 7.1. */
export interface DomainSpec {
  readonly macros: MacroString;
  /** The name to ask, where the spec holds no macro and a question can be made of it. */
  readonly fixedName: string | undefined;
}

const RFC7208_7_1 = rfc('7208', '7.1');

/**
 * Reads `text[start, end)` as a domain-spec: a macro-string that ends in a macro or in "." and a top label.
 * Errors: `spf/domain-spec` and those of `parseMacroString`.
 */
export function parseDomainSpec(text: string, start: number, end: number): Parsed<DomainSpec> {
  if (start >= end) return failed(problem('spf/domain-spec', start, RFC7208_7_1, 'a domain is missing'));
  const macros = parseMacroString(text, start, end, 'domain-spec');
  if (!macros.ok) return macros;
  const { tailStart } = macros.value;
  // domain-end is a macro-expand, "%%", "%_" and "%-" among them, or "." toplabel [ "." ].
  if (tailStart < end || tailStart === start) {
    const fault = topLabelFault(text, tailStart, end);
    if (fault !== undefined) return failed(problem('spf/domain-spec', tailStart, RFC7208_7_1, fault));
  }
  const { literal } = macros.value;
  const fixedName = literal === undefined ? undefined : targetName(literal);
  return parsed({ macros: macros.value, fixedName });
}

function topLabelFault(text: string, start: number, end: number): string | undefined {
  const labelEnd = text.charAt(end - 1) === '.' ? end - 1 : end;
  const dot = text.lastIndexOf('.', labelEnd - 1);
  if (dot < start) return 'a domain has only one label';
  let alpha = false;
  let hyphen = false;
  for (let i = dot + 1; i < labelEnd; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x2d) hyphen = true;
    else if ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a) alpha = true;
    else if (c < 0x30 || c > 0x39)
      return 'a domain ends in a label with a character that no top-level domain has';
  }
  if (labelEnd === dot + 1) return 'a domain ends in an empty label';
  if (text.charAt(dot + 1) === '-' || text.charAt(labelEnd - 1) === '-')
    return 'a domain ends in a label that starts or ends with a hyphen';
  // Grammar of toplabel: digits alone never; a hyphen inside is enough, a letter too.
  if (!alpha && !hyphen) return 'a domain ends in a label of digits only: an address belongs to ip4 or ip6';
  return undefined;
}
