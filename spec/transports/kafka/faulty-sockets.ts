// Sockets for kafkajs that lose what they are told to lose: a request that never leaves, or an answer that never comes.
import { connect } from "node:net";
import type { ISocketFactory } from "kafkajs";

/** Requests by the number that Kafka gives them. */
export const API = { produce: 0, initProducerId: 22, addPartitionsToTxn: 24, endTxn: 26 } as const;

export type Fault = {
  readonly api: keyof typeof API;
  /** `answer`: the broker does what was asked, and nobody learns of it. `request`: the broker never hears of it. */
  readonly lost: "answer" | "request";
};

export type FaultySockets = {
  readonly socketFactory: ISocketFactory;
  /** The next request of this kind is lost, and the connection with it. */
  readonly lose: (fault: Fault) => void;
  /** How many were lost. */
  readonly lost: () => number;
};

/** Long enough for the broker to have done what was asked. */
const BREAKS_AFTER_MS = 100;

export function faultySockets(): FaultySockets {
  let next: Fault | null = null;
  let lost = 0;
  const socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    const { write, on } = socket;
    let isMute = false;
    const breakOff = (): void => {
      lost += 1;
      next = null;
      isMute = true;
      const error = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
      setTimeout(() => socket.destroy(error), BREAKS_AFTER_MS);
    };
    // kafkajs writes a request at once; its number stands behind the length.
    socket.write = ((bytes: Buffer, ...rest: []) => {
      if (next === null || bytes.readInt16BE(4) !== API[next.api]) return write.call(socket, bytes, ...rest);
      const isSent = next.lost === "answer";
      breakOff();
      return isSent ? write.call(socket, bytes, ...rest) : true;
    }) as typeof socket.write;
    const listen = on as (event: string, listener: (...words: unknown[]) => void) => typeof socket;
    socket.on = ((event: string, listener: (...words: unknown[]) => void) =>
      listen.call(
        socket,
        event,
        event === "data" ? (bytes) => (isMute ? undefined : listener(bytes)) : listener,
      )) as typeof socket.on;
    return socket;
  };
  return {
    socketFactory,
    lose: (fault) => {
      next = fault;
    },
    lost: () => lost,
  };
}
