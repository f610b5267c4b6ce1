import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { declaredLicence, judge } from "./licences.mjs";

/** `THIRD-PARTY-LICENSE` and its like are other people's licences. */
const LICENCE_FILE = /^(?:un)?(?:licen[cs]e|copying)(?:[.-].*)?$/i;

/** What the queen asks for; the findings below come in the same order. */
export const STEPS = [
  { title: "Read the manifest" },
  { title: "Find the licence file" },
  { title: "Classify the licence" },
];
export const SOP_ITEMS = [
  { key: "licence-text-found", description: "licence text found", required: true },
  { key: "licence-allowed", description: "licence allowed", required: true },
];

/**
 * Looks at a package: yields one finding a step, with its evidence and the gate
 * it opens. Throws an error, one sentence for `last_error`, where the package
 * falls short: its problem before the colon, the particulars after.
 */
export async function* examine(folder) {
  const manifest = await readFile(join(folder, "package.json"));
  const declared = declaredLicence(JSON.parse(manifest.toString()));
  yield { evidence: `package.json: ${bytes(manifest)}, licence ${declared ?? "not named"}` };

  const name = await licenceFile(folder);
  if (name === undefined) {
    throw new Error(`No licence text: the manifest says ${declared ?? "nothing"}, and no LICENSE or COPYING file is there.`);
  }
  const text = await readFile(join(folder, name));
  const sha256 = createHash("sha256").update(text).digest("hex");
  yield { evidence: `${name}, ${bytes(text)}, sha256 ${sha256}`, gate: "licence-text-found", note: name };

  const { licence, evidence } = judge(declared, text.toString());
  yield { evidence, gate: "licence-allowed", note: licence };
}

/** The shortest name is the package's own; longer ones (`LICENSE-docs`) are about parts of it. */
async function licenceFile(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name)).map((entry) => entry.name);
  return names.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
}

function bytes(content) {
  return `${content.length.toLocaleString("en")} bytes`;
}
