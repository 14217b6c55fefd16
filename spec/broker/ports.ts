// Ports for a broker: below the range from which the system takes those of outgoing connections, so that none of these
// can sit on the port of a broker that is being restarted.
import { createServer } from "node:net";
import { HOST } from "./settings.ts";

const LOWEST = 20_000;
const COUNT = 12_000;

/** As many free ports as asked for, all different. Another process may take one before it is used. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if (!ports.has(port) && (await isFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Whether a server could listen on `port` of the loopback address now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
