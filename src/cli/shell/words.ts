/** A dot command's words: split at space; quoted ones keep it, and `\n`, `\t`, `\\`, … mean what they do in C, but in '…'. */
export function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'?|"((?:\\.|[^"\\])*)"?|([^\s'"]\S*)/gs)]
    .map(([, single, double, plain]) => single ?? unescaped(double ?? plain ?? ""));
}

const ESCAPES: Readonly<Record<string, string>> = { a: "\x07", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r" };

function unescaped(text: string): string {
  return text.replaceAll(/\\([0-3]?[0-7]{1,2}|.)/gs, (_all, code: string) =>
    (/^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code)));
}

/** `on`, `yes`, `1`, `off`, `no`, `0`; anything else is not known. */
export function onOrOff(word: string | undefined): boolean | undefined {
  switch (word?.toLowerCase()) {
    case "on": case "yes": case "1":
      return true;
    case "off": case "no": case "0":
      return false;
    default:
      return undefined;
  }
}
