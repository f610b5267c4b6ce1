import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, openSync, writeSync, closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testWith } from "../helpers.ts";
import { native, sha256 } from "../colony-kit.ts";
import { startHolder } from "../processes/program.ts";
import { colony, json, said, seeded } from "./kit.ts";
import { inPairs } from "./sqlite3-kit.ts";

const testWithSqlite3 = testWith("sqlite3");

interface Report {
  isHealthy: boolean;
  checks: { id: string; severity: string; count: number; ids: string[]; fix: string }[];
  changes: { table: string; column: string; id: string; before: string; after: string; why: string }[];
}

/** What doctor finds, by id. */
async function found(path: string, ...args: string[]): Promise<Record<string, string[]>> {
  const { status, stdout, stderr } = await colony(["doctor", "--json", "--db", path, ...args]);
  expect(stderr).toBe("");
  const report = JSON.parse(stdout) as Report;
  const offending = report.checks.filter((check) => check.count > 0);
  for (const { fix } of offending) expect(fix).not.toBe("");
  expect(status !== 0).toBe(offending.some(({ severity }) => severity !== "info"));
  expect(report.isHealthy).toBe(status === 0);
  return Object.fromEntries(offending.map(({ id, ids }) => [id, ids]));
}

/** A sound ledger with a done, a failed, a claimed and a pending task. */
async function sound(): Promise<{ folder: string; path: string }> {
  const { folder, path } = await seeded(["done", "failed", "claimed", "pending"].map((id) => ({
    id, goal: "g", steps: [{ title: "s" }], sop_items: [{ key: "k", description: "d" }],
  })));
  const env = { COLONY_DB: path, COLONY_WORKER: "w" };
  for (const id of ["done", "failed", "claimed"]) await said(["claim", "--id", id], { env });
  await said(["step", "done", "done", "1", "--evidence", "e"], { env });
  await said(["gate", "done", "done", "k"], { env });
  await said(["done", "done"], { env });
  await said(["fail", "failed", "--error", "no ink"], { env });
  return { folder, path };
}

