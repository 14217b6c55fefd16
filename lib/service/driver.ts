// A service driven in a test.

import { createDriver, type Driven } from "../testing/drive.ts";
import type { Driver, DriverOptions } from "../testing/driver-types.ts";
import { compose } from "./compose.ts";
import { KAFKA_DEFAULTS } from "./define-kafka.ts";
import type { ServiceDefinition } from "./definition.ts";

/**
 * Drives a service in a test: the code that runs in production, without a broker, in virtual time. Whatever a call leads to has
 * happened when it returns.
 *
 * @throws {PatternError} if a pattern cannot mean anything sensible; {ConfigError} `BAD_PATTERNS` if several cannot, `BAD_OPTION`.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { service, topic } from "sequitur/service";
 * import { driver } from "sequitur/testing";
 *
 * type Order = { type: "placed" | "paid"; order: string; at: number };
 * const unpaid = pattern<Order>("unpaid")
 *   .begin("placed").on("placed")
 *   .notFollowedBy("payment").on("paid")
 *   .within("1h")
 *   .select((m) => m.placed.order);
 * const orders = topic<Order>("orders", { key: (e) => e.order, time: (e) => e.at });
 * const shop = driver(service({ app: "shop", inputs: [orders], patterns: [unpaid] }), { partitions: 2 });
 *
 * shop.send({ type: "placed", order: "A-1", at: 0 });
 * shop.send({ type: "placed", order: "A-2", at: 60_000 });
 * shop.send({ type: "paid", order: "A-2", at: 120_000 });
 * shop.openRuns; // => 1
 * shop.wait("2h");
 * shop.alerts.map(({ key, value, at }) => [key, value, at]); // => [["A-1", "A-1", "1970-01-01T01:00:00.000Z"]]
 */
export function driver(service: ServiceDefinition, options: DriverOptions = {}): Driver {
  return createDriver(drivenOf(service), options);
}

/** What a driver needs of a service. */
export function drivenOf(service: ServiceDefinition): Driven {
  return { compose: () => compose(service).task, guarantee: service.kafka?.guarantee ?? KAFKA_DEFAULTS.guarantee };
}
