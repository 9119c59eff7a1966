import { Command, CommanderError, Option } from 'commander';
import { EXIT, usageError } from './io/cli-error.js';
import type { Io } from './io/io.js';
import { runCommand } from './io/run-command.js';
import { version } from './version.js';

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

export function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}

const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
];

function list(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect);
}

function sessionOptions(command: Command): Command {
  return command
    .optionsGroup('How the message came:')
    .option('-i, --client-ip <ip>', 'address of the SMTP client')
    .option('-e, --helo <name>', 'name the client gave in EHLO or HELO')
    .option('-f, --sender <address>', 'MAIL FROM; "" is the null sender');
}

function siteOptions(command: Command): Command {
  return command
    .addOption(list('--rcpt <address>', 'RCPT TO; may be repeated'))
    .option('--auth <login>', 'login of the SMTP session, if our own server checked one')
    .optionsGroup('The receiving site:')
    .addOption(list('--own-domain <domain>', 'a domain only our own users may send as; may be repeated'))
    .addOption(
      list('--protect-domain <domain>', 'a further domain to watch for look-alikes; may be repeated'),
    )
    .addOption(list('--trusted-sealer <domain>', 'an ARC sealer whose word counts; may be repeated'))
    .addOption(
      list('--connector <network>', 'a network that may send as our domains without login; may be repeated'),
    )
    .option('-m, --mta <name>', 'our authserv-id in header fields (default: this host)')
    .option('--policy <file>', 'policy file, JSON or YAML (default: the built-in policy)');
}

function worldOptions(command: Command): Command {
  return command
    .optionsGroup('DNS and time:')
    .option('-n, --dns-cache <zone.json>', 'take all DNS answers from this file')
    .addOption(
      list('--nameserver <host:port>', "ask this DNS server; may be repeated (default: the system's)"),
    )
    .option('-t, --time <unix-seconds>', 'judge as of this time (default: now)');
}

/**
 * The command definitions: help, completion and manual page are made from these.
 * @param finish told the exit code of the command that ran
 */
export function createProgram(io: Io, finish: (exitCode: number) => void): Command {
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
  addExplain(program, io, finish);
  addDemo(program, io, finish);
  addCompletion(program, io, finish);
  return program;
}

function addCheck(program: Command, io: Io, finish: (exitCode: number) => void): void {
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
      const { runCheck } = await import('./commands/check.js');
      finish(await runCheck(io, file, options));
    });
}

function outputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(new Option('--json', 'one JSON object on standard output').conflicts('explain'))
    .option('--explain', 'add every step with its clause and DNS question');
}

function addSpf(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const spf = program
    .command('spf')
    .summary('check SPF alone, or show the record of a domain')
    .description('Checks SPF (RFC 7208) for one session: MAIL FROM and HELO, each with its cost.')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nExit status: 0 pass, neutral or none, 1 fail, softfail or permerror, 75 temperror.',
    );
  outputOptions(worldOptions(sessionOptions(spf))).action(async (options: object) => {
    const { runSpf } = await import('./commands/spf.js');
    finish(await runSpf(io, options));
  });
  const show = spf
    .command('show')
    .summary('the record of a domain as a tree, with the cost of each term')
    .description(
      'Shows the SPF record of a domain with everything it includes, and what each term costs in DNS lookups.',
    )
    .argument('<domain>', 'the domain')
    .addOption(new Option('--json', 'the result as one JSON object'));
  worldOptions(show).action(async (domain: string, options: object) => {
    const { runSpfShow } = await import('./commands/spf.js');
    finish(await runSpfShow(io, domain, options));
  });
}

function addDkim(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const dkim = program
    .command('dkim')
    .summary('verify DKIM signatures')
    .description('DKIM (RFC 6376) alone.');
  const verify = dkim
    .command('verify')
    .summary('every signature of a message, each with its own result')
    .description('Verifies every DKIM signature of a message.')
    .argument('[file]', 'the message (.eml); "-" is standard input')
    .addHelpText(
      'after',
      '\nExit status: 0 one signature passes, 75 DNS failed where one could have passed, else 1.',
    );
  outputOptions(worldOptions(verify)).action(async (file: string | undefined, options: object) => {
    const { runDkimVerify } = await import('./commands/dkim.js');
    finish(await runDkimVerify(io, file ?? '-', options));
  });
}

function addDmarc(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const dmarc = program
    .command('dmarc')
    .summary('the DMARC policy that holds for a domain')
    .description('Finds the DMARC policy for mail with this domain in From, by the tree walk of RFC 9989.')
    .argument('<domain>', 'the domain in From')
    .addHelpText('after', '\nExit status: 0 there is a policy, 1 there is none, 75 DNS failed.');
  outputOptions(worldOptions(dmarc)).action(async (domain: string, options: object) => {
    const { runDmarc } = await import('./commands/dmarc.js');
    finish(await runDmarc(io, domain, options));
  });
}

function addArc(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const arc = program
    .command('arc')
    .summary('validate the ARC chain of a message')
    .description('Validates the ARC chain (RFC 8617) of a message, and shows what each forwarder saw.')
    .argument('[file]', 'the message (.eml); "-" is standard input')
    .addOption(list('--trusted-sealer <domain>', 'a sealer whose word counts; may be repeated'))
    .addHelpText(
      'after',
      '\nExit status: 0 the chain is whole or there is none, 1 it is broken, 75 DNS failed.',
    );
  outputOptions(worldOptions(arc)).action(async (file: string | undefined, options: object) => {
    const { runArc } = await import('./commands/arc.js');
    finish(await runArc(io, file ?? '-', options));
  });
}

function addHeaders(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command('headers')
    .summary('the verified domain from Authentication-Results of your own servers')
    .description(
      'Reads Authentication-Results (RFC 8601) as an application should: only fields of your own servers, and only\n' +
        'where strangers cannot have put them. Says which domain in From is verified, or that none is.',
    )
    .argument('[file]', 'the message (.eml); "-" is standard input')
    .addOption(
      list('--trusted-id <id>', 'authserv-id of your own server, or *.mx.example.com; may be repeated'),
    )
    .option('--own-hops <number>', 'Received fields your own servers add to every message (default: 1)')
    .option('--exchange-online', 'the mailbox is at Exchange Online, which writes no authserv-id')
    .option('--without-dmarc', 'let an aligned DKIM or SPF pass count where there is no DMARC record')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExit status: 0 the domain is verified, 1 it is not.')
    .action(async (file: string | undefined, options: object) => {
      const { runHeaders } = await import('./commands/headers.js');
      finish(await runHeaders(io, file ?? '-', options));
    });
}

function addExplain(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command('explain')
    .summary('what a reason code means, and what to do about it')
    .description('Explains a reason code of a decision; without one, lists them all.')
    .argument('[code]', 'a reason code, e.g. spf-fail')
    .option('--json', 'one JSON object on standard output')
    .action(async (code: string | undefined, options: object) => {
      const { runExplain } = await import('./commands/explain.js');
      finish(await runExplain(io, code, options));
    });
}

function addDemo(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command('demo')
    .summary('see it work on messages that come with it, offline')
    .description(
      'Plays stories of honest and forged mail, offline: what each mechanism says, who vouches, and the decision.',
    )
    .argument('[story]', 'number of one story')
    .action(async (story: string | undefined) => {
      const { runDemo } = await import('./demo/play-demo.js');
      finish(await runDemo(io, story));
    });
}

function addCompletion(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a completion script, made from the command definitions.')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) => {
      const { runCompletion } = await import('./commands/completion.js');
      finish(await runCompletion(io, shell, program));
    });
}
