// Public entry `sequitur/kafka`: a service on Kafka in a process of your own. The command `sequitur run --brokers` does the same.

import { hostname } from "node:os";
import type { Log } from "../runtime/ports.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import type { ServiceDefinition } from "./definition.ts";
import { kafkaOf } from "./kafka-of.ts";
import { kafkaTransport } from "./kafka-transport.ts";
import type { KeepingTransport } from "./run-shards.ts";

/**
 * How a service finds its cluster, where the service itself does not say.
 *
 * @example
 * import type { KafkaTransportOptions } from "sequitur/kafka";
 *
 * const options: KafkaTransportOptions = { brokers: "127.0.0.1:9092", log: (level, message) => console.error(level, message) };
 * options.brokers; // => "127.0.0.1:9092"
 */
export type KafkaTransportOptions = {
  /** `"host:port,host:port"`. Default: what the service says, or `SEQUITUR_KAFKA_BROKERS`. */
  readonly brokers?: string;
  /** Where variables are read. Default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Names this process among the members of its group; each needs another. Default: the host and the number of the process. */
  readonly instance?: string;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly log?: Log;
};

/**
 * What `runService` needs to run `service` on Kafka, with the guarantee that the service asks for: reads its input topics as a member of its
 * group, writes its output topics, and keeps its state. For one run. Nothing is connected before the service is started; what is wrong with
 * the connection is told by `done` then.
 *
 * @throws {ConfigError} for options that cannot be meant: `MISSING_BROKERS`, `BAD_BROKERS`, `UNKNOWN_ENV` and others.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { createKafkaTransport } from "sequitur/kafka";
 * import { service, topic } from "sequitur/service";
 *
 * type Login = { type: "failed" | "ok"; user: string; at: number };
 * const guessing = pattern<Login>("guessing").begin("tries").on("failed").times(3).within("1m");
 * const security = service({
 *   app: "security",
 *   inputs: [topic<Login>("logins", { key: (e) => e.user, time: (e) => e.at })],
 *   patterns: [guessing],
 * });
 * const transport = createKafkaTransport(security, { brokers: "127.0.0.1:9092", env: {} });
 * "source" in transport; // => true
 * // const running = runService(security, { ...transport, signal });
 */
export function createKafkaTransport(
  service: ServiceDefinition,
  options: KafkaTransportOptions = {},
): KeepingTransport {
  const {
    clock = systemClock,
    log = () => undefined,
    instance = `${hostname()}:${process.pid}`,
    brokers,
    env,
  } = options;
  const definition = kafkaOf(service, {
    log,
    ...(brokers === undefined ? {} : { brokers }),
    ...(env === undefined ? {} : { env }),
  });
  return kafkaTransport(service, definition, { instance, clock, log });
}
