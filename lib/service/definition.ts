// What a service is: where events come from, which patterns they are matched against, and where alerts go. Options are
// what users write; definitions are the same with every default filled in, as frozen data. `check.ts` refuses what cannot
// work, `run.ts` brings a definition to life.

import type { RecordHeaders } from "../event/decode.ts";
import type { KeyOption, TimeOption } from "../event/extractor.ts";
import type { KeySource, TimeSource } from "../event/read.ts";
import type { StandardSchema } from "../event/schema.ts";
import type { MatcherLimits, TimedOutReport } from "../matching/matcher.ts";
import type { Refusal } from "../pattern/builder/refusal.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { Duration } from "../time/duration.ts";
import type { KafkaOptions, KafkaSettings } from "../transports/kafka/options.ts";

/** Carries the type of a topic's events, for the compiler only. */
declare const EVENT: unique symbol;

/** Recognises services and topics even if two copies of this package are loaded. */
export const SERVICE: unique symbol = Symbol.for("sequitur.service") as typeof SERVICE;
export const TOPIC: unique symbol = Symbol.for("sequitur.topic") as typeof TOPIC;

/**
 * A topic that is written. Made by `topic(name)`.
 *
 * @example
 * import { type OutputTopic, topic } from "sequitur/service";
 *
 * const alerts: OutputTopic = topic("card-alerts");
 * alerts.name; // => "card-alerts"
 */
export interface OutputTopic {
  readonly [TOPIC]: "output";
  readonly name: string;
}

/**
 * A topic that is read, with how its records become events of type `E`. Made by `topic(name, options)`.
 *
 * @example
 * import { type InputTopic, topic } from "sequitur/service";
 *
 * type CardEvent = { type: string; card: string; at: number };
 * const cards: InputTopic<CardEvent> = topic<CardEvent>("card-events", { key: (e) => e.card, time: (e) => e.at });
 * cards.name; // => "card-events"
 */
export interface InputTopic<E = unknown> {
  readonly [TOPIC]: "input";
  readonly [EVENT]?: E;
  readonly name: string;
  /** As they were given; `service` checks them. */
  readonly options: object;
}

/** What to do with a record that cannot become an event: copy it to the dead letters, stop with an error, or leave it out. It is counted in any case. */
export type OnBadRecord = "deadLetter" | "fail" | "skip";

/** Default: the record's own key, as text. */
type InputKey<E> = KeyOption<E> | { readonly key?: "record"; readonly keyOf?: never };

/** Default: the timestamp of the record. */
type InputTime<E> = TimeOption<E> | { readonly time?: "record" | "arrival"; readonly timeOf?: never };

/**
 * How the records of a topic become events.
 *
 * - `key`: what events are grouped by, written like a condition: `(e) => e.card`, or `(e) => [e.shop, e.card]`. Default `"record"`: the
 *   record's own key, as text. `keyOf` instead takes a plain function.
 * - `time`: when an event happened, written like a condition: `(e) => e.at`, milliseconds since 1970 or an ISO 8601 text with a zone.
 *   Default `"record"`: the timestamp of the record. `"arrival"`: the same, or the time of reading where records have none, but never
 *   going back within a partition. `timeOf` instead takes a plain function.
 *
 * @example
 * import { type InputOptions, topic } from "sequitur/service";
 *
 * type Reading = { sensor: string; value: number; at: string };
 * const options: InputOptions<Reading> = { key: (e) => e.sensor, time: (e) => e.at, outOfOrderness: "5s", onBadRecord: "skip" };
 * topic("readings", options).name; // => "readings"
 */
