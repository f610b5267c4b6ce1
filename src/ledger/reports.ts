/** What those ask who look after a colony: loaded when it is first asked for, since workers never do. */
export { getEta } from "./eta.ts";
export { getFailures } from "./failures.ts";
export { fixTimes } from "./fix-times.ts";
export { getHealth } from "./health.ts";
export { getThroughput } from "./throughput.ts";
export { getTree } from "./tree.ts";
export { getWorkers } from "./workers.ts";
