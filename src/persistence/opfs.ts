import { sleep } from "../clock.ts";
import { ProgressDbError } from "../errors.ts";
import { nameOf, OpfsFile, type SyncAccessHandle, systemErrorOf } from "./opfs-file.ts";
import type { Persistence } from "./persistence.ts";

/**
 * The origin private file system: databases that live in the browser, page by page,
 * for dedicated workers of any number of tabs.
 *
 * A file there can be open in one worker only, and is opened asynchronously. So
 * `prepare` opens what belongs to a database, and it stays open until another tab or
 * worker asks for it, over a broadcast channel: who works alone opens it once. What
 * is asked for in mid-transaction waits, since a transaction never lets the event
 * loop run.
 */

/** How long to wait for an answer before asking again, milliseconds: the tab that had the files may have ended. */
const ASK_AGAIN_MS = 50;

interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
}

export function opfs(): Persistence {
  const databases = new Map<string, OpfsDatabase>();
  const files = new Map<string, OpfsFile>();
  const fileAt = (path: string): OpfsFile => {
    let file = files.get(path);
    if (file === undefined) {
      file = new OpfsFile(path);
      files.set(path, file);
    }
    return file;
  };
  return {
    name: "opfs",
    resolve: (path) => `/${path.split("/").filter((part) => part !== "" && part !== ".").join("/")}`,
    open: (path, { create }) => fileAt(path).open(create),
    stat: (path) => fileAt(path).stat(),
    delete: (path) => fileAt(path).delete(),
    syncDirectory() {},
    async prepare(path, { create, signal }) {
      let database = databases.get(path);
      if (database === undefined) {
        database = new OpfsDatabase(path, [fileAt(path), fileAt(`${path}-journal`), fileAt(`${path}-wal`)]);
        databases.set(path, database);
      }
      return database.open(create, signal);
    },
    async persist(path) {
      databases.get(path)?.announceChange();
    },
    release: async (path) => databases.get(path)?.close(),
  };
}

/** What tabs tell each other: `wanted`, let go of the files; `free`, done; `changed`, there was a commit. */
type Message = "wanted" | "free" | "changed";

type DatabaseFiles = readonly [main: OpfsFile, journal: OpfsFile, wal: OpfsFile];

class OpfsDatabase {
  readonly #path: string;
  readonly #files: DatabaseFiles;
  readonly #channel: BroadcastChannel;
  #isOpen = false;
  /** Ends the wait for another tab's answer. */
  #answered = new AbortController();
  /** The last to open or close here: one at a time. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(path: string, files: DatabaseFiles) {
    this.#path = path;
    this.#files = files;
    this.#channel = new BroadcastChannel(`hive-progress-db:${path}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data === "wanted" && this.#isOpen) {
        this.#letGo();
        this.#tell("free");
      }
      if (data === "free") this.#answered.abort();
      if (data === "changed") this.#files[0].changedElsewhere();
    };
  }

  /** Opens the files, as soon as other tabs let go of them. */
  open(create: boolean, signal: AbortSignal): Promise<boolean> {
    return this.#inLine(() => this.#open(create, signal));
  }

  /** Lets go of the files; whoever still uses the database here opens them again. */
  close(): Promise<void> {
    return this.#inLine(async () => {
      await sleep(0); // Who was before us in the line is now in its transaction.
      this.#letGo();
      this.#tell("free");
    });
  }

  announceChange(): void {
    this.#tell("changed");
  }

  #inLine<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#line.then(run);
    this.#line = result.catch(() => {});
    return result;
  }

  async #open(create: boolean, signal: AbortSignal): Promise<boolean> {
    while (!this.#isOpen) {
      if (signal.aborted) return false;
      if (await this.#tryOpen(create)) break;
      this.#answered = new AbortController();
      this.#tell("wanted");
      await sleep(ASK_AGAIN_MS, AbortSignal.any([signal, this.#answered.signal]));
    }
    return true;
  }

  #tell(message: Message): void {
    this.#channel.postMessage(message);
  }

  #letGo(): void {
    for (const file of this.#files) file.detach();
    this.#isOpen = false;
  }

  /** False when another tab or worker has one of the files open. */
  async #tryOpen(create: boolean): Promise<boolean> {
    try {
      const folder = await folderOf(this.#path, create);
      if (folder === undefined) return true; // The files are missing, as `open` will say.
      const [main, journal, wal] = this.#files;
      if (!(await attach(main, folder, create))) return true;
      await attach(journal, folder, true); // It cannot be made later, when SQLite asks for it.
      await attach(wal, folder, false);
      this.#isOpen = true;
      return true;
    } catch (error) {
      this.#letGo();
      if (nameOf(error) === "NoModificationAllowedError") return false;
      throw systemErrorOf(error, this.#path);
    }
  }
}

async function folderOf(path: string, create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
  refuseOutsideWorkers();
  try {
    let folder = await navigator.storage.getDirectory();
    for (const name of path.split("/").slice(1, -1)) folder = await folder.getDirectoryHandle(name, { create });
    return folder;
  } catch (error) {
    if (nameOf(error) === "NotFoundError") return undefined;
    throw error;
  }
}

/** Opens a file; `create` makes one when there is none. False when it is missing. */
async function attach(file: OpfsFile, folder: FileSystemDirectoryHandle, create: boolean): Promise<boolean> {
  const existing = await fileHandle(folder, file.name, false);
  const handle = existing ?? (create ? await fileHandle(folder, file.name, true) : undefined);
  if (handle === undefined) return false;
  file.attach(await handle.createSyncAccessHandle(), existing !== undefined);
  return true;
}

async function fileHandle(folder: FileSystemDirectoryHandle, name: string, create: boolean): Promise<SyncFileHandle | undefined> {
  try {
    return (await folder.getFileHandle(name, { create })) as SyncFileHandle;
  } catch (error) {
    if (nameOf(error) === "NotFoundError") return undefined;
    throw error;
  }
}

function refuseOutsideWorkers(): void {
  if (typeof navigator === "undefined" || navigator.storage?.getDirectory === undefined) {
    throw new ProgressDbError("IO", "there is no origin private file system here", {
      hint: "serve the page from https or localhost, in a browser that keeps data",
    });
  }
  if (typeof FileSystemFileHandle === "undefined" || !("createSyncAccessHandle" in FileSystemFileHandle.prototype)) {
    throw new ProgressDbError("IO", "the origin private file system can be used step by step in a dedicated worker only", {
      hint: "run this in a worker (new Worker(…)), or keep the database in a snapshot()",
    });
  }
}
