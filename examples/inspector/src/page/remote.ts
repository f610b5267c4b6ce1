import { useEffect, useRef, useState } from "preact/hooks";
import type { Method, WorkerApi } from "../shared/protocol.ts";
import type { WorkerFailure } from "./client.ts";
import { client, generation } from "./session.ts";

export interface Remote<T> {
  data: T | undefined;
  failure: WorkerFailure | undefined;
  isLoading: boolean;
}

type Answer<M extends Method> = Awaited<ReturnType<WorkerApi[M]>>;

/**
 * Asks the worker, again whenever the arguments or the database change. The last answer
 * stays until the next is there, so that a refresh does not blink. `null` asks nothing.
 */
export function useRemote<M extends Method>(method: M, args: Parameters<WorkerApi[M]> | null): Remote<Answer<M>> {
  const [state, setState] = useState<Remote<Answer<M>>>({ data: undefined, failure: undefined, isLoading: args !== null });
  const key = args === null ? null : `${generation.value} ${JSON.stringify(args)}`;
  const asked = useRef(args);
  asked.current = args;
  useEffect(() => {
    if (asked.current === null) return;
    const cancel = new AbortController();
    setState((old) => ({ ...old, isLoading: true }));
    client.cancellable(cancel.signal, method, ...asked.current).then(
      (answer) => {
        const data = answer as Answer<M>;
        if (!cancel.signal.aborted) setState({ data, failure: undefined, isLoading: false });
      },
      (failure: WorkerFailure) => {
        if (!cancel.signal.aborted) setState({ data: undefined, failure, isLoading: false });
      },
    );
    return () => cancel.abort();
  }, [method, key]);
  return state;
}
