// What a port speaks, found out by speaking to it. Only asked when a connection failed in a way that may mean several things:
// brokers that expect TLS and get plain text, or the other way round, often just hang up.

import { connect as openPlain, type Socket } from "node:net";
import { connect as openTls } from "node:tls";
import type { Clock } from "../../time/clock.ts";
import { splitAddress } from "./brokers.ts";

/** The request ApiVersions, version 0, number 1, without a client's name: what every broker answers before anything else. */
const ASK_VERSIONS = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);
/** Where in the answer the number of the request stands, and up to where. */
const ANSWER = [4, 8] as const;

/** Whether the port at `address` answers Kafka's requests in plain text within `withinMs`. */
export function speaksPlainKafka(address: string, withinMs: number, clock: Clock): Promise<boolean> {
  const socket = openPlain(splitAddress(address));
  let answer = Buffer.alloc(0);
  return settled(socket, withinMs, clock, (say) => {
    socket.on("connect", () => socket.write(ASK_VERSIONS));
    socket.on("data", (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      if (answer.length >= ANSWER[1]) say(answer.readInt32BE(ANSWER[0]) === 1);
    });
  });
}

/** Whether the port at `address` speaks TLS, with whatever certificate. Nothing is sent over the connection. */
export function speaksTls(address: string, withinMs: number, clock: Clock): Promise<boolean> {
  const { host, port } = splitAddress(address);
  const socket = openTls({ host, port, rejectUnauthorized: false });
  return settled(socket, withinMs, clock, (say) => {
    socket.on("secureConnect", () => say(true));
    // An alert is TLS, too: some ports want a certificate of the client.
    socket.on("error", ({ message }) => say(/alert/i.test(message)));
  });
}

function settled(
  socket: Socket,
  withinMs: number,
  clock: Clock,
  ask: (say: (answer: boolean) => void) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.after(withinMs, () => say(false));
    const say = (answer: boolean): void => {
      cancel();
      socket.destroy();
      resolve(answer);
    };
    ask(say);
    socket.on("error", () => say(false));
    socket.on("end", () => say(false));
  });
}
