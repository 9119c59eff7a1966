import type { Command, Option } from 'commander';

interface Node {
  /** `truefrom spf show` */
  readonly words: readonly string[];
  readonly command: Command;
}

function nodes(command: Command, words: readonly string[] = [command.name()]): Node[] {
  return [{ words, command }, ...command.commands.flatMap((child) => nodes(child, [...words, child.name()]))];
}

function flags(option: Option): string[] {
  return [option.short, option.long].filter((flag) => flag !== undefined);
}

/** Does the option take a value: then files may follow it. */
function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function candidates({ command }: Node): string[] {
  return [...command.commands.map((child) => child.name()), ...command.options.flatMap(flags), '--help'];
}

/** Completion for bash: `truefrom completion bash > /etc/bash_completion.d/truefrom`. */
export function bashCompletion(program: Command): string {
  const cases = nodes(program).map((node) => {
    const values = node.command.options.filter(takesValue).flatMap(flags);
    return `    '${node.words.join(' ')}') words='${candidates(node).join(' ')}'; values=' ${values.join(' ')} ' ;;`;
  });
  return `# bash completion for truefrom, made by: truefrom completion bash
_truefrom() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path=truefrom words= values= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
${nodes(program)
  .slice(1)
  .map((node) => `      '${node.words.join(' ')}') path='${node.words.join(' ')}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  if [[ $values == *" $prev "* || $cur != -* && $path != truefrom ]]; then
    COMPREPLY=($(compgen -f -- "$cur") $(compgen -W "$words" -- "$cur"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -o filenames -F _truefrom truefrom
`;
}

/** Completion for fish: `truefrom completion fish > ~/.config/fish/completions/truefrom.fish`. */
export function fishCompletion(program: Command): string {
  const lines = ['# fish completion for truefrom, made by: truefrom completion fish'];
  for (const { words, command } of nodes(program)) {
    const parents = words.slice(1);
    const seen =
      parents.length === 0
        ? '__fish_use_subcommand'
        : parents.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    for (const child of command.commands)
      lines.push(
        `complete -c truefrom -n '${seen}' -a ${child.name()} -d '${fishQuoted(child.summary() || child.description())}'`,
      );
    for (const option of command.options) {
      const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`;
      const long = option.long === undefined ? '' : ` -l ${option.long.slice(2)}`;
      lines.push(
        `complete -c truefrom -n '${seen}'${short}${long}${takesValue(option) ? ' -r' : ''} -d '${fishQuoted(option.description)}'`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function fishQuoted(text: string): string {
  return firstLine(text).replace(/[\\']/g, '\\$&');
}

/** Completion for zsh, as a function file: `truefrom completion zsh > "\${fpath[1]}/_truefrom"`. */
export function zshCompletion(program: Command): string {
  const functions = nodes(program).map(({ words, command }) => {
    const options = command.options.map((option) => {
      const names = flags(option);
      const spec = `[${zshQuoted(option.description)}]${takesValue(option) ? `:${(option.long ?? 'value').replace(/^-+/, '')}:_files` : ''}`;
      return names.length === 1 ? `'*${names[0] ?? ''}${spec}'` : `'*'{${names.join(',')}}'${spec}'`;
    });
    const children = command.commands;
    const rest = children.length === 0 ? ["'*:file:_files'"] : ["'1: :->command'", "'*:: :->rest'"];
    const name = `_${words.join('_')}`;
    const describe = children
      .map((c) => `'${c.name()}:${zshQuoted(c.summary() || c.description())}'`)
      .join(' ');
    const dispatch =
      children.length === 0
        ? ''
        : `
  case $state in
    command) local -a commands=(${describe}); _describe command commands; _files ;;
    rest) case $words[1] in ${children.map((c) => `${c.name()}) ${name}_${c.name()} ;;`).join(' ')} esac ;;
  esac`;
    return `${name}() {
  local state line
  _arguments -C ${[...options, ...rest].join(' \\\n    ')}${dispatch}
}`;
  });
  return `#compdef truefrom
# zsh completion for truefrom, made by: truefrom completion zsh
${functions.join('\n')}
_truefrom "$@"
`;
}

function zshQuoted(text: string): string {
  return firstLine(text)
    .replace(/'/g, "'\\''")
    .replace(/[[\]:]/g, '\\$&');
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
