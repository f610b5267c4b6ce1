import type { ArgSpec, CommandSpec, FlagSpec } from "../spec.ts";
import { flagsOf, groups, IDS, secondWords, singleQuoted } from "./words.ts";

export function zsh(commands: readonly CommandSpec[]): string {
  return `#compdef colony
# zsh completion for colony: source <(colony completion zsh), after compinit
_colony_ids() {
  local -a ids
  ids=(\${(f)"$(${IDS} | sed 's/:/\\\\:/g; s/\\t/:/')"})
  _describe task ids
}

_colony() {
  local -a commands
  if (( CURRENT == 2 )); then
    commands=(
${firstLines(commands).join("\n")}
    )
    _describe command commands
    return
  fi
  case "$words[2]" in
${groups(commands).map((group) => groupCase(commands, group)).join("\n")}
${commands.filter(({ name }) => !name.includes(" ")).map((spec) => `    ${spec.name}) ${argumentsOf(spec, 1)} ;;`).join("\n")}
  esac
}

if [[ $funcstack[1] == _colony ]]; then _colony "$@"; else compdef _colony colony; fi`;
}

const quoted = (text: string): string => singleQuoted(text, "'\\''");
const plain = (text: string): string => text.replaceAll(/[[\]:\\]/g, "\\$&");

function firstLines(commands: readonly CommandSpec[]): string[] {
  const seen = new Set<string>();
  return commands.flatMap(({ name, summary }) => {
    const [first = "", second] = name.split(" ");
    if (seen.has(first)) return [];
    seen.add(first);
    const text = second === undefined ? summary : secondWords(commands, first).join(", ");
    return [`      ${quoted(`${first}:${text.replaceAll(":", "\\:")}`)}`];
  });
}

function groupCase(commands: readonly CommandSpec[], group: string): string {
  const own = commands.filter(({ name }) => name.startsWith(`${group} `));
  const words = own.map(({ name, summary }) => quoted(`${name.split(" ")[1]}:${summary.replaceAll(":", "\\:")}`)).join(" ");
  return `    ${group})
      if (( CURRENT == 3 )); then commands=(${words}); _describe command commands; return; fi
      case "$words[3]" in
${own.map((spec) => `        ${spec.name.split(" ")[1]}) ${argumentsOf(spec, 2)} ;;`).join("\n")}
      esac ;;`;
}

function argumentsOf(spec: CommandSpec, wordsOfName: number): string {
  const names = Array.from({ length: wordsOfName }, (_, at) => `'${at + 1}: :'`);
  const args = (spec.args ?? []).map((arg, at) => quoted(`${arg.many === true ? "*" : wordsOfName + at + 1}:${plain(arg.name)}:${actionOf(arg)}`));
  return `_arguments -s ${[...names, ...args, ...flagsOf(spec).flatMap(flagOf)].join(" ")}`;
}

function flagOf(flag: FlagSpec): string[] {
  const value = flag.type === undefined ? "" : `:${plain(flag.value ?? flag.name)}:${actionOf(flag)}`;
  const again = flag.many === true ? "*" : "";
  return [`--${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])].map((name) => quoted(`${again}${name}[${plain(flag.what)}]${value}`));
}

function actionOf({ choices, complete }: Pick<ArgSpec, "choices"> & { readonly complete?: string }): string {
  if (choices !== undefined) return `(${choices.join(" ")})`;
  return complete === "file" ? "_files" : complete === "task" ? "_colony_ids" : " ";
}
