import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { toolPath } from "./helpers.ts";

/**
 * Debian's own Firefox, headless, through Marionette: the driver that is inside of every
 * Firefox. Its messages are JSON with their length before them.
 */
export interface Firefox {
  goto(url: string): Promise<void>;
  /** Runs a function body in the page; `await` works in it, `args` are its arguments. */
  run<T>(body: string, ...args: unknown[]): Promise<T>;
  /** Waits until the function body gives something true. */
  until(body: string, ...args: unknown[]): Promise<void>;
  /** A picture of the window, PNG. */
  screenshot(): Promise<Buffer>;
}

const PREFERENCES = {
  "marionette.port": 0,
  // As people have it: each file:// document is an origin of its own.
  "security.fileuri.strict_origin_policy": true,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "app.normandy.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
};
const START_MS = 40_000;

/** A Firefox with a profile of its own, which ends with the test. */
export async function startFirefox(): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), "hive-progress-db-firefox-"));
  writeFileSync(join(profile, "user.js"), Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
  const child = spawn(toolPath("firefox"), ["--headless", "--marionette", "--no-remote", "--profile", profile, "about:blank"], { stdio: "ignore", env: { ...process.env, HOME: profile } });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  const marionette = await connect(await portOf(profile));
  await marionette.command("WebDriver:NewSession", { capabilities: { alwaysMatch: { timeouts: { script: 60_000, pageLoad: 60_000 } } } });
  const run = async <T>(body: string, ...args: unknown[]): Promise<T> => {
    const script = `const done = arguments[arguments.length - 1]; (async (args) => { ${body} })([...arguments].slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error) }))`;
    const { value: { value, error } } = await marionette.command<{ value: { value: T; error?: string } }>("WebDriver:ExecuteAsyncScript", { script, args, sandbox: null });
    if (error !== undefined) throw new Error(error);
    return value;
  };
  return {
    run,
    goto: async (url) => void await marionette.command("WebDriver:Navigate", { url }),
    async until(body, ...args) {
      for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
        if (await run(body, ...args)) return;
      }
      throw new Error(`never came true in Firefox: ${body}`);
    },
    screenshot: async () => Buffer.from((await marionette.command<{ value: string }>("WebDriver:TakeScreenshot", { full: false })).value, "base64"),
  };
}

/** Firefox writes the port it chose into the profile. */
async function portOf(profile: string): Promise<number> {
  for (const end = Date.now() + START_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    try {
      const port = Number(readFileSync(join(profile, "MarionetteActivePort"), "utf8"));
      if (port > 0) return port;
    } catch {
      // It is still starting.
    }
  }
  throw new Error("Firefox did not start");
}

async function connect(port: number): Promise<{ command<T>(name: string, parameters: object): Promise<T> }> {
  const socket = createConnection({ host: "127.0.0.1", port });
  onTestFinished(() => void socket.destroy());
  const messages = read(socket);
  await messages.next(); // Its greeting.
  let last = 0;
  return {
    async command<T>(name: string, parameters: object): Promise<T> {
      const text = JSON.stringify([0, ++last, name, parameters]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
      const { value } = await messages.next();
      const [, , error, result] = value as [number, number, { message: string } | null, T];
      if (error !== null) throw new Error(`${name}: ${error.message}`);
      return result;
    },
  };
}

async function* read(socket: Socket): AsyncGenerator<unknown, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const colon = rest.indexOf(":");
      const length = Number(rest.subarray(0, Math.max(0, colon)).toString());
      if (colon < 1 || rest.length < colon + 1 + length) break;
      yield JSON.parse(rest.subarray(colon + 1, colon + 1 + length).toString());
      rest = rest.subarray(colon + 1 + length);
    }
  }
  return undefined;
}
