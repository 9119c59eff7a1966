import { CommanderError } from 'commander';
import { EXIT, usageError } from './io/cli-error.js';
import type { Io } from './io/io.js';
import { runCommand } from './io/run-command.js';
import { createProgram, forEachCommand } from './program.js';

/** Runs a command line. Modules of a command are loaded when it runs: `--help` stays quick. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  return runCommand(io, async () => {
    let exitCode = 0;
    const writes: Promise<void>[] = [];
    const program = createProgram(io, (code) => (exitCode = code));
    forEachCommand(program, (command) => {
      command.exitOverride();
      command.configureOutput({
        writeOut: (text) => void writes.push(Promise.resolve(io.stdout.write(text))),
        writeErr: (text) => void writes.push(Promise.resolve(io.stderr.write(text))),
        outputError: () => undefined,
        getOutHelpWidth: () => 80,
        getErrHelpWidth: () => 80,
      });
    });
    try {
      await program.parseAsync(argv, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      await Promise.all(writes);
      if (error.exitCode === 0) return 0;
      if (error.code === 'commander.help') return EXIT.usage;
      throw usageError(oneLine(error.message));
    }
    await Promise.all(writes);
    return exitCode;
  });
}

/** `error: unknown option '--jsno'\n(Did you mean --json?)` as one line. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\s*\(Did you mean (.+)\?\)\s*$/s, '; did you mean $1?')
    .replace(/\s*\n\s*/g, ' ');
}
