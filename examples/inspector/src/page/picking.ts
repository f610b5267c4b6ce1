/** From what a person picked or dropped to databases with their sidecars. */

/** A database as picked; with handles it can be read again when it has changed on disk. */
export interface Picked {
  name: string;
  db: PickedFile;
  wal?: PickedFile | undefined;
  journal?: PickedFile | undefined;
}

export interface PickedFile {
  /** With its folders, as far as they are known. */
  path: string;
  file: File;
  handle?: FileSystemFileHandle | undefined;
  /** Where it lies, if that was picked: sidecars come and go. */
  folder?: FileSystemDirectoryHandle | undefined;
}

const SIDECAR = /-(wal|shm|journal)$/;
/** How deep a picked folder is searched: `colonies/<name>/data/progress.db` is three down. */
const DEPTH = 4;

/** Puts sidecars to their databases. Throws when there is none but sidecars. */
export function pair(files: readonly PickedFile[]): Picked[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const databases = files.filter(({ path }) => !SIDECAR.test(path) && (files.length <= 3 || looksLikeDatabase(path)));
  if (databases.length === 0) {
    const [only] = files;
    throw Object.assign(new Error(only === undefined ? "nothing was picked" : `${only.file.name} is no database of its own`), {
      hint: "pick progress.db together with what lies beside it: -wal, or -journal",
    });
  }
  return databases.map((db) => ({ name: nameOf(db.path), db, wal: byPath.get(`${db.path}-wal`), journal: byPath.get(`${db.path}-journal`) }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

function looksLikeDatabase(path: string): boolean {
  return /\.(db3?|sqlite3?|s3db)$/i.test(path);
}

/** A colony is named by its folder: `letters/data/progress.db` is `letters`. */
function nameOf(path: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  const file = parts.pop() ?? path;
  if (parts.at(-1) === "data") parts.pop();
  return parts.pop() ?? file.replace(/\.\w+$/, "");
}

export function fromInput(files: FileList): PickedFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath, file }));
}

interface Pickers {
  showOpenFilePicker?: (options: object) => Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle>;
}

/** True where picked files come with handles: they can be read again. */
export function hasPickers(): boolean {
  return "showOpenFilePicker" in globalThis;
}

/** Asks for files, or for a folder, by the pickers that give handles. Empty when the person thought better of it. */
export async function fromPicker(isFolder: boolean): Promise<PickedFile[]> {
  const { showOpenFilePicker, showDirectoryPicker } = globalThis as Pickers;
  try {
    const handles = isFolder ? [await showDirectoryPicker!()] : await showOpenFilePicker!({ multiple: true });
    return (await Promise.all(handles.map((handle) => walk(handle, "", DEPTH)))).flat();
  } catch (error) {
    if ((error as DOMException).name === "AbortError") return [];
    throw error;
  }
}

/** The same file as it is now; a sidecar that was not there may have come. `undefined` when it is gone. */
export async function fileNow(old: PickedFile | undefined, db: PickedFile, suffix: string): Promise<PickedFile | undefined> {
  try {
    if (old?.handle !== undefined) return { ...old, file: await old.handle.getFile() };
    const handle = await db.folder?.getFileHandle(`${db.file.name}${suffix}`);
    return handle === undefined ? old : { path: `${db.path}${suffix}`, file: await handle.getFile(), handle, folder: db.folder };
  } catch {
    return undefined;
  }
}

/** Everything that was dropped, folders searched. Must be called while the event is handled. */
export async function fromDrop(data: DataTransfer): Promise<PickedFile[]> {
  const items = [...data.items].filter(({ kind }) => kind === "file");
  // All are asked for before the first wait: the items are gone after it.
  const found = items.map((item) => (hasHandles(item) ? fromHandle(item) : fromEntry(item)));
  return (await Promise.all(found)).flat();
}

type ItemWithHandle = DataTransferItem & { getAsFileSystemHandle(): Promise<FileSystemHandle | null> };

function hasHandles(item: DataTransferItem): item is ItemWithHandle {
  return "getAsFileSystemHandle" in item;
}

async function fromHandle(item: ItemWithHandle): Promise<PickedFile[]> {
  const file = item.getAsFile();
  const handle = await item.getAsFileSystemHandle().catch(() => null);
  if (handle === null) return file === null ? [] : [{ path: file.name, file }];
  return walk(handle, "", DEPTH);
}

async function walk(handle: FileSystemHandle, above: string, depth: number, folder?: FileSystemDirectoryHandle): Promise<PickedFile[]> {
  const path = above === "" ? handle.name : `${above}/${handle.name}`;
  if (handle.kind === "file") {
    const fileHandle = handle as FileSystemFileHandle;
    return [{ path, file: await fileHandle.getFile(), handle: fileHandle, folder }];
  }
  if (depth === 0) return [];
  const found: PickedFile[] = [];
  const children = handle as FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };
  for await (const child of children.values()) {
    if (child.kind === "directory" || looksLikeDatabase(child.name) || SIDECAR.test(child.name)) found.push(...(await walk(child, path, depth - 1, children)));
  }
  return found;
}

function fromEntry(item: DataTransferItem): Promise<PickedFile[]> {
  const entry = item.webkitGetAsEntry();
  const file = item.getAsFile();
  if (entry !== null) return walkEntry(entry, DEPTH);
  return Promise.resolve(file === null ? [] : [{ path: file.name, file }]);
}

async function walkEntry(entry: FileSystemEntry, depth: number): Promise<PickedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  if (depth === 0) return [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: PickedFile[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return found;
    for (const child of entries) {
      if (child.isDirectory || looksLikeDatabase(child.name) || SIDECAR.test(child.name)) found.push(...(await walkEntry(child, depth - 1)));
    }
  }
}
