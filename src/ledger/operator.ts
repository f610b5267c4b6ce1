/** What those ask and do who look after a colony: loaded with the first call, since workers make none. */
export { getEta } from "./eta.ts";
export { getFailures } from "./failures.ts";
export { fixTimes } from "./fix-times.ts";
export { getGates } from "./gates.ts";
export { getHealth } from "./health.ts";
export { countParts } from "./parts.ts";
export { retryTasks, revokeClaims } from "./retry.ts";
export { getThroughput } from "./throughput.ts";
export { getTree } from "./tree.ts";
export { getWorkers } from "./workers.ts";
export { getProgress } from "./progress.ts";
