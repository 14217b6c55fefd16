import { createHook } from "node:async_hooks";
import type { Server, Socket } from "node:net";

type Traced = { readonly type: string; readonly resource: object; readonly place: string };

// Never a leak by themselves, and far too many to keep a stack of each.
const PASSING = new Set(["PROMISE", "TickObject", "Microtask", "RANDOMBYTESREQUEST"]);

const traced = new Map<number, Traced>();

/** From now on remembers where each handle was opened. Slow, so only a file known to leak is run with it. */
export function traceHandles(): void {
  createHook({
    init(id, type, _trigger, resource) {
      if (!PASSING.has(type)) traced.set(id, { type, resource, place: projectPlace(new Error().stack ?? "") });
    },
    destroy(id) {
      traced.delete(id);
    },
  }).enable();
}

/** What keeps this process alive, and where that was opened, as far as it was traced. */
export function describeLeaks(): string[] {
  const handles = (process as unknown as { _getActiveHandles(): object[] })._getActiveHandles();
  const described = handles.filter((handle) => !isOurs(handle)).map(describeHandle);
  const types = process.getActiveResourcesInfo();
  const timers = types.filter((type) => type === "Timeout").map(() => "a timer");
  const places = [...traced.values()].filter((entry) => entry.place !== "" && holds(entry.resource));
  const lines = [...described, ...timers, ...places.map((entry) => `${entry.type} opened at ${entry.place}`)];
  return lines.length > 0 ? lines : types;
}

function holds(resource: object): boolean {
  return !("hasRef" in resource) || typeof resource.hasRef !== "function" || resource.hasRef();
}

/** The pipes to the parent process. */
function isOurs(handle: object): boolean {
  const fd = "fd" in handle ? handle.fd : undefined;
  return handle === process.channel || fd === 0 || fd === 1 || fd === 2;
}

function describeHandle(handle: object): string {
  const type = handle.constructor.name;
  if (type === "ChildProcess") {
    const child = handle as { pid?: number; spawnargs?: string[] };
    return `child process ${child.pid}: ${child.spawnargs?.join(" ")}`;
  }
  if ("address" in handle && "listen" in handle) return `server on ${JSON.stringify((handle as Server).address())}`;
  if ("remoteAddress" in handle) {
    const socket = handle as Socket;
    return `socket to ${socket.remoteAddress ?? "nowhere"}:${socket.remotePort ?? ""}`;
  }
  return type;
}

function projectPlace(stack: string): string {
  const lines = stack.split("\n").filter((line) => !/node:|node_modules|spec\/run\/\w[\w-]*\.ts|^Error/.test(line));
  return (
    lines[0]
      ?.replace(/^\s*at /, "")
      .replace(`${process.cwd()}/`, "")
      .replace("file://", "") ?? ""
  );
}
