import { type Command, Option } from 'commander';
import type { Io } from '../io/io.js';
import { type Finish, sessionOptions, siteOptions, worldOptions } from './options.js';

/** `truefrom check`. */
export function addCheck(program: Command, io: Io, finish: Finish): void {
  const check = program
    .command('check')
    .summary('check a message: the ladder, the mechanisms, the decision')
    .description(
      'Checks a message completely: who vouches for its From, what SPF, DKIM, DMARC, ARC and our own rules say,\n' +
        'and what to do with it. Reads a file, or standard input for "-" or nothing.\n\n' +
        "Without -i, -e or -f they are guessed from the message's own Received and Return-Path fields, and the\n" +
        'output says so: anybody can write such fields.',
    )
    .argument('[file]', 'the message (.eml); "-" is standard input');
  siteOptions(sessionOptions(check));
  worldOptions(check)
    .optionsGroup('Output:')
    .addOption(new Option('--json', 'one JSON object on standard output').conflicts(['explain', 'html']))
    .option('--explain', 'add every step with its clause and DNS question')
    .option('--html <file>', 'write a report that stands on its own ("-" is standard output)')
    .optionsGroup('Many messages:')
    .option(
      '--batch <path>',
      'a file of JSON lines ("-" is standard input), an mbox, a Maildir or a folder of .eml',
    )
    .option('--progress', 'show progress although standard error is no terminal')
    .addHelpText(
      'after',
      '\nExit status: 0 accept, 1 flagged or worse, 64 usage, 65 unreadable input, 75 try again later, 78 configuration.\n' +
        '\nExamples:\n' +
        '  truefrom check message.eml\n' +
        '  truefrom check -i 192.0.2.1 -e mx.example.com -f user@example.com message.eml\n' +
        '  truefrom check --batch mail.mbox --own-domain example.com',
    )
    .action(async (file: string | undefined, options: object) => {
      const { runCheck } = await import('../commands/check.js');
      finish(await runCheck(io, file, options));
    });
}
