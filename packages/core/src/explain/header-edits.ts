import { decodeEncodedWords } from '../message/encoded-word.js';
import { latin1, encodeUtf8 } from '../syntax/bytes.js';
import type { DkimCause } from './cause.js';

/** A header field as text, one character per byte, with its line end. */
export interface Line {
  /** Lower case. */
  readonly name: string;
  readonly text: string;
  /** The signature being explained: never edited. */
  readonly target: boolean;
}

/** A change that may undo what somebody did to the header. */
export interface HeaderEdit {
  readonly cause: DkimCause;
  readonly change: string;
  readonly undo: (lines: readonly Line[]) => readonly Line[];
}

const SUBJECT_TAG = /^((?:re|fwd?|aw|sv): ?)?\[[^\]\r\n]{1,60}\] ?/i;
const SUBJECT_MARK = /^(?:\*{1,5} ?(?:spam|external|extern) ?\*{1,5}|(?:external|extern|ext|spam):) ?/i;
const ORIGINAL_FROM = ['x-original-from', 'original-from', 'x-original-sender', 'reply-to'];
const ENCODINGS = ['7bit', '8bit', 'quoted-printable', 'base64'];

/** Changes worth trying, in groups: of each group at most one is undone at a time. */
export function headerEdits(
  lines: readonly Line[],
  signedFields: readonly string[],
  { simple, innerType }: { readonly simple: boolean; readonly innerType?: readonly Line[] },
): readonly (readonly HeaderEdit[])[] {
  const removals = removedFields(lines, signedFields);
  return [
    subjectEdits(lines),
    fromEdits(lines),
    removals,
    contentEdits(lines, innerType ?? []),
    simple ? layoutEdits() : [],
    removals,
  ];
}

function subjectEdits(lines: readonly Line[]): readonly HeaderEdit[] {
  const subject = valueOf(lines, 'subject');
  if (subject === undefined) return [];
  const edits: HeaderEdit[] = [];
  const restore = (cause: DkimCause, change: string, value: string): void => {
    edits.push({ cause, change, undo: (all) => setValue(all, 'subject', value) });
  };
  for (const pattern of [SUBJECT_TAG, SUBJECT_MARK]) {
    const tag = pattern.exec(subject);
    if (tag !== null)
      restore(
        'subject-tag-added',
        `"${tag[0].trim()}" was put before the subject`,
        `${tag[1] ?? ''}${subject.slice(tag[0].length)}`,
      );
  }
  const listId = valueOf(lines, 'list-id') ?? '';
  for (const label of [
    /<([^.>\r\n]{1,60})/.exec(listId)?.[1],
    /^"?([^"<\r\n]{1,60}?)"? ?</.exec(listId)?.[1],
  ])
    if (label !== undefined)
      restore('subject-tag-removed', `"[${label}]" was taken from the subject`, `[${label}] ${subject}`);
  const decoded = latin1(encodeUtf8(decodeEncodedWords(subject)));
  if (decoded !== subject) restore('subject-reencoded', 'the subject was turned into encoded words', decoded);
  return edits;
}

function fromEdits(lines: readonly Line[]): readonly HeaderEdit[] {
  const edits: HeaderEdit[] = [];
  for (const name of ORIGINAL_FROM) {
    const value = valueOf(lines, name);
    if (value === undefined) continue;
    const change = `From was rewritten; the original stands in ${name}`;
    const restored = (all: readonly Line[]): readonly Line[] => setValue(all, 'from', value);
    edits.push({ cause: 'from-rewritten', change, undo: restored });
    edits.push({
      cause: 'from-rewritten',
      change: `${change}, and Reply-To was added`,
      undo: (all) => restored(all).filter((line) => line.name !== 'reply-to'),
    });
  }
  const from = valueOf(lines, 'from') ?? '';
  const quoted = /^"([^"\\]*)" ?</.exec(from)?.[1];
  const bare = /^([^"<]*[^"< ]) ?</.exec(from)?.[1];
  const name = quoted ?? bare;
  if (name !== undefined) {
    const value =
      (quoted === undefined ? `"${name}"` : name) +
      from.slice(from.indexOf('<') - (from.includes(' <') ? 1 : 0));
    edits.push({
      cause: 'display-name-quoted',
      change: `the quotes of the name in From were ${quoted === undefined ? 'removed' : 'added'}`,
      undo: (all) => setValue(all, 'from', value),
    });
  }
  return edits;
}

