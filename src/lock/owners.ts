import {
  chmodSync, closeSync, fchmodSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync,
  renameSync, rmdirSync, statSync, unlinkSync, writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { monotonicMs, systemClock } from "../clock.ts";
import { errnoOf, ProgressDbError } from "../errors.ts";
import { randomId } from "../ids.ts";
import { readFacts, type OwnerFacts } from "./owner-facts.ts";
import { isProvenDead, ownFacts } from "./process-facts.ts";

/** How long a process found alive is taken to be so before the kernel is asked again, milliseconds. */
const ALIVE_MS = 20;
const NO_HARD_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * A lock file with its owner's facts in it, and the folder of those who may own it.
 *
 *   <lock>                        a hard link to the holder's facts: making it takes the lock
 *   <folder>/<token>              one per open handle: its facts, synced before use
 *   <folder>/heir-of-<token>      a hard link to the facts of whoever inherits from a dead holder
 *   <folder>/waiting-<t>-<token>  a place among the waiting
 *
 * A hard link appears with its content or not at all, and only one contender can
 * make it. So there is no moment at which the lock is taken but its owner
 * unknown, and no crash that needs a human. An inheritance replaces the lock by
 * rename: its name is never free in between.
 */
export class Owners {
  readonly #lockPath: string;
  readonly #folder: string;
  readonly #token = randomId();
  /** Kept open so that the inode, by which we know our own link, is not given to another file. */
  #fd: number | undefined;
  #inode = 0n;
  #foundAliveAt = -Infinity;
  #deadHeadSoughtAt = -Infinity;

  constructor(lockPath: string, folder: string) {
    this.#lockPath = lockPath;
    this.#folder = folder;
  }

  /** Takes the lock if it is free or its holder is provably dead. */
  take(): boolean {
    for (let attempt = 0; ; attempt++) {
      this.#register();
      try {
        linkSync(this.#factsPath, this.#lockPath);
        return true;
      } catch (error) {
        // Our own link is there when giving the lock back failed, or only the answer to this call did.
        if (this.isHolder()) return true;
        const code = errnoOf(error) ?? "";
        if (code === "EEXIST") return this.#inheritFromDead();
        if (NO_HARD_LINKS.has(code)) throw noHardLinks(this.#folder, error);
        // Somebody removed the folder or our facts by hand: write them anew.
        if (code !== "ENOENT" || attempt === 3) throw error;
        this.#unregister();
      }
    }
  }

  /** True while the lock is our own link. */
  isHolder(): boolean {
    return this.#fd !== undefined && statSync(this.#lockPath, { bigint: true, throwIfNoEntry: false })?.ino === this.#inode;
  }

  /** Gives the lock back, if it is still ours. */
  release(): void {
    if (this.isHolder()) unlinkSync(this.#lockPath);
  }

  /** Whoever stands in the way: the holder, or the heir that is taking its place. */
  holder(): OwnerFacts | undefined {
    return this.#succession().at(-1);
  }

  /** Joins the waiting, or finds the place again; 0 is the head. */
  placeInLine(): number {
    const line = this.line();
    const place = line.findIndex((name) => name.endsWith(this.#token));
    if (place >= 0) return place;
    this.#register();
    const now = String(systemClock.now()).padStart(15, "0");
    ignoring(["EEXIST", "ENOENT"], () => linkSync(this.#factsPath, join(this.#folder, `waiting-${now}-${this.#token}`)));
    return line.length;
  }

  /** Never throws: a place is advisory, and others drop it once its process is dead. */
  leaveLine(): void {
    try {
      for (const name of this.line()) {
        if (name.endsWith(this.#token)) unlinkSync(join(this.#folder, name));
      }
    } catch {
      // Swept away by another, or the folder is out of reach.
    }
  }

  /** The waiting, first come first. */
  line(): string[] {
    return this.#list().filter((name) => name.startsWith("waiting-")).sort();
  }

  /** Removes the head of the line if its process is provably dead. */
  dropDeadHead(): void {
    if (monotonicMs() - this.#deadHeadSoughtAt < ALIVE_MS) return;
    this.#deadHeadSoughtAt = monotonicMs();
    const [head] = this.line();
    if (head === undefined) return;
    const path = join(this.#folder, head);
    const facts = readFacts(path);
    if (facts !== undefined && isProvenDead(facts, this.#folder)) ignoring(["ENOENT"], () => unlinkSync(path));
  }

  /**
   * Removes what dead processes left, and what failed attempts of our own did; the
   * holder also heirs, since it alone knows that no inheritance is under way.
   */
  sweep({ isHolder }: { readonly isHolder: boolean }): void {
    for (const name of this.#list()) {
      if (name === this.#token) continue;
      const isHeir = name.startsWith("heir-of-");
      const path = join(this.#folder, name);
      const facts = readFacts(path);
      // Incomplete facts are a crash's, or of a process about to write them: that one writes them anew.
      const isGone = facts === undefined || isProvenDead(facts, this.#folder);
      const isOwn = facts?.token === this.#token;
      if (isHeir ? isHolder || isOwn : isGone || isOwn) ignoring(["ENOENT"], () => unlinkSync(path));
    }
  }

  /**
   * Breaks the lock, whoever holds it. What it leaves in its place only we can
   * inherit: a client that does not roll back the holder's journal stays out.
   */
  breakForNextOwner(): void {
    this.#register({ isBroken: true });
    renameSync(this.#factsPath, this.#lockPath);
    this.#unregister();
  }

  /** The last to leave takes the folder along, and in it what those left who died since. */
  close(): void {
    this.#unregister();
    ignoring(["ENOENT", "ENOTEMPTY", "EEXIST", "EACCES", "EPERM", "EROFS"], () => {
      this.sweep({ isHolder: false });
      rmdirSync(this.#folder);
    });
  }

  get #factsPath(): string {
    return join(this.#folder, this.#token);
  }

  #list(): string[] {
    return ignoring(["ENOENT"], () => readdirSync(this.#folder)) ?? [];
  }

  #register(more: Partial<OwnerFacts> = {}): void {
    if (this.#fd !== undefined) return;
    const since = new Date(systemClock.now()).toISOString();
    const facts: OwnerFacts = { token: this.#token, since, ...ownFacts(), ...more };
    for (let attempt = 0; this.#fd === undefined; attempt++) {
      this.#makeFolder();
      try {
        this.#fd = openSync(this.#factsPath, "wx");
      } catch (error) {
        // The last of the others may remove the folder between our two calls.
        if (errnoOf(error) !== "ENOENT" || attempt === 100) throw error;
      }
    }
    try {
      fchmodSync(this.#fd, 0o644); // Everybody who may use the database must be able to tell whose lock it is.
      writeFileSync(this.#fd, `${JSON.stringify(facts)}\n`);
      fsyncSync(this.#fd); // Or a power cut could leave a lock whose owner is an empty file.
      this.#inode = fstatSync(this.#fd, { bigint: true }).ino;
    } catch (error) {
      this.#unregister();
      throw error;
    }
  }

  /** Open to those to whom the folder around it is open. */
  #makeFolder(): void {
    ignoring(["EEXIST"], () => {
      mkdirSync(this.#folder);
      chmodSync(this.#folder, statSync(dirname(this.#folder)).mode & 0o777);
    });
  }

  #unregister(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    try {
      if (fd !== undefined) closeSync(fd);
    } catch {
      // The descriptor is gone also when closing it fails.
    }
    ignoring(["ENOENT"], () => unlinkSync(this.#factsPath));
  }

  #inheritFromDead(): boolean {
    if (monotonicMs() - this.#foundAliveAt < ALIVE_MS) return false;
    if (this.#inherit()) return true;
    this.#foundAliveAt = monotonicMs();
    return false;
  }

  /**
   * Inherits from a dead holder. One contender wins the exclusive making of
   * `heir-of-<dead token>`, makes sure that the dead one still stands in the
   * lock, and puts its own link in that place. An heir that dies on the way is
   * inherited from in turn.
   */
  #inherit(): boolean {
    const line = this.#succession();
    const isHeir = line.at(-1)?.token === this.#token; // By an attempt that failed after this step.
    if (isHeir) line.pop();
    const last = line.at(-1);
    if (last === undefined || !(last.isBroken === true || isProvenDead(last, this.#folder))) return false;
    const will = this.#heirPath(last);
    try {
      if (!isHeir) linkSync(this.#factsPath, will);
    } catch (error) {
      // Another is the heir; or our facts were swept away unfinished, and the next attempt writes them anew.
      if (errnoOf(error) === "EEXIST" || errnoOf(error) === "ENOENT") return false;
      throw error;
    }
    // Between our reading and our link the inheritance may have been settled by another.
    const now = this.#succession().map((owner) => owner.token);
    const expected = [...line.map((owner) => owner.token), this.#token];
    if (now.length !== expected.length || now.some((token, index) => token !== expected[index])) {
      ignoring(["ENOENT"], () => unlinkSync(will));
      return false;
    }
    renameSync(will, this.#lockPath);
    this.sweep({ isHolder: true });
    return true;
  }

  /** The holder, its heir, the heir's heir …; all but the last are dead. */
  #succession(): OwnerFacts[] {
    const line: OwnerFacts[] = [];
    let next = readFacts(this.#lockPath);
    // Tampered with, they could be each other's heirs.
    while (next !== undefined && !line.some(({ token }) => token === next?.token)) {
      line.push(next);
      next = readFacts(this.#heirPath(next));
    }
    return line;
  }

  #heirPath(owner: OwnerFacts): string {
    return join(this.#folder, `heir-of-${owner.token}`);
  }
}

/** Not every file system has hard links; say so rather than "operation not permitted". */
function noHardLinks(folder: string, cause: unknown): ProgressDbError {
  return new ProgressDbError("IO", `the file system of ${folder} has no hard links, which the dotfile lock needs`, {
    hint: "keep the colony on another file system, or pass another lock adapter",
    cause,
  });
}

/** Runs a call; the named system errors count as done. */
export function ignoring<T>(codes: readonly string[], call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (codes.includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
