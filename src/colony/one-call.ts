import { oneCalls, type OneCalls } from "../one-call.ts";
import { openProgressDb } from "./open.ts";

const calls: OneCalls = /* @__PURE__ */ oneCalls(openProgressDb);

export const seedTasks: OneCalls["seedTasks"] = calls.seedTasks;
export const enqueueTask: OneCalls["enqueueTask"] = calls.enqueueTask;
export const reclaimStale: OneCalls["reclaimStale"] = calls.reclaimStale;
