// The little of dns-packet (which has no types of its own) that the tests use.
declare module 'dns-packet' {
  export interface Packet {
    readonly type?: 'query' | 'response';
    readonly id?: number;
    readonly flags?: number;
    readonly questions?: readonly { readonly name: string; readonly type: string; readonly class?: string }[];
    readonly answers?: readonly Answer[];
    readonly authorities?: readonly Answer[];
    readonly additionals?: readonly Answer[];
    readonly [more: string]: unknown;
  }
  export interface Answer {
    readonly name: string;
    readonly type: string;
    readonly class?: string;
    readonly ttl?: number;
    readonly data?: unknown;
    readonly [more: string]: unknown;
  }
  export function encode(packet: Packet): Uint8Array;
  export function decode(bytes: Uint8Array): Packet;
}
