// One mechanism alone: what people know from other tools.
import { type Command, Option } from 'commander';
import type { Io } from '../io/io.js';
import { type Finish, list, outputOptions, sessionOptions, worldOptions } from './options.js';

/** `truefrom spf`. */
export function addSpf(program: Command, io: Io, finish: Finish): void {
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
    const { runSpf } = await import('../commands/spf.js');
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
    const { runSpfShow } = await import('../commands/spf.js');
    finish(await runSpfShow(io, domain, options));
  });
}

/** `truefrom dkim`. */
export function addDkim(program: Command, io: Io, finish: Finish): void {
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
    const { runDkimVerify } = await import('../commands/dkim.js');
    finish(await runDkimVerify(io, file ?? '-', options));
  });
  const explain = dkim
    .command('explain')
    .summary('why a signature does not pass')
    .description(
      'Undoes the usual changes (subject tag, footer, new encoding, folding ...) one by one, and says which of them makes\n' +
        'the hashes of a failed signature match.',
    )
    .argument('[file]', 'the message (.eml); "-" is standard input')
    .addHelpText(
      'after',
      '\nExit status: 0 there is nothing to explain, 75 DNS failed for all that is left, else 1.',
    );
  outputOptions(worldOptions(explain)).action(async (file: string | undefined, options: object) => {
    const { runDkimExplain } = await import('../commands/dkim-explain.js');
    finish(await runDkimExplain(io, file ?? '-', options));
  });
}

/** `truefrom dmarc`. */
export function addDmarc(program: Command, io: Io, finish: Finish): void {
  const dmarc = program
    .command('dmarc')
    .summary('the DMARC policy that holds for a domain')
    .description('Finds the DMARC policy for mail with this domain in From, by the tree walk of RFC 9989.')
    .argument('<domain>', 'the domain in From')
    .addHelpText('after', '\nExit status: 0 there is a policy, 1 there is none, 75 DNS failed.');
  outputOptions(worldOptions(dmarc)).action(async (domain: string, options: object) => {
    const { runDmarc } = await import('../commands/dmarc.js');
    finish(await runDmarc(io, domain, options));
  });
}

/** `truefrom arc`. */
export function addArc(program: Command, io: Io, finish: Finish): void {
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
    const { runArc } = await import('../commands/arc.js');
    finish(await runArc(io, file ?? '-', options));
  });
}

/** `truefrom headers`. */
export function addHeaders(program: Command, io: Io, finish: Finish): void {
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
      const { runHeaders } = await import('../commands/headers.js');
      finish(await runHeaders(io, file ?? '-', options));
    });
}
