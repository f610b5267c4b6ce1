import type { JSX } from "preact";
export function TreeView(): JSX.Element { return <h1>Tree</h1>; }
