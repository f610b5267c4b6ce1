import { spawn } from "node:child_process";

/** Opens a URL in the person's browser; resolves with false where there is none, or no screen to show it on. */
export function openBrowser(url: string): Promise<boolean> {
  const [command, ...args] = opener(url);
  if (command === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore", detached: true });
    child.on("error", () => resolve(false));
    child.on("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function opener(url: string): string[] {
  switch (process.platform) {
    case "darwin":
      return ["open", url];
    case "win32":
      return ["explorer.exe", url];
    default:
      return process.env["DISPLAY"] === undefined && process.env["WAYLAND_DISPLAY"] === undefined && process.env["BROWSER"] === undefined ? [] : ["xdg-open", url];
  }
}
