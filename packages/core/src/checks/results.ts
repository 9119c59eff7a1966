// Every result on one page. One union per check, told apart by `status`; a field exists only where it means something.

import type { DnsFailure, RecordType } from '../dns/resolver.js';
import type { Clause } from '../words/clause.js';
import type { Domain } from '../words/domain.js';
import type { Mailbox } from '../words/mailbox.js';
import type { Problem } from '../words/problem.js';

/** One step of a check, in order, readable with the RFC open beside it. */
export interface TraceStep {
  readonly clause: Clause;
  readonly text: string;
  /** The DNS question this step asked, and what came back in short. */
  readonly lookup?: { readonly name: string; readonly type: RecordType; readonly answer: string };
  /** Nesting: 0 for the check itself, one more inside each SPF include or redirect. */
  readonly depth?: number;
}

interface Trace {
  readonly trace: readonly TraceStep[];
}

// ── SPF (RFC 7208) ──────────────────────────────────────────────────────────

/** What an SPF evaluation cost, against RFC 7208 4.6.4. */
export interface SpfCost {
  /** Terms that caused DNS queries. */
  readonly lookups: number;
  /** Those of them that had a question answered with nothing. */
  readonly voidLookups: number;
}

/** One term of the evaluation tree: what it said and what it cost. */
export interface SpfNode {
  /** The term as published, e.g. `include:_spf.example.com`. */
  readonly term: string;
  /** Domain whose record holds the term; may hold any printable ASCII. */
  readonly domain: string;
  readonly outcome: 'match' | 'no-match' | 'not-reached' | 'temperror' | 'permerror';
  /** Cost of this term with everything below it. */
  readonly lookups: number;
  readonly voidLookups: number;
  readonly children: readonly SpfNode[];
}

interface SpfIdentity {
  readonly check: 'spf';
  readonly identity: 'mailfrom' | 'helo';
  /** The domain asked about; absent only where there was none. */
  readonly domain?: Domain;
  /** Who was asked about, as `local@domain` (RFC 7208 4.1 `<sender>`). */
  readonly sender?: string;
  readonly cost: SpfCost;
  /** The evaluation tree of the record, terms in order. */
  readonly tree: readonly SpfNode[];
}

export type SpfResult = Trace &
  SpfIdentity &
  (
    | {
        readonly status: 'pass' | 'fail' | 'softfail' | 'neutral';
        readonly domain: Domain;
        /** The term of the checked domain's record (behind redirects, the target's) that decided, as published; `default` where none matched. */
        readonly matched: string;
        /**
         * Domain whose record holds the innermost mechanism that matched: behind an include the included one, often a
         * stranger's. A DNS name that may hold any printable ASCII (RFC 7208 7.1), so not a `Domain`: quote it.
         */
        readonly matchedIn: string;
        /**
         * The addresses that innermost mechanism stands for: one CIDR range, or `any` for "all"; absent for "default",
         * "exists" and "ptr", which stand for no range.
         */
        readonly range?: string;
        /** Text of `exp=` on fail (RFC 7208 6.2): the domain owner's words, not ours. */
        readonly explanation?: string;
      }
    | { readonly status: 'none'; readonly reason: 'no-domain' | 'no-record' | 'no-such-domain' }
    | {
        readonly status: 'temperror';
        readonly reason: 'dns' | 'deadline';
        readonly name: string;
        readonly cause?: DnsFailure;
      }
    | {
        readonly status: 'permerror';
        readonly reason:
          | 'syntax'
          | 'multiple-records'
          | 'lookup-limit'
          | 'void-limit'
          | 'mx-limit'
          | 'include-none'
          | 'redirect-none'
          | 'loop';
        /** Domain whose record is at fault: the one to ask for a repair. */
        readonly faultIn: string;
        readonly problem?: Problem;
      }
  );

// ── DKIM (RFC 6376, 8301, 8463) ─────────────────────────────────────────────

export type Canonicalization = 'simple' | 'relaxed';

/** What a signature says of itself, as far as it could be read. */
export interface DkimTags {
  readonly domain?: Domain;
  readonly selector?: string;
  /** i=, or its default `@d` (RFC 6376 3.5). */
  readonly identity?: string;
  readonly algorithm?: string;
  readonly canonicalization?: { readonly header: Canonicalization; readonly body: Canonicalization };
  /** h=, lower case, in order. */
  readonly signedFields?: readonly string[];
  readonly bodyLength?: number;
  readonly timestamp?: number;
  readonly expiration?: number;
  /** The first characters of b=, for RFC 6008 `header.b`. */
  readonly signaturePrefix?: string;
}

export type DkimPolicyReason =
  'sha1' | 'weak-key' | 'large-key' | 'too-many' | 'header-not-read' | 'body-too-long';
export type DkimPermerrorReason =
  | 'syntax'
  | 'version'
  | 'unsupported-algorithm'
  | 'unsupported-canonicalization'
  | 'unsupported-query'
  | 'domain-mismatch'
  | 'from-not-signed'
  | 'key-missing'
  | 'key-syntax'
  | 'key-revoked'
  | 'key-mismatch'
  | 'key-service'
  | 'key-hash'
  | 'key-strict';

