import type { Tone } from '../text/screen.js';

/** What one mechanism says, for people: a word, how it is meant, and a sentence. May hold words of strangers. */
export interface Finding {
  /** What the word is about, where a mechanism has several results: `MAIL FROM`, `HELO`, `signature 2`. */
  readonly about?: string;
  /** A status word, at most 10 characters. */
  readonly word: string;
  readonly tone: Tone;
  readonly text: string;
}

export function finding(word: string, tone: Tone, text: string): Finding {
  return { word, tone, text };
}
