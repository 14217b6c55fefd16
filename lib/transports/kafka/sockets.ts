// Sockets for kafkajs. Ours differ from its own in three ways: certificates and keys are read anew for each connection, so that
// they can be replaced while a service runs; IPv6 works; and a port that answers plain text with TLS is recognised, where
// kafkajs would take the answer for the length of a message and wait for it.

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
    return socket.setKeepAlive(true, KEEP_ALIVE_AFTER_MS);
  };
}

function refuseTls(socket: Socket, first: Buffer): void {
  if (first[0] !== ALERT || first[1] !== TLS_MAJOR) return;
  socket.destroy(Object.assign(new Error("the port answered with TLS"), { code: ANSWERED_WITH_TLS }));
}
