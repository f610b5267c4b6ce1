export function fillColony(path: string, tasks: number): void;
