import { type Command, Option } from 'commander';

const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
];

/** An option that may be repeated. */
export function list(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect);
}

/** The SMTP session. */
export function sessionOptions(command: Command): Command {
  return command
    .optionsGroup('How the message came:')
    .option('-i, --client-ip <ip>', 'address of the SMTP client')
    .option('-e, --helo <name>', 'name the client gave in EHLO or HELO')
    .option('-f, --sender <address>', 'MAIL FROM; "" is the null sender');
}

/** The rest of the session, and what the receiving site is. */
export function siteOptions(command: Command): Command {
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

/** Where DNS answers and the time come from. */
export function worldOptions(command: Command): Command {
  return command
    .optionsGroup('DNS and time:')
    .option('-n, --dns-cache <zone.json>', 'take all DNS answers from this file')
    .addOption(
      list('--nameserver <host:port>', "ask this DNS server; may be repeated (default: the system's)"),
    )
    .option('-t, --time <unix-seconds>', 'judge as of this time (default: now)');
}

/** What to print. */
export function outputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .addOption(new Option('--json', 'one JSON object on standard output').conflicts('explain'))
    .option('--explain', 'add every step with its clause and DNS question');
}

/** Told the exit code of the command that ran. */
export type Finish = (exitCode: number) => void;
