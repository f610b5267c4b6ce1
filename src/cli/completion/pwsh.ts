import { GLOBAL_FLAGS, type CommandSpec } from "../spec.ts";
import { dashed, firstWords, groups, secondWords, singleQuoted } from "./words.ts";

export function pwsh(commands: readonly CommandSpec[]): string {
  const quoted = (text: string): string => singleQuoted(text, "''");
  const list = (words: readonly string[]): string => `@(${words.map(quoted).join(", ")})`;
  const table = [
    ...groups(commands).map((group) => `    ${quoted(group)} = ${list(secondWords(commands, group))}`),
    ...commands.map((spec) => `    ${quoted(spec.name)} = ${list([...(spec.args?.[0]?.choices ?? []), ...(spec.flags ?? []).flatMap(dashed)])}`),
  ];
  return `# PowerShell completion for colony: colony completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName colony -ScriptBlock {
  param($word, $ast, $cursor)
  $first = ${list(firstWords(commands))}
  $global = ${list(GLOBAL_FLAGS.flatMap(dashed))}
  $more = @{
${table.join("\n")}
  }
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } | Where-Object { $_ -notlike '-*' })
  if ($words.Count -gt 0 -and $words[-1] -eq $word) { $words = @($words | Select-Object -SkipLast 1) }
  $choices = if ($words.Count -eq 0) { $first } else {
    $two = ($words | Select-Object -First 2) -join ' '
    if ($more.ContainsKey($two)) { $more[$two] } else { $more[$words[0]] }
  }
  @($choices) + $global | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`;
}
