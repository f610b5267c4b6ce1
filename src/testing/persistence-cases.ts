import type { Persistence, PersistentFile } from "../persistence/persistence.ts";
import { assert, assertEqual, assertThrows, type Case } from "./case.ts";

/** A writable store with nothing at `path`; the next case gets another path. */
export interface PersistenceSubject {
  readonly persistence: Persistence;
  readonly path: string;
}

export const persistenceCases: readonly Case<PersistenceSubject>[] = [
  {
    name: "opening a missing file without create throws ENOENT",
    why: "a wrong path would become an empty database",
    run({ persistence, path }) {
      assertThrows(() => persistence.open(path, { create: false }), "ENOENT");
      assertEqual(persistence.stat(path), undefined, "stat of a missing file");
    },
  },
  {
    name: "create makes an empty file and keeps one that is there",
    why: "an existing database would be emptied",
    run(subject) {
      using(subject, (file) => {
        assertEqual(file.size(), 0, "size of a new file");
        file.write(bytes(3), 0);
      });
      using(subject, (file) => assertEqual(file.size(), 3, "size after opening with create again"));
    },
  },
  {
    name: "what was written is read back, also by another opening",
    why: "commits would be lost",
    run(subject) {
      const written = bytes(10_000);
      using(subject, (file) => {
        file.write(written, 5);
        using(subject, (other) => assertBytes(readAll(other, 5, written.length), written));
        file.sync();
      });
      using(subject, (file) => assertBytes(readAll(file, 5, written.length), written));
    },
  },
  {
    name: "a read is short only at the end of the file",
    why: "SQLite takes a short read for the end",
    run(subject) {
      using(subject, (file) => {
        file.write(bytes(10), 0);
        const into = new Uint8Array(8);
        assertEqual(file.read(into, 0), 8, "bytes read inside");
        assertEqual(file.read(into, 6), 4, "bytes read across the end");
        assertEqual(file.read(into, 10), 0, "bytes read at the end");
        assertEqual(file.read(into, 999), 0, "bytes read beyond the end");
      });
    },
  },
  {
    name: "a write past the end fills the gap with zeros",
    why: "old bytes would appear in new pages",
    run(subject) {
      using(subject, (file) => {
        file.write(bytes(4), 8192);
        assertEqual(file.size(), 8196, "size");
        assertBytes(readAll(file, 0, 8192), new Uint8Array(8192));
      });
    },
  },
  {
    name: "truncate cuts, and what grows again is zeros",
    why: "a journal cut to nothing would come back to life",
    run(subject) {
      using(subject, (file) => {
        file.write(bytes(9000), 0);
        file.truncate(100);
        assertEqual(file.size(), 100, "size after the cut");
        file.write(bytes(1), 8999);
        assertBytes(readAll(file, 0, 100), bytes(9000).subarray(0, 100));
        assertBytes(readAll(file, 100, 8899), new Uint8Array(8899));
        file.truncate(0);
        assertEqual(subject.persistence.stat(subject.path)?.size, 0, "size by stat");
      });
    },
  },
  {
    name: "a write of several megabytes arrives whole",
    why: "large payloads would be torn",
    run(subject) {
      const written = bytes(3_000_001);
      using(subject, (file) => {
        file.write(written, 1);
        assertBytes(readAll(file, 1, written.length), written);
      });
    },
  },
  {
    name: "stat tells one file and one version from another",
    why: "a change would go unseen, or a new journal be taken for the old one",
    run(subject) {
      const { persistence, path } = subject;
      using(subject, (file) => {
        file.write(bytes(1), 0);
        const before = persistence.stat(path);
        assertEqual(persistence.stat(path)?.id, before?.id, "id of an untouched file");
        assertEqual(persistence.stat(path)?.version, before?.version, "version of an untouched file");
        file.write(bytes(5000), 0);
        assert(persistence.stat(path)?.version !== before?.version, "a write that grows the file must change its version");
      });
      const first = persistence.stat(path)?.id;
      persistence.delete(path);
      using(subject, () => assert(persistence.stat(path)?.id !== first, "another file must have another id"));
    },
  },
  {
    name: "delete removes the file, and throws ENOENT when there is none",
    why: "a journal that should be gone would be rolled back",
    run(subject) {
      const { persistence, path } = subject;
      using(subject, (file) => file.write(bytes(1), 0));
      persistence.delete(path);
      assertEqual(persistence.stat(path), undefined, "stat after delete");
      assertThrows(() => persistence.delete(path), "ENOENT");
      assertThrows(() => persistence.open(path, { create: false }), "ENOENT");
    },
  },
  {
    name: "moved tells when the path names another file",
    why: "writes would go to a file that nobody can open any more",
    run(subject) {
      const { persistence, path } = subject;
      using(subject, (file) => {
        assertEqual(file.moved(), false, "moved of a file in place");
        persistence.delete(path);
        assertEqual(file.moved(), true, "moved after delete");
        using(subject, () => assertEqual(file.moved(), true, "moved after another took the path"));
      });
    },
  },
  {
    name: "resolve is its own fixed point, and syncing raises no error",
    why: "one database would get two locks",
    run(subject) {
      const { persistence, path } = subject;
      using(subject, (file) => {
        const resolved = persistence.resolve(path);
        assertEqual(persistence.resolve(resolved), resolved, "resolve of a resolved path");
        file.sync();
        persistence.syncDirectory(path);
      });
    },
  },
];

function using({ persistence, path }: PersistenceSubject, use: (file: PersistentFile) => void): void {
  const file = persistence.open(path, { create: true });
  try {
    use(file);
  } finally {
    file.close();
  }
}

/** Bytes that differ from place to place. */
function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) % 251 + 1);
}

function readAll(file: PersistentFile, offset: number, length: number): Uint8Array {
  const into = new Uint8Array(length);
  assertEqual(file.read(into, offset), length, "bytes read");
  return into;
}

function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  const at = expected.findIndex((byte, index) => actual[index] !== byte);
  assert(actual.length === expected.length && at < 0, `bytes differ at ${at}`);
}
