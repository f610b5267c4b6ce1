// Stops this process at a call to the file system, for a test to kill it there or to wake it. Import it before the
// library: it wraps the functions of `node:fs` itself, so that the library is the one that users run.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname } from "node:path";

/** What a path is to the library. */
function roleOf(path) {
  const name = basename(path);
  if (dirname(path).endsWith(".lock-owners")) return /^(waiting|heir)-/.exec(name)?.[1] ?? "facts";
  for (const role of ["journal", "wal", "shm"]) if (name.endsWith(`-${role}`)) return role;
  if (name.endsWith(".lock-owners")) return "owners";
  if (name.endsWith(".lock")) return "lock";
  return name.endsWith(".db") ? "database" : "folder";
}

const paths = new Map(); // by file descriptor
let wanted;
let count = 0;

/** `call` names a call, as in `write journal`; without it every call counts. Stops before or after the `number`th from now. */
export function stopAt({ call, number = 1, when = "before" }) {
  wanted = { call, number, when };
  count = 0;
}

const originalWrite = fs.writeSync;
function stop(call) {
  wanted = undefined;
  originalWrite(1, `${JSON.stringify({ stopped: call })}\n`);
  process.kill(process.pid, "SIGSTOP");
}

function wrap(name, verb, pathOf) {
  const original = fs[name];
  fs[name] = (...args) => {
    const path = pathOf(...args);
    const call = path === undefined ? undefined : `${verb} ${roleOf(path)}`;
    const isIt = call !== undefined && wanted !== undefined && (wanted.call ?? call) === call && ++count === wanted.number;
    const when = wanted?.when;
    if (isIt && when === "before") stop(call);
    const result = original(...args);
    if (name === "openSync") paths.set(result, String(args[0]));
    if (isIt && when === "after") stop(call);
    return result;
  };
}

const ofFd = (fd) => paths.get(fd);
const isMaking = (flags) => typeof flags === "string" || (flags & fs.constants.O_CREAT) !== 0;
wrap("openSync", "make", (path, flags) => (isMaking(flags) ? String(path) : undefined));
wrap("writeSync", "write", ofFd);
wrap("writeFileSync", "write", ofFd);
wrap("ftruncateSync", "truncate", ofFd);
wrap("fsyncSync", "sync", ofFd);
wrap("fdatasyncSync", "sync", ofFd);
wrap("linkSync", "link", (_from, to) => to);
wrap("renameSync", "rename", (_from, to) => to);
wrap("unlinkSync", "remove", String);
wrap("mkdirSync", "make", String);
wrap("rmdirSync", "remove", String);
syncBuiltinESMExports();
