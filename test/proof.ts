/** The proofs come in two sizes: a short form in every test run, the long one by `npm run proof`. */
export const isLong: boolean = process.env["PROOF"] === "long";

/** How many cases to run. */
export function cases(short: number, long: number): number {
  return isLong ? long : short;
}
