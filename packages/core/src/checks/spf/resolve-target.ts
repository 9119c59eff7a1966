import { rfc } from '../../words/clause.js';
import type { DomainSpec } from './domain-spec.js';
import { expandMacros } from './expand-macros.js';
import type { MacroString } from './macro-string.js';
import type { Halt } from './outcome.js';
import type { SpfCheck } from './spf-check.js';
import { targetName } from './target-name.js';

const RFC7208_7_3 = rfc('7208', '7.3');
const RFC8616_4 = rfc('8616', '4');

/**
 * `name` is absent where no question can be made of the target: it is read as a name that does not exist.
 * `no-match`: the term can match nobody, whatever DNS holds (RFC 8616 4).
 */
export type Target =
  { readonly status: 'target'; readonly name?: string } | { readonly status: 'no-match' } | Halt;

const NO_NAME: Target = { status: 'target' };

/** The `<target-name>` of a term (RFC 7208 4.8): its domain-spec expanded, or `domain` where it has none. */
export async function resolveTarget(
  check: SpfCheck,
  spec: DomainSpec | undefined,
  domain: string,
  options: { readonly countsLookups: boolean },
): Promise<Target> {
  if (spec === undefined) return { status: 'target', name: domain };
  if (spec.macros.literal !== undefined)
    return spec.fixedName === undefined ? NO_NAME : { status: 'target', name: spec.fixedName };
  if (spec.macros.usesLocalPart && !isAscii(check.values.localPart)) {
    check.say(RFC8616_4, 'a term with %{s} or %{l} matches no sender with a non-ASCII local part');
    return { status: 'no-match' };
  }
  const expanded = await expandHere(check, spec.macros, domain, options);
  // Not a permerror: whoever says a HELO that long would turn the "fail" behind this term into one.
  if (expanded === undefined) return NO_NAME;
  if (typeof expanded !== 'string') return expanded;
  const name = targetName(expanded);
  return name === undefined ? NO_NAME : { status: 'target', name };
}

/** Expands a macro-string as it stands in a record of `domain`; undefined where that is longer than we expand. */
export async function expandHere(
  check: SpfCheck,
  macros: MacroString,
  domain: string,
  options: { readonly countsLookups: boolean },
): Promise<string | undefined | Halt> {
  let validatedName = '';
  if (macros.usesValidatedName) {
    // RFC 7208 4.6.4: the PTR question of a %{p} counts like a term; it is asked once a check at most.
    if (options.countsLookups && !check.names.isKnown && !check.budget.beginTerm())
      return { status: 'permerror', reason: 'lookup-limit', faultIn: domain };
    const best = await check.names.bestFor(domain);
    if ('status' in best) return best;
    validatedName = best.name;
  }
  const expanded = expandMacros(macros, check.values, domain, validatedName, check.limits.macroBytes);
  if (expanded !== undefined) return expanded;
  check.say(RFC7208_7_3, `a macro expands to more than ${check.limits.macroBytes} characters`);
  return undefined;
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
