import { decodeEncodedWords } from '../message/encoded-word.js';
import { fieldsNamed, valueBytes, type HeaderBlock } from '../message/header-block.js';
import type { BodyFacts } from '../message/source.js';
import { utf8 } from '../syntax/bytes.js';
import type { Problem } from '../words/problem.js';
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
  const from = shown(head, 'from');
  const subject = shown(head, 'subject');
  const messageId = shown(head, 'message-id');
  const date = shown(head, 'date');
  const problems: readonly Problem[] =
    body.problems.length === 0 ? head.problems : [...head.problems, ...body.problems];
  return {
    ...(from !== undefined && { from }),
    ...(subject !== undefined && { subject }),
    ...(messageId !== undefined && { messageId }),
    ...(date !== undefined && { date }),
    listFields,
    headerFields: head.fields.length,
    bytes: body.bytes,
    problems,
  };
}

// The first field of a name as a person would see it: unfolded, decoded, and nothing in it that a terminal acts on.
function shown(head: HeaderBlock, name: string): string | undefined {
  const [field] = fieldsNamed(head, name);
  if (field === undefined) return undefined;
  const raw = utf8(valueBytes(head, field).subarray(0, SHOWN_BYTES));
  const text = raw.includes('\n') ? raw.replace(/\r?\n[ \t]/g, ' ') : raw;
  return visible(decodeEncodedWords(text)).trim();
}

// C0, DEL, C1, line and paragraph separators, and the marks that turn text around.
const INVISIBLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function visible(text: string): string {
  return text.replace(INVISIBLE, (c) => (c === '\t' ? ' ' : `\\u{${c.charCodeAt(0).toString(16)}}`));
}
