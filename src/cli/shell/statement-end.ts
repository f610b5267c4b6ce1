/**
 * Tells where input that comes line by line has a whole statement: at a semicolon
 * outside of strings, names and comments; inside CREATE TRIGGER, at `; END;`.
 * The same question as SQLite's `sqlite3_complete` answers.
 */
export class StatementEnd {
  /** What is open at the end of what was read, by its closing text; undefined outside. */
  #open: string | undefined;
  /** The words since the last end, as far as they may make it a trigger: `create`, `create temp`, … */
  #words: string[] = [];
  #isTrigger = false;
  /** The last tokens: whether a semicolon was the last, and the words after the one before. */
  #afterSemicolon: string[] | undefined;
  #isComplete = false;
  #hasText = false;

  /** True when the text so far ends with a whole statement. */
  get isComplete(): boolean {
    return this.#isComplete && this.#open === undefined;
  }

  /** True when nothing but space and comments was read. */
  get isBlank(): boolean {
    return !this.#hasText && this.#open === undefined;
  }

  /** True inside a string, a name or a comment that goes on in the next line. */
  get isInside(): boolean {
    return this.#open !== undefined;
  }

  /** Reads the next line, without its line break. */
  read(line: string): void {
    for (let at = 0; at < line.length; ) {
      if (this.#open !== undefined) {
        const end = line.indexOf(this.#open, at);
        if (end < 0) return;
        at = end + this.#open.length;
        this.#open = undefined;
        continue;
      }
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(line)?.[0] ?? line[at]!;
      at += token.length;
      if (token.startsWith("--")) return;
      if (/^\s/.test(token)) continue;
      if (token === "/*") {
        this.#open = "*/";
        continue;
      }
      this.#hasText = true;
      if (token === ";") this.#semicolon();
      else this.#other(token.toLowerCase());
      if (/^['"`[]$/.test(token)) this.#open = token === "[" ? "]" : token;
    }
  }

  #semicolon(): void {
    const hasEnded = !this.#isTrigger || (this.#afterSemicolon?.length === 1 && this.#afterSemicolon[0] === "end");
    this.#afterSemicolon = [];
    this.#isComplete = hasEnded;
    if (hasEnded) {
      this.#words = [];
      this.#isTrigger = false;
      this.#afterSemicolon = undefined;
    }
  }

  #other(word: string): void {
    this.#isComplete = false;
    this.#afterSemicolon?.push(word);
    if (this.#isTrigger || this.#words.length >= LONGEST_START) return;
    this.#words.push(word);
    this.#isTrigger = TRIGGER_START.test(this.#words.join(" "));
  }
}

const TOKEN = /\s+|--|\/\*|\w+|./suy;
/** `explain query plan create temp trigger`. */
const LONGEST_START = 6;
const TRIGGER_START = /^(explain (query plan )?)?create (temp |temporary )?trigger$/;