export type DkimResult = Trace &
  DkimTags & {
    readonly check: 'dkim';
    /** Position among the DKIM-Signature fields, 0 at the top. */
    readonly index: number;
    /** The key record says t=y: the signer is testing (RFC 6376 3.6.1); a failure must not be held against the message. */
    readonly testing?: boolean;
  } & (
    | {
        readonly status: 'pass';
        readonly domain: Domain;
        readonly selector: string;
        /** False where l= leaves bytes at the end of the body unsigned. */
        readonly coversWholeBody: boolean;
        /** Fields that an attacker could add or change without breaking the signature. */
        readonly unsignedFields: readonly string[];
        readonly keyBits: number;
        readonly dnssec: 'secure' | 'insecure' | 'unknown';
      }
    | { readonly status: 'fail'; readonly reason: 'body-hash' | 'signature' }
    | {
        readonly status: 'policy';
        readonly reason: DkimPolicyReason;
        /** Whether the signature verified all the same, where it was computed. */
        readonly verified?: boolean;
        readonly keyBits?: number;
      }
    | {
        readonly status: 'permerror';
        readonly reason: DkimPermerrorReason;
        readonly problem?: Problem;
      }
    | { readonly status: 'neutral'; readonly reason: 'expired' | 'not-yet-valid' }
    | { readonly status: 'temperror'; readonly reason: 'dns'; readonly name: string }
  );

// ── DMARC (RFC 9989) ────────────────────────────────────────────────────────

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

/** A DMARC policy record as published (RFC 9989 4.7). */
export interface DmarcRecord {
  /** p=; none where `policyPresent` is false. */
  readonly policy: DmarcPolicy;
  /**
   * False where p= is missing, or p=, sp= or np= has no valid value: the record then asks for nothing at all, and
   * counts only if it has a valid rua= (RFC 9989 4.10.1).
   */
  readonly policyPresent: boolean;
  readonly subdomainPolicy?: DmarcPolicy;
  readonly nonexistentPolicy?: DmarcPolicy;
  readonly dkimAlignment: 'relaxed' | 'strict';
  readonly spfAlignment: 'relaxed' | 'strict';
  readonly psd: 'y' | 'n' | 'u';
  /** t=y */
  readonly testing: boolean;
  readonly aggregateReports: readonly string[];
  readonly failureReports: readonly string[];
  readonly failureOptions: readonly string[];
  readonly warnings: readonly Problem[];
}

/** One passing (or failing) identity and how it stands to the author domain. */
export interface DmarcIdentity {
  readonly method: 'spf' | 'dkim';
  readonly domain: Domain;
  readonly status: string;
  /**
   * `strict`: the same domain. `relaxed`: the same organization; found by tree walk where it can count, else (not
   * passed, or strict wanted) only judged from the names. What counts is `counts`.
   */
  readonly alignment: 'strict' | 'relaxed' | 'none';
  /** Identity passed AND is aligned as the record wants it. */
  readonly counts: boolean;
  /** Index in Verification.dkim, for method dkim. */
  readonly index?: number;
  /** Why it does not count although it passed and looks aligned (l=, across a public suffix ...). */
  readonly notCounted?: string;
}

/** What a receiver that still uses a public suffix list (RFC 7489) would say, where that differs. */
export interface SuffixListView {
  /** Absent where the author domain is itself a public suffix. */
  readonly organizationalDomain?: Domain;
  /** `none`: it would find no record. */
  readonly status: 'pass' | 'fail' | 'none';
}

interface DmarcCommon {
  readonly check: 'dmarc';
  readonly authorDomain?: Domain;
  readonly identities: readonly DmarcIdentity[];
}

export type DmarcResult = Trace &
  DmarcCommon &
  (
    | {
        readonly status: 'pass' | 'fail';
        readonly authorDomain: Domain;
        /** Where the record was found. */
        readonly policyDomain: Domain;
        /** Of the author domain; the author domain itself where no tree walk was needed (RFC 9989 4.10.2). */
        readonly organizationalDomain: Domain;
        /** What the record asks for, for this author domain (p, sp or np), before t=y. */
        readonly publishedPolicy: DmarcPolicy;
        /** What it asks for after t=y lowered it by one step (RFC 9989 4.7). */
        readonly policy: DmarcPolicy;
        readonly policyTag: 'p' | 'sp' | 'np';
        readonly testing: boolean;
        readonly spfAligned: boolean;
        readonly dkimAligned: boolean;
        readonly record: DmarcRecord;
        readonly suffixList?: SuffixListView;
      }
    | {
        readonly status: 'none';
        readonly reason: 'no-record' | 'no-author-domain';
        readonly problem?: Problem;
        /** SPF or DKIM passed for the author's organization all the same: what a record would have made a pass. */
        readonly wouldPass: boolean;
      }
    | {
        readonly status: 'permerror';
        readonly reason: 'multiple-author-domains' | 'unreadable-from' | 'syntax';
        readonly problem?: Problem;
      }
    | { readonly status: 'temperror'; readonly reason: 'dns'; readonly name: string }
  );

