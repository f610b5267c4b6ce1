import { ProgressDbError } from "../errors.ts";
import type { OverlayPersistence } from "./overlay.ts";
import { pagedFiles } from "./paged-files.ts";
import { systemError } from "./persistence.ts";
import type { ByteSource } from "./read-ahead.ts";

/**
 * A database behind HTTP, read page by page and never changed: by range requests, to
 * any server that answers them. Works in a worker only, since it asks synchronously.
 */

/**
 * A store with one database in it, whatever path names it: the file at `url`, with its
 * `-wal` and `-journal` at that URL with their suffix, where the server has them.
 *
 * It is read as it was when it was first asked for, told by its ETag: once the
 * server has another, calls throw IO with `details.errno` ESTALE. A server without
 * ETags must not change the file.
 */
export function http(url: string): OverlayPersistence {
  if (typeof XMLHttpRequest === "undefined" || typeof document !== "undefined") {
    throw new ProgressDbError("IO", "a file can be read page by page over HTTP in a worker only", { hint: "run this in a worker (new Worker(…))" });
  }
  const sources = new Map<string, ByteSource | undefined>();
  return pagedFiles("http", (path) => {
    const suffix = /-(?:wal|journal|shm)$/.exec(path)?.[0] ?? "";
    if (!sources.has(suffix)) sources.set(suffix, suffix === "-shm" ? undefined : sourceOf(withSuffix(url, suffix)));
    return sources.get(suffix);
  });
}

/** `undefined` when the server has no such file. */
function sourceOf(url: string): ByteSource | undefined {
  const head = ask("HEAD", url);
  if (head.status === 404 || head.status === 410) return undefined;
  if (head.status !== 200) throw refused(head, url);
  const size = Number(head.getResponseHeader("content-length") ?? Number.NaN);
  if (!Number.isSafeInteger(size)) throw Object.assign(new Error(`the server does not say how large ${url} is`), { code: "EIO" });
  const etag = head.getResponseHeader("etag");
  return {
    path: url,
    size,
    read(offset, length) {
      const answer = ask("GET", url, {
        Range: `bytes=${offset}-${offset + length - 1}`,
        ...(etag === null || etag.startsWith("W/") ? {} : { "If-Match": etag }),
      });
      if (answer.status !== 206) throw refused(answer, url);
      return new Uint8Array(answer.response as ArrayBuffer);
    },
  };
}

function ask(method: "HEAD" | "GET", url: string, headers: Readonly<Record<string, string>> = {}): XMLHttpRequest {
  const request = new XMLHttpRequest();
  request.open(method, url, false);
  request.responseType = "arraybuffer";
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  try {
    request.send();
  } catch (error) {
    throw Object.assign(new Error(`the server of ${url} cannot be reached`, { cause: error }), { code: "EIO" });
  }
  return request;
}

function refused({ status }: XMLHttpRequest, url: string): Error {
  switch (status) {
    case 200:
      return Object.assign(new Error(`the server of ${url} does not answer range requests`), { code: "ENOTSUP" });
    case 404:
    case 410:
    case 412:
    case 416:
      return Object.assign(new Error(`${url} changed since it was opened`), { code: "ESTALE" });
    case 401:
    case 403:
      return systemError("EACCES", url);
    default:
      return Object.assign(new Error(`the server answered ${status} for ${url}`), { code: "EIO" });
  }
}

/** Before the query, if there is one. */
function withSuffix(url: string, suffix: string): string {
  const { length } = url.split(/[?#]/)[0] ?? "";
  return url.slice(0, length) + suffix + url.slice(length);
}