export type InputOptions<E> = InputKey<E> &
  InputTime<E> & {
    /** How far events may come out of order within a partition and still count. Default `"0ms"`: they come in order. Every event waits that long for earlier ones. */
    readonly outOfOrderness?: Duration;
    /** Checks events, and may change them: any synchronous Standard Schema validator. Default: none. */
    readonly schema?: StandardSchema<E>;
    /** Which events `schema` sees: all, or only those whose tag some pattern can take. Default `"all"`. */
    readonly validate?: "all" | "concerned";
    /** Reads the bytes of a record; what it throws makes the record a bad one. Default: JSON in UTF-8. */
    readonly decode?: (bytes: Uint8Array, headers: RecordHeaders) => E;
    /** How far ahead of the time of reading an event may be; farther ahead it counts as broken, and does not move time. Default `"1h"`. */
    readonly maxAhead?: Duration;
    /** What to do with a record that cannot become an event. Default `"deadLetter"`. */
    readonly onBadRecord?: OnBadRecord;
  };

/**
 * A pattern with what is special about it in this service.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type PatternOptions, topic } from "sequitur/service";
 *
 * type Login = { type: "failed" | "ok"; user: string };
 * const guessing = pattern<Login>("guessing").begin("tries").on("failed").times(3).within("1m");
 * const options: PatternOptions<Login> = { pattern: guessing, alerts: topic("security"), limits: { maxRunsPerKey: 100 } };
 * options.pattern.name; // => "guessing"
 */
export type PatternOptions<E = never> = {
  readonly pattern: Pattern<E>;
  /** Where its alerts go. Default: where those of the service go. */
  readonly alerts?: OutputTopic;
  /** What to do with runs whose `within` passes before they are complete. Default: nothing. */
  readonly timedOut?: {
    /** Which of them are reported. Default `"longest"`: of each first event the one with the most events. */
    readonly report?: TimedOutReport;
    /** Where they go. Default `<app>-timed-out`. */
    readonly topic?: OutputTopic;
  };
  /** How much this pattern may hold and report. Default: the limits of the service. */
  readonly limits?: Partial<MatcherLimits>;
};

/**
 * How much a service may hold. Every limit has a default; what happens when it is passed stands beside it.
 *
 * @example
 * import type { ServiceLimits } from "sequitur/service";
 *
 * const limits: Partial<ServiceLimits> = { maxRecordBytes: 10_000, maxRunsPerKey: 1_000, onLimit: "dropOldest" };
 * limits.maxRecordBytes; // => 10000
 */
export type ServiceLimits = MatcherLimits & {
  /** Longest record that is read, in bytes; a longer one is a bad record. Default 1 MiB. */
  readonly maxRecordBytes: number;
  /** Deepest nesting of objects and lists that is read; a record with more is a bad one. Default 64. */
  readonly maxDepth: number;
  /**
   * Bytes of one partition that wait for their turn in time. Beyond it, reading of a partition that runs ahead of the other
   * topics pauses; if they are within its own `outOfOrderness`, the service fails. Default 64 MiB.
   */
  readonly maxReorderBytes: number;
  /** Bytes of records read and not yet looked at; beyond it, reading pauses. Default 2 MiB. */
  readonly maxQueuedBytes: number;
  /** Bytes of alerts and other output that are not yet safe; beyond it, matching waits. Default 16 MiB. */
  readonly maxUnsentBytes: number;
  /**
   * Longest record that is written, in bytes: its key and value, of late and bad records their headers, too. Of a longer alert a report goes
   * to the dead letters, with its id and the places of its events; the copy of a longer late or bad record has no value, and if need be
   * neither headers nor key. Default 900,000, which Kafka takes by default.
   */
  readonly maxOutputBytes: number;
};

