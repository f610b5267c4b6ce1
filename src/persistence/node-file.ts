import * as nodeFs from "node:fs";
import { dirname, join, basename, resolve as resolvePath } from "node:path";
import { errnoOf } from "../errors.ts";
import type { Persistence, PersistentFile } from "./persistence.ts";

/** Real files through `node:fs`, which Node, Deno and Bun all have. */

/** The calls this adapter makes, so that a test can make any of them fail. */
export type FileSystem = Pick<
  typeof nodeFs,
  | "openSync" | "closeSync" | "readSync" | "writeSync" | "ftruncateSync"
  | "fchmodSync" | "fchownSync" | "fsyncSync" | "fdatasyncSync" | "fstatSync" | "statSync" | "unlinkSync" | "realpathSync"
>;

/** A pipe is opened at once, and then refused. Means nothing to a file. */
const NO_WAITING = nodeFs.constants.O_NONBLOCK ?? 0;

export function nodeFile(fs: FileSystem = nodeFs): Persistence {
  return {
    name: "nodeFile",
    resolve(path) {
      const absolute = resolvePath(path);
      const real = unlessMissing(() => fs.realpathSync(absolute));
      return real ?? join(fs.realpathSync(dirname(absolute)), basename(absolute));
    },
    open(path, options) {
      const { O_RDWR, O_RDONLY } = nodeFs.constants;
      try {
        return fileOver(fs, path, fs.openSync(path, O_RDWR | NO_WAITING), false);
      } catch (error) {
        const code = errnoOf(error);
        if (code === "ENOENT" && options.create) return fileOver(fs, path, create(fs, path, options.like), false);
        if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") throw error;
        try {
          return fileOver(fs, path, fs.openSync(path, O_RDONLY | NO_WAITING), true);
        } catch {
          throw error; // The first refusal says more than the second.
        }
      }
    },
    stat(path) {
      const stat = fs.statSync(path, { throwIfNoEntry: false });
      return stat && {
        size: stat.size,
        id: `${stat.ino}:${stat.birthtimeMs}`, // Inode numbers are given again.
        version: `${stat.ino}:${stat.mtimeMs}:${stat.size}`,
      };
    },
    delete: (path) => fs.unlinkSync(path),
    syncDirectory(path) {
      if (process.platform === "win32") return; // Windows cannot open a folder; NTFS journals its entries.
      const fd = fs.openSync(dirname(path), nodeFs.constants.O_RDONLY);
      try {
        retrying(() => fs.fsyncSync(fd));
      } finally {
        fs.closeSync(fd);
      }
    },
  };
}

/** Opens with O_CREAT and without O_EXCL: another process may make the file at the same time. */
function create(fs: FileSystem, path: string, like: string | undefined): number {
  const { O_RDWR, O_CREAT } = nodeFs.constants;
  const model = like === undefined || like === path ? undefined : fs.statSync(like, { throwIfNoEntry: false });
  const fd = fs.openSync(path, O_RDWR | O_CREAT, 0o644);
  if (model === undefined) return fd;
  try {
    fs.fchmodSync(fd, model.mode & 0o777); // Whoever may write the database must be able to write its journal.
    const { uid, gid } = fs.fstatSync(fd);
    if (uid !== model.uid || gid !== model.gid) fs.fchownSync(fd, model.uid, model.gid);
  } catch (error) {
    if (errnoOf(error) === "EPERM") return fd; // Only root may give a file away.
    fs.closeSync(fd);
    throw error;
  }
  return fd;
}

function fileOver(fs: FileSystem, path: string, fd: number, readOnly: boolean): PersistentFile {
  const file: PersistentFile = {
    readOnly,
    read(into, offset) {
      let done = 0;
      while (done < into.length) {
        const count = retrying(() => fs.readSync(fd, into, done, into.length - done, offset + done));
        if (count === 0) break;
        done += count;
      }
      return done;
    },
    write(from, offset) {
      let done = 0;
      while (done < from.length) {
        const count = retrying(() => fs.writeSync(fd, from, done, from.length - done, offset + done));
        // A write that makes no progress and gives no error would loop for ever.
        if (count === 0) throw Object.assign(new Error(`no progress writing ${path}`), { code: "EIO" });
        done += count;
      }
    },
    truncate: (size) => retrying(() => fs.ftruncateSync(fd, size)),
    sync: () => retrying(() => fs.fdatasyncSync(fd)), // Flushes the size too: it is needed to read the data.
    size: () => fs.fstatSync(fd).size,
    moved() {
      const here = fs.fstatSync(fd);
      const there = fs.statSync(path, { throwIfNoEntry: false });
      return there === undefined || there.ino !== here.ino || there.dev !== here.dev;
    },
    close: () => fs.closeSync(fd),
  };
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isDirectory()) throw Object.assign(new Error(`is a directory: ${path}`), { code: "EISDIR" });
    if (!stat.isFile()) throw Object.assign(new Error(`is a pipe or a device, not a file: ${path}`), { code: "EINVAL" });
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  return file;
}

/** Runs a system call again when a signal interrupted it. */
function retrying<T>(call: () => T): T {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (errnoOf(error) !== "EINTR") throw error;
    }
  }
}

function unlessMissing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
