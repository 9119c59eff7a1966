// The npm package mailauth: SPF, DKIM, ARC and DMARC of a whole message, DNS answered from memory; without BIMI, which
// truefrom does not do.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** @param options.folder where the package was installed */
export function create({ messages, zone, timeSeconds }, { folder }) {
  const { authenticate } = createRequire(join(folder, 'package.json'))('mailauth');
  const curTime = new Date(timeSeconds * 1000);
  return async (index) => {
    const { message, envelope } = messages[index];
    const found = await authenticate(message, {
      ip: envelope.clientIp,
      helo: envelope.helo,
      sender: envelope.mailFrom,
      mta: 'mx.example.net',
      curTime,
      disableBimi: true,
      resolver: answer,
    });
    return (
      found.spf.status.result === 'pass' &&
      found.dmarc.status.result === 'pass' &&
      found.dkim.results.length === 1 &&
      found.dkim.results[0].status.result === 'pass'
    );
  };

  /** In the shapes of node:dns promises. */
  async function answer(name, type) {
    const records = zone[name.toLowerCase()]?.[type];
    if (records === undefined)
      throw Object.assign(new Error('no answer'), { code: zone[name] ? 'ENODATA' : 'ENOTFOUND' });
    if (type === 'TXT') return records.map((r) => (Array.isArray(r) ? r : [r]));
    if (type === 'MX') return records.map(([priority, exchange]) => ({ priority, exchange }));
    return records;
  }
}
