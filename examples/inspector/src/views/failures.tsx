import type { JSX } from "preact";
export function FailuresView(): JSX.Element { return <h1>Failures</h1>; }
