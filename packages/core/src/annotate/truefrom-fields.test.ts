import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Assurance, Decision, Reason } from '../decide/decision.js';
import { own, rfc } from '../words/clause.js';
import { verification, domain } from '../testing/verification.js';
import { parseIp } from '../words/ip.js';
import { formatTruefromFields, headersFor } from './truefrom-fields.js';
import { traceText } from './trace-text.js';

const reason: Reason = {
  code: 'own-domain-unauthenticated',
  severity: 'high',
  asks: 'reject',
  text: 'text',
  evidence: 'a\r\nBcc: b@x',
  clause: own('origin'),
  fix: 'fix',
};
const assurance: Assurance = { rung: 'domain', evidence: [], notProven: [] };
const decision: Decision = { action: 'flag', rule: reason.code, reasons: [reason, reason] };

test('X-TrueFrom fields: plain words, each code once', () => {
  deepEqual(formatTruefromFields(assurance, decision), [
    'X-TrueFrom-Action: flag\r\n',
    'X-TrueFrom-Rung: domain\r\n',
    `X-TrueFrom-Reasons: ${reason.code}\r\n`,
  ]);
});

test('X-TrueFrom fields: no reasons, no field', () => {
  equal(formatTruefromFields(assurance, { action: 'accept', rule: 'default', reasons: [] }).length, 2);
});

test('all fields of a message, in order', () => {
  const ip = parseIp('192.0.2.1');
  if (!ip.ok) throw new TypeError('test address');
  const envelope = {
    clientIp: ip.value,
    helo: 'mail.a.example',
    mailFrom: { localPart: 'author', domain: domain('a.example') },
    rcptTo: [],
  };
  const fields = headersFor('mx.example.net', verification(), assurance, decision, envelope);
  deepEqual(
    fields.map((field) => field.slice(0, field.indexOf(':'))),
    [
      'Authentication-Results',
      'Authentication-Results',
      'Received-SPF',
      'X-TrueFrom-Action',
      'X-TrueFrom-Rung',
      'X-TrueFrom-Reasons',
    ],
  );
});

test('trace: clause, text, DNS question; nesting; nothing a terminal would obey', () => {
  const steps = [
    { clause: rfc('7208', '4.5'), text: 'record of a.example' },
    {
      clause: rfc('7208', '5.2'),
      text: 'include:\u001b[2J\r\n\u202eevil',
      lookup: { name: 'b.example', type: 'TXT', answer: 'v=spf1 \u0007' },
      depth: 1,
    },
  ] as const;
  deepEqual(traceText(steps), [
    'RFC 7208 4.5  record of a.example',
    '  RFC 7208 5.2  include:\\x1b[2J\\x0d\\x0a\\u{202e}evil',
    '                DNS b.example TXT: v=spf1 \\x07',
  ]);
});
