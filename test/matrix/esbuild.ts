import { build } from "esbuild";

/** Bundles as a user would, by the esbuild that builds this package. */
export async function bundle({ cwd, entry, platform, outfile }: { cwd: string; entry: string; platform: "node" | "browser"; outfile: string }): Promise<void> {
  const { warnings } = await build({ absWorkingDir: cwd, entryPoints: [entry], bundle: true, format: "esm", platform, outfile, logLevel: "silent" });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
}
