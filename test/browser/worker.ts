import { blob, inspectWal, memoryLock, openProgressDb, type ProgressDb } from "hive-progress-db/browser";

/** What the tests ask of the worker, by name. */

let db: ProgressDb | undefined;

const functions: Record<string, (...args: never[]) => unknown> = {
  /** Opens the picked database with its sidecars. */
  async pick(files: File[]) {
    const main = files.find(({ name }) => !/-(wal|journal|shm)$/.test(name))!;
    const persistence = blob(Object.fromEntries(files.map((file) => [file.name, file])));
    const wal = inspectWal(persistence, main.name);
    await db?.close();
    db = await openProgressDb(main.name, { persistence, lock: memoryLock() });
    return { wal, progress: await db.getProgress() };
  },
  sql: (sql: string) => db!.read((run) => run.all(sql)),
  blob: () => blob({}),
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
