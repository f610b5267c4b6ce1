import * as fs from "node:fs";
import { nodeFile } from "hive-progress-db/persistence/node-file";
import type { Persistence } from "hive-progress-db";

/** Real files, and something that happens once: after the nth call of a kind. */
export class InterruptedFiles {
  /** How often each kind of call was made since `interrupt`, for example `write progress.db`. */
  readonly calls = new Map<string, number>();
  readonly persistence: Persistence;
  readonly #names = new Map<number, string>();
  #kind = "";
  #number = 0;
  #what: () => void = () => {};

  constructor() {
    const counted = <Call extends (fd: number, ...rest: never[]) => unknown>(name: string, call: Call): Call => ((fd: number, ...rest: never[]) => {
      const result = call(fd, ...rest);
      const kind = `${name} ${this.#names.get(fd)}`;
      const count = (this.calls.get(kind) ?? 0) + 1;
      this.calls.set(kind, count);
      if (kind === this.#kind && count === this.#number) this.#what();
      return result;
    }) as Call;
    this.persistence = nodeFile({
      ...fs,
      openSync: (path: fs.PathLike, ...rest) => {
        const fd = fs.openSync(path, ...rest);
        this.#names.set(fd, String(path).replace(/.*\//, ""));
        return fd;
      },
      writeSync: counted("write", fs.writeSync as (fd: number, ...rest: never[]) => number) as typeof fs.writeSync,
      ftruncateSync: counted("truncate", fs.ftruncateSync),
      fdatasyncSync: counted("sync", fs.fdatasyncSync),
      fsyncSync: counted("sync", fs.fsyncSync),
    });
  }

  interrupt(kind: string, number: number, what: () => void): void {
    this.calls.clear();
    [this.#kind, this.#number, this.#what] = [kind, number, what];
  }
}