describe("doctor", () => {
  testWithSqlite3("finds nothing in a sound ledger, and changes nothing", async () => {
    const { path } = await sound();
    const before = sha256(path);
    expect(await found(path, "--full")).toEqual({});
    expect(await said(["doctor", "--db", path])).toMatch(/^✓ +\d\d {2}checks passed\n$/);
    expect(sha256(path)).toBe(before);
  });

  testWithSqlite3("finds each thing that may be wrong with the rows", async () => {
    const { folder, path } = await sound();
    const cases: readonly (readonly [string, string, string[]])[] = [
      ["UPDATE tasks SET claimed_at = datetime('now', '-16 minutes') WHERE id = 'claimed'", "stale_claims", ["claimed"]],
      ["UPDATE sop_checklist SET done_at = NULL WHERE task_id = 'done'", "done_with_open_gates", ["done"]],
      ["UPDATE steps SET status = 'in_progress' WHERE task_id = 'done'", "done_with_unfinished_steps", ["done"]],
      ["UPDATE tasks SET worker_id = '' WHERE id = 'claimed'", "in_hand_without_worker", ["claimed"]],
      ["UPDATE tasks SET claimed_at = NULL WHERE id = 'claimed'", "in_hand_without_claim_time", ["claimed"]],
      ["UPDATE tasks SET retry_count = 4 WHERE id = 'pending'", "retries_over_maximum", ["pending"]],
      ["UPDATE tasks SET status = 'blocked' WHERE id = 'pending'", "unknown_status", ["pending"]],
      ["UPDATE steps SET id = 's1', status = 'maybe' WHERE task_id = 'pending'", "unknown_step_status", ["s1"]],
      ["UPDATE tasks SET last_error = NULL WHERE id = 'failed'", "failed_without_error", ["failed"]],
      ["UPDATE tasks SET parent_task_id = 'gone' WHERE id = 'pending'", "missing_parent", ["pending"]],
      ["UPDATE tasks SET parent_task_id = CASE id WHEN 'pending' THEN 'failed' WHEN 'failed' THEN 'pending' ELSE 'failed' END WHERE id <> 'claimed'", "parent_cycle", ["done", "failed", "pending"]],
      ["INSERT INTO steps (id, task_id, seq, title) VALUES ('s2', 'gone', 1, 't')", "orphan_steps", ["s2"]],
      ["INSERT INTO sop_checklist (id, task_id, key, description) VALUES ('g2', 'gone', 'k', 'd')", "orphan_sop_items", ["g2"]],
      ["UPDATE tasks SET completed_at = 'yesterday' WHERE id = 'done'", "unreadable_times", ["done"]],
      ["UPDATE steps SET completed_at = datetime('now', '+2 hours') WHERE task_id = 'done'", "future_times", ["done"]],
      ["UPDATE sop_checklist SET done_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now') WHERE task_id = 'done'", "mixed_times", ["done"]],
    ];
    await inPairs([...cases.entries()], async ([index, [sql, id, ids]]) => {
      const copy = join(folder, `${index}.db`);
      copyFileSync(path, copy);
      native(copy, sql);
      const { [id]: offenders, ...others } = await found(copy);
      expect([id, offenders?.toSorted()]).toEqual([id, ids]);
      expect(others, sql).toEqual({});
    });
    for (const sql of [0, 1, 7].map((at) => cases[at]![0])) native(path, sql);
    const { stdout } = await colony(["doctor", "--db", path]);
    for (const id of ["stale_claims", "done_with_open_gates", "unknown_step_status"]) expect(stdout).toContain(`(${id})`);
    expect(stdout).toContain("→ colony reclaim\n");
  });

  testWithSqlite3("finds a -wal, and a lock left by a dead process, before it takes it over", async () => {
    const { folder, path } = await sound();
    const wal = join(folder, "wal.db");
    copyFileSync(path, wal);
    execFileSync("sqlite3", [wal], { input: `PRAGMA journal_mode = WAL;\nUPDATE tasks SET priority = 1;\n.shell cp '${wal}' '${wal}-wal' '${folder}/data/'` });
    const copied = join(folder, "data/wal.db");
    expect(await found(copied, "--no-native-clients")).toEqual({ wal_sidecar: [expect.stringMatching(/^[12] pages of [12] commits/)] });

    const holder = await startHolder(folder, path, "before");
    holder.kill("SIGKILL");
    await holder.ended;
    const report = JSON.parse((await colony(["doctor", "--json", "--db", path])).stdout) as Report;
    expect(report.checks.filter((check) => check.count > 0).map((check) => [check.id, check.ids[0]]))
      .toEqual([["dead_lock", expect.stringContaining(`process ${holder.pid} `)]]);
    expect(await found(path)).toEqual({});
  });

  testWithSqlite3("says who holds the lock when it cannot look", async () => {
    const { path } = await sound();
    mkdirSync(`${path}.lock`);
    const { status, stdout, stderr } = await colony(["doctor", "--timeout", "50ms", "--db", path]);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/somebody holds the lock \(locked\)\n.*native client.*\n.*remove .*\.lock/)]);
    expect(stderr).toContain("could not be looked at");
  });

  testWithSqlite3("finds damage, with exit code 11", async () => {
    const { folder, path } = await sound();
    const rootPage = Number(native(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'idx_tasks_status'"));
    const damaged = join(folder, "damaged.db");
    copyFileSync(path, damaged);
    const fd = openSync(damaged, "r+");
    writeSync(fd, Buffer.alloc(4096, 0xee), 0, 4096, (rootPage - 1) * 4096);
    closeSync(fd);
    const { status, stdout } = await colony(["doctor", "--json", "--db", damaged]);
    expect(status).toBe(11);
    if (stdout !== "") expect((JSON.parse(stdout) as Report).checks[3]).toMatchObject({ id: "integrity", count: expect.any(Number) as number });

    const index = join(folder, "index.db"); // An index that lacks a row is found by --full only.
    copyFileSync(path, index);
    native(index, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX idx_tasks_status ON tasks(status, goal)' WHERE name = 'idx_tasks_status'");
    expect((await colony(["doctor", "--full", "--db", index])).status).toBe(11);
  });

  testWithSqlite3("--fix-times repairs times and nothing else, and says what it changed", async () => {
    const { path } = await sound();
    native(path, `
      UPDATE tasks SET claimed_at = '2026-05-01T09:00:00+02:00', created_at = '2026-05-01 06:30:00' WHERE id = 'claimed';
      UPDATE steps SET completed_at = datetime('now', '+2 hours') WHERE task_id = 'done';
      UPDATE tasks SET completed_at = 'yesterday' WHERE id = 'done'`);
    const dump = (): string[] => native(path, ".dump").split("\n");
    const [before, bytes] = [dump(), readFileSync(path)];
    const tried = await colony(["doctor", "--fix-times", "--dry-run", "--db", path]);
    expect(tried.stdout).toContain("3 times would be rewritten");
    expect(readFileSync(path).equals(bytes)).toBe(true);

    const report = JSON.parse((await colony(["doctor", "--fix-times", "--json", "--db", path])).stdout) as Report;
    expect(report.changes).toMatchObject([
      { table: "tasks", column: "created_at", id: "claimed", before: "2026-05-01 06:30:00", after: "2026-05-01T06:30:00+00:00", why: "form" },
      { table: "tasks", column: "claimed_at", id: "claimed", before: "2026-05-01T09:00:00+02:00", after: "2026-05-01 07:00:00", why: "form" },
      { table: "steps", column: "completed_at", why: "future" },
    ]);
    expect(Math.abs(Date.parse(`${report.changes[2]!.after.replace(" ", "T")}Z`) - Date.now())).toBeLessThan(60_000);
    const after = dump();
    const changed = after.filter((line, at) => line !== before[at]);
    expect(changed).toHaveLength(2); // The task's row, with two times, and the step's.
    for (const { before: old, after: now } of report.changes) {
      expect(after.join("\n")).toContain(now);
      expect(after.join("\n")).not.toContain(old);
    }
    expect(await found(path)).toEqual({ stale_claims: ["claimed"], unreadable_times: ["done"] });
  });
});

test("info tells of the file and of its -wal", async () => {
  const { path } = await seeded([{ goal: "g" }]);
  const { info } = await json<{ info: Record<string, unknown> }>(["info", "--db", path]);
  expect(info).toMatchObject({ path, journal: "rollback", schemaVersion: 1, walBytes: 0, counts: { tasks: 1, steps: 0, sop_checklist: 0 } });
  expect(info["size"]).toBe(readFileSync(path).length);
});
