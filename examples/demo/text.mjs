import { styleText } from "node:util";

/** Text for people. */

/** Colour on a terminal that has it; `hasColors` heeds NO_COLOR, FORCE_COLOR and TERM=dumb. */
export function paint(format, text, stream = process.stdout) {
  return stream.isTTY === true && stream.hasColors() ? styleText(format, text, { validateStream: false }) : text;
}

/** Names come from other people's packages: a control character in one must not reach the terminal. */
export function harmless(text) {
  return text.replaceAll(/\p{Cc}/gu, (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, "0")}`);
}
