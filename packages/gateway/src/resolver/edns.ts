import { rfc } from '@truefrom/core';
import type { WireReader } from './wire-reader.js';

/** The OPT pseudo-record (RFC 6891 6.1). */
export interface Edns {
  /** Largest UDP message its writer takes, in bytes. */
  readonly udpPayloadBytes: number;
  readonly version: number;
  /** DO: send DNSSEC records too (RFC 4035 3.2.1). */
  readonly dnssecOk: boolean;
  readonly options: readonly EdnsOption[];
}

export interface EdnsOption {
  readonly code: number;
  readonly data: Uint8Array;
}

/** Option code of Extended DNS Errors (RFC 8914 2). */
export const EXTENDED_ERROR = 15;

const RFC6891_6_1_2 = rfc('6891', '6.1.2');

/** Reads the options at the reader up to `end`. Defects stay in `reader.problem`. */
export function readEdnsOptions(reader: WireReader, end: number): EdnsOption[] {
  const options: EdnsOption[] = [];
  while (reader.at < end && reader.problem === undefined) {
    const code = reader.u16();
    options.push({ code, data: reader.take(reader.u16()) });
  }
  if (reader.at !== end) reader.fail('dns/opt', RFC6891_6_1_2, 'an EDNS option runs past its record');
  return options;
}

/** Info codes of the Extended DNS Errors in a reply, in order. */
export function extendedErrors(edns: Edns | undefined): number[] {
  const codes: number[] = [];
  for (const { code, data } of edns?.options ?? [])
    if (code === EXTENDED_ERROR && data.length >= 2) codes.push(((data[0] ?? 0) << 8) | (data[1] ?? 0));
  return codes;
}
