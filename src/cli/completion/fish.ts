import { GLOBAL_FLAGS, type CommandSpec, type FlagSpec } from "../spec.ts";
import { dashed, groups, IDS, secondWords, singleQuoted, valueFlags } from "./words.ts";

export function fish(commands: readonly CommandSpec[]): string {
  return `# fish completion for colony: colony completion fish > ~/.config/fish/completions/colony.fish
function __colony_ids
    ${IDS}
end

# True when the words before the cursor, without flags, begin with these; with -x, when they are just these.
function __colony_at
    set -l exactly
    if test "$argv[1]" = -x
        set exactly 1
        set -e argv[1]
    end
    set -l words
    set -l skip
    for token in (commandline -opc)[2..]
        if test -n "$skip"
            set skip
            continue
        end
        switch $token
            case ${valueFlags(commands).join(" ")}
                set skip 1
            case '-*'
            case '*'
                set -a words $token
        end
    end
    test -n "$exactly"; and test (count $words) -ne (count $argv); and return 1
    test (count $words) -ge (count $argv); or return 1
    for at in (seq (count $argv))
        test "$words[$at]" = "$argv[$at]"; or return 1
    end
end

complete -c colony -f
${lines(commands).join("\n")}`;
}

const quoted = (text: string): string => singleQuoted(text.replaceAll("\\", "\\\\"), "\\'");

function lines(commands: readonly CommandSpec[]): string[] {
  const grouped = groups(commands);
  return [
    ...GLOBAL_FLAGS.map((flag) => `complete -c colony ${flagOf(flag)}`),
    ...commands.filter(({ name }) => !name.includes(" ")).map(({ name, summary }) => `complete -c colony -n '__colony_at -x' -a ${name} -d ${quoted(summary)}`),
    ...grouped.map((group) => `complete -c colony -n '__colony_at -x' -a ${group} -d ${quoted(secondWords(commands, group).join(", "))}`),
    ...commands.filter(({ name }) => name.includes(" ")).map(({ name, summary }) => {
      const [first, second] = name.split(" ");
      return `complete -c colony -n '__colony_at -x ${first}' -a ${second} -d ${quoted(summary)}`;
    }),
    ...commands.flatMap((spec) => [
      ...(spec.args ?? []).slice(0, 1).flatMap((arg) => {
        if (arg.choices !== undefined) return [`complete -c colony -n '__colony_at ${spec.name}' -a ${quoted(arg.choices.join(" "))}`];
        if (arg.complete === "file") return [`complete -c colony -n '__colony_at ${spec.name}' -F`];
        return arg.complete === "task" ? [`complete -c colony -n '__colony_at ${spec.name}' -a '(__colony_ids)'`] : [];
      }),
      ...(spec.flags ?? []).map((flag) => `complete -c colony -n '__colony_at ${spec.name}' ${flagOf(flag)}`),
    ]),
  ];
}

function flagOf(flag: FlagSpec): string {
  const names = dashed(flag).map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(" ");
  const value = flag.type === undefined ? "" : flag.choices !== undefined ? ` -x -a ${quoted(flag.choices.join(" "))}`
    : flag.complete === "file" ? " -r -F" : flag.complete === "task" ? " -x -a '(__colony_ids)'" : " -x";
  return `${names}${value} -d ${quoted(flag.what)}`;
}
