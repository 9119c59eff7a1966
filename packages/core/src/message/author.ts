import { rfc } from '../words/clause.js';
import type { Domain } from '../words/domain.js';
import type { Mailbox } from '../words/mailbox.js';
import { DEFAULT_LIMITS, type Limits } from '../words/limits.js';
import { problem, type Problem } from '../words/problem.js';
import { parseAddressList, type NamedMailbox } from './address-list.js';
import { fieldsNamed, unreadRest, valueBytes, type HeaderBlock, type HeaderField } from './header-block.js';
import { findHiddenFields } from './hidden-fields.js';
import { readLenientAddresses } from './lenient-addresses.js';

export type { NamedMailbox } from './address-list.js';

/** What the From field says: strictly, and as a tolerant mail client might show it. */
export interface AuthorReading {
  /** How many such fields the header has. */
  readonly fields: number;
  /** The strict reading (RFC 5322 3.4) over all fields; empty where none can be read. */
  readonly mailboxes: readonly NamedMailbox[];
  /** The distinct domains of `mailboxes`, in order. */
  readonly domains: readonly Domain[];
  /**
   * Only where the strict reading fails: the address in the one pair of angle brackets that ends the one field, if every
   * address a client might show is of its domain. A careless name before it (`jane@a.example <jane@a.example>`,
   * `Miller, Jane <...>`) is everyday mail, and leaves no doubt about the author domain.
   */
  readonly soleAuthor?: Mailbox;
  /** Why there is no single clean reading; `at` is an offset in the header block. */
  readonly problem?: Problem;
  /** Every address a mail client might show, from all fields; always holds those of `mailboxes`. */
  readonly lenient: readonly NamedMailbox[];
  /** Do both readings name the same addresses? */
  readonly agree: boolean;
}

export type MailboxFieldName = 'from' | 'sender' | 'reply-to' | 'resent-from';

const RFC5322_3_6 = rfc('5322', '3.6');
const RFC5322_3_6_2 = rfc('5322', '3.6.2');
const NOTHING: readonly never[] = [];
const ABSENT: AuthorReading = {
  fields: 0,
  mailboxes: NOTHING,
  domains: NOTHING,
  lenient: NOTHING,
  agree: true,
};

/**
 * Reads From. Problems, the first that holds: `message/no-from`, `message/several-from`, the defect of the field
 * (`address/...`), a header that was not read to its end (`message/header-too-long`, `message/too-many-fields`:
 * another From could follow), `address/ambiguous` where the lenient reading names other addresses.
 */
export function readAuthor(head: HeaderBlock, limits: Limits = DEFAULT_LIMITS): AuthorReading {
  return readMailboxField(head, 'from', limits);
}

/** The same reading of another address field. A field that is absent is no problem, except for From. */
export function readMailboxField(
  head: HeaderBlock,
  name: MailboxFieldName,
  limits: Limits = DEFAULT_LIMITS,
): AuthorReading {
  const fields = fieldsNamed(head, name);
  if (fields.length === 0 && head.problems.length === 0 && name !== 'from') return ABSENT;
  const mailboxes: NamedMailbox[] = [];
  const lenient = new Map<string, NamedMailbox>();
  let defect: Problem | undefined;
  for (const field of fields) {
    // One field never holds more than its limit; thousands of fields do not get a multiple of it.
    if (lenient.size >= limits.mailboxes) break;
    const why = readField(valueBytes(head, field), limits, { mailboxes, lenient });
    if (why !== undefined) defect ??= { ...why, at: why.at + field.valueStart };
  }
  // What only a client takes for such a field: behind a bare CR, before the first field, with a broken name.
  if (head.problems.length > 0)
    for (const value of findHiddenFields(head, name))
      for (const found of readLenientAddresses(value, limits)) addTo(lenient, found);
  const agree = sameAddresses(mailboxes, lenient);
  const why =
    structureProblem(head, name, fields) ?? defect ?? readingProblem(name, fields[0], mailboxes, agree);
  const [only] = fields;
  const sole =
    defect !== undefined && fields.length === 1 && only !== undefined && mailboxes.length === 0
      ? soleAuthor(valueBytes(head, only), lenient, limits)
      : undefined;
  return {
    ...(sole === undefined ? {} : { soleAuthor: sole }),
    fields: fields.length,
    mailboxes,
    domains: distinctDomains(mailboxes),
    ...(why === undefined ? {} : { problem: why }),
    lenient: lenient.size === 0 ? NOTHING : [...lenient.values()],
    agree,
  };
}

