// A real broker behind the interface of the model: each request goes out by itself, through kafkajs' own encoders and our decoder of
// fetches, with none of the retries of kafkajs' clients. What a busy cluster says only because it is still starting is asked again.
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { type Ask, refuse } from "../../../lib/testing/simulation/calls.ts";
import { createCodecs } from "../../../lib/transports/kafka/codecs.ts";
import { patches } from "../../../lib/transports/kafka/patches.ts";
import { privateCopy } from "../../../lib/transports/kafka/private-copy.ts";

import { answersOf, codeOf } from "./real-answers.ts";

export type RealBroker = { readonly ask: Ask; close(): Promise<void> };

/** A connection of kafkajs, as far as it is used here: one method for each request. */
type Wire = Readonly<Record<string, (request: object) => Promise<never>>> & {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
};

/** What passes by itself. */
const TRANSIENT = new Set([
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "GROUP_LOAD_IN_PROGRESS",
  "LEADER_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
  "NOT_LEADER_FOR_PARTITION",
]);
const TRY_AGAIN_MS = 20;

/** Connects to the one broker at `address`. Requests that wait, as in a group, do not hold others up. */
export function connectToRealBroker(address: string): RealBroker {
  const sockets: Socket[] = [];
  const open = wires(address, sockets);
  const all: Wire[] = [];
  const idle: Wire[] = [];
  const found = new Map<string, Promise<unknown>>();

  /** On a connection of its own: a broker answers one request of a connection after the other. */
  async function on<T>(act: (wire: Wire) => Promise<T>): Promise<T> {
    let wire = idle.pop();
    if (wire === undefined) {
      wire = open();
      all.push(wire);
      await wire.connect();
    }
    try {
      return await act(wire);
    } finally {
      idle.push(wire);
    }
  }
  /** Makes the broker look for a coordinator, which creates its topic at the first time. */
  const settle = (id: string, coordinatorType: 0 | 1): Promise<unknown> => {
    const key = `${coordinatorType} ${id}`;
    const settled =
      found.get(key) ?? again(() => on((wire) => call(wire, "findGroupCoordinator", { groupId: id, coordinatorType })));
    found.set(key, settled);
    return settled;
  };
  const answers = answersOf((name, request) => on((wire) => call(wire, name, request)), address);

  return {
    ask: async (api, ask) => {
      if ("transactionalId" in ask && typeof ask.transactionalId === "string" && ask.transactionalId !== "")
        await settle(ask.transactionalId, 1);
      if ("group" in ask) await settle(ask.group, 0);
      try {
        return await again(async () => answers[api](ask));
      } catch (error) {
        const code = codeOf(error);
        if (code === null) throw error;
        return refuse(code);
      }
    },
    close: async () => {
      // Where a request is never answered, kafkajs would wait for that.
      for (const socket of sockets) socket.destroy(new Error("the scenarios are over"));
      await Promise.allSettled(all.map((wire) => wire.disconnect()));
    },
  };
}

function call(wire: Wire, name: string, request: object): Promise<never> {
  return (wire[name] as (request: object) => Promise<never>).call(wire, request);
}

async function again<T>(act: () => Promise<T>): Promise<T> {
  for (let left = 500; ; left -= 1) {
    try {
      return await act();
    } catch (error) {
      const { type, errors } = error as {
        readonly type?: string;
        readonly errors?: readonly { readonly type?: string }[];
      };
      if (left === 0 || !TRANSIENT.has(type ?? errors?.[0]?.type ?? "")) throw error;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}

/** Makes connections, whose sockets it puts into `sockets`. */
function wires(address: string, sockets: Socket[]): () => Wire {
  const folder = dirname(createRequire(import.meta.url).resolve("kafkajs/package.json"));
  const load = privateCopy(folder, patches(createCodecs()));
  const Broker = load("src/broker/index.js") as new (options: object) => Wire;
  const ConnectionPool = load("src/network/connectionPool.js") as new (options: object) => object;
  const { createLogger } = load("src/loggers/index.js") as {
    readonly createLogger: (options: object) => object;
  };
  const makeSocket = (load("src/network/socketFactory.js") as () => (options: object) => Socket)();
  const socketFactory = (options: object): Socket => {
    const socket = makeSocket(options);
    sockets.push(socket);
    return socket;
  };
  const logger = createLogger({ level: 0, logCreator: () => () => {} });
  const { hostname: host, port } = new URL(`kafka://${address}`);
  const options = { host, port: Number(port), clientId: "spec", socketFactory, logger };
  const timeouts = { connectionTimeout: 5_000, requestTimeout: 60_000, enforceRequestTimeout: true };
  return () =>
    new Broker({
      connectionPool: new ConnectionPool({ ...options, ...timeouts, maxInFlightRequests: null }),
      logger,
      allowAutoTopicCreation: false,
    });
}
