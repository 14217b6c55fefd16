// Matching in process, without Kafka: what people use in tests, scripts and small services. These are its types.

import type { CompileOptions } from "../automaton/compile.ts";
import type { KeyOption, TimeOption } from "../event/extractor.ts";
import type { Key } from "../event/key.ts";
import type { Duration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";
import type {
  FunctionFailed,
  LimitReached,
  Match,
  MatcherLimits,
  MatcherState,
  MatcherStats,
  RunView,
  TimedOut,
  TimedOutReport,
} from "./matcher.ts";

/**
 * An event that could not be matched: it came too late, or has no key or no time.
 *
 * @example
 * import { createMatcher, pattern, type UnmatchedEvent } from "sequitur";
 *
 * const left: UnmatchedEvent<{ at: number }>[] = [];
 * const matcher = createMatcher(pattern<{ at: number }>("any").begin("one"), {
 *   time: (e) => e.at,
 *   onNotice: (notice) => notice.kind === "late" && left.push(notice),
 * });
 * matcher.push({ at: 2_000 });
 * matcher.push({ at: 1_000 });
 * left.map(({ kind, at, watermark }) => [kind, at, watermark]); // => [["late", 1000, 1999]]
 */
export type UnmatchedEvent<E> = {
  readonly kind: "late" | "noKey" | "noTime";
  readonly event: E;
  /** Its time; `null` if it has none. */
  readonly at: Instant | null;
  /** Events at or before this are late. */
  readonly watermark: Instant;
};

/**
 * What a matcher has to tell beside matches.
 *
 * @example
 * import { createMatcher, type Notice, pattern } from "sequitur";
 *
 * const notices: Notice[] = [];
 * const shipped = pattern<{ type: string; at: number }>("shipped").begin("order").next("parcel").within("1h");
 * const matcher = createMatcher(shipped, { time: (e) => e.at, timedOut: "all", onNotice: (notice) => notices.push(notice) });
 * matcher.push({ type: "order", at: 0 });
 * matcher.finish();
 * notices.map(({ kind }) => kind); // => ["timedOut"]
 */
export type Notice<E = unknown, M = unknown> = TimedOut<M> | LimitReached | FunctionFailed | UnmatchedEvent<E>;

/** Options of `createMatcher` that every pattern may have. */
export type CommonOptions<E, M> = {
  /** Part of the id of every match. Default "". */
  readonly app?: string;
  /** How the pattern is checked and compiled. */
  readonly compile?: CompileOptions;
  /** How much it may hold and report. */
  readonly limits?: Partial<MatcherLimits>;
  /** Which runs are told of when their `within` passes. Default `none`. */
  readonly timedOut?: TimedOutReport;
  /**
   * Is told all that is no match. Without it, events that are late or have no key or time are only counted (`stats`), and
   * `push` throws where a function of the pattern threw or a limit was passed: what that event matched is lost with it.
   */
  readonly onNotice?: (notice: Notice<E, M>) => void;
};

type WithKey<E> = KeyOption<E> | { readonly key?: never; readonly keyOf?: never };

type WithTime<E> = TimeOption<E> & {
  /** How far events may come out of order and still count. Default 0: they come in order. */
  readonly outOfOrderness?: Duration;
};

type WithoutTime = { readonly time?: never; readonly timeOf?: never; readonly outOfOrderness?: never };

/**
 * How to match events in process. Without `key` or `keyOf` all events form one sequence, with the key `""`. A pattern with
 * a time bound needs `time` or `timeOf`; without, instants count events: 1, 2, 3 …
 *
 * @example
 * import { type MatcherOptions } from "sequitur";
 *
 * const options: MatcherOptions<{ card: string; at: number }, unknown, true> = {
 *   key: (e) => e.card,
 *   time: (e) => e.at,
 *   outOfOrderness: "5s",
 * };
 * options.outOfOrderness; // => "5s"
 */
export type MatcherOptions<E, M, Timed extends boolean> = CommonOptions<E, M> &
  WithKey<E> &
  (Timed extends true ? WithTime<E> : WithTime<E> | WithoutTime);

/**
 * Counters and sizes of a matcher in process.
 *
 * @example
 * import { createMatcher, pattern, type ProcessStats } from "sequitur";
 *
 * const stats: ProcessStats = createMatcher(pattern<{ n: number }>("any").begin("one"), {}).stats();
 * stats.events; // => 0
 */
export type ProcessStats = MatcherStats & {
  readonly late: number;
  readonly withoutKey: number;
  readonly withoutTime: number;
  /** Events that wait for their turn in time. */
  readonly buffered: number;
};

/**
 * Finds a pattern in events as they are pushed.
 *
 * @example
 * import { createMatcher, type Matcher, type MatchOf, type ResultOf, pattern } from "sequitur";
 *
 * const pair = pattern<{ id: string }>("pair").begin("one").next("two");
 * const matcher: Matcher<{ id: string }, MatchOf<typeof pair>, ResultOf<typeof pair>> = createMatcher(pair, {});
 * matcher.push({ id: "a" }).length; // => 0
 * matcher.push({ id: "b" })[0]?.events; // => { one: { id: "a" }, two: { id: "b" } }
 */
export interface Matcher<E, M, R> {
  /**
   * Takes the next event, and gives the matches that are now certain, in order. The event is kept as it is, not copied: do not
   * change it afterwards. Of its time, fractions of a millisecond are cut off.
   *
   * @throws {LimitError} under the policy `fail`; see `onNotice`.
   */
  push(event: E): readonly Match<M, R>[];
  /** No event at or before `watermark` will come: gives what waited for that. Later ones at or before it are late. @throws {ConfigError} `BAD_INSTANT` */
  advanceTo(watermark: Instant): readonly Match<M, R>[];
  /** No event will come at all. What is pushed afterwards is late. */
  finish(): readonly Match<M, R>[];
  /** All it remembers, as plain data that survives JSON if the events do. */
  save(): MatcherState;
  /** Replaces all it remembers. @throws {CheckpointError} if `state` was saved by another pattern or kind of matcher, or is damaged; then nothing has changed. */
  restore(state: MatcherState): void;
  /** The open runs of a key, in order of their events. */
  inspect(key: Key): readonly RunView[];
  stats(): ProcessStats;
}
