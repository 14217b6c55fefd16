// Ports for a broker: below the range from which the system takes those of outgoing connections, so that none of these
// can sit on the port of a broker that is being restarted.
import { createServer } from "node:net";
import { HOST } from "./settings.ts";

const LOWEST = 20_000;
const COUNT = 12_000;
/** About what a process needs, so that those that start at the same time look at different ports. */
const BLOCK = 12;

let next = (process.pid * BLOCK) % COUNT;

/** As many free ports as asked for, none of which this process was given before. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = LOWEST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** Whether a server could listen on `port` of the loopback address now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
