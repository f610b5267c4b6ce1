import type { JSX } from "preact";
export function OverviewView(): JSX.Element { return <h1>Overview</h1>; }
