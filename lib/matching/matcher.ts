// What every matcher is to those who use one: the narrow interface between matching and the rest of the house.
//
//     onEvent(key, event) ──▶ outcomes        events of one key in order of (time, arrival)
//     advanceTo(watermark) ─▶ outcomes        time passes without an event: deadlines fire
//     save() ─▶ plain data ─▶ restore()       goes on exactly as if nothing had happened
//
// A matcher has no clock and does no I/O. What it returns is a function of the calls so far.

import type { Refuse } from "../core/bytes.ts";
import type { EncodedKey, Key } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";

/**
 * Where an event came from. In process: topic "", partition 0, and the number of the event in order of arrival from 0.
 *
 * @example
 * import { matchAll, type Origin, pattern } from "sequitur";
 *
 * const [match] = matchAll(pattern<{ id: string }>("any").begin("one"), [{ id: "a" }], {});
 * const origin: Origin | undefined = match?.taken[0]?.origin;
 * origin; // => { topic: "", partition: 0, offset: 0n }
 */
export type Origin = { readonly topic: string; readonly partition: number; readonly offset: bigint };

/** An event on its way into a matcher. */
export type TimedEvent = { readonly value: unknown; readonly at: Instant; readonly origin: Origin };

/**
 * One event of a match: which step took it, as which of the step's events (from 0).
 *
 * @example
 * import { matchAll, pattern, type TakenEvent } from "sequitur";
 *
 * const [match] = matchAll(pattern<{ id: string }>("two").begin("both").times(2), [{ id: "a" }, { id: "b" }], {});
 * const taken: readonly TakenEvent[] = match?.taken ?? [];
 * taken.map(({ step, index }) => `${step} ${index}`); // => ["both 0", "both 1"]
 */
export type TakenEvent = TimedEvent & { readonly step: string; readonly index: number };

type MatchData<M> = {
  /** Deterministic: the same in every run, on every machine; different whenever the events or their steps differ. 32 hex digits. */
  readonly id: string;
  readonly pattern: string;
  readonly version: number;
  readonly key: Key;
  /** When it is reported: the time of the event that completed it, or its deadline. */
  readonly at: Instant;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** The events by step, in the shape that `select` sees. */
  readonly events: M;
  /** The same events in the order they were taken, with step, time and origin. */
  readonly taken: readonly TakenEvent[];
};

/**
 * A pattern was completed.
 *
 * @example
 * import { type Match, matchAll, pattern } from "sequitur";
 *
 * const pair = pattern<{ n: number }>("pair").begin("one").next("two").select((m) => m.one.n + m.two.n);
 * const [match]: Match<{ one: { n: number }; two: { n: number } }, number>[] = [...matchAll(pair, [{ n: 1 }, { n: 2 }], {})];
 * match?.events; // => { one: { n: 1 }, two: { n: 2 } }
 * match?.value; // => 3
 */
export type Match<M = unknown, R = unknown> = MatchData<M> & {
  readonly kind: "match";
  /** What `select` made of the events; without `select`, the events. */
  readonly value: R;
};

/**
 * A run that could still have become a match passed its `within` deadline. Reported only if asked for.
 *
 * @example
 * import { createMatcher, pattern, type TimedOut } from "sequitur";
 *
 * const missed: TimedOut[] = [];
 * const paid = pattern<{ type: string; at: number }>("paid").begin("order").followedBy("payment").within("1h");
 * const matcher = createMatcher(paid, {
 *   time: (e) => e.at,
 *   timedOut: "all",
 *   onNotice: (notice) => notice.kind === "timedOut" && missed.push(notice),
 * });
 * matcher.push({ type: "order", at: 0 });
 * matcher.advanceTo(3_600_000);
 * missed.map(({ at, events }) => [at, events]); // => [[3600000, { order: { type: "order", at: 0 }, payment: undefined }]]
 */
export type TimedOut<M = unknown> = MatchData<M> & { readonly kind: "timedOut" };

