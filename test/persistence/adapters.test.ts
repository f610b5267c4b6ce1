import { join } from "node:path";
import { memory } from "hive-progress-db/persistence/memory";
import { nodeFile } from "hive-progress-db/persistence/node-file";
import { overlay } from "hive-progress-db/persistence/overlay";
import { persistenceCases, type PersistenceSubject } from "hive-progress-db/testing";
import { describe, test } from "vitest";
import { tempDir } from "../helpers.ts";

const adapters: Record<string, () => PersistenceSubject> = {
  memory: () => ({ persistence: memory(), path: "/database" }),
  nodeFile: () => ({ persistence: nodeFile(), path: join(tempDir(), "database") }),
  "overlay over memory": () => ({ persistence: overlay(memory()), path: "/database" }),
  "overlay over nodeFile": () => ({ persistence: overlay(nodeFile()), path: join(tempDir(), "database") }),
};

for (const [name, subject] of Object.entries(adapters)) {
  describe(name, () => {
    for (const each of persistenceCases) test(each.name, () => each.run(subject()));
  });
}
