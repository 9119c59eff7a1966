import type { Command, Option } from 'commander';

/**
 * The manual page truefrom(1) in troff, made from the command definitions.
 * @param version of the program
 */
export function manPage(program: Command, version: string): string {
  const sections = [
    `.\\" Made by scripts/generate-man.mjs from the command definitions. Do not edit.`,
    `.TH TRUEFROM 1 "" "truefrom ${escape(version)}" "User Commands"`,
    `.SH NAME\ntruefrom \\- ${escape(lowerFirst(program.description()))}`,
    `.SH SYNOPSIS\n.B truefrom\n.I command\n.RI [ options ]`,
    `.SH DESCRIPTION\n${paragraphs(DESCRIPTION)}`,
    `.SH COMMANDS`,
    ...commandsOf(program, []),
    `.SH EXIT STATUS\n${EXIT_STATUS.map(([code, text]) => `.TP\n.B ${code}\n${escape(text)}`).join('\n')}`,
    `.SH ENVIRONMENT\n.TP\n.B NO_COLOR\nAny value: no colours. Colours are used on terminals only.\n.TP\n.B FORCE_COLOR\nAny value but 0: colours in any case.`,
    `.SH SEE ALSO\nRFC 7208 (SPF), RFC 6376, 8301 and 8463 (DKIM), RFC 9989 (DMARC), RFC 8617 (ARC), RFC 8601 (Authentication\\-Results)`,
  ];
  return `${sections.join('\n')}\n`;
}

const DESCRIPTION =
  'truefrom says who vouches for the From of a mail message: nobody, a server, the domain, the user or the author. ' +
  'It shows SPF, DKIM, DMARC with ARC, the origin rule and the mismatch rule side by side, and decides what to do.';

const EXIT_STATUS: readonly (readonly [number, string])[] = [
  [0, 'the message is accepted; the command did what it should'],
  [1, 'the message is flagged or worse; the check failed'],
  [64, 'the command line is wrong'],
  [65, 'the input cannot be read'],
  [75, 'temporary failure: DNS did not answer where it mattered; try again later'],
  [78, 'a zone, policy or configuration file is broken'],
];

function commandsOf(command: Command, parents: readonly string[]): string[] {
  return command.commands.flatMap((child) => {
    const words = [...parents, child.name()];
    const args = child.registeredArguments.map((a) => (a.required ? a.name() : `[${a.name()}]`)).join(' ');
    const own = [
      `.SS truefrom ${escape(words.join(' '))}${child.options.length > 0 ? ' [options]' : ''} ${escape(args)}`.trimEnd(),
      paragraphs(child.description()),
      ...child.options.filter((option) => !option.hidden).map(optionEntry),
    ];
    return [...own, ...commandsOf(child, words)];
  });
}

function optionEntry(option: Option): string {
  return `.TP\n.B ${escape(option.flags)}\n${escape(option.description)}`;
}

function paragraphs(text: string): string {
  return text
    .split('\n\n')
    .map((paragraph) => escape(paragraph.replace(/\n/g, ' ')))
    .join('\n.PP\n');
}

// troff: a backslash starts an escape, a dot or quote at the start of a line a request, a bare hyphen is typographic.
function escape(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
