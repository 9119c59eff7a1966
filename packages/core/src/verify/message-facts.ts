import { decodeEncodedWords } from '../message/encoded-word.js';
import { fieldsNamed, valueBytes, type HeaderBlock } from '../message/header-block.js';
import type { BodyFacts } from '../message/source.js';
import { utf8 } from '../syntax/bytes.js';
import { visibleText } from '../syntax/visible.js';
import type { MessageFacts } from './verification.js';

/** Fields that lists, forwarders and resenders add. Anybody can write them: they soften a verdict, never turn it round. */
const LIST_FIELDS: readonly string[] = [
  'list-id',
  'list-post',
  'mailing-list',
  'x-mailing-list',
  'x-mailman-version',
  'x-forwarded-for',
  'x-forwarded-to',
  'x-original-from',
  'resent-from',
  'resent-sender',
];

/** Longest text shown of one field, in bytes. */
const SHOWN_BYTES = 2000;

/** The names of the list and forwarding fields in the header. */
export function listFieldsOf(head: HeaderBlock): readonly string[] {
  return LIST_FIELDS.filter((name) => head.byName.has(name));
}

/** What a message says of itself, for people and rules. */
export function messageFacts(
  head: HeaderBlock,
  listFields: readonly string[],
  body: BodyFacts,
): MessageFacts {
  const facts: Mutable<MessageFacts> = {
    listFields,
    headerFields: head.fields.length,
    bytes: body.bytes,
    problems: body.problems.length === 0 ? head.problems : [...head.problems, ...body.problems],
  };
  for (const [fact, name] of SHOWN) {
    const text = shown(head, name);
    if (text !== undefined) facts[fact] = text;
  }
  return facts;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const SHOWN = [
  ['from', 'from'],
  ['subject', 'subject'],
  ['messageId', 'message-id'],
  ['date', 'date'],
] as const;

// The first field of a name as a person would see it: unfolded, decoded, and nothing in it that a terminal acts on.
function shown(head: HeaderBlock, name: string): string | undefined {
  const [field] = fieldsNamed(head, name);
  if (field === undefined) return undefined;
  const raw = utf8(valueBytes(head, field).subarray(0, SHOWN_BYTES));
  const text = raw.includes('\n') ? raw.replace(/\r?\n[ \t]/g, ' ') : raw;
  const decoded = decodeEncodedWords(text).trim();
  return visibleText(decoded);
}