/**
 * A limit was passed; `key` is whose runs were dropped, or whose matches not built.
 *
 * @example
 * import { createMatcher, type LimitReached, pattern } from "sequitur";
 *
 * const reached: LimitReached[] = [];
 * const matcher = createMatcher(pattern<{ id: string }>("pair").begin("one").followedBy("two").filter((e) => e.id === "end"), {
 *   limits: { maxRunsPerKey: 2 },
 *   onNotice: (notice) => notice.kind === "limitReached" && reached.push(notice),
 * });
 * for (const id of ["a", "b", "c"]) matcher.push({ id });
 * reached.map(({ limit, action, count }) => [limit, action, count]); // => [["maxRunsPerKey", "quarantined", 3]]
 */
export type LimitReached = {
  readonly kind: "limitReached";
  readonly pattern: string;
  readonly key: Key;
  readonly at: Instant;
  readonly limit: "maxRunsPerKey" | "maxNodesPerKey" | "maxMatchesPerEvent" | "maxKeys" | "maxStateBytes";
  /** What the limit was set to. */
  readonly max: number;
  /** What was done: all runs of the key dropped, the oldest dropped, or matches not built. */
  readonly action: "quarantined" | "droppedOldest" | "matchesNotBuilt";
  /** How many runs were dropped, or matches not built. */
  readonly count: number;
};

/**
 * A user's function threw. In `filter` the condition counts as false in a step and as true in an absence or `until`; in `select` the match is left out.
 *
 * @example
 * import { createMatcher, type FunctionFailed, pattern } from "sequitur";
 *
 * const failed: FunctionFailed[] = [];
 * const long = pattern<{ name?: string }>("long").begin("one").filter((e) => (e.name as string).length > 3);
 * const matcher = createMatcher(long, { onNotice: (notice) => notice.kind === "functionFailed" && failed.push(notice) });
 * matcher.push({});
 * failed.map(({ where, step }) => [where, step]); // => [["filter", "one"]]
 */
export type FunctionFailed = {
  readonly kind: "functionFailed";
  readonly pattern: string;
  readonly key: Key;
  readonly at: Instant;
  readonly where: "filter" | "select";
  /** The step or absence whose condition it is; of `select`: "". */
  readonly step: string;
  readonly message: string;
  readonly stack: string;
  /** Of `filter`: the event being looked at. Of `select`: the last event of the match. */
  readonly origin: Origin;
};

export type Outcome<M = unknown, R = unknown> = Match<M, R> | TimedOut<M> | LimitReached | FunctionFailed;

/**
 * What to do when a limit on what is held is passed: drop all runs of the key at hand; drop them and throw; or drop those with the
 * earliest first event, under a limit on all keys together whole keys.
 *
 * @example
 * import { type LimitPolicy } from "sequitur";
 *
 * const gentle: LimitPolicy = "dropOldest";
 * gentle; // => "dropOldest"
 */
export type LimitPolicy = "quarantine" | "fail" | "dropOldest";

/**
 * How much one matcher may hold and report.
 *
 * @example
 * import { type MatcherLimits } from "sequitur";
 *
 * const tight: Partial<MatcherLimits> = { maxRunsPerKey: 100, onLimit: "dropOldest" };
 * tight.maxRunsPerKey; // => 100
 */
export type MatcherLimits = {
  /** Open runs of one key. Default 10,000. */
  readonly maxRunsPerKey: number;
  /** Taken events held for the open runs of one key, shared ones counted once. Default 100,000. */
  readonly maxNodesPerKey: number;
  /**
   * Matches reported at one event or deadline of a key; those with the latest first events are kept, and where these are equal the
   * first in order; of more than a hundred beyond the limit that share their first event, some. Default 1,000.
   */
  readonly maxMatchesPerEvent: number;
  /** Keys of which anything is held: open runs, or that `oncePer` keeps them quiet. Default 10,000,000. */
  readonly maxKeys: number;
  /**
   * Bytes of memory that the open runs of all keys take, events included. An estimate: one event in a few is looked into, and some of
   * what is dead may count. Default 1 GiB.
   */
  readonly maxStateBytes: number;
  /** What happens when a limit on what is held is passed. Default `quarantine`. */
  readonly onLimit: LimitPolicy;
};

