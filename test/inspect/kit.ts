import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { WITH_SEED } from "../colony-kit.ts";
import { root } from "../helpers.ts";

/** The commands as a person runs them, and busy colonies to look at. */

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Runs a command to its end. */
export async function colony(...args: string[]): Promise<Outcome> {
  return ended(start(args));
}

/** Starts `colony inspect`; resolves once it serves. */
export async function inspect(...args: string[]): Promise<{ url: string; end: () => Promise<Outcome> }> {
  const child = start(["inspect", "--no-open", ...args]);
  const outcome = ended(child);
  onTestFinished(() => void child.kill("SIGKILL"));
  const url = await Promise.race([
    new Promise<string>((resolve) => child.stdout!.once("data", (data: Buffer) => resolve(data.toString().trim()))),
    outcome.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`))),
  ]);
  return {
    url,
    end() {
      child.kill("SIGINT");
      return outcome;
    },
  };
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(root, "dist/cli/colony.cjs"), ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

function ended(child: ChildProcess): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  child.stdout!.on("data", (data) => (stdout += data));
  child.stderr!.on("data", (data) => (stderr += data));
  return new Promise((resolve) => child.on("close", (status) => resolve({ stdout, stderr, status })));
}

/** The database inside a report. */
export function databaseIn(report: string): Buffer {
  const [, base64 = ""] = /<script type="text\/plain" id="data">([^<]*)<\/script>/.exec(readFileSync(report, "utf8")) ?? [];
  return gunzipSync(Buffer.from(base64, "base64"));
}

/**
 * Python commits pairs of tasks to a database, in WAL mode or not, and says `ready` after the
 * first; it goes on until it is killed, and checkpoints now and then. Half a pair is never committed.
 */
export function pythonWriting(path: string, mode: "WAL" | "DELETE", pause: number): Promise<ChildProcess> {
  const child = spawn("python3", ["-c", `${WITH_SEED}
import time
con = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
con.execute("PRAGMA journal_mode = ${mode}")
con.execute("PRAGMA synchronous = OFF")
con.execute("PRAGMA wal_autocheckpoint = 300")
n = 0
while True:
    n += 1
    con.execute("BEGIN IMMEDIATE")
    for half in "ab":
        con.execute("INSERT INTO tasks (id, goal, created_at, updated_at) VALUES (?, ?, datetime('now'), datetime('now'))", (f"{n}{half}", "x" * 3000))
    con.execute("COMMIT")
    if n == 1: print("ready", flush=True)
    time.sleep(${pause})`, path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return new Promise((resolve) => child.stdout.once("data", () => resolve(child)));
}
