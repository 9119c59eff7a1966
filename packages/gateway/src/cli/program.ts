import { Command } from 'commander';
import { addCheck } from './define/check.js';
import { addArc, addDkim, addDmarc, addHeaders, addSpf } from './define/mechanisms.js';
import type { Finish } from './define/options.js';
import { addCompletion, addDemo, addExplain, addSeal, addSign } from './define/rest.js';
import type { Io } from './io/io.js';
import { version } from './version.js';

/**
 * The command definitions: help, completion and manual page are made from these.
 * @param finish told the exit code of the command that ran
 */
export function createProgram(io: Io, finish: Finish): Command {
  const program = new Command('truefrom')
    .description('Who vouches for the From of a mail message?')
    .usage('<command> [options]')
    .showSuggestionAfterError()
    .helpCommand('help [command]', 'help for a command')
    .enablePositionalOptions();
  program.version(version(), '-V, --version', 'print the version');
  addCheck(program, io, finish);
  addSpf(program, io, finish);
  addDkim(program, io, finish);
  addDmarc(program, io, finish);
  addArc(program, io, finish);
  addHeaders(program, io, finish);
  addSign(program, io, finish);
  addSeal(program, io, finish);
  addExplain(program, io, finish);
  addDemo(program, io, finish);
  addCompletion(program, io, finish);
  return program;
}

/** Visits a command and all below it. */
export function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}
