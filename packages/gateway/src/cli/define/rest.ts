// Signing, and commands about truefrom itself.
import { type Command } from 'commander';
import type { Io } from '../io/io.js';
import { type Finish, list, worldOptions } from './options.js';

/** `truefrom sign`. */
export function addSign(program: Command, io: Io, finish: Finish): void {
  program
    .command('sign')
    .summary('sign a message with DKIM')
    .description(
      'Signs a message with DKIM (RFC 6376, 8463) and writes it out. Several keys sign in one pass.',
    )
    .argument('[file]', 'the message (.eml); "-" is standard input')
    .option('-d, --domain <domain>', 'the signing domain (d=)')
    .addOption(list('-s, --selector <selector>', 'selector (s=); repeat it for each key'))
    .addOption(list('-k, --private-key <file>', 'private key, RSA or Ed25519, PEM or DER; may be repeated'))
    .option('-c, --canonicalization <header/body>', 'simple or relaxed for each (default: relaxed/relaxed)')
    .option('--identity <address>', 'i=: the address or @domain the signature speaks for')
    .option('--valid-for <seconds>', 'x=: how long the signature is good (default: for ever)')
    .option('-t, --time <unix-seconds>', 'sign as of this time (default: now)')
    .option('-o, --headers-only', 'write only the new header fields')
    .action(async (file: string | undefined, options: object) => {
      const { runSign } = await import('../commands/sign.js');
      finish(await runSign(io, file ?? '-', options));
    });
}

/** `truefrom seal`. */
export function addSeal(program: Command, io: Io, finish: Finish): void {
  const seal = program
    .command('seal')
    .summary('add an ARC set to a message')
    .description(
      'Seals a message with ARC (RFC 8617) before it is passed on: what this site found on arrival, signed. Without\n' +
        '--auth-results it is read from the fields of this authserv-id in the message itself, which is safe only where\n' +
        'forged ones were removed on arrival.',
    )
    .argument('[file]', 'the message (.eml); "-" is standard input')
    .option('-m, --mta <name>', 'our authserv-id')
    .option('--auth-results <text>', 'what we found on arrival: an Authentication-Results value')
    .option('-d, --domain <domain>', 'the sealing domain (d=)')
    .addOption(list('-s, --selector <selector>', 'selector (s=)'))
    .addOption(list('-k, --private-key <file>', 'private key, RSA or Ed25519, PEM or DER'))
    .option('-o, --headers-only', 'write only the new header fields')
    .addHelpText(
      'after',
      '\nExit status: 0 sealed, 1 the chain has ended and nothing is added, 75 DNS failed.',
    );
  worldOptions(seal).action(async (file: string | undefined, options: object) => {
    const { runSeal } = await import('../commands/seal.js');
    finish(await runSeal(io, file ?? '-', options));
  });
}

/** `truefrom explain`. */
export function addExplain(program: Command, io: Io, finish: Finish): void {
  program
    .command('explain')
    .summary('what a reason code means, and what to do about it')
    .description('Explains a reason code of a decision; without one, lists them all.')
    .argument('[code]', 'a reason code, e.g. spf-fail')
    .option('--json', 'one JSON object on standard output')
    .action(async (code: string | undefined, options: object) => {
      const { runExplain } = await import('../commands/explain.js');
      finish(await runExplain(io, code, options));
    });
}

/** `truefrom demo`. */
export function addDemo(program: Command, io: Io, finish: Finish): void {
  program
    .command('demo')
    .summary('see it work on messages that come with it, offline')
    .description(
      'Plays stories of honest and forged mail, offline: what each mechanism says, who vouches, and the decision.',
    )
    .argument('[story]', 'number of one story')
    .action(async (story: string | undefined) => {
      const { runDemo } = await import('../demo/play-demo.js');
      finish(await runDemo(io, story));
    });
}

/** `truefrom completion`. */
export function addCompletion(program: Command, io: Io, finish: Finish): void {
  program
    .command('completion')
    .summary('print a completion script for a shell')
    .description('Prints a completion script, made from the command definitions.')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) => {
      const { runCompletion } = await import('../commands/completion.js');
      finish(await runCompletion(io, shell, program));
    });
}