// A field named in h= that stands there: perhaps it was not there, or not so often.
function removedFields(lines: readonly Line[], signedFields: readonly string[]): readonly HeaderEdit[] {
  const edits: HeaderEdit[] = [];
  for (const name of new Set(signedFields)) {
    const count = lines.filter((line) => line.name === name && !line.target).length;
    for (const end of ['top', 'bottom'] as const) {
      if (count === 0 || (count === 1 && end === 'bottom')) continue;
      const isOne = (line: Line): boolean => line.name === name && !line.target;
      edits.push({
        cause: 'field-added',
        change: count === 1 ? `${name} was added` : `another ${name} was added at the ${end}`,
        undo: (all) => {
          const at = end === 'top' ? all.findIndex(isOne) : all.findLastIndex(isOne);
          return at < 0 ? all : all.toSpliced(at, 1);
        },
      });
    }
  }
  return edits;
}

function contentEdits(lines: readonly Line[], inner: readonly Line[]): readonly HeaderEdit[] {
  const edits: HeaderEdit[] = [];
  const current = valueOf(lines, 'content-transfer-encoding')?.toLowerCase();
  for (const encoding of ENCODINGS)
    if (encoding !== current)
      edits.push({
        cause: 'transfer-encoding-field',
        change: `Content-Transfer-Encoding was ${encoding}`,
        undo: (all) => setValue(all, 'content-transfer-encoding', encoding),
      });
  const isContent = (line: Line): boolean =>
    line.name === 'content-type' || line.name === 'content-transfer-encoding';
  if (inner.some(isContent))
    edits.push({
      cause: 'content-type-field',
      change: 'the content fields moved into a part of a multipart',
      undo: (all) => [...all.filter((line) => !isContent(line)), ...inner.filter(isContent)],
    });
  edits.push({
    cause: 'content-type-field',
    change: 'the content fields were added',
    undo: (all) => all.filter((line) => !isContent(line) && line.name !== 'mime-version'),
  });
  return edits;
}

// What c=simple does not survive: other folds, other case, other blanks.
function layoutEdits(): readonly HeaderEdit[] {
  const every = (cause: DkimCause, change: string, edit: (text: string) => string): HeaderEdit => ({
    cause,
    change,
    undo: (all) => all.map((line) => (line.target ? line : { ...line, text: edit(line.text) })),
  });
  return [
    every('refolded', 'long fields were folded', (t) => t.replace(/\r\n(?=[ \t])/g, '')),
    every('refolded', 'long fields were folded at a blank that is now a tab', (t) =>
      t.replace(/\r\n\t/g, ' '),
    ),
    every('refolded', 'folds that began with a blank begin with a tab', (t) => t.replace(/\r\n\t/g, '\r\n ')),
    every('refolded', 'folds that began with a tab begin with a blank', (t) =>
      t.replace(/\r\n +/g, '\r\n\t'),
    ),
    every('field-case', 'field names were written differently', (t) => t.replace(/^[^:]*/, titleCase)),
    every('field-case', 'field names were in lower case', (t) =>
      t.replace(/^[^:]*/, (name) => name.toLowerCase()),
    ),
    every('field-spacing', 'one blank after the colon was changed', (t) =>
      t.replace(/^([^:]*):[ \t]*/, '$1: '),
    ),
    every('field-spacing', 'a blank after the colon was added', (t) => t.replace(/^([^:]*):[ \t]+/, '$1:')),
    every('field-spacing', 'runs of blanks were changed', (t) => t.replace(/[ \t]{2,}/g, ' ')),
    every('field-spacing', 'blanks at the end of fields were added', (t) => t.replace(/[ \t]+\r\n$/, '\r\n')),
  ];
}

function titleCase(name: string): string {
  const known: Readonly<Record<string, string>> = {
    'mime-version': 'MIME-Version',
    'message-id': 'Message-ID',
  };
  return known[name.toLowerCase()] ?? name.toLowerCase().replace(/(?:^|-)[a-z]/g, (c) => c.toUpperCase());
}

function valueOf(lines: readonly Line[], name: string): string | undefined {
  const line = lines.findLast((l) => l.name === name);
  return line?.text
    .slice(line.text.indexOf(':') + 1)
    .replace(/\r\n(?=[ \t])/g, '')
    .trim();
}

function setValue(lines: readonly Line[], name: string, value: string): readonly Line[] {
  const at = lines.findLastIndex((line) => line.name === name);
  const old = lines[at];
  const start = old === undefined ? `${titleCase(name)}: ` : (/^[^:]*:[ \t]?/.exec(old.text)?.[0] ?? '');
  const line: Line = { name, text: `${start}${value}\r\n`, target: false };
  return old === undefined ? [...lines, line] : lines.with(at, line);
}
