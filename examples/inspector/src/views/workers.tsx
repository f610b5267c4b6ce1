import type { JSX } from "preact";
export function WorkersView(): JSX.Element { return <h1>Workers</h1>; }
