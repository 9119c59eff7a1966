// Our own table of the characters that matter in domain names and people's names: what a reader of Latin text takes
// for a Latin letter. Small on purpose; Unicode's confusables (UTS 39) are two hundred times as many, most of which no
// registry lets into a name. Accents need no entry: they are taken off by decomposition.
const LOOKS_LIKE: readonly (readonly [string, string])[] = [
  ['a', 'аɑαᴀ'],
  ['b', 'вьƅɓβʙ'],
  ['c', 'сϲᴄƈ'],
  ['d', 'ԁɗđժðᴅ'],
  ['e', 'еҽєεəᴇ'],
  ['f', 'ƒſғϝ'],
  ['g', 'ɡցɢԍɠ'],
  ['h', 'һհɦнħʜ'],
  ['i', 'іıɩιɪɨ'],
  ['j', 'јյϳᴊ'],
  ['k', 'кκƙᴋ'],
  ['l', '1|ӏǀłɭʟ'],
  ['m', 'мɱᴍ'],
  ['n', 'ոռηпɴƞ'],
  ['o', '0оοօσөøᴏɵ'],
  ['p', 'рρթƿþᴘ'],
  ['q', 'ԛզգ'],
  ['r', 'гɼɾʀ'],
  ['s', 'ѕꜱʂ'],
  ['t', 'тτŧᴛƭ'],
  ['u', 'υսцʋᴜџ'],
  ['v', 'ѵνᴠ'],
  ['w', 'ԝѡաωшɯᴡ'],
  ['x', 'хχҳ'],
  ['y', 'уγүყʏƴ'],
  ['z', 'ᴢʐƶ'],
  ['ae', 'æӕ'],
  ['oe', 'œ'],
  ['ss', 'ß'],
];
const LETTERS = new Map<string, string>();
for (const [letter, imitators] of LOOKS_LIKE) for (const c of imitators) LETTERS.set(c, letter);

const ABOVE_ASCII = /[^\x20-\x7e]/;
const MARKS = /\p{M}/gu;

/**
 * Text as it looks: two texts with one skeleton are taken for each other. Lower case; accents and full width forms are
 * undone, imitators become their Latin letter, then `rn` becomes `m`, `vv` `w`, `cl` `d`, and last `i` `l`.
 * Only meant for comparing skeletons with skeletons. Linear in the text.
 */
export function skeleton(text: string): string {
  let plain = text.toLowerCase();
  if (ABOVE_ASCII.test(plain)) plain = plain.normalize('NFKD').replace(MARKS, '').toLowerCase();
  let out = '';
  for (const c of plain) out += LETTERS.get(c) ?? c;
  return out.replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd').replaceAll('i', 'l');
}

const SCRIPTS: readonly RegExp[] = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

/**
 * Are letters of two alphabets that look alike mixed in one label or word? Japanese, Korean and Chinese names mix
 * scripts with Latin all the time, but theirs are told apart at sight.
 */
export function mixesScripts(word: string): boolean {
  if (!ABOVE_ASCII.test(word)) return false;
  let scripts = 0;
  for (const script of SCRIPTS) if (script.test(word)) scripts++;
  return scripts > 1;
}
