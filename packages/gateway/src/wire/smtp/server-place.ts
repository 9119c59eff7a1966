import type { BdatReader } from './bdat-reader.js';
import { type Capabilities, NO_CAPABILITIES } from './capabilities.js';
import type { Place } from './sequence.js';
import type { ServerOptions } from './server-options.js';

/** From MAIL to the end of the message. */
export interface Transaction {
  readonly smtpUtf8: boolean;
  recipients: number;
  bdat: BdatReader | undefined;
}

/** How far the session of one server has come. */
export class ServerPlace implements Place {
  readonly protocol: 'smtp' | 'lmtp';
  readonly #requireTls: boolean;
  secure: boolean;
  authenticated = false;
  greeted = false;
  offered: Capabilities = NO_CAPABILITIES;
  open: Transaction | undefined;

  constructor(options: ServerOptions) {
    this.protocol = options.protocol;
    this.#requireTls = options.requireTls;
    this.secure = options.secure;
  }

  get tlsMissing(): boolean {
    return this.#requireTls && !this.secure;
  }

  get transaction(): boolean {
    return this.open !== undefined;
  }

  get recipients(): number {
    return this.open?.recipients ?? 0;
  }

  get chunks(): boolean {
    return this.open?.bdat !== undefined;
  }

  /** Ends the transaction. @returns false where there was none */
  reset(): boolean {
    const wasOpen = this.open !== undefined;
    this.open = undefined;
    return wasOpen;
  }

  /** Back to before EHLO: after STARTTLS and XCLIENT. @returns as `reset` */
  restart(): boolean {
    this.greeted = false;
    this.offered = NO_CAPABILITIES;
    return this.reset();
  }
}
