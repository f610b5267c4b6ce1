import { randomBytes, timingSafeEqual } from "node:crypto";
import { readSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LiveCopies, type Copy } from "./live-copies.ts";
import { colonyOf, servedPage } from "./page.ts";

/**
 * Serves the inspector's page to this machine, with one database, live and read-only.
 *
 * The page reads copies of the database, by range requests; each copy is of one
 * moment. Whoever asks must know the token in the URL, must have reached us by our own
 * name (Host, so that no other site's name leads here), and must not be another site's
 * page (Origin). There is nothing to be had but the page, the copy and the events.
 */
export interface InspectServer {
  readonly url: string;
  close(): Promise<void>;
}

const TOKEN_BYTES = 24;
/** Sent with every answer. */
const HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};
/** Most bytes of one answer: a page asks for far less. */
const LARGEST_RANGE = 16 << 20;
/** A comment now and then keeps the stream of events open, milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/** Resolves once it can be reached. `onError` is told when the database could not be looked at again. */
export async function serveInspector(path: string, options: { port: number; onError: (error: unknown) => void }): Promise<InspectServer> {
  const ending = new AbortController();
  const copies = new LiveCopies(path);
  try {
    await copies.refresh(ending.signal);
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const site = new Site(token, copies, colonyOf(path));
    const server = createServer((request, response) => site.answer(request, response));
    await listening(server, options.port);
    site.port = (server.address() as AddressInfo).port;
    void copies.follow(ending.signal, () => site.isWatched, () => site.announce(), options.onError);
    return {
      url: `http://127.0.0.1:${site.port}/${token}/`,
      async close() {
        ending.abort();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        copies.close();
      },
    };
  } catch (error) {
    copies.close();
    throw error;
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

class Site {
  port = 0;
  readonly #token: Buffer;
  readonly #copies: LiveCopies;
  readonly #html: string;
  readonly #policy: string;
  readonly #watching = new Set<ServerResponse>();

  constructor(token: string, copies: LiveCopies, name: string) {
    this.#token = Buffer.from(token);
    this.#copies = copies;
    const { html, policy } = servedPage({ from: "url", name, db: "progress.db", events: "events" });
    this.#html = html;
    this.#policy = policy;
  }

  get isWatched(): boolean {
    return this.#watching.size > 0;
  }

  /** There is a new copy. */
  announce(): void {
    const version = this.#copies.copy()?.version ?? "";
    for (const response of this.#watching) response.write(`data: ${version}\n\n`);
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const [, token = "", name, ...more] = (request.url ?? "").split("?")[0]!.split("/");
    if (!this.#isOurs(request)) return refuse(response, 403);
    if (!this.#isToken(token) || name === undefined || more.length > 0) return refuse(response, 404);
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, { Allow: "GET, HEAD" });
    switch (name) {
      case "":
        response.writeHead(200, { ...HEADERS, "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": this.#policy });
        response.end(request.method === "HEAD" ? undefined : this.#html);
        return;
      case "events":
        return this.#follow(request, response);
      case "progress.db":
        return this.#answerRange(request, response);
      default:
        return refuse(response, 404);
    }
  }

  /** Reached by our own name, and not by the page of another site. */
  #isOurs({ headers: { host, origin } }: IncomingMessage): boolean {
    const names = [`127.0.0.1:${this.port}`, `localhost:${this.port}`];
    return names.includes(host ?? "") && (origin === undefined || origin === `http://${host}`);
  }

  #isToken(given: string): boolean {
    const bytes = Buffer.from(given);
    return bytes.length === this.#token.length && timingSafeEqual(bytes, this.#token);
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
    if (request.method === "HEAD") return void response.end();
    response.write(": hello\n\n");
    this.#watching.add(response);
    const timer = setInterval(() => response.write(":\n\n"), KEEP_ALIVE_MS);
    response.on("close", () => {
      clearInterval(timer);
      this.#watching.delete(response);
    });
  }

  #answerRange(request: IncomingMessage, response: ServerResponse): void {
    const wanted = request.headers["if-match"];
    const copy = this.#copies.copy(wanted === undefined ? undefined : wanted.replaceAll('"', ""));
    if (copy === undefined) return refuse(response, 412);
    const headers = { ...HEADERS, "Content-Type": "application/vnd.sqlite3", "Accept-Ranges": "bytes", ETag: `"${copy.version}"` };
    if (request.method === "HEAD") {
      response.writeHead(200, { ...headers, "Content-Length": copy.size });
      response.end();
      return;
    }
    const range = rangeOf(request.headers.range, copy);
    if (range === undefined) return refuse(response, 416, { "Content-Range": `bytes */${copy.size}` });
    const bytes = Buffer.allocUnsafe(range.length);
    const bytesRead = readSync(copy.fd, bytes, 0, range.length, range.start); // At once: the copy may be closed when its turn is over.
    response.writeHead(206, { ...headers, "Content-Length": bytesRead, "Content-Range": `bytes ${range.start}-${range.start + bytesRead - 1}/${copy.size}` });
    response.end(bytes.subarray(0, bytesRead));
  }
}

/** One range with both ends, as pages ask for. */
function rangeOf(header: string | undefined, { size }: Copy): { start: number; length: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header ?? "") ?? [];
  const start = Number(first);
  const end = Math.min(Number(last) + 1, size, start + LARGEST_RANGE);
  return first === "" || end <= start ? undefined : { start, length: end - start };
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...HEADERS, ...headers, "Content-Type": "text/plain" });
  response.end(`${status}\n`);
}
