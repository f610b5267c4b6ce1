/**
 * What every adapter must do, as data. An adapter's test is a loop:
 * `for (const each of lockCases) test(each.name, () => each.run({ adapter, path }))`.
 * @module
 */
export type { Case } from "./case.ts";
export { lockCases, type LockSubject } from "./lock-cases.ts";
export { persistenceCases, type PersistenceSubject } from "./persistence-cases.ts";
