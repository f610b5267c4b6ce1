import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

// Tests run against `dist`, as users do: `npm test` builds first.
export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^hive-progress-db$/, replacement: `${root}dist/index.js` },
      { find: /^hive-progress-db\/testing$/, replacement: `${root}dist/testing/index.js` },
      { find: /^hive-progress-db\/(.+)$/, replacement: `${root}dist/$1.js` },
    ],
  },
  test: {
    projects: [
      { extends: true, test: { name: "main", include: ["test/**/*.test.ts"], exclude: ["test/matrix/**"] } },
      { extends: true, test: { name: "matrix", include: ["test/matrix/*.test.ts"], globalSetup: ["test/matrix/setup.ts"] } },
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many tests start processes of their own; more files at once would only make them wait.
    maxWorkers: 2,
    retry: 0,
  },
});
