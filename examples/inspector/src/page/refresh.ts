import { effect, signal } from "@preact/signals";
import { announce, tell } from "./announce.ts";
import { fromInput, fromPicker, hasPickers, pair } from "./picking.ts";
import { boot, colonies, info, isBusy, open, openFailure, origin, readAgain, reload } from "./session.ts";
import { refreshSeconds } from "./settings.ts";

/** Looking again: by handle, by URL, or by picking the files once more. */

/** True where the page can look by itself. */
export const isLive = signal(false);
effect(() => {
  const now = origin.value;
  isLive.value = now?.from === "url" || (now?.from === "picked" && now.picked.db.handle !== undefined);
});

let input: HTMLInputElement | undefined;

/** Asks for files; what is picked replaces what is open, or is the same place looked at again. */
export function pickFiles(isAgain: boolean, isFolder = false): void {
  if (hasPickers()) {
    const picked = fromPicker(isFolder);
    const isWanted = picked.then((files) => files.length > 0, () => true); // A refusal is told by `take`.
    void isWanted.then((wanted) => (wanted ? take(async () => pair(await picked), isAgain) : undefined));
    return;
  }
  input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = isFolder;
  input.addEventListener("change", () => {
    if (input?.files?.length) void take(() => pair(fromInput(input!.files!)), isAgain);
  });
  input.click();
}

/** Opens what was picked or dropped. With the same name as what is open, it is a refresh. */
export async function take(picked: () => ReturnType<typeof pair> | Promise<ReturnType<typeof pair>>, isAgain: boolean): Promise<void> {
  let found: ReturnType<typeof pair>;
  try {
    found = await picked();
  } catch (error) {
    const { message, hint = "" } = error as Error & { hint?: string };
    openFailure.value = Object.assign(new Error(message), { code: "INVALID_INPUT", hint });
    tell(`${message}. ${hint}`);
    return;
  }
  const name = info.value?.name;
  const same = found.find((each) => each.name === name) ?? (isAgain ? found[0] : undefined);
  colonies.value = found;
  if (isAgain && same !== undefined) await reload({ from: "picked", picked: { ...same, name: name ?? same.name } });
  else await open({ from: "picked", picked: found[0]! });
}

/** What Shift+R and the button do. */
export async function refresh(): Promise<void> {
  const now = origin.value;
  if (now === undefined || (now.from === "picked" && now.picked.db.handle === undefined)) return pickFiles(now !== undefined);
  if (now.from !== "picked") return reload(now);
  const picked = await readAgain(now.picked);
  if (picked === undefined) announce("Looked again: nothing has changed");
  else await reload({ from: "picked", picked });
}

async function look(): Promise<void> {
  const now = origin.value;
  if (document.hidden || isBusy.value || now === undefined) return;
  if (now.from === "picked" && now.picked.db.handle !== undefined) {
    const picked = await readAgain(now.picked);
    if (picked !== undefined && origin.value === now) await reload({ from: "picked", picked });
  }
}

let timer: ReturnType<typeof setInterval> | undefined;
effect(() => {
  clearInterval(timer);
  if (refreshSeconds.value > 0) timer = setInterval(() => void look(), refreshSeconds.value * 1000);
});
document.addEventListener("visibilitychange", () => {
  if (refreshSeconds.value > 0) void look();
});

/** Starts as the file says: with its own data, with a served database, or with the question for files. */
export async function start(): Promise<void> {
  if (boot.from === "embedded") await open({ from: "embedded", element: "data", name: boot.name });
  if (boot.from === "url") {
    const served = { from: "url", name: boot.name, db: boot.db } as const;
    await open(served);
    follow(boot.events);
  }
}

/** Between two looks at a served database: no less than this, and than what four openings take, milliseconds. */
const LIVE_MS = 1000;

/** The server says when the database has changed; while it cannot be heard we look every two seconds. */
function follow(events: string): void {
  let isOutdated = false;
  let isAtIt = false;
  const lookAgain = async (): Promise<void> => {
    const now = origin.value;
    isOutdated = true;
    if (isAtIt || now?.from !== "url" || refreshSeconds.value === 0 || document.hidden) return;
    [isAtIt, isOutdated] = [true, false];
    await reload(now);
    await new Promise((resolve) => setTimeout(resolve, Math.max(LIVE_MS, 4 * (info.value?.openedInMs ?? 0))));
    isAtIt = false;
    if (isOutdated) void lookAgain();
  };
  const stream = new EventSource(new URL(events, location.href));
  stream.onmessage = () => void lookAgain();
  document.addEventListener("visibilitychange", () => isOutdated && void lookAgain());
  setInterval(() => {
    if (stream.readyState !== EventSource.OPEN) void lookAgain();
  }, 2000);
}
