import { closeSync, createReadStream, existsSync, mkdtempSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createGzip } from "node:zlib";
import type { Clock } from "../clock.ts";
import { isoTime } from "../clock.ts";
import { copyStill } from "../colony/still-copy.ts";
import { ProgressDbError } from "../errors.ts";
import { randomId } from "../ids.ts";
import { colonyOf, pageAround } from "./page.ts";

/**
 * Writes the inspector's page with a copy of the database inside: one file that opens
 * anywhere, without a server. The file is there whole or not at all. Returns its size,
 * bytes. Throws what `copyStill` throws, and INVALID_INPUT when `target` is a file that
 * is no page.
 */
export async function writeReport(dbPath: string, target: string, clock: Clock, signal?: AbortSignal): Promise<number> {
  if (existsSync(target) && !isPage(target)) {
    throw new ProgressDbError("INVALID_INPUT", `${target} is there, and is no HTML page`, { hint: "give the report another name, or remove that file first" });
  }
  const folder = mkdtempSync(join(tmpdir(), "colony-report-"));
  const unfinished = join(dirname(target), `.${basename(target)}.${randomId()}`);
  try {
    const copy = join(folder, "progress.db");
    await copyStill(dbPath, copy, signal);
    const { before, after } = pageAround({ from: "embedded", name: colonyOf(dbPath), asOf: isoTime(clock) });
    const file = await open(unfinished, "wx");
    try {
      await file.write(before);
      for await (const text of base64(createReadStream(copy).pipe(createGzip()))) {
        signal?.throwIfAborted();
        await file.write(text);
      }
      await file.write(after);
      await file.sync();
      const { size } = await file.stat();
      renameSync(unfinished, target);
      return size;
    } finally {
      await file.close();
    }
  } finally {
    rmSync(unfinished, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Three bytes make four characters: what is left over waits for the next chunk. */
async function* base64(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.subarray(whole);
    yield bytes.toString("base64", 0, whole);
  }
  yield rest.toString("base64");
}

function isPage(path: string): boolean {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(15);
    return bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, 0)).toLowerCase() === "<!doctype html>";
  } finally {
    closeSync(fd);
  }
}
