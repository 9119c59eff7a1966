import type { Envelope } from '../checks/context.js';
import type { SpfResult } from '../checks/results.js';
import { formatComment, formatHeaderField, quoteString } from '../message/header-writer.js';
import { formatMailbox } from '../words/mailbox.js';
import { unreachable } from '../words/unreachable.js';

// Longest value, in characters: an honest path has at most 256 octets (RFC 5321 4.5.3.1.3), a HELO 255.
const LONGEST_VALUE = 320;

/**
 * The Received-SPF field of RFC 7208 9.1, folded, with its CRLF. Values of strangers are quoted and cut:
 * whatever HELO, sender or record hold, it is one field, and its values stay values.
 * @param receiver host name of the server that did the check
 */
export function formatReceivedSpf(
  result: SpfResult,
  envelope: Pick<Envelope, 'clientIp' | 'helo' | 'mailFrom'>,
  receiver: string,
): string {
  const { mailFrom } = envelope;
  const pairs: [key: string, value: string][] = [
    ['receiver', receiver],
    ['client-ip', envelope.clientIp],
    ['envelope-from', mailFrom === null ? '' : formatMailbox(mailFrom)],
    ['helo', envelope.helo],
    ['identity', result.identity],
  ];
  const more = detail(result);
  if (more !== undefined) pairs.push(more);
  const comment = formatComment(`${cut(receiver)}: ${cut(explain(result, envelope.clientIp))}`);
  const list = pairs.map(([key, value]) => `${key}=${formatPairValue(cut(value))}`).join('; ');
  return formatHeaderField({ name: 'Received-SPF', value: `${result.status} ${comment} ${list};` });
}

function detail(result: SpfResult): [key: string, value: string] | undefined {
  switch (result.status) {
    case 'pass':
    case 'fail':
    case 'softfail':
    case 'neutral':
      return ['mechanism', result.matched];
    case 'temperror':
      return ['problem', `${result.reason}: ${result.name}`];
    case 'permerror':
      return ['problem', `${result.reason}: ${result.faultIn}`];
    case 'none':
      return undefined;
    default:
      return unreachable(result);
  }
}

function explain(result: SpfResult, client: string): string {
  const domain = `domain of ${result.sender ?? 'no name'}`;
  switch (result.status) {
    case 'pass':
      return `${domain} designates ${client} as permitted sender`;
    case 'fail':
      return `${domain} does not designate ${client} as permitted sender`;
    case 'softfail':
      return `${domain} discourages use of ${client} as sender`;
    case 'neutral':
      return `${domain} neither permits nor denies ${client}`;
    case 'none':
      return `${domain} publishes no SPF record`;
    case 'temperror':
      return `error in processing during lookup of ${domain}`;
    case 'permerror':
      return `permanent error in processing ${domain}`;
    default:
      return unreachable(result);
  }
}

// RFC 7208 9.1: a value is a dot-atom or a quoted-string.
const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;

function formatPairValue(value: string): string {
  return DOT_ATOM.test(value) ? value : quoteString(value);
}

function cut(value: string): string {
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}...`;
}
