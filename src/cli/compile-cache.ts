import * as nodeModule from "node:module";

/**
 * Has Node 22.8 and later keep what it compiles of the files loaded from here on, in
 * the system's folder for temporary files: some 4 ms less for each command after
 * the first. `NODE_COMPILE_CACHE` names another folder, `NODE_DISABLE_COMPILE_CACHE=1` has none.
 */
export function keepCompiled(): void {
  (nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
}
