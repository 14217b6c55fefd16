// Sockets for kafkajs. Ours differ from its own in four ways: certificates and keys are read anew for each connection, so that
// they can be replaced while a service runs; IPv6 works; a port that answers plain text with TLS is recognised, where kafkajs would
// take the answer for the length of a message and wait for it; and one that is closed stays closed, however often kafkajs lets go of it.

import { isIP, connect as openPlain, type Socket } from "node:net";
import { type ConnectionOptions, connect as openTls } from "node:tls";
import type { ISocketFactory } from "kafkajs";
import { fromStandIn } from "./brokers.ts";

/** Error code of a connection in plain text that was answered with TLS. */
export const ANSWERED_WITH_TLS = "ANSWERED_WITH_TLS";

const KEEP_ALIVE_AFTER_MS = 60_000;
/** First bytes of a TLS alert: its kind, and the major version of TLS. */
const ALERT = 0x15;
const TLS_MAJOR = 0x03;

/** Makes sockets. `tls` is asked for each: what to encrypt with, or `null`. What it throws, the connection fails with. */
export function createSocketFactory(tls: () => ConnectionOptions | null): ISocketFactory {
  return ({ host: name, port, onConnect }) => {
    const host = fromStandIn(name);
    const options = tls();
    const socket =
      options === null
        ? openPlain({ host, port }, onConnect)
        : openTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...options }, onConnect);
    if (options === null) socket.once("data", (first: Buffer) => refuseTls(socket, first));
    return letGoOnce(socket).setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
  };
}

/**
 * kafkajs calls `unref` on the same dead socket with each try to reach a broker that is away. Node.js takes that as a wish for when it is
 * opened again, remembers every one, and warns of a leak.
 */
function letGoOnce(socket: Socket): Socket {
  return socket.once("close", () => {
    socket.unref = () => socket;
  });
}

function refuseTls(socket: Socket, first: Buffer): void {
  if (first[0] !== ALERT || first[1] !== TLS_MAJOR) return;
  socket.destroy(Object.assign(new Error("the port answered with TLS"), { code: ANSWERED_WITH_TLS }));
}
