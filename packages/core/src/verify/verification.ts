import type {
  ArcResult,
  DkimResult,
  DmarcResult,
  ImpersonationResult,
  MismatchResult,
  OriginResult,
  SpfResult,
} from '../checks/results.js';
import type { Domain } from '../words/domain.js';
import type { Mailbox } from '../words/mailbox.js';
import type { Problem } from '../words/problem.js';

/** What the message says of itself, for people and for rules; nothing here is verified. */
export interface MessageFacts {
  /** The From field as a person would see it, control characters made visible; absent without From. */
  readonly from?: string;
  readonly subject?: string;
  readonly messageId?: string;
  readonly date?: string;
  /** Names of the fields that mark list or forwarded mail (List-Id, List-Post, Mailing-List, Resent-From ...). */
  readonly listFields: readonly string[];
  readonly headerFields: number;
  /** Bytes of the message as received; of one past `limits.messageBytes` that many. */
  readonly bytes: number;
  /** What was odd about the message itself (docs/message-reading.md). */
  readonly problems: readonly Problem[];
}

/** Everything that was found out about one message. Plain data: JSON.stringify loses nothing of it. */
export interface Verification {
  /** RFC 9989 Author Domain; absent where From names none or several. */
  readonly authorDomain: Domain | undefined;
  /** The one author's address, where there is exactly one. */
  readonly author?: Mailbox;
  readonly facts: MessageFacts;
  /** SPF of MAIL FROM; for the null sender, of postmaster@HELO (RFC 7208 2.4). */
  readonly spf: SpfResult;
  /** SPF of the HELO identity (RFC 7208 2.3). */
  readonly spfHelo: SpfResult;
  /** One result per DKIM-Signature field, from the top. Empty: the message is not signed. */
  readonly dkim: readonly DkimResult[];
  readonly dmarc: DmarcResult;
  readonly arc: ArcResult;
  readonly origin: OriginResult;
  readonly mismatch: MismatchResult;
  readonly impersonation: ImpersonationResult;
  /** Login of the session, where our own server authenticated it. */
  readonly authenticatedAs?: string;
}
