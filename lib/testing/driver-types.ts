// What people see of a driver.

import type { AlertJson, EmissionKind } from "../runtime/alert.ts";
import type { Duration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";
import type { JourneyStep } from "./journey.ts";

/**
 * An alert as it is written: plain JSON.
 *
 * @example
 * import type { Alert } from "sequitur/testing";
 *
 * const inWords = ({ pattern, key, at, value }: Alert): string => `${at} ${pattern} ${key}: ${JSON.stringify(value)}`;
 * typeof inWords; // => "function"
 */
export type Alert = AlertJson;

/**
 * A record that a service wrote.
 *
 * @example
 * import type { SentRecord } from "sequitur/testing";
 *
 * const whyDead = ({ headers }: SentRecord): string => headers["sequitur-code"] ?? "";
 * typeof whyDead; // => "function"
 */
export type SentRecord = {
  readonly kind: EmissionKind;
  readonly topic: string;
  readonly key: string | null;
  /** What its JSON says; of a copy of what is no JSON, its text. */
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: Instant;
};

/**
 * How a service is driven.
 *
 * @example
 * import type { DriverOptions } from "sequitur/testing";
 *
 * const options: DriverOptions = { partitions: 2, startAt: Date.parse("2026-03-02T09:00:00Z") };
 * options.partitions; // => 2
 */
export type DriverOptions = {
  /** Partitions of each input topic. Default 4. */
  readonly partitions?: number;
  /** What the clock says at first. Default 0. */
  readonly startAt?: Instant;
};

/**
 * Where an event goes.
 *
 * @example
 * import type { SendOptions } from "sequitur/testing";
 *
 * const options: SendOptions = { topic: "card-events", partition: 1, headers: { trace: "t1" } };
 * options.partition; // => 1
 */
export type SendOptions = {
  /** One of the inputs. May be left out if there is only one. */
  readonly topic?: string;
  /** Default: where Kafka would put the key that the service reads. */
  readonly partition?: number;
  /** The key of the record. Default: the key that the service reads, as text. */
  readonly key?: string | Uint8Array;
  /** The timestamp of the record. Default: the time that the service reads. */
  readonly timestamp?: Instant;
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * A service that runs in the test, without a broker, and only when it is told to.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { service, topic } from "sequitur/service";
 * import { type Driver, driver } from "sequitur/testing";
 *
 * type Reading = { sensor: string; value: number; at: number };
 * const high = pattern<Reading>("high").begin("peak").where((e) => e.value.gt(90));
 * const readings = topic<Reading>("readings", { key: (e) => e.sensor, time: (e) => e.at, outOfOrderness: "5s" });
 * const plant: Driver = driver(service({ app: "plant", inputs: [readings], patterns: [high] }));
 *
 * plant.send({ sensor: "s1", value: 95, at: 1_000 });
 * plant.alerts.length; // => 0
 * plant.end();
 * plant.alerts.map(({ key, at }) => [key, at]); // => [["s1", "1970-01-01T00:00:01.000Z"]]
 */
export interface Driver {
  /** What the clock says. It goes on to the time of what is sent, and with `wait`. */
  readonly now: Instant;
  /** All that was written, in order, since the driver was made; restarts included, see there. */
  readonly sent: readonly SentRecord[];
  /** The alerts among it. */
  readonly alerts: readonly Alert[];
  /** The runs among it that timed out. */
  readonly timedOut: readonly Alert[];
  /** The copies of late events among it. */
  readonly late: readonly SentRecord[];
  /** The dead letters among it: copies of bad records, and reports. */
  readonly deadLetters: readonly SentRecord[];
  /** Runs that are open now, of all patterns. */
  readonly openRuns: number;
  /**
   * Appends an event to an input topic and has it read. Bytes and texts are written as they are, `null` as a record without a value,
   * anything else as JSON.
   *
   * @throws {ConfigError} `MISSING_TOPIC`, `BAD_OPTION`; `SERVICE_FAILED` after a failure; what makes the service fail.
   * @throws {LimitError} what makes the service fail.
   */
  send(event: unknown, options?: SendOptions): void;
  /** Sends one after the other. */
  sendAll(events: Iterable<unknown>, options?: SendOptions): void;
  /** Sends, waits and restarts as it says; `eventsFor(…).journeys(…)` makes such. Events go to the topic that `options` names. */
  play(journey: Iterable<JourneyStep<unknown>>, options?: SendOptions): void;
  /** Lets the clock go on without events: silent partitions no longer hold time back, deadlines fire. Cost: a look at every partition for each second. */
  wait(duration: Duration): void;
  /** No input will have another event: everything is matched, and every deadline fires. */
  end(): void;
  /**
   * The process dies, and another one goes on from the last checkpoint: with the runs that were open, and with the events that wait for
   * their turn. `readAgain`: the last so many records that were sent are not in it, nor anything since; at most those since the last
   * restart. With the guarantee `exactly-once` what had been said of them is taken back, since nobody has seen it, and said anew; with
   * `at-least-once` it comes again, with the same ids. Cost: the state; with `readAgain`, all that was sent since the last restart.
   *
   * @throws {ConfigError} `UNSAVABLE_EVENT` if an event of an open run holds what cannot be saved; what makes the service fail.
   */
  restart(options?: { readonly readAgain?: number }): void;
}
