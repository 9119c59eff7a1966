/** What one explanation may cost. */
export interface ExplainLimits {
  /** Guesses at what was changed. */
  readonly hypotheses: number;
  /** Bytes hashed, over all guesses. */
  readonly hashedBytes: number;
  /** Signature verifications and openings, each up to a millisecond. */
  readonly verifications: number;
  /** DNS questions for other keys. */
  readonly questions: number;
}

export const EXPLAIN_LIMITS: ExplainLimits = {
  hypotheses: 20_000,
  hashedBytes: 67_108_864,
  verifications: 300,
  questions: 12,
};

/** Counts the work of one explanation, and says when it is enough. */
export class Work {
  readonly #limits: ExplainLimits;
  hypotheses = 0;
  hashedBytes = 0;
  verifications = 0;
  questions = 0;
  /** Something was not tried for want of room. */
  exhausted = false;

  constructor(limits: ExplainLimits) {
    this.#limits = limits;
  }

  /** May one more guess of that size be tried? */
  mayTry(bytes: number): boolean {
    if (this.hypotheses >= this.#limits.hypotheses || this.hashedBytes + bytes > this.#limits.hashedBytes) {
      this.exhausted = true;
      return false;
    }
    this.hypotheses++;
    this.hashedBytes += bytes;
    return true;
  }

  mayVerify(): boolean {
    if (this.verifications >= this.#limits.verifications) this.exhausted = true;
    return this.verifications++ < this.#limits.verifications;
  }

  mayAsk(): boolean {
    return this.questions++ < this.#limits.questions;
  }
}
