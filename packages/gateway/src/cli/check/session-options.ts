import type { SiteFacts } from '@truefrom/core';
import { usageError } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { readCidrs, readDomains } from './read-values.js';

/** The flags that say how a message came and what the receiving site is, as commander hands them over. */
export interface SessionOptions {
  readonly clientIp?: string;
  readonly helo?: string;
  readonly sender?: string;
  readonly rcpt?: readonly string[];
  readonly auth?: string;
  readonly ownDomain?: readonly string[];
  readonly protectDomain?: readonly string[];
  readonly trustedSealer?: readonly string[];
  readonly connector?: readonly string[];
  readonly mta?: string;
}

// RFC 8601 2.2: the authserv-id stands in header fields as a token; host names are what everybody uses.
const AUTHSERV_ID = /^[\p{L}\p{N}._-]{1,255}$/u;

/** The site the flags describe; its authserv-id is this host's name where `--mta` does not say. */
export function siteFromOptions(options: SessionOptions, io: Pick<Io, 'hostname'>): SiteFacts {
  const authservId = options.mta ?? (AUTHSERV_ID.test(io.hostname) ? io.hostname : 'localhost');
  if (!AUTHSERV_ID.test(authservId))
    throw usageError(`--mta "${authservId}": an authserv-id is a host name, e.g. mx.example.com`);
  return {
    authservId,
    ownDomains: readDomains(options.ownDomain ?? [], '--own-domain'),
    protectedDomains: readDomains(options.protectDomain ?? [], '--protect-domain'),
    trustedSealers: readDomains(options.trustedSealer ?? [], '--trusted-sealer'),
    connectors: readCidrs(options.connector ?? [], '--connector'),
  };
}
