import type { Assurance, Decision, Verification } from '@truefrom/core';

/** What `check` knows of one message when it is done; `--json` and batch print exactly this (docs/cli.md). */
export interface CheckedMessage {
  readonly verification: Verification;
  readonly assurance: Assurance;
  readonly decision: Decision;
  /** Header fields to put on top of the message. */
  readonly headers: readonly string[];
}
