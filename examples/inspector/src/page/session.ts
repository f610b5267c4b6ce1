import { computed, signal } from "@preact/signals";
import type { Changes, OpenInfo, Source } from "../shared/protocol.ts";
import { parseTime } from "../shared/time.ts";
import { plural } from "../shared/words.ts";
import { announce, tell } from "./announce.ts";
import { embeddedDatabase, readBoot, textOf } from "./boot.ts";
import { Client, type WorkerFailure } from "./client.ts";
import { fileNow, type Picked } from "./picking.ts";

/** The open database, and what it takes to look at it again. */

export const client = new Client(textOf("worker"));
export const boot = readBoot();

/** Where the data comes from; decides what a refresh does. */
export type Origin =
  | { from: "picked"; picked: Picked }
  | { from: "embedded"; element: "data" | "sample"; name: string }
  | { from: "url"; name: string; db: string };

export const info = signal<OpenInfo | undefined>(undefined);
export const origin = signal<Origin | undefined>(undefined);
/** All that were picked together. */
export const colonies = signal<Picked[]>([]);
export const opening = signal<string | undefined>(undefined);
export const openFailure = signal<WorkerFailure | undefined>(undefined);
/** Raised by every look at the database: views ask again. */
export const generation = signal(0);
/** What the last refresh found; rows in `ids` are tinted for a few seconds. */
export const changes = signal<Changes | undefined>(undefined);
export const changedIds = computed(() => new Set(changes.value?.ids));
export const isBusy = signal(false);

/** Ages and staleness are counted from here: now, a copy's last write, or when a report was made. */
export const asOfWhat = signal<"now" | "write" | "report">("now");
const lookedAt = signal(Date.now());
export const reportedAt: number | undefined = boot.from === "embedded" ? parseTime(boot.asOf) : undefined;
export const asOf = computed(() => {
  if (asOfWhat.value === "report") return reportedAt ?? lookedAt.value;
  return asOfWhat.value === "write" ? (info.value?.lastWrite ?? lookedAt.value) : lookedAt.value;
});
/** Ages on the screen grow by themselves; what was asked of the database stays as of the last look. */
const minute = signal(Date.now());
export const agesFrom = computed(() => (asOfWhat.value === "now" ? Math.max(minute.value, lookedAt.value) : asOf.value));

setInterval(() => {
  if (!document.hidden) minute.value = Date.now();
}, 60_000);

const TINT_MS = 6000;
const REMEMBER_AFTER_MS = 1000;
let tint: ReturnType<typeof setTimeout> | undefined;

/** Opens a database in the place of the one that is open. */
export async function open(next: Origin): Promise<void> {
  opening.value = nameOf(next);
  openFailure.value = undefined;
  changes.value = undefined;
  asOfWhat.value = next.from !== "embedded" ? "now" : next.element === "data" && reportedAt !== undefined ? "report" : "write";
  await load(next, false);
}

/** Reads the files again: the place, the selection and the filters stay. Says what is different. */
export async function reload(next: Origin): Promise<void> {
  if (!(await load(next, true))) return;
  if (info.value?.isLedger !== true) return announce("Looked again");
  const found = await client.call("changes");
  const text = describe(found);
  changes.value = found;
  clearTimeout(tint);
  tint = setTimeout(() => (changes.value = undefined), TINT_MS);
  announce(text === "" ? "Looked again: nothing has changed" : text);
}

/** Ends what the worker is doing, and opens the database in a new one. */
export async function stop(): Promise<void> {
  client.restart();
  if (origin.value !== undefined) await load(origin.value, false);
}

async function load(next: Origin, isAgain: boolean, attempt = 1): Promise<boolean> {
  isBusy.value = true;
  try {
    const opened = await client.call("open", await sourceOf(next), isAgain);
    lookedAt.value = Date.now();
    origin.value = next;
    info.value = opened;
    generation.value++;
    // Copied while they were written to, the files may not belong together: they are read until they stand still.
    const moved = next.from === "picked" && next.picked.db.handle !== undefined && attempt < 3 ? await readAgain(next.picked) : undefined;
    if (moved !== undefined) return load({ from: "picked", picked: moved }, isAgain, attempt + 1);
    if (!isAgain) {
      announce(`${opened.name} is open. ${opened.sidecar.text}`);
      // Behind the view's own questions; the next look compares with it.
      if (opened.isLedger) setTimeout(() => void client.call("remember").catch(() => {}), REMEMBER_AFTER_MS);
    }
    return true;
  } catch (error) {
    const failure = error as WorkerFailure;
    if (isAgain) tell(`Could not look again: ${failure.message}`);
    else {
      openFailure.value = failure;
      info.value = undefined;
    }
    return false;
  } finally {
    isBusy.value = false;
    opening.value = undefined;
  }
}

async function sourceOf(next: Origin): Promise<Source> {
  switch (next.from) {
    case "url":
      return { from: "url", name: next.name, db: new URL(next.db, location.href).href };
    case "embedded": {
      const db = await embeddedDatabase(next.element);
      if (db === undefined) throw Object.assign(new Error("there is no data in this file"), { code: "NOT_FOUND", hint: "pick a database" });
      return { from: "files", files: { name: next.name, db }, isWatched: false };
    }
    case "picked": {
      const { name, db, wal, journal } = next.picked;
      return { from: "files", files: { name, db: db.file, wal: wal?.file, journal: journal?.file }, isWatched: db.handle !== undefined };
    }
  }
}

export function nameOf(each: Origin): string {
  return each.from === "picked" ? each.picked.name : each.name;
}

/** The same files as they are now; `undefined` when nothing has changed or nothing can be known. */
export async function readAgain(picked: Picked): Promise<Picked | undefined> {
  const [db, wal, journal] = await Promise.all([fileNow(picked.db, picked.db, ""), fileNow(picked.wal, picked.db, "-wal"), fileNow(picked.journal, picked.db, "-journal")]);
  const isSame = [[db, picked.db], [wal, picked.wal], [journal, picked.journal]]
    .every(([now, before]) => now?.file.size === before?.file.size && now?.file.lastModified === before?.file.lastModified);
  return isSame || db === undefined ? undefined : { name: picked.name, db, wal, journal };
}

const ORDER = ["done", "failed", "in_progress", "claimed", "pending"];

/** `+12 done, 1 new failure` */
export function describe({ byStatus, added, changed }: Changes): string {
  const parts = Object.entries(byStatus)
    .filter(([, difference]) => difference !== 0)
    .toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .map(([status, difference]) =>
      status === "failed" && difference > 0 ? plural(difference, "new failure") : `${difference > 0 ? "+" : "−"}${Math.abs(difference)} ${status.replace("_", " ")}`);
  if (added > 0) parts.unshift(plural(added, "new task"));
  if (parts.length === 0 && changed > 0) parts.push(`${plural(changed, "task")} changed`);
  return parts.join(", ");
}
