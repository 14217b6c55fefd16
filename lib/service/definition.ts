// What a service is: where events come from, which patterns they are matched against, and where alerts go. Plain
// frozen data; `run.ts` brings it to life, `check.ts` refuses what cannot work.

import type { StandardSchema } from "../event/schema.ts";
import type { KeyedMatcher, MatcherLimits, TimedOutReport } from "../matching/matcher.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { Headers } from "../runtime/ports.ts";

/** A length of time: milliseconds, or a number with a unit, such as `"500ms"`, `"30s"`, `"10m"`, `"12h"`, `"7d"`. */
export type Duration = number | string;

/** Carries types that exist only for the compiler. */
export declare const EVENT: unique symbol;

/** Recognises services even if two copies of this package are loaded. */
export const SERVICE: unique symbol = Symbol.for("sequitur.service") as typeof SERVICE;

/** A topic that is written. */
export interface OutputTopic {
  readonly kind: "output";
  readonly name: string;
}

/** A topic that is read, with how its records become events of type `E`. */
export interface InputTopic<E = unknown> {
  readonly kind: "input";
  readonly name: string;
  readonly options: InputOptions<E>;
  readonly [EVENT]?: E;
}

/** What to do with a record that cannot become an event. */
export type OnBadRecord = "deadLetter" | "fail" | "skip";

/** How the records of a topic become events. */
export type InputOptions<E> = {
  /** What events are grouped by, written like a condition: `(e) => e.card`, or `(e) => [e.shop, e.card]`. Default: the record's own key, as text. */
  readonly key?: unknown;
  /** The same as a plain function. Instead of `key`, not beside it. */
  readonly keyOf?: (event: E) => unknown;
  /**
   * When an event happened, written like a condition: `(e) => e.at`; milliseconds since 1970 or an ISO 8601 text.
   * `"record"`: the timestamp of the record. `"arrival"`: the same, but never going back within a partition; where records
   * have none, the time of reading. Default `"record"`.
   */
  readonly time?: unknown;
  /** The same as a plain function, in milliseconds since 1970. Instead of `time`, not beside it. */
  readonly timeOf?: (event: E) => number;
  /** How far events may come out of order within a partition and still count. Default `"0ms"`: they come in order. */
  readonly outOfOrderness?: Duration;
  /** Checks events, and may change them: any synchronous Standard Schema validator. Default: none. */
  readonly schema?: StandardSchema<E>;
  /** Which events `schema` sees: all, or only those whose tag some pattern can take. Default `"all"`. */
  readonly validate?: "all" | "concerned";
  /** Reads the bytes of a record. Default: JSON in UTF-8. */
  readonly decode?: (bytes: Uint8Array, headers: Headers) => E;
  /** How far in the future, seen from the time of reading, an event may be before it counts as broken. Default `"1h"`. */
  readonly maxAhead?: Duration;
  /** What to do with a record that cannot become an event. Default `"deadLetter"`. */
  readonly onBadRecord?: OnBadRecord;
};

/** A pattern with what is special about it in this service. */
export type PatternOptions<E = never> = {
  readonly pattern: Pattern<E, unknown, unknown>;
  /** Where its alerts go. Default: where those of the service go. */
  readonly alerts?: OutputTopic;
  /** What to do with runs whose `within` passes. Default: nothing. */
  readonly timedOut?: {
    /** Which of them are reported. Default `"longest"`. */
    readonly report?: TimedOutReport;
    /** Where they go. Default `<app>-timed-out`. */
    readonly topic?: OutputTopic;
  };
  /** How much this pattern may hold and report. Default: the limits of the service. */
  readonly limits?: Partial<MatcherLimits>;
};

/** How much a service may hold. */
export type ServiceLimits = MatcherLimits & {
  /** Longest record that is read, in bytes. Default 1 MiB. */
  readonly maxRecordBytes: number;
  /** Deepest nesting of arrays and objects that is read. Default 64. */
  readonly maxDepth: number;
  /** Bytes of records of one partition number waiting for their turn in time, before reading pauses. Default 64 MiB. */
  readonly maxReorderBytes: number;
  /** Bytes of records read and not yet looked at, before reading pauses. Default 16 MiB. */
  readonly maxQueuedBytes: number;
};

/** What `service` takes. */
export type ServiceOptions<Inputs extends readonly InputTopic<never>[], Patterns extends readonly unknown[]> = {
  /** Names the service; part of the ids of its alerts and of the default names of its topics. */
  readonly app: string;
  readonly inputs: Inputs;
  readonly patterns: Patterns;
  /** Where alerts go. Default `<app>-alerts`. */
  readonly alerts?: OutputTopic;
  /** Where events go that came too late. Default `<app>-late`. */
  readonly late?: OutputTopic;
  /** Where records go that are broken, and reports of functions that failed and keys that passed a limit. Default `<app>-dead-letters`. */
  readonly deadLetters?: OutputTopic;
  /** How long a partition must be silent before time goes on without it. Default `"30s"`. */
  readonly idleAfter?: Duration;
  /** What time follows while all partitions are silent: the clock, so that deadlines fire, or nothing. Default `"clock"` if a pattern can end by a deadline, else `"hold"`. */
  readonly whenAllIdle?: "clock" | "hold";
  /** How long a stop may take to finish what was read. Default `"10s"`. */
  readonly stopWithin?: Duration;
  readonly limits?: Partial<ServiceLimits>;
};

/** How an input is read, every default filled in. */
export type InputDefinition = {
  readonly name: string;
  readonly options: InputOptions<never>;
  readonly outOfOrdernessMs: number;
  readonly maxAheadMs: number;
  readonly validate: "all" | "concerned";
  readonly onBadRecord: OnBadRecord;
};

/** A pattern of a service, every default filled in. */
export type PatternDefinition = {
  readonly pattern: Pattern;
  readonly alerts: OutputTopic;
  readonly timedOut: { readonly report: TimedOutReport; readonly topic: OutputTopic };
  readonly limits: MatcherLimits;
};

/** A service as checked, frozen data. */
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
  readonly stopWithinMs: number;
  readonly limits: ServiceLimits;
}

/** Makes the matcher of a pattern. */
export type MakeMatcher = (app: string, pattern: PatternDefinition) => KeyedMatcher;
