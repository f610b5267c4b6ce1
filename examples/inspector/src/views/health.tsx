import type { JSX } from "preact";
export function HealthView(): JSX.Element { return <h1>Health</h1>; }
