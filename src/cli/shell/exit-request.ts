/** Ends the session with this status; all that was to be said has been said. */
export class ExitRequest extends Error {
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}
