import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureProgressDb, openProgressDb, type ProgressDb } from "hive-progress-db/browser"; // It works on Node as well.
import { memoryLock } from "hive-progress-db/lock/memory";
import { snapshot, type Snapshot, type SnapshotStore } from "hive-progress-db/persistence/snapshot";
import { persistenceCases } from "hive-progress-db/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { codeOf, failure } from "../colony-kit.ts";
import { sqlite3, tempDir, testWith } from "../helpers.ts";

/** A store in this process, which can be told to be slow or to fail. */
class Store implements SnapshotStore {
  image: Snapshot | undefined;
  saves = 0;
  loads = 0;
  beforeSave: () => Promise<void> | void = () => {};

  async load(known: string | undefined): Promise<Snapshot | undefined> {
    if (this.image === undefined || this.image.version === known) return undefined;
    this.loads++;
    return { ...this.image, bytes: this.image.bytes.slice() };
  }

  async save(bytes: Uint8Array, expected: string | undefined): Promise<string | undefined> {
    await this.beforeSave();
    if (this.image?.version !== expected) return undefined;
    this.image = { bytes: bytes.slice(), version: `v${++this.saves}` };
    return this.image.version;
  }
}

/** Another client of the store: a tab, or a process, with memory of its own. */
async function client(store: Store): Promise<ProgressDb> {
  const options = { persistence: snapshot(store), lock: memoryLock() };
  const db = await openProgressDb(await ensureProgressDb("colony", options), options);
  onTestFinished(() => db.close());
  return db;
}

const goals = async (db: ProgressDb): Promise<string[]> => (await db.listTasks()).map(({ goal }) => goal);

describe("snapshot", () => {
  for (const each of persistenceCases) {
    test(each.name, async () => {
      const persistence = snapshot(new Store());
      await persistence.prepare?.("/database", { create: true, signal: AbortSignal.timeout(1000) });
      await each.run({ persistence, path: "/database" });
    });
  }

  test("a write is acknowledged when it is saved, not before", async () => {
    const store = new Store();
    const db = await client(store);
    let [isSaved, isAcknowledged] = [false, false];
    store.beforeSave = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(isAcknowledged).toBe(false);
      isSaved = true;
    };
    await db.enqueueTask("a").then(() => (isAcknowledged = true));
    expect(isSaved).toBe(true);
    expect(store.image).toBeDefined();
  });

  test("reading saves nothing, and loads nothing that is known", async () => {
    const store = new Store();
    const db = await client(store);
    await db.enqueueTask("a");
    const { saves, loads } = store;
    for (let n = 0; n < 5; n++) await db.getProgress();
    expect([store.saves, store.loads]).toEqual([saves, loads]);
  });

  test("two clients in turns see each other's writes, and lose none", async () => {
    const store = new Store();
    const [a, b] = [await client(store), await client(store)];
    for (let n = 0; n < 5; n++) {
      await a.enqueueTask(`a${n}`);
      await b.enqueueTask(`b${n}`);
    }
    expect(await goals(a)).toEqual(await goals(b));
    expect(await goals(a)).toHaveLength(10);
  });

  test("when the version moved in between, the commit is BUSY, nothing of it is stored, and the next one works on the newer image", async () => {
    const store = new Store();
    const [a, b] = [await client(store), await client(store)];
    await a.enqueueTask("first");
    store.beforeSave = async () => {
      store.beforeSave = () => {};
      await b.enqueueTask("b's"); // While a's image is on its way.
    };
    const refusal = await failure(a.enqueueTask("a's"));
    expect(refusal.code).toBe("BUSY");
    expect(refusal.message).toContain("newer image");
    expect(await goals(a)).toEqual(["first", "b's"]);
    await a.enqueueTask("a's, again");
    expect(await goals(b)).toEqual(["first", "b's", "a's, again"]);
  });

  test("a store that fails rejects the commit, which is not seen afterwards", async () => {
    const store = new Store();
    const db = await client(store);
    await db.enqueueTask("kept");
    store.beforeSave = () => {
      throw Object.assign(new Error("quota"), { code: "ENOSPC" });
    };
    expect(await codeOf(db.enqueueTask("lost"))).toBe("IO");
    store.beforeSave = () => {};
    expect(await goals(db)).toEqual(["kept"]);
    await db.enqueueTask("after");
    expect(await goals(await client(store))).toEqual(["kept", "after"]);
  });

  testWith("sqlite3")("what is stored is an ordinary database", async () => {
    const store = new Store();
    const db = await client(store);
    await db.seedTasks([{ goal: "a" }, { goal: "b" }]);
    const path = join(tempDir(), "image.db");
    writeFileSync(path, store.image!.bytes);
    expect(sqlite3(path, "PRAGMA integrity_check; SELECT count(*) FROM tasks")).toBe("ok\n2");
  });

  test("holds one database, and says so of another", async () => {
    const persistence = snapshot(new Store());
    const options = { persistence, lock: memoryLock() };
    await ensureProgressDb("colony", options);
    expect(await codeOf(openProgressDb("/other.db", options))).toBe("INVALID_INPUT");
  });
});