/**
 * What becomes of open runs of patterns that a release of a service has changed or left out.
 *
 * - `"drop"`: they are forgotten, with a warning. From then on alerts are only those of the patterns in the file.
 * - `"drain"`: they are finished under the pattern as it was, with its name, topics and limits; none begins. That takes as long as `within`
 *   says. A pattern with a function in it, `select` included, cannot be finished: while it has open runs, the release is refused (`CANNOT_DRAIN`).
 * - by the name of each pattern; those that are not named: `"drop"`.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type ChangedPatterns, service, topic } from "sequitur/service";
 *
 * type Order = { type: "placed" | "paid"; order: string; at: number };
 * const orders = topic<Order>("orders", { key: (e) => e.order, time: (e) => e.at });
 * const unpaid = pattern<Order>("unpaid").begin("placed").on("placed").notFollowedBy("payment").on("paid").within("2h"); // it was 1h
 * const changedPatterns: ChangedPatterns = { unpaid: "drain" };
 * service({ app: "shop", inputs: [orders], patterns: [unpaid], release: 2, changedPatterns }).release; // => 2
 */
export type ChangedPatterns = "drop" | "drain" | { readonly [pattern: string]: "drop" | "drain" };

/**
 * What `service` takes.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { service, type ServiceOptions, topic } from "sequitur/service";
 *
 * type Login = { type: "failed" | "ok"; user: string };
 * const guessing = pattern<Login>("guessing").begin("tries").on("failed").times(3).within("1m");
 * const inputs = [topic<Login>("logins", { key: (e) => e.user })] as const;
 * const options: ServiceOptions<typeof inputs, readonly [typeof guessing]> = { app: "security", inputs, patterns: [guessing] };
 * service(options).alerts.name; // => "security-alerts"
 */
export type ServiceOptions<Inputs extends readonly InputTopic[], Patterns extends readonly unknown[]> = {
  /** Names the service. Part of the ids of its alerts and of the default names of its topics. */
  readonly app: string;
  /** Every pattern sees the events of all of them. */
  readonly inputs: Inputs;
  /** Patterns, or patterns with options. Each must take every event that the inputs give. */
  readonly patterns: Patterns & { readonly [Index in keyof Patterns]: Fitting<Patterns[Index], EventIn<Inputs>> };
  /** Where alerts go. Default `<app>-alerts`. */
  readonly alerts?: OutputTopic;
  /** Where copies of events go that came too late. Default `<app>-late`. */
  readonly late?: OutputTopic;
  /** Where copies of bad records go, and reports of functions that threw and keys that passed a limit. Default `<app>-dead-letters`. */
  readonly deadLetters?: OutputTopic;
  /** How long a partition must be silent before time goes on without it. Default `"30s"`. */
  readonly idleAfter?: Duration;
  /**
   * What time follows while all partitions are silent: the clock, less `idleAfter` and `outOfOrderness`, or nothing. Default `"clock"`
   * if a pattern has something to report at a deadline, else `"hold"`.
   */
  readonly whenAllIdle?: "clock" | "hold";
  /** How far one topic may run ahead of the others in event time before it is read no further until they follow. Default `"1h"`. */
  readonly maxDrift?: Duration;
  /** How long reading or writing that fails is tried again before the service fails. Default `"5m"`. */
  readonly retryWithin?: Duration;
  /** How long a stop may take to match and send what was read. Default `"10s"`. */
  readonly stopWithin?: Duration;
  readonly limits?: Partial<ServiceLimits>;
  /**
   * Grows with every change of the patterns; a whole number from 1. Default 1. Goes into saved state: what was saved by a later release is
   * refused (`SUPERSEDED`), and so are other patterns under the same release (`DUPLICATE_APP`). Under a higher one, runs of patterns that
   * mean the same as before go on, those of changed and removed patterns become what `changedPatterns` says, and new patterns begin empty.
   * Without saved state, as on files, it changes nothing.
   */
  readonly release?: number;
  /** What becomes of open runs of patterns that this release has changed or left out. Default `"drop"`. */
  readonly changedPatterns?: ChangedPatterns;
  /** How to reach Kafka. What is left out comes from the environment or the command line; see `KafkaOptions`. */
  readonly kafka?: KafkaOptions;
};

/** The events of a list of inputs. */
type EventIn<Inputs extends readonly InputTopic[]> = Inputs[number] extends InputTopic<infer E> ? E : never;

