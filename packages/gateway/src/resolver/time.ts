/** The time as a resolver sees it: passed in, so that tests can move it by hand. */
export interface Time {
  /** Milliseconds on a clock that never goes back; its zero means nothing. */
  nowMs(): number;
  /** Runs `action` once, `ms` milliseconds from now. @returns a function that takes it back */
  after(ms: number, action: () => void): () => void;
}

/** Time that passes by itself. */
export const SYSTEM_TIME: Time = {
  nowMs: () => performance.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
