import { rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openProgressDb, type OpenOptions, type ProgressDb } from "hive-progress-db";
import { Disk, type Files } from "../crash/disk.ts";
import { record } from "../crash/simulation.ts";
import { deadProcess, Remains } from "../lock/remains.ts";
import { databaseOf, filesBefore, operation, OPERATIONS, type OnColony, type OnHandle } from "../operations.ts";

/** Work to be done while calls fail: every operation, and what happens around them. */
export interface BrokenWork {
  readonly name: string;
  readonly files: Files;
  readonly run: OnHandle | OnColony;
  /** Puts more in place beside the database, and takes away again what only another could. */
  readonly prepare?: (path: string) => void;
  readonly tidy?: (path: string) => void;
  /** It can only fail. */
  readonly isRefused?: boolean;
  /** Of work that may be done in part: for each of its promises the SQL that counts how often it was done. */
  readonly effects?: readonly string[];
}

export async function brokenWork(): Promise<BrokenWork[]> {
  const works: BrokenWork[] = [];
  for (const { name, before, run } of OPERATIONS) if (name !== "a group") works.push({ name, files: await filesBefore(before), run });
  const ledger = await filesBefore("ledger");
  works.push({ name: "a group", files: ledger, ...GROUP });
  const reading = (name: string, read: (db: ProgressDb) => Promise<unknown>, files = ledger): void =>
    void works.push({ name, files, run: { handle: (db) => [read(db)] } });
  reading("read a task", (db) => db.getTask("mine"));
  reading("list", (db) => db.listTasks());
  reading("progress", (db) => db.getProgress());
  reading("progress, WAL mode", (db) => db.getProgress(), await filesBefore("wal"));
  reading("watch", async (db) => {
    for await (const _ of db.watch({ intervalMs: 1 })) break;
  });
  reading("close", (db) => db.close());

  const openAndClose = async (colony: string, options: OpenOptions): Promise<void> => {
    const db = await openProgressDb(databaseOf(colony), options);
    await db.close();
  };
  works.push({ name: "open and close", files: ledger, run: { colony: (colony, options) => [openAndClose(colony, options)] } });

  const dead = await deadProcess();
  const openAndClaim = async (colony: string, options: OpenOptions): Promise<void> => {
    const db = await openProgressDb(databaseOf(colony), options);
    try {
      await db.claimTask({ workerId: "w" });
    } finally {
      await db.close();
    }
  };
  works.push({
    name: "claim after a crash",
    files: await halfWritten(),
    prepare: (path) => void new Remains(path).holder(dead),
    run: { colony: (colony, options) => [openAndClaim(colony, options)] },
  });
  works.push({
    name: "claim while another has the lock",
    files: ledger,
    prepare: (path) => new Remains(path).nativeLock(),
    tidy: (path) => rmdirSync(new Remains(path).lock),
    run: { handle: (db) => [db.claimTask({ workerId: "w" })] },
    isRefused: true,
  });
  works.push({
    name: "ensure, worker config",
    files: ledger,
    prepare(path) {
      const colony = join(path, "../..");
      writeFileSync(join(colony, "worker.json"), '{"system_prompt": "p"}');
    },
    run: operation("ensure, stale claims").run,
  });
  return works;
}

/** Operations that share a transaction, and can be told apart afterwards. */
const GROUP: Pick<BrokenWork, "run" | "effects"> = {
  run: { handle: (db) => [
    ...["a", "b", "c"].map((goal) => db.enqueueTask(goal)),
    ...["x", "y"].map((workerId) => db.claimTask({ workerId })),
    db.completeStep({ id: "mine", claim_token: "token-mine" }, 1, { evidence: "e" }),
    db.completeTask({ id: "ready", claim_token: "token-ready" }),
  ] },
  effects: [
    ...["a", "b", "c"].map((goal) => `SELECT count(*) AS n FROM tasks WHERE goal = '${goal}'`),
    ...["x", "y"].map((worker) => `SELECT count(*) AS n FROM tasks WHERE worker_id = '${worker}'`),
    "SELECT count(*) AS n FROM steps WHERE task_id = 'mine' AND seq = 1 AND status = 'done'",
    "SELECT count(*) AS n FROM tasks WHERE id = 'ready' AND status = 'done'",
  ],
};

/** A process ended between two pages of a commit. */
export async function halfWritten(): Promise<Files> {
  const { before, calls } = await record("halfWritten", [operation("seed many")], "full");
  const disk = new Disk(before, false);
  const pages = calls.flatMap(({ call, file }, index) => (call === "write" && file === "" ? [index] : []));
  for (const call of calls.slice(0, pages[pages.length >> 1])) disk.apply(call);
  return disk.crash({ piece: Infinity, data: () => true, metadata: () => true, garbage: () => {} });
}
