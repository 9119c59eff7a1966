import { decodeBase64, encodeBase64 } from '../syntax/base64.js';
import { encodeLatin1, latin1 } from '../syntax/bytes.js';
import type { DkimCause } from './cause.js';

/** A body as it may have been before somebody changed it. */
export interface BodyEdit {
  readonly cause: DkimCause;
  readonly change: string;
  /** Only made when tried: a body may be large. */
  readonly body: () => Uint8Array;
}

/** A part of a multipart body: its own header and its body. */
export interface InnerPart {
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

/** Parts of a multipart looked at. */
const MAX_PARTS = 10;
const ENCODED_LINE = 76;

/** Bodies worth trying, each with what was done to it since. */
export function bodyEdits(
  body: Uint8Array,
  encoding: string,
  parts: readonly InnerPart[],
): readonly BodyEdit[] {
  let text: string | undefined;
  const edit = (cause: DkimCause, change: string, undo: (text: string) => string): BodyEdit => ({
    cause,
    change,
    body: () => encodeLatin1(undo((text ??= latin1(body)))),
  });
  const swap = (cause: DkimCause, change: string, what: RegExp, by: string): BodyEdit =>
    edit(cause, change, (t) => t.replace(what, by));
  return [
    ...recodings(body, encoding),
    ...parts.map((part, i): BodyEdit => ({
      cause: 'wrapped-in-multipart',
      change: `the message became part ${i + 1} of a multipart`,
      body: () => part.body,
    })),
    swap('line-ends', 'LF alone was CRLF when it was signed', /(?<!\r)\n/g, '\r\n'),
    swap('line-ends', 'CR alone was CRLF when it was signed', /\r(?!\n)/g, '\r\n'),
    swap('line-ends', 'CR CR LF was CRLF when it was signed', /\r\r\n/g, '\r\n'),
    swap('line-ends', 'CRLF was LF alone when it was signed', /\r\n/g, '\n'),
    swap('line-ends', 'CRLF was CR CR LF when it was signed', /\r\n/g, '\r\r\n'),
    swap('empty-line-added', 'an empty line was put before the body', /^\r\n/, ''),
    edit('empty-line-removed', 'the empty line before the body was removed', (t) => `\r\n${t}`),
    swap('empty-line-added', 'every line is followed by an empty one', /\r\n\r\n/g, '\r\n'),
    edit('trailing-white-space', 'white space was added at line ends', trimLines),
    swap('trailing-white-space', 'the blank after "--" was removed', /^--\r$/gm, '-- \r'),
    swap('tabs-changed', 'tabs were turned into 8 blanks', / {8}/g, '\t'),
    swap('tabs-changed', 'blanks were turned into tabs', /\t/g, '        '),
    swap('tabs-changed', 'a blank was turned into a tab', /\t/g, ' '),
    swap('dot-stuffing', 'a dot was added to lines that begin with one', /^\.\./gm, '.'),
    swap('dot-stuffing', 'a dot was removed from lines that begin with one', /^\./gm, '..'),
    swap('dot-stuffing', 'lines that were one dot lost it', /^\r$/gm, '.\r'),
  ];
}

function recodings(body: Uint8Array, encoding: string): readonly BodyEdit[] {
  const edits: BodyEdit[] = [];
  const add = (change: string, make: () => Uint8Array): void => {
    edits.push({ cause: 'body-reencoded', change, body: make });
  };
  if (encoding === 'quoted-printable')
    add('the body was turned into quoted-printable', () => decodeQuotedPrintable(body));
  if (encoding === 'base64') {
    const decoded = decodeBase64(body);
    if (decoded !== undefined) add('the body was turned into base64', () => decoded);
    return edits;
  }
  add('the body was quoted-printable', () => encodeQuotedPrintable(body));
  add('the body was base64', () => encodeBase64Lines(body));
  return edits;
}

/** The parts of a multipart (RFC 2046 5.1), the first few. */
export function innerParts(body: Uint8Array, boundary: string): readonly InnerPart[] {
  const text = latin1(body);
  const parts: InnerPart[] = [];
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`, MAX_PARTS + 1).slice(1);
  for (const piece of pieces) {
    if (piece.startsWith('--')) break;
    const start = piece.indexOf('\r\n');
    const empty = piece.indexOf('\r\n\r\n', start);
    if (start < 0 || empty < 0) continue;
    parts.push({
      header: encodeLatin1(piece.slice(start + 2, empty + 4)),
      body: encodeLatin1(piece.slice(empty + 4)),
    });
  }
  return parts;
}

function trimLines(text: string): string {
  return text
    .split('\r\n')
    .map((line) => {
      let end = line.length;
      while (end > 0 && (line.charCodeAt(end - 1) === 0x20 || line.charCodeAt(end - 1) === 0x09)) end--;
      return line.slice(0, end);
    })
    .join('\r\n');
}

function decodeQuotedPrintable(body: Uint8Array): Uint8Array {
  const text = trimLines(latin1(body)).replace(/=\r\n/g, '');
  return encodeLatin1(
    text.replace(/=([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

// RFC 2045 6.7 as most software writes it: lines of 76 characters, only what must be is encoded.
function encodeQuotedPrintable(body: Uint8Array): Uint8Array {
  const lines = latin1(body).split('\r\n');
  const out = lines.map((line) => {
    let row = '';
    let done = '';
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      const last = i === line.length - 1;
      const plain =
        (code > 0x20 && code < 0x7f && code !== 0x3d) || ((code === 0x20 || code === 0x09) && !last);
      const item = plain ? line.charAt(i) : `=${code.toString(16).toUpperCase().padStart(2, '0')}`;
      if (row.length + item.length > ENCODED_LINE - (last ? 0 : 1)) {
        done += `${row}=\r\n`;
        row = '';
      }
      row += item;
    }
    return done + row;
  });
  return encodeLatin1(out.join('\r\n'));
}

function encodeBase64Lines(body: Uint8Array): Uint8Array {
  const text = encodeBase64(body);
  let out = '';
  for (let at = 0; at < text.length; at += ENCODED_LINE) out += `${text.slice(at, at + ENCODED_LINE)}\r\n`;
  return encodeLatin1(out);
}
