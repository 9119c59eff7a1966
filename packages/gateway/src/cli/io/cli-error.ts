/** Exit codes, documented in docs/cli.md; 64 and up are those of sysexits.h. */
export const EXIT = {
  accept: 0,
  flagged: 1,
  usage: 64,
  unreadable: 65,
  temporary: 75,
  config: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with one clear line on stderr. The only exception the command line throws for what others got wrong. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  /** @param message what is wrong, where (`zone.json:12:5`), and what to do about it, in one line */
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

export function usageError(message: string): CliError {
  return new CliError(EXIT.usage, message);
}
