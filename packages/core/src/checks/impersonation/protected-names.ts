import { withoutInvisible } from '../../syntax/invisible.js';
import type { Mailbox } from '../../words/mailbox.js';
import type { ProtectedUser } from '../context.js';
import { skeleton } from './skeleton.js';

export interface NameMatch {
  readonly user: ProtectedUser;
  readonly method: 'same-name' | 'confusable' | 'initials';
  readonly confidence: 'low' | 'medium' | 'high';
}

const MAX_WORDS = 8;
const MAX_NAME = 256;
// Accents are left out as often as they are written.
const MARKS = /\p{M}/gu;
const TITLES: ReadonlySet<string> = new Set(
  'mr mrs ms miss dr prof professor ing dipl phd md msc bsc mba llm sir ceo cfo coo cto cio ciso president director manager chairman chief executive officer founder owner herr frau mme mlle'.split(
    ' ',
  ),
);

interface Entry {
  readonly user: ProtectedUser;
  /** Skeletons of the words. */
  readonly words: readonly string[];
  /** The name as it is honestly written: its words sorted, and all in one. */
  readonly plain: readonly string[];
}

/** The names of people somebody may pretend to be, indexed by how a name is written. */
export class ProtectedNames {
  readonly #byWords = new Map<string, Entry[]>();
  readonly #byWord = new Map<string, Entry[]>();

  constructor(users: readonly ProtectedUser[]) {
    for (const user of users) {
      const words = wordsOf(user.displayName);
      if (words.length === 0) continue;
      const entry: Entry = { user, words: words.map(skeleton), plain: [keyOf(words), words.join('')] };
      push(this.#byWords, keyOf(entry.words), entry);
      // "JaneDoe"
      if (words.length > 1) push(this.#byWords, entry.words.join(''), entry);
      if (words.length > 1)
        for (const word of new Set(entry.words)) if (word.length >= 3) push(this.#byWord, word, entry);
    }
  }

  get isEmpty(): boolean {
    return this.#byWords.size === 0;
  }

  /**
   * The person whose name a stranger's display name is: the same words in any order without titles, single letters
   * and what stands in parentheses; the same to the eye; or one word and initials. Not where the address is the person's.
   */
  borrowedBy(displayName: string, address: Mailbox): NameMatch | undefined {
    const words = wordsOf(displayName);
    if (words.length === 0) return undefined;
    const entries = this.#byWords.get(keyOf(words.map(skeleton)));
    if (entries !== undefined) {
      // Namesakes: one of them may well write from here.
      const [entry] = entries.some(({ user }) => belongs(user, address)) ? [] : entries;
      if (entry === undefined) return undefined;
      return entry.plain.includes(keyOf(words))
        ? { user: entry.user, method: 'same-name', confidence: 'medium' }
        : { user: entry.user, method: 'confusable', confidence: 'high' };
    }
    return this.#byInitials(displayName, address);
  }

  #byInitials(displayName: string, address: Mailbox): NameMatch | undefined {
    const looks = rawWords(displayName).map(skeleton);
    if (looks.length < 2) return undefined;
    for (const word of looks)
      for (const entry of this.#byWord.get(word) ?? []) {
        if (!initialsOf(looks, entry.words)) continue;
        return belongs(entry.user, address)
          ? undefined
          : { user: entry.user, method: 'initials', confidence: 'low' };
      }
    return undefined;
  }
}

function push(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [entry]);
  else list.push(entry);
}

function keyOf(words: readonly string[]): string {
  return [...words].sort().join(' ');
}

/** The words that make a name; a middle initial is no part of it where two words remain. */
function wordsOf(name: string): readonly string[] {
  const words = rawWords(name);
  const long = words.filter((word) => word.length > 1);
  return long.length >= 2 ? long : words;
}

function rawWords(name: string): readonly string[] {
  const text = withoutInvisible(name.slice(0, MAX_NAME).normalize('NFKD').replace(MARKS, '')).toLowerCase();
  const words: string[] = [];
  let word = '';
  let depth = 0;
  for (const c of `${text} `) {
    if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    else if (depth <= 0 && isWordCharacter(c)) {
      word += c;
      continue;
    }
    if (word !== '' && !TITLES.has(word) && words.length < MAX_WORDS) words.push(word);
    word = '';
  }
  return words;
}

function isWordCharacter(c: string): boolean {
  return c >= '\u0080' ? /[\p{L}\p{N}]/u.test(c) : (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// "J Doe", "Jane D", "D Jane": as many words, each the same or the first letter, one of them whole.
function initialsOf(looks: readonly string[], words: readonly string[]): boolean {
  if (looks.length !== words.length) return false;
  const left = [...words];
  const initials: string[] = [];
  for (const look of looks) {
    const at = left.indexOf(look);
    if (at >= 0) left.splice(at, 1);
    else if (look.length === 1) initials.push(look);
    else return false;
  }
  return initials.length > 0 && initials.every((initial) => left.some((word) => word.startsWith(initial)));
}

function belongs(user: ProtectedUser, address: Mailbox): boolean {
  const local = address.localPart.toLowerCase();
  return user.addresses.some((a) => a.domain === address.domain && a.localPart.toLowerCase() === local);
}
