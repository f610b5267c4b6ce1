import { describe, expect, test } from "vitest";
import { codeOf, manualClock, newDb } from "../colony-kit.ts";

const clock = manualClock();

describe("failures by signature", () => {
  test.each([
    ["HTTP 503 at https://example.org/a?b=1 after 1,200.5 ms", "HTTP <n> at <url> after <n> ms"],
    ['cannot read "the mill" from \'C:\\temp\\x\' or `y`', 'cannot read "…" from "…" or "…"'],
    ["can't open /var/log/x.log, don't ask", "can't open <path>, don't ask"],
    ["request 8b486d50-5803-43a2-9de5-fe037aa1b2c3 and 9f86d081884c7d65 and 0xDEADbeef", "request <id> and <id> and <id>"],
    ["this and/or that, either/or", "this and/or that, either/or"],
    ["  first line\nsecond line", "first line"],
    ["Traceback (most recent call last):\n  File \"x.py\", line 3\nValueError: bad value 7\n", "ValueError: bad value <n>"],
    ["deadbeef cafe decade", "deadbeef cafe decade"],
    ["", "(no error recorded)"],
  ])("%j is %j", async (error, signature) => {
    const db = await newDb({ clock });
    await db.seedTasks([{ id: "a", goal: "g" }]);
    const claim = (await db.claimTask({ workerId: "w" }))!;
    if (error === "") await db.transaction((sql) => sql.run("UPDATE tasks SET status = 'failed'"));
    else await db.failTask(claim, { error });
    expect(await db.getFailures()).toMatchObject([{ signature, count: 1, ids: ["a"] }]);
  });

  test("counts, times, workers, retries, an example and a sample of ids, the largest group first", async () => {
    const db = await newDb({ clock: manualClock("2026-05-01T09:00:00Z") });
    const time = manualClock("2026-05-01T09:00:00Z");
    const other = await newDb({ clock: time });
    await other.seedTasks(["a", "b", "c", "d"].map((id) => ({ id, goal: "g", ...(id === "b" ? { max_retries: 0 } : {}) })));
    for (const [id, workerId, error] of [["a", "w2", "HTTP 500"], ["b", "w1", "HTTP 404"], ["c", "w1", "no ink"], ["d", "w1", "HTTP 410"]] as const) {
      await other.failTask((await other.claimTask({ workerId, taskId: id }))!, { error });
      time.advance(10);
    }
    expect(await other.getFailures({ sample: 2 })).toEqual([
      {
        signature: "HTTP <n>", count: 3, firstSeen: "2026-05-01T09:00:00+00:00", lastSeen: "2026-05-01T09:30:00+00:00",
        workers: ["w1", "w2"], retryable: 2, exhausted: 1, example: "HTTP 410", ids: ["d", "b"],
      },
      expect.objectContaining({ signature: "no ink", count: 1 }),
    ]);
    expect(await other.getFailures({ limit: 1, sample: 0 })).toMatchObject([{ count: 3, ids: [] }]);
    expect(await db.getFailures()).toEqual([]);
    expect(await codeOf(other.getFailures({ limit: 0 }))).toBe("INVALID_INPUT");
  });

  test("an error of a megabyte costs no more than its beginning", async () => {
    const db = await newDb({ clock });
    await db.seedTasks([{ id: "a", goal: "g" }]);
    await db.failTask((await db.claimTask({ workerId: "w" }))!, { error: `boom ${"x/".repeat(500_000)}` });
    const [group] = await db.getFailures();
    expect([group!.signature.length, group!.example.length]).toEqual([160, 800]);
  });
});

describe("retryTasks and revokeClaims", () => {
  test("give back what was asked for, all or none", async () => {
    const db = await newDb({ clock });
    await db.seedTasks(["a", "b", "c"].map((id) => ({ id, goal: "g", max_retries: 1 })));
    for (const id of ["a", "b"]) {
      await db.failTask((await db.claimTask({ workerId: "w", taskId: id }))!, { error: "HTTP 500", retry: true });
      await db.failTask((await db.claimTask({ workerId: "w", taskId: id }))!, { error: "HTTP 501", retry: true });
    }
    expect(await codeOf(db.retryTasks({ ids: ["a", "c"] }))).toBe("INVALID_INPUT");
    expect(await codeOf(db.retryTasks({ ids: ["a", "none"] }))).toBe("NOT_FOUND");
    expect((await db.getTask("a")).status).toBe("failed");
    expect(await db.retryTasks({ ids: ["a"] })).toEqual(["a"]);
    expect(await db.getTask("a")).toMatchObject({ status: "pending", retry_count: 1, last_error: "HTTP 501", worker_id: null, claim_token: null, completed_at: null });
    expect(await db.retryTasks({ error: "HTTP <n>", resetRetries: true })).toEqual(["b"]);
    expect(await db.getTask("b")).toMatchObject({ status: "pending", retry_count: 0 });
    expect(await db.retryTasks()).toEqual([]);
  });

  test("who held a revoked claim loses it, and no retry is spent", async () => {
    const db = await newDb({ clock });
    await db.seedTasks([{ id: "a", goal: "g" }, { id: "b", goal: "g" }]);
    const claim = (await db.claimTask({ workerId: "w", taskId: "a" }))!;
    expect(await codeOf(db.revokeClaims(["a", "b"]))).toBe("INVALID_INPUT");
    await db.heartbeat(claim);
    await db.revokeClaims(["a"]);
    expect(await codeOf(db.heartbeat(claim))).toBe("CLAIM_LOST");
    expect(await db.getTask("a")).toMatchObject({ status: "pending", retry_count: 0, worker_id: null, started_at: null });
  });
});
