import { join } from "node:path";
import { dotfile } from "hive-progress-db/lock/dotfile";
import { memoryLock } from "hive-progress-db/lock/memory";
import { lockCases, type LockSubject } from "hive-progress-db/testing";
import { describe, test } from "vitest";
import { tempDir } from "../helpers.ts";

const adapters: Record<string, () => LockSubject> = {
  memory: () => ({ adapter: memoryLock(), path: "/database" }),
  dotfile: () => ({ adapter: dotfile(), path: join(tempDir(), "database") }),
};

for (const [name, subject] of Object.entries(adapters)) {
  describe(name, () => {
    for (const each of lockCases) test(each.name, () => each.run(subject()));
  });
}
