// A process that kills itself, as `kill -9` would, at a request to Kafka: just before it is written, or just after. Every
// step of the protocol is a request, so every step can be the last one.
import { Socket } from "node:net";

/** Requests by the number that Kafka gives them. */
const API = {
  produce: 0,
  joinGroup: 11,
  heartbeat: 12,
  deleteRecords: 21,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
};

export type Death = {
  readonly api: keyof typeof API;
  /** The how manieth of them. */
  readonly number: number;
  readonly when: "before" | "after";
};

export function formatDeath({ api, number, when }: Death): string {
  return `${when} ${api} ${number}`;
}

/** Reads what `formatDeath` wrote. */
export function parseDeath(text: string): Death {
  const [when, api, number] = text.split(" ");
  return { when, api, number: Number(number) } as Death;
}

/** Watches all sockets of this process. */
export function dieAt({ api, number, when }: Death): void {
  const { write } = Socket.prototype;
  let seen = 0;
  Socket.prototype.write = function watched(this: Socket, ...words: [Uint8Array, ...[]]) {
    const [bytes] = words;
    // kafkajs writes a request at once; its number stands behind the length.
    const isIt = Buffer.isBuffer(bytes) && bytes.length > 8 && bytes.readInt16BE(4) === API[api] && ++seen === number;
    if (isIt && when === "before") process.kill(process.pid, "SIGKILL");
    const answer = write.apply(this, words);
    if (isIt) process.kill(process.pid, "SIGKILL"); // the kernel has the bytes by now, and sends them
    return answer;
  } as typeof write;
}
