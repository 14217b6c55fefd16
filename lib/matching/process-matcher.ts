// Reads key and time of each event, puts events in order of time, and hands them to a keyed matcher.
//
//     push(event) ─▶ time, key ─▶ late? ─▶ reorder buffer ─▶ keyed matcher ─▶ matches
//                                                                        └──▶ notices: all that is no match

import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { CheckpointError, ConfigError } from "../core/errors.ts";
import { anything, indexFrom, listOf, record, text, tuple } from "../core/shape.ts";
import {
  type Extractor,
  extractorNotGiven,
  type KeyOption,
  readKey,
  readTime,
  type TimeOption,
} from "../event/extractor.ts";
import { decodeKey, type EncodedKey, encodeKey, isKey, type Key } from "../event/key.ts";
import { isPattern, type Pattern } from "../pattern/pattern.ts";
import { type Duration, parseDuration } from "../time/duration.ts";
import {
  BEGINNING,
  END_OF_TIME,
  type Instant,
  MAX_INSTANT_MS,
  restoreInstant,
  type SavedInstant,
  savedInstant,
  saveInstant,
} from "../time/instant.ts";
import { createReorderBuffer, type Ranked, type ReorderBuffer } from "../time/reorder.ts";
import { createWatermark, type Watermark } from "../time/watermark.ts";
import { alarm } from "./alarm.ts";
import { createKeyedMatcher } from "./grouped-matcher.ts";
import type { KeyedMatcher, Match, MatcherState, Outcome, RunView } from "./matcher.ts";
import type { CommonOptions, Matcher, Notice, ProcessStats, UnmatchedEvent } from "./process.ts";
import { checkLimits, checkOptions } from "./process-options.ts";
import { after, digits, encodedKey, instant, requireShape } from "./saved-check.ts";

/** The options of any pattern, once the types have done their work. */
export type AnyOptions<E, M> = CommonOptions<E, M> &
  Partial<Record<"key" | "keyOf" | "time" | "timeOf", unknown>> & { readonly outOfOrderness?: Duration };

type Waiting<E> = Ranked & { readonly event: E; readonly key: Key };

const FORMAT = "sequitur-process-1";

/** What is saved beside the state of the keyed matcher. */
type Saved<E> = MatcherState & {
  readonly matcher: MatcherState;
  readonly arrivals: number;
  readonly newest: SavedInstant;
  readonly advancedTo: SavedInstant;
  readonly counters: Counters;
  readonly waiting: readonly (readonly [at: Instant, offset: string, key: EncodedKey, event: E])[];
};

type Counters = { late: number; withoutKey: number; withoutTime: number };

export class ProcessMatcher<E, M, R> implements Matcher<E, M, R> {
  readonly #matcher: KeyedMatcher;
  readonly #fingerprint: string;
  readonly #readKey: Extractor | null;
  readonly #readTime: Extractor | null;
  readonly #outOfOrdernessMs: number;
  readonly #onNotice: ((notice: Notice<E, M>) => void) | null;
  #watermark: Watermark;
  #buffer: ReorderBuffer<Waiting<E>> = createReorderBuffer();
  #advancedTo: Instant = BEGINNING;
  #arrivals = 0;
  #counters: Counters = { late: 0, withoutKey: 0, withoutTime: 0 };
  #isMatching = false;