type NotFitting = "the pattern cannot take every event that the inputs give: its event type must have all of theirs";

/** An entry of `patterns`, or why it does not fit. */
type Fitting<Entry, E> = Entry extends Pattern<never> | { readonly pattern: Pattern<never> }
  ? Entry extends Pattern<E> | PatternOptions<E>
    ? Entry
    : Refusal<NotFitting>
  : Refusal<"write a pattern, or { pattern, alerts, timedOut, limits }">;

/** How an input is read, every default filled in. */
export type InputDefinition = {
  readonly name: string;
  readonly key: KeySource;
  readonly time: TimeSource;
  /** Key and time as they were given, where they are read from the event. */
  readonly reading: Partial<Record<"key" | "keyOf" | "time" | "timeOf", (event: never) => unknown>>;
  readonly outOfOrdernessMs: number;
  readonly maxAheadMs: number;
  readonly schema: StandardSchema | null;
  readonly validate: "all" | "concerned";
  readonly decode: ((bytes: Uint8Array, headers: RecordHeaders) => unknown) | null;
  readonly onBadRecord: OnBadRecord;
};

/** A pattern of a service, every default filled in. */
export type PatternDefinition = {
  readonly pattern: Pattern;
  readonly alerts: OutputTopic;
  readonly timedOut: { readonly report: TimedOutReport; readonly topic: OutputTopic };
  readonly limits: MatcherLimits;
};

/**
 * A service as checked, frozen data: what `service` gives and `runService` takes.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type ServiceDefinition, service, topic } from "sequitur/service";
 *
 * const readings = topic<{ sensor: string; value: number }>("readings", { key: (e) => e.sensor });
 * const high = pattern<{ sensor: string; value: number }>("high").begin("a").where((e) => e.value.gt(90));
 * const definition: ServiceDefinition = service({ app: "plant", inputs: [readings], patterns: [high] });
 * definition.idleAfterMs; // => 30000
 */
export interface ServiceDefinition {
  readonly [SERVICE]: true;
  readonly app: string;
  readonly inputs: readonly InputDefinition[];
  readonly patterns: readonly PatternDefinition[];
  readonly alerts: OutputTopic;
  readonly late: OutputTopic;
  readonly deadLetters: OutputTopic;
  readonly idleAfterMs: number;
  readonly whenAllIdle: "clock" | "hold";
  readonly maxDriftMs: number;
  readonly retryWithinMs: number;
  readonly stopWithinMs: number;
  readonly limits: ServiceLimits;
  /** Grows with every change of the patterns. */
  readonly release: number;
  /** What becomes of open runs of patterns that this release has changed or left out, by name. */
  readonly changedPatterns: {
    readonly named: ReadonlyMap<string, "drop" | "drain">;
    readonly others: "drop" | "drain";
  };
  /** What the service file says of Kafka; `null`: nothing. */
  readonly kafka: KafkaSettings | null;
}

/**
 * Names a topic. With options it is one that is read: the options say how its records become events of type `E`. Without,
 * it is one that is written. A mistake in the options is told by `service`, together with all others.
 *
 * @example
 * import { topic } from "sequitur/service";
 *
 * type CardEvent = { type: "charge" | "block"; card: string; at: number };
 * const input = topic<CardEvent>("card-events", { key: (e) => e.card, time: (e) => e.at, outOfOrderness: "5s" });
 * const output = topic("card-alerts");
 * [input.name, output.name]; // => ["card-events", "card-alerts"]
 */
export function topic(name: string): OutputTopic;
export function topic<E>(name: string, options: InputOptions<E>): InputTopic<E>;
export function topic(name: string, options?: object): InputTopic | OutputTopic {
  return options === undefined
    ? Object.freeze({ [TOPIC]: "output" as const, name })
    : Object.freeze({ [TOPIC]: "input" as const, name, options });
}
