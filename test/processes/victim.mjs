// Uses whatever is put before it, as a worker, a queen and an onlooker would. A line in: JSON of [id, deed, path, input];
// a line out: JSON of [id, outcomes, bytes of memory]. An outcome is "ok", an error's code, or "RAW" and what was thrown instead.
import { createInterface } from "node:readline";
import { ensureAllColonyDbs, ensureProgressDb, isProgressDbError, openProgressDb } from "hive-progress-db";

const options = { timeoutMs: 30, nativeClients: "none", durability: "process" };

const deeds = {
  /** Looks, and must leave everything as it is. */
  async read(path) {
    return withDb(path, (db) => [
      () => db.getProgress(),
      () => db.listTasks({ limit: 100 }),
      () => db.listTasks({ status: "pending", staleAfterMinutes: 1 }),
      () => db.getTask("mine"),
      () => db.watch().next(),
      () => db.read((sql) => sql.all("SELECT * FROM steps JOIN sop_checklist USING (task_id) ORDER BY title LIMIT 50")),
      () => db.read((sql) => sql.all("PRAGMA quick_check(10)")),
    ]);
  },
  /** Works through a day. */
  async write(path) {
    return withDb(path, (db) => [
      () => db.enqueueTask("more", { steps: [{ title: "s" }], sop_items: [{ key: "k", description: "d" }] }),
      () => db.completeStep({ id: "mine", claim_token: "token-mine" }, 1, { evidence: "e" }),
      () => db.checkOffSopItem({ id: "mine", claim_token: "token-mine" }, "k"),
      () => db.completeTask({ id: "ready", claim_token: "token-ready" }),
      async () => {
        const claim = await db.claimTask({ workerId: "w" });
        if (claim !== null) await db.failTask(claim, { error: "e", retry: true });
      },
      () => db.reclaimStale(0),
      () => db.transaction((sql) => sql.run("UPDATE steps SET title = title || '.'")),
    ]);
  },
  async ensure(path) {
    const colony = path.replace(/\/data\/progress\.db$/, "");
    return [await outcome(() => ensureProgressDb(colony, options)), await outcome(() => ensureProgressDb(colony, { ...options, enforceGates: true }))];
  },
  async ensureAll(root) {
    const leftOut = [];
    const logger = { info() {}, warn: (message) => leftOut.push(/was left out: (\w+): .* \(.+\)$/s.exec(message)?.[1] ?? `RAW ${message}`) };
    return [await outcome(() => ensureAllColonyDbs(root, { ...options, logger })), ...leftOut.filter((code) => !code.startsWith("RAW progress.db: left worker config"))];
  },
  /** What came as JSON from who knows where is seeded, and used for everything else that takes input. */
  async input(path, input) {
    return withDb(path, (db) => [
      () => db.seedTasks(input),
      () => db.enqueueTask(input?.[0]?.goal, input?.[0]),
      () => db.claimTask(input?.[0]),
      () => db.claimTasks(input?.[0]),
      () => db.listTasks(input?.[0]),
      () => db.completeStep(input?.[0], input?.[0]?.id, input?.[0]),
      () => db.failTask({ id: "mine", claim_token: "token-mine" }, input?.[0]),
      () => db.getTask(input?.[0]?.id),
      () => db.reclaimStale(input?.[0]?.priority),
    ]);
  },
};

async function withDb(path, uses) {
  const outcomes = [];
  let db;
  outcomes.push(await outcome(async () => (db = await openProgressDb(path, options))));
  if (db === undefined) return outcomes;
  for (const use of uses(db)) outcomes.push(await outcome(use));
  outcomes.push(await outcome(() => db.close()));
  return outcomes;
}

async function outcome(use) {
  try {
    await use();
    return "ok";
  } catch (error) {
    if (!isProgressDbError(error)) return `RAW ${error?.stack ?? error}`;
    return error.hint === "" ? `RAW no hint: ${error.message}` : error.code;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [id, deed, path, input] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify([id, await deeds[deed](path, input), process.memoryUsage().rss])}\n`);
}