/**
 * Which timed-out runs are reported: `none`; none, but they are counted; of each first event the one with the most events; all.
 *
 * @example
 * import { type TimedOutReport } from "sequitur";
 *
 * const report: TimedOutReport = "longest";
 * report; // => "longest"
 */
export type TimedOutReport = "none" | "count" | "longest" | "all";

/**
 * An open run, for people.
 *
 * @example
 * import { createMatcher, pattern, type RunView } from "sequitur";
 *
 * const matcher = createMatcher(pattern<{ id: string }>("pair").begin("one").next("two"), {});
 * matcher.push({ id: "a" });
 * const runs: readonly RunView[] = matcher.inspect("");
 * runs.map(({ taken, waitsFor }) => [taken.length, waitsFor]); // => [[1, ["two"]]]
 */
export type RunView = {
  readonly firstAt: Instant;
  /** When time alone ends it or makes it a match; `null`: never. */
  readonly deadline: Instant | null;
  readonly taken: readonly TakenEvent[];
  /** Steps it waits for, in the order of the pattern; "" stands for the end of the pattern: something is owed until then. */
  readonly waitsFor: readonly string[];
};

/**
 * Counters since the matcher was made (they are saved and restored), and what it holds now.
 *
 * @example
 * import { createMatcher, type MatcherStats, pattern } from "sequitur";
 *
 * const matcher = createMatcher(pattern<{ id: string }>("pair").begin("one").next("two"), {});
 * matcher.push({ id: "a" });
 * const { events, runs, matches }: MatcherStats = matcher.stats();
 * [events, runs, matches]; // => [1, 1, 0]
 */
export type MatcherStats = {
  readonly events: number;
  readonly matches: number;
  /** Timed-out runs that were reported, or under `count` would have been. */
  readonly timedOut: number;
  /** Matches suppressed by `oncePer`. */
  readonly suppressed: number;
  /** Matches and runs dropped by limits. */
  readonly dropped: number;
  /** Times a user's function threw, at most once per event. */
  readonly failures: number;
  readonly keys: number;
  readonly runs: number;
  readonly nodes: number;
  /** Bytes that all of it takes; an estimate, and what `maxStateBytes` is about. */
  readonly stateBytes: number;
  /** Time of the oldest first event among the open runs; `null`: none is open. */
  readonly oldestFirstAt: Instant | null;
};

/** What of the statistics a running service shows. */
export type MatcherCounts = Omit<MatcherStats, "nodes" | "stateBytes">;

/** What of these is counted, not held. */
export type MatcherCounters = Omit<MatcherCounts, "keys" | "runs" | "oldestFirstAt">;

/**
 * Plain data that survives JSON if the events do. Its inside belongs to the matcher that made it.
 *
 * @example
 * import { createMatcher, type MatcherState, pattern } from "sequitur";
 *
 * const pair = pattern<{ id: string }>("pair").begin("one").next("two");
 * const before = createMatcher(pair, {});
 * before.push({ id: "a" });
 * const state: MatcherState = JSON.parse(JSON.stringify(before.save()));
 * const after = createMatcher(pair, {});
 * after.restore(state);
 * after.push({ id: "b" }).map(({ events }) => events); // => [{ one: { id: "a" }, two: { id: "b" } }]
 */
export type MatcherState = { readonly format: string; readonly fingerprint: string; readonly [field: string]: unknown };

/** Some keys and what is known of each, as bytes (row-writer.ts); beside them keys and events, each once, in the order in which the bytes need them. */
export type SavedRows = { readonly bytes: Uint8Array; readonly values: readonly unknown[] };

/** Where a matcher keeps what it knows of a key; means nothing any more once an event has come or time has passed. */
export type RowPlace = number;

/**
 * How a matcher is saved and restored piece by piece: what it knows of all keys takes too long for one. Between the pieces neither
 * events come nor time passes; whatever else is asked of the matcher is.
 */
