import type { ImpersonationFinding } from '../results.js';

export interface InvisibleUse {
  readonly confidence: ImpersonationFinding['confidence'];
  readonly text: string;
  /** `U+202E` and the like. */
  readonly evidence: string;
}

/**
 * Characters in a name that hide something: control characters (an encoded-word can hold a NUL or a line end, which
 * some clients cut at), bidirectional overrides and isolates, and zero-width characters or soft hyphens between Latin
 * letters. Joiners in emoji and in scripts that need them, direction marks of right-to-left names and variation
 * selectors are ordinary.
 */
export function findInvisible(name: string): InvisibleUse | undefined {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x20 && code < 0x7f) continue;
    if ((code < 0x20 && code !== 0x09) || (code >= 0x7f && code < 0xa0))
      return use(code, 'high', 'a control character is hidden in the name');
    if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
      return use(code, 'high', 'a character in the name turns the text around');
    if (isZeroWidth(code) && isLatin(name[i - 1]) && isLatin(name[i + 1]))
      return use(code, 'medium', 'an invisible character splits a word of the name');
  }
  return undefined;
}

function use(code: number, confidence: InvisibleUse['confidence'], text: string): InvisibleUse {
  return { confidence, text, evidence: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` };
}

function isZeroWidth(code: number): boolean {
  return (
    code === 0xad ||
    code === 0x34f ||
    code === 0x180e ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2060 && code <= 0x2064) ||
    code === 0x3164 ||
    code === 0xfeff ||
    code === 0xffa0
  );
}

function isLatin(c: string | undefined): boolean {
  return c !== undefined && /[A-Za-z0-9@.]/.test(c);
}