  constructor(pattern: Pattern<E, M, R>, options: AnyOptions<E, M>) {
    if (!isPattern(pattern)) throw notAPattern(pattern);
    checkOptions(options);
    const automaton = compile(pattern, options.compile);
    const { app = "", timedOut = "none", onNotice = null, outOfOrderness = 0 } = options;
    const limits = checkLimits(options.limits);
    this.#matcher = createKeyedMatcher(automaton, { app, limits, timedOut, selector: pattern.selector });
    this.#fingerprint = automaton.fingerprint;
    this.#onNotice = onNotice;
    const isKeyed = options.key !== undefined || options.keyOf !== undefined;
    const isTimed = options.time !== undefined || options.timeOf !== undefined;
    if (!isTimed && isTimeBound(automaton)) throw extractorNotGiven("time");
    this.#readKey = isKeyed ? readKey(options as KeyOption<E>) : null;
    this.#readTime = isTimed ? readTime(options as TimeOption<E>) : null;
    this.#outOfOrdernessMs = parseDuration(outOfOrderness, "outOfOrderness");
    if (this.#outOfOrdernessMs < 0)
      throw new ConfigError(
        "BAD_DURATION",
        `outOfOrderness is ${outOfOrderness}: give a duration from 0, such as "5s".`,
      );
    this.#watermark = createWatermark(this.#outOfOrdernessMs);
  }

  push(event: E): readonly Match<M, R>[] {
    this.#refuseInside("push");
    this.#arrivals++;
    const at = this.#readTime === null ? this.#arrivals : wholeInstant(this.#read(this.#readTime, event));
    if (at === null) return this.#turnAway("noTime", event, null);
    const key = this.#readKey === null ? "" : this.#read(this.#readKey, event);
    if (!isKey(key)) return this.#turnAway("noKey", event, at);
    if (this.#watermark.observe(at) || at <= this.#advancedTo) return this.#turnAway("late", event, at);
    const waiting = { at, rank: 0, offset: BigInt(this.#arrivals - 1), key, event };
    // A restored matcher may have had to wait for events out of order, though this one need not.
    if (this.#outOfOrdernessMs === 0 && this.#buffer.size === 0) return this.#tell(this.#feed(waiting));
    this.#buffer.add(waiting);
    return this.#tell(this.#drain(this.#watermark.at));
  }

  advanceTo(watermark: Instant): readonly Match<M, R>[] {
    this.#refuseInside("advanceTo");
    if (typeof watermark !== "number" || Number.isNaN(watermark)) throw notAnInstant(watermark);
    this.#advancedTo = Math.max(this.#advancedTo, watermark);
    return this.#tell(this.#drain(watermark));
  }

  finish(): readonly Match<M, R>[] {
    return this.advanceTo(END_OF_TIME);
  }

  save(): MatcherState {
    this.#refuseInside("save");
    const saved: Saved<E> = {
      format: FORMAT,
      fingerprint: this.#fingerprint,
      matcher: this.#matcher.save(),
      arrivals: this.#arrivals,
      newest: saveInstant(this.#watermark.newest),
      // What is late now stays late, whatever outOfOrderness the restored matcher has.
      advancedTo: saveInstant(Math.max(this.#advancedTo, this.#watermark.at)),
      counters: { ...this.#counters },
      waiting: [...this.#buffer.entries()].map(({ at, offset, key, event }) => [
        at,
        `${offset}`,
        encodeKey(key),
        event,
      ]),
    };
    return saved;
  }

  restore(state: MatcherState): void {
    this.#refuseInside("restore");
    if (state?.format !== FORMAT) {
      throw new CheckpointError(
        "UNKNOWN_FORMAT",
        `The state has the format ${String(state?.format)}; createMatcher of this version reads ${FORMAT}. Restore it with what saved it.`,
      );
    }
    requireShape(SAVED, state, "$");
    const saved = state as Saved<E>;
    const advancedTo = restoreInstant(saved.advancedTo);
    const stillToCome = after(advancedTo);
    for (const [index, [at]] of saved.waiting.entries()) requireShape(stillToCome, at, `$.waiting[${index}][0]`);
    this.#matcher.restore(saved.matcher);
    this.#arrivals = saved.arrivals;
    this.#watermark = createWatermark(this.#outOfOrdernessMs);
    this.#watermark.observe(restoreInstant(saved.newest));
    this.#advancedTo = advancedTo;
    this.#counters = { ...saved.counters };
    this.#buffer = createReorderBuffer();
    for (const [at, offset, key, event] of saved.waiting) {
      this.#buffer.add({ at, rank: 0, offset: BigInt(offset), key: decodeKey(key), event });
    }
  }

  inspect(key: Key): readonly RunView[] {
    this.#refuseInside("inspect");
    return this.#matcher.inspect(key);
  }

  stats(): ProcessStats {
    this.#refuseInside("stats");
    return { ...this.#matcher.stats(), ...this.#counters, buffered: this.#buffer.size };
  }

  #drain(watermark: Instant): readonly Outcome[] {
    const outcomes: Outcome[] = [];
    for (let next = this.#buffer.take(watermark); next !== null; next = this.#buffer.take(watermark)) {
      for (const outcome of this.#feed(next)) outcomes.push(outcome);
    }
    return [...outcomes, ...this.#match(() => this.#matcher.advanceTo(watermark))];
  }

  #feed({ key, at, offset, event }: Waiting<E>): readonly Outcome[] {
    return this.#match(() =>
      this.#matcher.onEvent(key, { value: event, at, origin: { topic: "", partition: 0, offset } }),
    );
  }

  #read({ expr, read }: Extractor, event: E): unknown {
    return expr === null ? this.#match(() => read(event as object)) : read(event as object);
  }

  #match<T>(act: () => T): T {
    this.#isMatching = true;
    try {
      return act();
    } finally {
      this.#isMatching = false;
    }
  }

  /** Functions that are given must be pure: one that uses the matcher that calls it would find it between two states. */
  #refuseInside(method: string): void {
    if (!this.#isMatching) return;
    const message = `${method} was called by a function of the pattern or its options, in filter, select, keyOf or timeOf: collect what it needs, and call ${method} afterwards.`;
    throw new ConfigError("CALLED_WHILE_MATCHING", message);
  }

  #turnAway(kind: UnmatchedEvent<E>["kind"], event: E, at: Instant | null): readonly Match<M, R>[] {
    this.#counters[COUNTER_OF[kind]]++;
    this.#onNotice?.({ kind, event, at, watermark: Math.max(this.#watermark.at, this.#advancedTo) });
    return [];
  }

  #tell(outcomes: readonly Outcome[]): readonly Match<M, R>[] {
    const matches: Match<M, R>[] = [];
    for (const outcome of outcomes) {
      if (outcome.kind === "match") matches.push(outcome as Match<M, R>);
      else if (this.#onNotice !== null) this.#onNotice(outcome as Notice<E, M>);
      else if (outcome.kind !== "timedOut") throw alarm(outcome);
    }
    return matches;
  }
}

const COUNTER_OF = { late: "late", noKey: "withoutKey", noTime: "withoutTime" } as const;

const count = indexFrom(0);
const SAVED = record({
  matcher: record({ format: text, fingerprint: text }),
  arrivals: count,
  newest: savedInstant,
  advancedTo: savedInstant,
  counters: record({ late: count, withoutKey: count, withoutTime: count }),
  waiting: listOf(tuple(instant, digits, encodedKey, anything)),
});

/** Instants are whole milliseconds that a `Date` can hold; what is read may be anything. */
function wholeInstant(value: unknown): Instant | null {
  if (typeof value !== "number" || !(Math.abs(value) <= MAX_INSTANT_MS)) return null;
  return Math.floor(value);
}

function notAnInstant(given: unknown): ConfigError {
  return new ConfigError(
    "BAD_INSTANT",
    `advanceTo was given ${typeof given === "number" ? given : `a ${typeof given}`}: give milliseconds since 1970.`,
  );
}

function notAPattern(given: unknown): ConfigError {
  const what = given === null ? "null" : typeof given === "object" ? "an object" : `a ${typeof given}`;
  return new ConfigError(
    "NOT_A_PATTERN",
    `A matcher was to be made of ${what}: give it a pattern, made with pattern("name").begin(…), or with fromJSON of JSON data.`,
  );
}

/** Whether time alone can end a run or hold back a match. */
function isTimeBound({ pattern, waits }: Automaton): boolean {
  const ownClock = waits.some(({ gapMs, forMs }) => gapMs !== null || forMs !== null);
  return ownClock || pattern.withinMs !== null || pattern.oncePerMs !== null;
}
