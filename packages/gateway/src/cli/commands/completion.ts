import type { Command } from 'commander';
import { usageError } from '../io/cli-error.js';
import type { Io } from '../io/io.js';
import { bashCompletion, fishCompletion, zshCompletion } from '../reference/completion.js';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** `truefrom completion SHELL`: a script for the shell, made from the command definitions. */
export async function runCompletion(io: Io, shell: string, program: Command): Promise<number> {
  if (!Object.hasOwn(SHELLS, shell)) throw usageError(`completion: "${shell}" is not bash, zsh or fish`);
  await io.stdout.write(SHELLS[shell as keyof typeof SHELLS](program));
  return 0;
}
