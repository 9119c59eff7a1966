import { type IpAddress, parseIp } from '@truefrom/core';

/** An address a test knows to be sound. */
export function parsedIp(text: string): IpAddress {
  const ip = parseIp(text);
  if (!ip.ok) throw new TypeError(`test address: ${text}`);
  return ip.value;
}
