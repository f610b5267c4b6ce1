import type { TaskSummary } from "../shared/protocol.ts";

/** How many steps and gates each task has, by its place in the census: by index, each task shown would cost reads of its own. */
export class Parts {
  readonly steps: Uint32Array;
  readonly stepsDone: Uint32Array;
  readonly gates: Uint32Array;
  readonly gatesMet: Uint32Array;
  /** Required and not met. */
  readonly gatesOpen: Uint32Array;

  constructor(tasks: number) {
    const counts = (): Uint32Array => new Uint32Array(tasks);
    [this.steps, this.stepsDone, this.gates, this.gatesMet, this.gatesOpen] = [counts(), counts(), counts(), counts(), counts()];
  }

  of(place: number): Pick<TaskSummary, "steps" | "steps_done" | "gates" | "gates_done" | "gates_open_required"> {
    return {
      steps: this.steps[place]!,
      steps_done: this.stepsDone[place]!,
      gates: this.gates[place]!,
      gates_done: this.gatesMet[place]!,
      gates_open_required: this.gatesOpen[place]!,
    };
  }
}