/** Reads one field into both readings; answers its defect. */
function readField(
  value: Uint8Array,
  limits: Limits,
  into: { readonly mailboxes: NamedMailbox[]; readonly lenient: Map<string, NamedMailbox> },
): Problem | undefined {
  const strict = parseAddressList(value, limits);
  if (strict.ok) {
    for (const mailbox of strict.value.mailboxes) {
      into.mailboxes.push(mailbox);
      addTo(into.lenient, mailbox);
    }
    if (readsOneWay(value, strict.value.mailboxes)) return undefined;
  }
  for (const mailbox of readLenientAddresses(value, limits)) addTo(into.lenient, mailbox);
  return strict.ok ? undefined : strict.problem;
}

function soleAuthor(
  value: Uint8Array,
  lenient: ReadonlyMap<string, NamedMailbox>,
  limits: Limits,
): Mailbox | undefined {
  const open = value.indexOf(0x3c);
  if (open < 0 || value.includes(0x3c, open + 1) || value.includes(0)) return undefined;
  // What follows the closing bracket, a comment say, is part of what is parsed strictly here.
  const read = parseAddressList(value.subarray(open), limits);
  const [found, ...more] = read.ok ? read.value.mailboxes : [];
  if (found === undefined || more.length > 0) return undefined;
  const { domain } = found.mailbox;
  for (const { mailbox } of lenient.values()) if (mailbox.domain !== domain) return undefined;
  return found.mailbox;
}

// Nearly all mail: each "@" belongs to an address that was read strictly, and nothing is written in a way that a
// client could undo first. Then the lenient reading is the strict one, and need not be made.
function readsOneWay(value: Uint8Array, strict: readonly NamedMailbox[]): boolean {
  let atSigns = 0;
  for (const b of value) {
    if (b === 0x40) atSigns++;
    else if (b === 0x28 || b === 0x5c || b >= 0x80) return false;
  }
  return (
    atSigns === strict.length &&
    strict.every(
      ({ mailbox, displayName }) => !mailbox.localPart.includes('=?') && !displayName.includes('@'),
    )
  );
}

function structureProblem(
  head: HeaderBlock,
  name: MailboxFieldName,
  fields: readonly HeaderField[],
): Problem | undefined {
  if (fields.length === 0 && name === 'from')
    return problem('message/no-from', 0, RFC5322_3_6, 'the message has no From field');
  // Each resending adds a Resent-From of its own (RFC 5322 3.6.6); of the others there is one at most.
  if (fields.length > 1 && name !== 'resent-from')
    return problem(
      `message/several-${name}`,
      fields[1]?.start ?? 0,
      RFC5322_3_6,
      `the message has ${fields.length} ${name} fields`,
    );
  return name === 'from' ? unreadRest(head) : undefined;
}

function readingProblem(
  name: MailboxFieldName,
  field: HeaderField | undefined,
  mailboxes: readonly NamedMailbox[],
  agree: boolean,
): Problem | undefined {
  const at = field?.valueStart ?? 0;
  if (!agree)
    return problem(
      'address/ambiguous',
      at,
      RFC5322_3_6_2,
      `mail clients may read other addresses from ${name}`,
    );
  if (name === 'sender' && mailboxes.length > 1)
    return problem('address/several-mailboxes', at, RFC5322_3_6_2, 'Sender holds more than one address');
  return undefined;
}

function addTo(lenient: Map<string, NamedMailbox>, found: NamedMailbox): void {
  const key = `${found.mailbox.localPart}@${found.mailbox.domain}`;
  if (!lenient.has(key)) lenient.set(key, found);
}

// `lenient` holds every strict address, so equal numbers of distinct addresses are equal sets.
function sameAddresses(strict: readonly NamedMailbox[], lenient: ReadonlyMap<string, NamedMailbox>): boolean {
  if (strict.length === lenient.size) return true;
  const distinct = new Set(strict.map(({ mailbox }) => `${mailbox.localPart}@${mailbox.domain}`));
  return distinct.size === lenient.size;
}

function distinctDomains(mailboxes: readonly NamedMailbox[]): readonly Domain[] {
  const [first] = mailboxes;
  if (mailboxes.length === 1 && first !== undefined) return [first.mailbox.domain];
  return [...new Set(mailboxes.map(({ mailbox }) => mailbox.domain))];
}
