import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { outputOf, root, sqlite3, tempDir, testWith } from "../helpers.ts";
import { cleanEnv, COLONY, said, seeded } from "./kit.ts";

/**
 * A worker written from nothing but `colony skill` and `colony help`: takes tasks,
 * does their steps, checks their gates off, closes them, until claim ends with 3.
 */
const WORKER = `
while id=$(colony claim --plain --fields id) || { rc=$?; false; }; do
  colony plan "$id" --json | python3 -c '
import json, sys
plan = json.load(sys.stdin)["plan"]
for step in plan["steps"]: print("step", step["seq"], step["status"])
for gate in plan["sop_items"]: print("gate", gate["key"], "-")
' | while read kind name status; do
    case "$kind $status" in
      "step done"|"step skipped") ;;
      step*) colony step start "$id" "$name" -q && colony step done "$id" "$name" --evidence "did $name" || exit $? ;;
      gate*) colony gate done "$id" "$name" --note "met by $COLONY_WORKER" || exit $? ;;
    esac
  done > /dev/null || echo "lost $?"
  colony done "$id" --plain || colony fail "$id" --error "could not finish"
done
echo "ended $rc"
`;
const WORKERS = 8;
const TASKS = 24;

testWith("python3", "sqlite3")("8 shell workers written from help and skill drain a queue, each task once, and end on exit 3", async () => {
  const skill = await said(["skill"]);
  for (const words of ["colony claim", "colony plan", "colony step start", "colony step done", "--evidence", "colony gate done", "--note", "colony done", "colony fail", "while id=$(colony claim --plain --fields id) || { rc=$?; false; }; do", "| 3 |"]) {
    expect(skill).toContain(words);
  }
  const { path } = await seeded(Array.from({ length: TASKS }, (_, n) => ({
    goal: `task ${n}`, ...(n % 4 === 0 ? { steps: [{ title: "one" }, { title: "two" }], sop_items: [{ key: "checked", description: "d" }] } : {}),
  })));
  const bin = tempDir();
  writeFileSync(join(bin, "colony"), `#!/bin/sh\nexec ${COLONY.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  chmodSync(join(bin, "colony"), 0o755);
  const said8 = await Promise.all(Array.from({ length: WORKERS }, (_, n) => outputOf(spawn("bash", ["-c", WORKER], {
    cwd: root, stdio: ["ignore", "pipe", "pipe"],
    env: cleanEnv({ COLONY_DB: path, COLONY_WORKER: `w-${n}`, COLONY_TIMEOUT: "30s", PATH: `${bin}:${process.env["PATH"]}` }),
  }))));
  for (const output of said8) expect(output.trimEnd().split("\n").at(-1)).toBe("ended 3");
  const done = said8.join("").split("\n").filter((line) => line.endsWith("\tdone")).map((line) => line.split("\t")[0]);
  expect(done).toHaveLength(TASKS);
  expect(new Set(done).size).toBe(TASKS);
  expect(sqlite3(path, "SELECT status, count(*), count(DISTINCT claim_token), sum(retry_count) FROM tasks GROUP BY status")).toBe(`done|${TASKS}|${TASKS}|0`);
  expect(sqlite3(path, "SELECT count(*), sum(evidence = 'did ' || steps.seq), sum(steps.worker_id = tasks.worker_id) FROM steps JOIN tasks ON tasks.id = task_id")).toBe("12|12|12");
  expect(sqlite3(path, "SELECT sum(note = 'met by ' || done_by) FROM sop_checklist")).toBe(String(TASKS / 4));
  expect(Number(sqlite3(path, "SELECT count(DISTINCT worker_id) FROM tasks"))).toBeGreaterThan(1);
}, 240_000);
