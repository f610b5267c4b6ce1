import { styleText } from "node:util";

/** Colours, by what they mean. Which words get one is said here, so that all screens agree. */

export interface Style {
  (format: Tone, text: string): string;
}

export type Tone = "good" | "bad" | "warn" | "busy" | "dim" | "strong" | "plain";

const FORMATS: Readonly<Record<Exclude<Tone, "plain">, Parameters<typeof styleText>[0]>> = {
  good: "green", bad: "red", warn: "yellow", busy: "cyan", dim: "dim", strong: "bold",
};

export function styleFor(hasColor: boolean): Style {
  return (tone, text) => (!hasColor || tone === "plain" || text === "" ? text : styleText(FORMATS[tone], text, { validateStream: false }));
}

/** NO_COLOR and TERM=dumb turn colours off, FORCE_COLOR turns them on; else it is for terminals. */
export function wantsColor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "") return env["FORCE_COLOR"] !== "0";
  return isTerminal && env["TERM"] !== "dumb";
}

/** A mark beside each status: colour alone tells nothing to those who do not see it. */
export const STATUS: Readonly<Record<string, { readonly mark: string; readonly tone: Tone }>> = {
  pending: { mark: "·", tone: "plain" },
  claimed: { mark: "○", tone: "busy" },
  in_progress: { mark: "▸", tone: "busy" },
  done: { mark: "✓", tone: "good" },
  failed: { mark: "✗", tone: "bad" },
  skipped: { mark: "–", tone: "dim" },
};

export function statusWord(style: Style, status: string): string {
  const { mark, tone } = STATUS[status] ?? { mark: "?", tone: "warn" as const };
  return style(tone, `${mark} ${status.replace("_", " ")}`);
}
