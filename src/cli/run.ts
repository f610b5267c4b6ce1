import { Context, type Env } from "./context.ts";
import { oneLine, safeJson } from "./output/text.ts";
import type { Terminal } from "./output/terminal.ts";
import { parse, type Parsed } from "./parse.ts";
import { COMMANDS } from "./table/index.ts";
import { asFailure, CliError, type Failure } from "./usage.ts";

/** One run of the command line, from its words to its exit code. Throws nothing. */
export async function run(argv: readonly string[], terminal: Terminal, env: Env, signal: AbortSignal): Promise<number> {
  let context: Context | undefined;
  try {
    const parsed = parse(argv, COMMANDS, env);
    if (parsed.flags.get("version") === true) {
      const { VERSION } = await import("./version.ts");
      await terminal.write(`colony ${VERSION}\n`);
      return 0;
    }
    const spec = asksForHelp(parsed) ? COMMANDS.find(({ name }) => name === "help")! : parsed.spec!;
    context = new Context(spec, asHelp(parsed), terminal, env, signal);
    const { run: runCommand } = await spec.load();
    return (await runCommand(context)) ?? 0;
  } catch (error) {
    if ((error as { code?: unknown }).code === "EPIPE") return 0; // Whoever read has read enough.
    const failure = asFailure(signal.aborted ? interrupted(signal) : error);
    report(failure, terminal, wantsJson(argv, env));
    return failure.exit;
  } finally {
    await context?.close();
  }
}

function asksForHelp(parsed: Parsed): boolean {
  return parsed.spec === undefined || parsed.flags.get("help") === true;
}

/** `colony claim --help` is `colony help claim`. */
function asHelp(parsed: Parsed): Parsed {
  if (!asksForHelp(parsed)) return parsed;
  const topic = parsed.spec?.name.split(" ") ?? parsed.args.get("command") ?? [];
  return { ...parsed, args: new Map([["topic", topic]]) };
}

function interrupted(signal: AbortSignal): CliError {
  const isTerm = signal.reason === "SIGTERM";
  return new CliError(isTerm ? "TERMINATED" : "INTERRUPTED", isTerm ? "terminated" : "interrupted", "what was written before is complete, the rest was not begun");
}

function report({ code, exit, message, hint, details }: Failure, terminal: Terminal, isJson: boolean): void {
  if (isJson) {
    terminal.talk(`${safeJson({ error: { code, exit, message, retryable: exit === 5, hint, details } })}\n`);
    return;
  }
  if (code === "INTERRUPTED" || code === "TERMINATED") return; // Whoever did it knows.
  const hintLine = hint === "" ? "" : `  ${oneLine(hint)}\n`;
  terminal.talk(`colony: ${oneLine(message)}\n${hintLine}`);
}

/** Looked for by itself, since the command line may be what is wrong. */
function wantsJson(argv: readonly string[], env: Env): boolean {
  const own = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
  if (own.includes("--json") || own.includes("--jsonl")) return true;
  return !own.includes("--csv") && !own.includes("--plain") && (env["COLONY_FORMAT"] === "json" || env["COLONY_FORMAT"] === "jsonl");
}
