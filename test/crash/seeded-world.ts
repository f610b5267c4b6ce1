import { Random } from "../random.ts";

/** Runs something while all random numbers come from a seed and the time stands still, so that it does the same each time. */
export async function inSeededWorld<T>(seed: string, run: () => Promise<T>): Promise<T> {
  const random = new Random(seed);
  const now = Date.now.bind(Date);
  crypto.getRandomValues = <Into extends ArrayBufferView>(into: Into): Into => {
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(random.bytes(into.byteLength));
    return into;
  };
  crypto.randomUUID = () => {
    const hex = [...random.bytes(16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  Date.now = () => Date.parse("2026-05-01T09:00:00Z");
  try {
    return await run();
  } finally {
    // The real ones are the prototype's.
    Reflect.deleteProperty(crypto, "getRandomValues");
    Reflect.deleteProperty(crypto, "randomUUID");
    Date.now = now;
  }
}
