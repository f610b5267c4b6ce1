import type * as NodeFs from "node:fs";

/** Stands where `node:fs` stands for the library under test, and makes one of its calls fail, or all from one on. */

export const ERRORS = ["EIO", "ENOSPC", "EACCES"] as const;
/** `short`: a read or a write does half of what it is asked, which is no failure. */
export type FaultKind = (typeof ERRORS)[number] | "short";
/** `late`: the call does what it is asked, and fails all the same, as over a network. */
export type Mode = "once" | "late" | "for good";

export interface Fault {
  /** Which call, from 1; of all, or of those that match. */
  readonly at: number;
  readonly call?: RegExp;
  readonly kind: FaultKind;
  readonly mode: Mode;
}

type Call = (...args: unknown[]) => unknown;

export class FaultyFs {
  /** The calls made since `arm`, for example `writeSync data/progress.db`. */
  calls: string[] = [];
  /** Those of them that were made to fail. */
  fired: string[] = [];
  /** The files that are open, by descriptor. */
  readonly open = new Map<unknown, string>();
  #fault: Fault | undefined;
  #matching = 0;
  #folder: string | undefined;

  /** From now on calls on what is in this folder count, and may fail. */
  arm(folder: string, fault?: Fault): void {
    this.calls = [];
    this.fired = [];
    this.#matching = 0;
    this.#folder = folder;
    this.#fault = fault;
  }

  disarm(): void {
    this.#folder = undefined;
  }

  wrap(real: typeof NodeFs): typeof NodeFs {
    const calls = real as unknown as Record<string, Call>;
    // `existsSync` never throws.
    const names = Object.keys(real).filter((name) => name.endsWith("Sync") && name !== "existsSync");
    const track = (name: string, args: readonly unknown[]): unknown => {
      const result = calls[name]!(...args);
      if (name === "openSync") this.open.set(result, String(args[0]));
      if (name === "closeSync") this.open.delete(args[0]);
      return result;
    };
    const wrapped = names.map((name) => [name, (...args: unknown[]) => {
      const path = this.open.get(args[0]) ?? String(args[0]);
      const fault = this.#nextFault(name, path);
      if (fault === undefined) return track(name, args);
      if (fault.kind === "short") return calls[name]!(args[0], args[1], args[2], Math.ceil(Number(args[3]) / 2), args[4]);
      if (name === "closeSync") track(name, args); // The descriptor is gone also when closing it fails.
      else if (fault.mode === "late") {
        const result = track(name, args);
        if (name === "openSync") track("closeSync", [result]);
      }
      throw Object.assign(new Error(`${fault.kind}: on purpose, ${name} ${path}`), { code: fault.kind });
    }]);
    return { ...real, ...Object.fromEntries(wrapped) } as typeof NodeFs;
  }

  #nextFault(name: string, path: string): Fault | undefined {
    if (this.#folder === undefined || !path.startsWith(this.#folder)) return undefined;
    const call = `${name} ${path.slice(this.#folder.length + 1)}`;
    this.calls.push(call);
    const fault = this.#fault;
    if (fault === undefined) return undefined;
    if (fault.call?.test(call) !== false) this.#matching++;
    else if (fault.mode !== "for good") return undefined;
    const isDue = fault.mode === "for good" ? this.#matching >= fault.at : this.#matching === fault.at;
    if (!isDue || (fault.kind === "short" && name !== "readSync" && name !== "writeSync")) return undefined;
    this.fired.push(call);
    return fault;
  }
}
