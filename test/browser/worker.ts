import {
  blob, enqueueTask, ensureProgressDb, http, indexedDbStore, inspectWal, memory, memoryLock, openProgressDb, openSqlite, opfs, overlay, type OpenOptions, type OverlayPersistence,
  type ProgressDb, snapshot, type SqliteDb, webLocks,
} from "hive-progress-db/browser";
import { type Case, lockCases, persistenceCases, type PersistenceSubject } from "hive-progress-db/testing";

/** What the tests ask of the worker, by name. */

let db: ProgressDb | undefined;
let sqlite: SqliteDb | undefined;
let served: OverlayPersistence | undefined;

/** In workers only, so lib.dom does not have it. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
let reads = 0;
if ("FileReaderSync" in self) {
  Object.assign(self, {
    FileReaderSync: class extends FileReaderSync {
      override readAsArrayBuffer(part: Blob): ArrayBuffer {
        reads++;
        return super.readAsArrayBuffer(part);
      }
    },
  });
}

/** Adapters by name, each with nothing at the path. */
const persistences: Record<string, () => PersistenceSubject | Promise<PersistenceSubject>> = {
  memory: () => ({ persistence: memory(), path: "/database" }),
  blob: () => ({ persistence: blob({}), path: "/database" }),
  "overlay over memory": () => ({ persistence: overlay(memory()), path: "/database" }),
  async opfs() {
    const [persistence, path] = [opfs(), `/conformance/${crypto.randomUUID()}`];
    await persistence.prepare?.(path, { create: true, signal: AbortSignal.timeout(5000) });
    return { persistence, path };
  },
  async snapshot() {
    const [persistence, path] = [snapshot(indexedDbStore(crypto.randomUUID())), "/database"];
    await persistence.prepare?.(path, { create: true, signal: AbortSignal.timeout(5000) });
    return { persistence, path };
  },
};
const locks = { webLocks, memory: memoryLock };

/** What became of each case, "" where it passed. */
async function conformance(): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  const run = async <T>(suite: string, each: Case<T>, subject: () => T | Promise<T>): Promise<void> => {
    const ended = Promise.resolve(subject()).then((made) => each.run(made));
    results[`${suite}: ${each.name}`] = await ended.then(() => "", (error: unknown) => String(error));
  };
  for (const [name, subject] of Object.entries(persistences)) for (const each of persistenceCases) await run(name, each, subject);
  for (const [name, adapter] of Object.entries(locks)) {
    for (const each of lockCases) await run(`${name} lock`, each, () => ({ adapter: adapter(), path: `/${crypto.randomUUID()}` }));
  }
  return results;
}

/** Where databases of one's own live. */
const stores: Record<string, () => OpenOptions> = {
  opfs: () => ({}),
  snapshot: () => ({ persistence: snapshot(indexedDbStore("colony")) }),
};

