import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { harmless } from "./text.mjs";

const WORKER = fileURLToPath(new URL("worker.mjs", import.meta.url));
const LOOK_EVERY_MS = 200;

/**
 * Worker processes on one database. One of them is killed with a task in hand,
 * and its claim taken back when it is stale; should nobody be left to take that
 * task, another worker is started.
 */
export class Fleet {
  #db;
  #bar;
  #total;
  #running = new Set();
  #started = 0;
  #claims = 0;
  #crash;
  /** The worker that is killed: its id, once it is dead the task it held, and whether that came back. */
  #victim;

  constructor(db, bar, total) {
    this.#db = db;
    this.#bar = bar;
    this.#total = total;
  }

  /** Ends when every task has; says how it went. */
  async drain(size, staleSeconds) {
    const begin = performance.now();
    const seconds = () => (performance.now() - begin) / 1000;
    let firstRush; // Until there was nothing left to claim but what the dead worker held.
    try {
      for (let at = 0; at < size; at++) this.#start();
      for (;;) {
        const progress = await this.#db.getProgress();
        const { done, failed, pending } = progress.byStatus;
        this.#bar.update(progress);
        if (this.#crash !== undefined) throw this.#crash;
        if (pending === 0 && this.#running.size === 0) firstRush ??= { tasks: done + failed, seconds: seconds() };
        if (done + failed === this.#total) break;
        await this.#seeToVictim(staleSeconds);
        if (pending > 0 && this.#running.size === 0) this.#start();
        await sleep(LOOK_EVERY_MS);
      }
      await Promise.all([...this.#running].map((child) => once(child, "exit")));
      return { seconds: seconds(), firstRush: firstRush ?? { tasks: this.#total, seconds: seconds() }, victim: this.#victim };
    } finally {
      for (const child of this.#running) child.kill();
      this.#bar.end();
    }
  }

  #start() {
    const workerId = `worker-${++this.#started}`;
    const child = fork(WORKER, [this.#db.path, workerId]);
    this.#running.add(child);
    child.on("message", () => {
      if (++this.#claims < this.#total / 3 || this.#victim !== undefined) return;
      this.#victim = { workerId, child, task: undefined, isBack: false };
      child.kill("SIGKILL");
    });
    child.on("error", (error) => (this.#crash ??= error));
    child.on("exit", (code, signal) => {
      this.#running.delete(child);
      if (code !== 0 && child !== this.#victim?.child) {
        this.#crash ??= new Error(`${workerId} ended with ${code ?? signal}`);
      }
    });
  }

  async #seeToVictim(staleSeconds) {
    const victim = this.#victim;
    if (victim === undefined || this.#running.has(victim.child) || victim.isBack) return;
    if (victim.task === undefined) {
      [victim.task] = await this.#db.listTasks({ workerId: victim.workerId, status: ["claimed", "in_progress"] });
      if (victim.task === undefined) this.#victim = undefined; // The blow fell between two tasks: the next claim gets another.
      else this.#bar.say(`${victim.workerId} was killed (SIGKILL) with a task in hand: ${harmless(victim.task.goal)}`);
    } else if (await this.#db.reclaimStale(staleSeconds / 60) > 0) {
      victim.isBack = true;
      const { retry_count: retries } = await this.#db.getTask(victim.task.id);
      this.#bar.say(`its claim came back after ${staleSeconds} s without a sign of life (retry_count ${retries})`);
    }
  }
}
