import type { Server } from "node:http";

export const CHROMIUM_FLAGS: string[];
export function serve(options?: { script?: string; answered?: (answer: string) => void }): Promise<{ origin: string; server: Server }>;
export function bundle(path: string): Promise<string>;