export interface Saving {
  /** What a state has beside its rows: time and counters. */
  head(): MatcherState;
  /** Keys that changed, and encoded those that are gone, since the last call or since `track`; the first time, all there are. From then on changes are remembered. */
  takeChanges(): { readonly rows: readonly RowPlace[]; readonly gone: readonly EncodedKey[] };
  /** The keys on a page. Cost: those. */
  rowsOn(page: number): readonly RowPlace[];
  /** The page of a key: `pageOf` in saving.ts. */
  pageOf(row: RowPlace): number;
  /** The first few hundred of `rows`, from the index `from` on; those of which nothing lives any more are gone. `next`: where to go on. */
  saveRows(rows: readonly RowPlace[], from: number): SavedRows & { readonly next: number };
  /** Replaces everything by a state without keys. @throws {CheckpointError} `UNKNOWN_FORMAT`, `OTHER_PATTERN`, `BROKEN_STATE` */
  restoreHead(head: MatcherState): void;
  /** Adds the keys that are wanted; none may be known. @throws what `refuse` makes, and then what is left is of no use. */
  restoreRows(saved: SavedRows, isWanted: (key: Key) => boolean, refuse: Refuse): void;
  /** From here on changes are remembered. */
  track(): void;
}

/** How a keyed matcher is made. */
export type KeyedMatcherOptions = {
  /** Part of the identity of every match, so that two services never share one. Default "". */
  readonly app?: string;
  /** The function given to `select`; `null`: a match's value is its events. Default `null`. */
  readonly selector?: ((match: never) => unknown) | null;
  readonly limits?: Partial<MatcherLimits>;
  /** Which timed-out runs are reported. Default `none`. */
  readonly timedOut?: TimedOutReport;
};

/** What costs memory or time, and changes next to nothing else; small values are for specs. */
export type Tuning = {
  /** States that are remembered. */
  readonly maxStates?: number;
  /** Records from which on a key's memory is compacted at every turn. By default it is when its block is full. */
  readonly trimFrom?: number;
  /** From this number on, the events of a key are numbered anew. Default 2 ** 30. */
  readonly lastNumber?: number;
  /** Matches that share their first event, beyond `maxMatchesPerEvent`, among which the first in order are looked for. Default 100. */
  readonly mostAlike?: number;
};

/** Walks one pattern's automaton for many keys. */
export interface KeyedMatcher {
  /** Takes the next event of `key`. Events come in order of time over all keys; due deadlines of all keys fire first. @throws {LimitError} under the policy `fail`. */
  onEvent(key: Key, event: TimedEvent): readonly Outcome[];
  /** No event with a time ≤ `watermark` will come: fires all deadlines ≤ it, in order. Going back in time does nothing. */
  advanceTo(watermark: Instant): readonly Outcome[];
  save(): MatcherState;
  /** Replaces everything by `state`. @throws {CheckpointError} if `state` was made by another pattern or format, or is damaged; then nothing has changed. */
  restore(state: MatcherState): void;
  /** The same in pieces. */
  readonly saving: Saving;
  /** The open runs of a key, oldest first event first. */
  inspect(key: Key): readonly RunView[];
  /** Cost: a walk over all that open runs hold. */
  stats(): MatcherStats;
  /** The same without `nodes` and bytes. Cost: constant, and what was in keys in which runs have died since it was asked last; the first time, all keys. */
  counts(): MatcherCounts;
  /** The same without what it holds: no key is looked at, now or later. As they are now. */
  readonly counters: MatcherCounters;
  /** Until then `advanceTo` says nothing, and no deadline fires; `END_OF_TIME`: none is set. It may be too early. Cost: constant. */
  nextDue(): Instant;
  /** Whether a run may be open at `at` if no event comes until then; if not, nothing is said before one begins. Cost: constant. */
  mayHaveRuns(at: Instant): boolean;
  /** Whether it knows anything of `key`; if not, an event of the key can do nothing but begin a run. Cost: a look-up. */
  holds(key: Key): boolean;
  /** The keys that it knows anything of. */
  keys(): Iterable<Key>;
  /**
   * Does what `onEvent` would have done with so many events, the last of them at `at`, that change nothing: time goes to `at`, so
   * deadlines fire, and the events are counted. More events of that time may come.
   */
  skip(events: number, at: Instant): readonly Outcome[];
}