// ── ARC (RFC 8617) ──────────────────────────────────────────────────────────

export interface ArcSetSummary {
  readonly instance: number;
  readonly sealedBy: Domain;
  readonly selector: string;
  readonly chainValidation: 'none' | 'pass' | 'fail';
  readonly trusted: boolean;
  /** Result of this set's ARC-Message-Signature, where it was checked (the newest always is). */
  readonly messageSignature?: 'pass' | 'fail';
  /** The authserv-id and results of the ARC-Authentication-Results field, as text. */
  readonly authenticationResults: string;
}

export type ArcResult = Trace & {
  readonly check: 'arc';
  /** Sets in order of instance, as far as they could be read. */
  readonly sets: readonly ArcSetSummary[];
} & (
    | {
        readonly status: 'pass';
        /** d= of each seal, instance 1 first. */
        readonly sealedBy: readonly Domain[];
        /** Lowest instance whose message signature still verifies (RFC 8617 5.2, oldest-pass); 0 = all. */
        readonly oldestPass: number;
        /**
         * Present when every hop from some trusted sealer to us is trusted and that sealer's record says DMARC passed
         * for `authorDomain`: the only thing in a chain that may influence a decision.
         */
        readonly vouchedFor?: {
          readonly authorDomain: Domain;
          readonly by: Domain;
          readonly instance: number;
        };
      }
    | {
        readonly status: 'fail';
        readonly instance: number;
        readonly reason: ArcFailReason;
        readonly problem?: Problem;
      }
    | { readonly status: 'temperror'; readonly reason: 'dns'; readonly name: string }
    | { readonly status: 'none' }
  );

export type ArcFailReason =
  | 'too-many-sets'
  | 'header-not-read'
  | 'instance-syntax'
  | 'incomplete-set'
  | 'gap'
  | 'chain-said-fail'
  | 'cv-value'
  | 'syntax'
  | 'seal-signs-h'
  | 'key'
  | 'body-hash'
  | 'message-signature'
  | 'seal-signature';

// ── Our own rules ───────────────────────────────────────────────────────────

export type OriginField = 'mailfrom' | 'from' | 'sender';

/** The "own domain, nobody logged in" rule. Not an RFC method: never written to Authentication-Results as one. */
export type OriginResult = Trace & { readonly check: 'origin' } & (
    | { readonly status: 'internal'; readonly user: string }
    | {
        readonly status: 'spoofed-own-domain';
        readonly domain: Domain;
        readonly field: OriginField;
        readonly address: Mailbox;
        /** Every field that names an own domain, the most visible first. */
        readonly fields: readonly OriginField[];
      }
    | {
        readonly status: 'exempt';
        readonly domain: Domain;
        readonly by: 'dmarc-aligned' | 'connector' | 'trusted-sealer' | 'spf-mailfrom';
        readonly detail: string;
      }
    | { readonly status: 'external' }
  );

/** Fastmail's words for the same comparison, written as `x-aligned-from`, and `null_sender` for bounces. */
export type AlignedFrom = 'pass' | 'domain_pass' | 'orgdomain_pass' | 'fail' | 'null_sender' | 'permerror';

/** Known honest reasons for a MAIL FROM that is not the From. */
export type EnvelopeShape = 'srs' | 'verp' | 'batv' | 'list' | 'esp';

/** The "MAIL FROM differs from From" rule. */
export type MismatchResult = Trace & {
  readonly check: 'mismatch';
  readonly alignedFrom: AlignedFrom;
  readonly shapes: readonly EnvelopeShape[];
} & (
    | { readonly status: 'same' | 'same-organization' }
    | { readonly status: 'not-applicable'; readonly reason: 'null-sender' | 'no-from' | 'several-from' }
    | {
        readonly status: 'different';
        readonly mailFrom: Domain;
        readonly from: Domain;
        readonly excusedBy?: 'dkim' | 'dmarc' | 'arc' | 'login';
      }
  );

export type ImpersonationKind =
  | 'address-in-display-name'
  | 'several-from-fields'
  | 'several-from-mailboxes'
  | 'parsers-disagree'
  | 'unreadable-from'
  | 'invisible-characters'
  | 'protected-name'
  | 'lookalike-domain'
  | 'reply-to-elsewhere'
  | 'sender-elsewhere';

export interface ImpersonationFinding {
  readonly kind: ImpersonationKind;
  /** How sure we are that a person is meant to be misled. */
  readonly confidence: 'low' | 'medium' | 'high';
  /** The words in the message that show it. */
  readonly evidence: string;
  readonly text: string;
  /** The own or protected domain or name that is imitated. */
  readonly target?: string;
  /** How a look-alike was made: `confusable`, `edit-distance`, `added-word`, `subdomain`, `tld`, `hyphen` ... */
  readonly method?: string;
}

export type ImpersonationResult = Trace & { readonly check: 'impersonation' } & (
    | { readonly status: 'clean' }
    | { readonly status: 'suspicious'; readonly findings: readonly ImpersonationFinding[] }
  );