const functions: Record<string, (...args: never[]) => unknown> = {
  conformance,
  /** Opens the picked database with its sidecars. */
  async pick(files: File[]) {
    const main = files.find(({ name }) => !/-(wal|journal|shm)$/.test(name))!;
    const persistence = blob(Object.fromEntries(files.map((file) => [file.name, file])));
    const wal = inspectWal(persistence, main.name);
    await db?.close();
    db = await openProgressDb(main.name, { persistence });
    return { wal, progress: await db.getProgress() };
  },
  /** Makes the database in a store if there is none, and opens it. */
  async open(store: string, colony: string) {
    const options = stores[store]!();
    await db?.close();
    db = await openProgressDb(await ensureProgressDb(colony, options), options);
  },
  /** Calls that each open the database, do one thing and close it, all at once, in two durabilities; how many tasks there are then. */
  async atOnce(colony: string, count: number) {
    let path = "";
    for (let round = 0; round < 10; round++) [path = ""] = await Promise.all([ensureProgressDb(colony), ensureProgressDb(colony)]);
    await Promise.all(Array.from({ length: count }, async (_, n) => {
      await new Promise((resolve) => setTimeout(resolve, n % 7));
      await (n % 5 === 0 ? ensureProgressDb(colony) : enqueueTask(path, `task ${n}`, { durability: n % 2 === 0 ? "full" : "process" }));
    }));
    const all = await openProgressDb(path);
    const { total } = await all.getProgress();
    await all.close();
    return total;
  },
  /** Enqueues tasks, so many at a time, each acknowledged by itself. */
  async enqueue(prefix: string, count: number, atOnce: number) {
    for (let done = 0; done < count; done += atOnce) {
      await Promise.all(Array.from({ length: Math.min(atOnce, count - done) }, (_, n) => db!.enqueueTask(`${prefix}-${done + n}`)));
    }
  },
  /** Claims and completes tasks until there are none; returns their ids. */
  async drain(workerId: string) {
    const ids: string[] = [];
    for (let claim; (claim = await db!.claimTask({ workerId })) !== null; ) {
      await db!.completeTask(claim);
      ids.push(claim.id);
    }
    return ids;
  },
  /** Never ends: large transactions, one after another, each turning all goals into the same text. */
  async rewrite() {
    for (let round = 0; ; round++) {
      await db!.transaction((sql) => sql.run("UPDATE tasks SET goal = ?, payload = hex(zeroblob(2000))", [`round ${round}`]));
      self.postMessage({ note: round });
    }
  },
  /** The totals seen by a watch until there are so many tasks. */
  async watchUntil(total: number) {
    const seen: number[] = [];
    for await (const progress of db!.watch({ intervalMs: 20 })) {
      seen.push(progress.total);
      if (progress.total >= total) break;
    }
    return seen;
  },
  /** A file's size in the origin private file system, looked up without opening the database; 0 when it is missing. */
  async opfsSize(path: string) {
    let folder = await navigator.storage.getDirectory();
    const names = path.split("/");
    for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
    const handle = await folder.getFileHandle(names.at(-1)!).catch(() => undefined);
    return (await handle?.getFile())?.size ?? 0;
  },
  async keepSnapshot() {
    const options = { persistence: snapshot(indexedDbStore("on-page")) };
    await enqueueTask(await ensureProgressDb("colony", options), "kept", options);
  },
  async readSnapshot() {
    const page = await openProgressDb("colony/data/progress.db", { persistence: snapshot(indexedDbStore("on-page")) });
    return (await page.listTasks()).map((task) => task.goal);
  },
  sql: (sql: string) => db!.read((run) => run.all(sql)),
  progress: () => db!.getProgress(),
  /** Reads the picked file to its end, in the longest reads that we make: what the disk and the browser take. Milliseconds. */
  readThrough([file]: [File]) {
    const reader = new FileReaderSync();
    const began = performance.now();
    for (let at = 0; at < file.size; at += 1 << 20) reader.readAsArrayBuffer(file.slice(at, at + (1 << 20)));
    return performance.now() - began;
  },
  /** How often files were read since the last asking. */
  reads() {
    const count = reads;
    reads = 0;
    return count;
  },
  async openUrl(url: string) {
    served = http(url);
    const wal = inspectWal(served, "progress.db");
    await db?.close();
    db = await openProgressDb("progress.db", { persistence: served });
    return { wal, progress: await db.getProgress() };
  },
  /** Reads on from the URL opened last, without what is remembered of it. */
  openUrlAgain() {
    served?.close();
    return inspectWal(served!, "progress.db");
  },
  /** A lock that another client takes by force, as seen by who held it. */
  async stolenLock() {
    const lock = webLocks().open("/stolen");
    await lock.turn(AbortSignal.timeout(1000));
    const before = lock.lock(1) && lock.held();
    await navigator.locks.request("hive-progress-db:/stolen", { steal: true }, () => {});
    await new Promise((resolve) => setTimeout(resolve, 0));
    const after = lock.held() || lock.lock(2);
    lock.close();
    return { before, after };
  },
  blob: () => blob({}),
  http: () => http("/x"),
  opfs: () => openProgressDb("/x"),
  /** Runs SQL on a connection that stays from call to call, in the site's own storage. */
  async script(path: string, sql: string) {
    sqlite ??= await openSqlite(path);
    const rows: unknown[][] = [];
    for await (const result of sqlite.run(sql)) rows.push(...result.rows);
    return rows;
  },
};

/** What a page may not do: the error it gets. */
export async function onPage(name: string): Promise<unknown> {
  try {
    return await functions[name]!();
  } catch (error) {
    return described(error);
  }
}

function described(error: unknown): object {
  const { message, code, hint, details } = error as Error & { code?: string; hint?: string; details?: object };
  return { message, code, hint, details };
}

self.onmessage = ({ data }: MessageEvent<{ id: number; name: string; args: never[] }>) => {
  const answer = async (): Promise<void> => {
    const { id } = data;
    try {
      self.postMessage({ id, value: await functions[data.name]!(...data.args) });
    } catch (error) {
      self.postMessage({ id, error: described(error) });
    }
  };
  void answer();
};
