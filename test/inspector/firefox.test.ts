import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { describe, expect } from "vitest";
import { liveWal } from "../browser/databases.ts";
import { startFirefox } from "../firefox.ts";
import { tempDir, testWith } from "../helpers.ts";
import { artefact, HTML } from "./kit.ts";

/** The same file in Firefox, from `file://`, where neither modules nor worker files may be loaded. */

const CLICK = "[...document.querySelectorAll('button')].find((button) => button.textContent.includes(args[0])).click()";

describe("in Firefox, from file://", () => {
  testWith("firefox", "python3", "sqlite3")("the sample opens, and so do a live database and its -wal", async () => {
    const firefox = await startFirefox();
    await firefox.goto(pathToFileURL(HTML).href);
    await firefox.run(CLICK, "Sample colony");
    await firefox.until("return document.querySelector('[aria-label^=\"Status over time\"] polygon') !== null && document.querySelector('[aria-label^=\"Step durations\"] rect') !== null");
    writeFileSync(artefact("overview-firefox.png"), await firefox.screenshot());
    expect(await firefox.run("return document.querySelector('h1').textContent")).toMatch(/^\d\d % done$/);

    const path = liveWal(tempDir());
    const files = ["", "-wal"].map((suffix) => ({ name: `progress.db${suffix}`, base64: readFileSync(path + suffix).toString("base64") }));
    await firefox.run(`
      const data = new DataTransfer();
      for (const { name, base64 } of args[0]) data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));`, files);
    await firefox.until("return document.querySelector('[aria-valuetext=\"0 of 5 done, 0 %\"]') !== null");
    expect(await firefox.run("return document.querySelector('.top .badge').textContent")).toBe("-wal merged");
  });
});
