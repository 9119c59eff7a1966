// Just enough DNSSEC (RFC 4034, RFC 8080) to give a validating resolver something to validate.
import { generateKeyPairSync, sign } from 'node:crypto';
import type { DnsRecord } from '../resolver/message.js';
import { encodeName } from '../resolver/name.js';
import { type RecordData, TYPE_NUMBERS, writeRdata } from '../resolver/rdata.js';

const DNSKEY = 48;
const RRSIG = 46;
const ED25519 = 15;
/** Zone key, secure entry point. */
const FLAGS = 257;
const TTL_SECONDS = 300;
const DAY_SECONDS = 86_400;

export interface SignedZone {
  /** The key as a record. */
  readonly key: DnsRecord;
  /** For unbound's `trust-anchor`. */
  readonly trustAnchor: string;
  /** The signature over one set of records of one name. */
  signature(records: readonly DnsRecord[]): DnsRecord;
}

/** A zone with one key that signs itself and everything else, valid from yesterday to tomorrow. */
export function signedZone(zone: string): SignedZone {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const keyRdata = Buffer.concat([u16(FLAGS), Buffer.of(3, ED25519), raw]);
  const key: DnsRecord = {
    name: zone,
    ttlSeconds: TTL_SECONDS,
    data: { type: 'other', number: DNSKEY, rdata: Uint8Array.from(keyRdata) },
  };
  return {
    key,
    trustAnchor: `${zone}. DNSKEY ${FLAGS} 3 ${ED25519} ${raw.toString('base64')}`,
    signature: (records) => {
      const [first] = records;
      if (first === undefined) throw new TypeError('nothing to sign');
      const nowSeconds = Math.floor(Date.now() / 1000);
      // RFC 4034 3.1.8.1: the signature's rdata but the signature, then the records in canonical form and order.
      const head = Buffer.concat([
        u16(typeNumber(first.data)),
        Buffer.of(ED25519, first.name.split('.').length),
        u32(TTL_SECONDS),
        u32(nowSeconds + DAY_SECONDS),
        u32(nowSeconds - DAY_SECONDS),
        u16(keyTag(keyRdata)),
        encodeName(zone) ?? Buffer.alloc(0),
      ]);
      const set = records.map(({ name, data }) => {
        const rdata = writeRdata(data) ?? new Uint8Array();
        const fixed = [u16(typeNumber(data)), u16(1), u32(TTL_SECONDS), u16(rdata.length)];
        return Buffer.concat([encodeName(name) ?? Buffer.alloc(0), ...fixed, rdata]);
      });
      const signature = sign(
        null,
        Buffer.concat([head, ...set.sort((a, b) => Buffer.compare(a, b))]),
        privateKey,
      );
      const rdata = Uint8Array.from(Buffer.concat([head, signature]));
      return { name: first.name, ttlSeconds: TTL_SECONDS, data: { type: 'other', number: RRSIG, rdata } };
    },
  };
}

function typeNumber(data: RecordData): number {
  return data.type === 'other' ? data.number : TYPE_NUMBERS[data.type];
}

/** RFC 4034 appendix B. */
function keyTag(rdata: Uint8Array): number {
  let sum = 0;
  rdata.forEach((byte, i) => (sum += i % 2 === 0 ? byte << 8 : byte));
  return (sum + (sum >> 16)) & 0xffff;
}

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}
