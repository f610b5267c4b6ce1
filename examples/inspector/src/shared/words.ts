/** Numbers and words for people. */

const NUMBERS = new Intl.NumberFormat("en");

export function number(value: number | bigint): string {
  return NUMBERS.format(value);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return "0 %";
  const value = (part / whole) * 100;
  // 99.96 % is not 100 %: what is not finished must not look so.
  return `${value > 99 && value < 100 ? Math.min(99.9, Math.floor(value * 10) / 10) : Math.round(value)} %`;
}

const SIZES = ["bytes", "kB", "MB", "GB"];

export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < SIZES.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${SIZES[unit]}`;
}

export function statusWord(status: string): string {
  return status === "in_progress" ? "in progress" : status;
}
