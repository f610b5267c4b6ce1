import type { Failure, Method, Reply, Request, WorkerApi } from "../shared/protocol.ts";

/** The page's side of the talk with the worker. */

/** What the worker could not do. `code` is one of the library's, or `STOPPED`. */
export class WorkerFailure extends Error {
  readonly code: string;
  readonly hint: string;

  constructor({ code, message, hint }: Failure) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

interface Call {
  resolve(value: unknown): void;
  reject(failure: WorkerFailure): void;
}

export class Client {
  readonly #url: string;
  readonly #calls = new Map<number, Call>();
  #worker: Worker;
  #last = 0;

  constructor(workerSource: string) {
    this.#url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    this.#worker = this.#start();
  }

  /** Asks the worker. A call whose signal aborts while it waits is taken back, and never settles. */
  call<M extends Method>(method: M, ...args: Parameters<WorkerApi[M]>): ReturnType<WorkerApi[M]> {
    return this.cancellable(undefined, method, ...args);
  }

  cancellable<M extends Method>(signal: AbortSignal | undefined, method: M, ...args: Parameters<WorkerApi[M]>): ReturnType<WorkerApi[M]> {
    const id = ++this.#last;
    return new Promise<unknown>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      signal?.addEventListener("abort", () => {
        if (this.#calls.delete(id)) this.#post({ cancel: id });
      });
      this.#post({ id, method, args });
    }) as ReturnType<WorkerApi[M]>;
  }

  /** Ends the worker in the middle of whatever it does; all that waits is rejected. SQLite has no other way to be interrupted. */
  restart(): void {
    this.#worker.terminate();
    for (const call of this.#calls.values()) {
      call.reject(new WorkerFailure({ code: "STOPPED", message: "stopped", hint: "" }));
    }
    this.#calls.clear();
    this.#worker = this.#start();
  }

  #post(request: Request): void {
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = new Worker(this.#url);
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const call = this.#calls.get(data.id);
      if (call === undefined) return;
      this.#calls.delete(data.id);
      if ("failure" in data) call.reject(new WorkerFailure(data.failure));
      else call.resolve(data.value);
    };
    worker.onerror = (event) => {
      const failure = new WorkerFailure({ code: "ENGINE_MISMATCH", message: event.message || "the worker could not start", hint: "reload the page" });
      for (const call of this.#calls.values()) call.reject(failure);
      this.#calls.clear();
    };
    return worker;
  }
}
