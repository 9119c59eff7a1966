import { latin1 } from '../../syntax/bytes.js';
import { rfc } from '../../words/clause.js';
import { parseMacroString } from './macro-string.js';
import type { DomainModifier } from './record.js';
import { expandHere, resolveTarget } from './resolve-target.js';
import type { SpfCheck } from './spf-check.js';

const RFC7208_6_2 = rfc('7208', '6.2');

// RFC 7208 4.6.4: exp= is asked for after the result stands, so it counts towards no limit.
const UNCOUNTED = { countsLookups: false } as const;

/**
 * The domain owner's text for a "fail" (RFC 7208 6.2). Whatever goes wrong on the way (no record, several, DNS trouble,
 * a syntax error, a character that is not printable ASCII after expansion) means there is none.
 * @param domain the domain whose record holds `exp`
 */
export async function fetchExplanation(
  check: SpfCheck,
  exp: DomainModifier,
  domain: string,
): Promise<string | undefined> {
  const target = await resolveTarget(check, exp.target, domain, UNCOUNTED);
  if (target.status !== 'target' || target.name === undefined) return ignored(check, exp, 'its domain');
  const answer = await check.ask(RFC7208_6_2, target.name, 'TXT');
  const [txt] = answer.kind === 'records' ? answer.records : [];
  if (answer.kind !== 'records' || answer.records.length !== 1 || txt === undefined)
    return ignored(check, exp, 'the answer is not one record');
  if (txt.length > check.limits.macroBytes) return ignored(check, exp, 'the text is too long');
  const text = latin1(txt);
  const macros = parseMacroString(text, 0, text.length, 'explanation');
  if (!macros.ok) return ignored(check, exp, macros.problem.message);
  const expanded = await expandHere(check, macros.value, domain, UNCOUNTED);
  if (typeof expanded !== 'string') return ignored(check, exp, 'the text expands to too much');
  // It goes into an SMTP reply: what a stranger's HELO or local part brought in by macro must not end the line.
  if (!isPrintableAscii(expanded)) return ignored(check, exp, 'the text does not expand to printable ASCII');
  return expanded;
}

function ignored(check: SpfCheck, exp: DomainModifier, why: string): undefined {
  check.say(RFC7208_6_2, `${exp.text} is ignored: ${why}`);
}

function isPrintableAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}
