import { CliError, EXIT } from './cli-error.js';
import { OutputClosed, type Io } from './io.js';
import { visible } from '../text/visible.js';

/**
 * Runs one command to its exit code. A `CliError` becomes one line on stderr; a reader that has gone (EPIPE) ends the
 * run quietly; anything else is our own mistake and is not caught.
 */
export async function runCommand(io: Io, command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.accept;
    if (!(error instanceof CliError)) throw error;
    await io.stderr.write(`truefrom: ${visible(error.message)}\n`);
    return error.exitCode;
  }
}
