import type { Clause } from '@truefrom/core';

/** One SMTP or LMTP reply (RFC 5321 4.2), as it is written and as it is read. */
export interface Reply {
  /** 200 to 599. */
  readonly code: number;
  /** `5.7.1` (RFC 2034, RFC 3463): written before the text of every line. */
  readonly enhanced?: string;
  /** At least one; without code, enhanced code and CRLF. */
  readonly lines: readonly string[];
}

/** A reply with the clause that asks for it: what a parser of commands answers instead of a problem. */
export interface Refusal extends Reply {
  readonly clause: Clause;
}

/** RFC 5321 4.5.3.1.5: a reply line with its CRLF. */
export const MAX_REPLY_LINE_BYTES = 512;

/** A reply of one line: `reply(250, '2.0.0', 'ok')`. */
export function reply(code: number, enhanced: string | undefined, text: string): Reply {
  return enhanced === undefined ? { code, lines: [text] } : { code, enhanced, lines: [text] };
}

export function refusal(clause: Clause, code: number, enhanced: string, text: string): Refusal {
  return { code, enhanced, lines: [text], clause };
}

/** 2yz: the command was carried out (RFC 5321 4.2.1). */
export function isPositive(answer: Reply): boolean {
  return answer.code >= 200 && answer.code < 300;
}

/**
 * The reply as it goes to the wire. Text may come from strangers (a next hop, a rule, an address): what is not
 * printable ASCII becomes `?`, so that nothing can start a line of its own, and a line too long is cut.
 * @throws TypeError for a code or an enhanced code that is none
 */
export function formatReply(answer: Reply): string {
  const { code, enhanced } = answer;
  if (!Number.isInteger(code) || code < 200 || code > 599) throw new TypeError(`${code} is no reply code`);
  if (enhanced !== undefined && !ENHANCED.test(enhanced))
    throw new TypeError(`${JSON.stringify(enhanced)} is no enhanced status code`);
  const lines = answer.lines.length === 0 ? [''] : answer.lines;
  const room = MAX_REPLY_LINE_BYTES - 6 - (enhanced === undefined ? 0 : enhanced.length + 1);
  let text = '';
  lines.forEach((line, i) => {
    text += `${code}${i === lines.length - 1 ? ' ' : '-'}`;
    if (enhanced !== undefined) text += `${enhanced} `;
    text += `${line.replace(NOT_PRINTABLE, '?').slice(0, room)}\r\n`;
  });
  return text;
}

// RFC 3463 2: class "." subject "." detail, at most three digits each.
const ENHANCED = /^[245]\.\d{1,3}\.\d{1,3}$/;
const NOT_PRINTABLE = /[^\x20-\x7e]/g;
