// A plain DKIM signer (relaxed/relaxed) for the corpus, apart from the engine: what the bench measures must not also
// decide what is right. It also hands out the canonical bytes, from which the ceiling is measured.
import { createHash, sign } from 'node:crypto';

const SIGNED = ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'];

/** RFC 6376 3.4.4. */
export function relaxedBody(body) {
  const lines = body.replace(/[ \t]+/g, ' ').replace(/ \r\n/g, '\r\n');
  const text = lines.replace(/(\r\n)+$/, '');
  return text === '' ? '' : `${text}\r\n`;
}

/** RFC 6376 3.4.2, without the line end. */
function relaxedField(name, value) {
  return `${name.toLowerCase()}:${value
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim()}`;
}

/**
 * @param fields list of [name, value], value with its folds and without the last line end
 * @param key `{algorithm, privateKey, domain, selector}`
 * @returns the whole message, and what was hashed and signed
 */
export function signed(fields, body, key, seconds) {
  const canonicalBody = Buffer.from(relaxedBody(body), 'latin1');
  const bh = createHash('sha256').update(canonicalBody).digest('base64');
  const value = (b) =>
    ` v=1; a=${key.algorithm}; c=relaxed/relaxed; d=${key.domain}; s=${key.selector};\r\n\tt=${seconds}; ` +
    `h=${SIGNED.join(':')}:from;\r\n\tbh=${bh};\r\n\tb=${b}`;
  const chosen = SIGNED.flatMap((name) => fields.filter(([n]) => n.toLowerCase() === name).slice(-1));
  const canonicalHeader = Buffer.from(
    [...chosen, ['DKIM-Signature', value('')]].map(([n, v]) => relaxedField(n, v)).join('\r\n'),
    'latin1',
  );
  const signature =
    key.algorithm === 'rsa-sha256'
      ? sign('sha256', canonicalHeader, key.privateKey)
      : sign(null, createHash('sha256').update(canonicalHeader).digest(), key.privateKey);
  const folded = signature.toString('base64').replace(/(.{70})(?=.)/g, '$1\r\n\t ');
  const [trace, rest] = [fields.filter(([n]) => n === 'Received'), fields.filter(([n]) => n !== 'Received')];
  const header = [...trace, ['DKIM-Signature', value(folded)], ...rest]
    .map(([n, v]) => `${n}:${v}\r\n`)
    .join('');
  return {
    message: Buffer.from(`${header}\r\n${body}`, 'latin1'),
    canonicalBody,
    canonicalHeader,
    signature,
    bh,
  };
}
