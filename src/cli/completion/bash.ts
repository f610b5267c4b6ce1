import { GLOBAL_FLAGS, type CommandSpec, type FlagSpec } from "../spec.ts";
import { dashed, firstWords, flagsOf, groups, IDS, secondWords, valueFlags } from "./words.ts";

/** For bash 4 and later, without the bash-completion package. */
export function bash(commands: readonly CommandSpec[]): string {
  return `# bash completion for colony: source <(colony completion bash)
_colony_ids() {
  ${IDS} | cut -f1
}

_colony_values() {
  case "$1" in
${valueCases(commands).join("\n")}
    *) return 1 ;;
  esac
}

_colony_flags() {
  case "$1" in
${commands.map((spec) => `    "${spec.name}") echo "${flagsOf(spec).flatMap(dashed).join(" ")}" ;;`).join("\n")}
    *) echo "${GLOBAL_FLAGS.flatMap(dashed).join(" ")}" ;;
  esac
}

_colony() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" word skip= command=
  local -a words=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      ${valueFlags(commands).join("|")}) skip=1 ;;
      -*) ;;
      *) words+=("$word") ;;
    esac
  done
  command="\${words[0]}"
  case "$command" in ${groups(commands).join("|")}) command="$command \${words[1]}" ;; esac
  COMPREPLY=()
  if [[ -n $skip ]]; then
    case "$prev" in
      ${fileFlags(commands).join("|")}) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
      *) mapfile -t COMPREPLY < <(compgen -W "$(_colony_values "$prev")" -- "$cur") ;;
    esac
  elif [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_colony_flags "$command")" -- "$cur")
  elif (( \${#words[@]} == 0 )); then
    mapfile -t COMPREPLY < <(compgen -W "${firstWords(commands).join(" ")}" -- "$cur")
  else
    case "$command" in
${groups(commands).map((group) => `      "${group} ") mapfile -t COMPREPLY < <(compgen -W "${secondWords(commands, group).join(" ")}" -- "$cur") ;;`).join("\n")}
${commands.flatMap((spec) => argCase(spec, commands)).join("\n")}
    esac
  fi
}
complete -F _colony colony`;
}

function argCase(spec: CommandSpec, commands: readonly CommandSpec[]): string[] {
  const [arg] = spec.args ?? [];
  const words = arg?.choices?.join(" ") ?? (arg?.complete === "task" ? "$(_colony_ids)" : arg?.complete === "command" ? firstWords(commands).join(" ") : undefined);
  if (arg?.complete === "file") return [`      "${spec.name}") mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;`];
  return words === undefined ? [] : [`      "${spec.name}") mapfile -t COMPREPLY < <(compgen -W "${words}" -- "$cur") ;;`];
}

function everyFlag(commands: readonly CommandSpec[]): FlagSpec[] {
  return [...GLOBAL_FLAGS, ...commands.flatMap((spec) => spec.flags ?? [])];
}

function fileFlags(commands: readonly CommandSpec[]): string[] {
  return [...new Set(everyFlag(commands).filter((flag) => flag.complete === "file").flatMap(dashed))];
}

function valueCases(commands: readonly CommandSpec[]): string[] {
  const cases = new Map<string, string>();
  for (const flag of everyFlag(commands)) {
    const words = flag.choices !== undefined ? `echo "${flag.choices.join(" ")}"` : flag.complete === "task" ? "_colony_ids" : undefined;
    if (words !== undefined) for (const name of dashed(flag)) cases.set(name, words);
  }
  return [...cases].map(([name, words]) => `    ${name}) ${words} ;;`);
}
