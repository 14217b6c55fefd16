// Arbitraries made from a pattern: streams that match, nearly match, have nothing to do with it, and all of that mixed.
//
//     pattern ─▶ automaton ─▶ ways ─┐
//     event, schema ─▶ palettes ────┼─▶ plan ─ act out ─▶ stream ─ matcher: does it match? ─▶ matching, nearMisses
//     choices of fast-check ────────┘

import type fc from "fast-check";
import type { Pattern } from "../pattern/pattern.ts";
import { type Duration, parseDuration } from "../time/duration.ts";
import type { Acted } from "./act.ts";
import { arrivalsIn, type Bounds, type JourneyStep, journeysIn } from "./journey.ts";
import type { AnyKitOptions, KitOptions } from "./options.ts";
import { type Stream, showing, streamOf, timeLine } from "./stream.ts";
import { anyIn, freeIn, matchingIn, nearMissesIn, theaterOf } from "./theater.ts";

/**
 * A stream without a match, and the one with a match that it was made of by one change.
 *
 * @example
 * import fc from "fast-check";
 * import { pattern } from "sequitur";
 * import { type AlmostStream, eventsFor } from "sequitur/testing";
 *
 * const high = pattern<{ value: number }>("high").begin("peak").where((e) => e.value.gt(90));
 * const [miss]: AlmostStream<{ value: number }>[] = fc.sample(eventsFor(high, {}).nearMisses, { numRuns: 1, seed: 1 });
 * miss?.of; // => "peak"
 */
export type AlmostStream<E> = {
  readonly events: Stream<E>;
  /** The step or absence that is missed, or `within`. */
  readonly of: string;
  /** What was changed, such as `amount is 2 instead of 1`. */
  readonly change: string;
  readonly before: Stream<E>;
};

/**
 * Events in order of time, and as they arrive.
 *
 * @example
 * import fc from "fast-check";
 * import { pattern } from "sequitur";
 * import { type Arriving, eventsFor } from "sequitur/testing";
 *
 * type Tick = { n: number; at: number };
 * const streams = eventsFor(pattern<Tick>("two").begin("a").next("b").within("1m"), { time: (e) => e.at });
 * const [one]: Arriving<Tick>[] = fc.sample(streams.arriving({ outOfOrderness: "5s" }), { numRuns: 1, seed: 1 });
 * one?.arriving.length === one?.events.length; // => true
 */
export type Arriving<E> = {
  readonly events: Stream<E>;
  /** The same in order of arrival; some of them twice or too late, if that was asked for. */
  readonly arriving: Stream<E>;
  /** Those that come too late. */
  readonly late: Stream<E>;
};

/**
 * What may happen to events on their way.
 *
 * @example
 * import type { ArrivingOptions } from "sequitur/testing";
 *
 * const options: ArrivingOptions = { outOfOrderness: "5s", twice: true };
 * options.outOfOrderness; // => "5s"
 */
export type ArrivingOptions = {
  /** How far they come out of order. Events of the same time keep their order. */
  readonly outOfOrderness: Duration;
  /** Whether some come twice. Default: none do. */
  readonly twice?: boolean;
  /** Whether some come too late: behind one that is newer by more than `outOfOrderness`. Default: none do. */
  readonly late?: boolean;
};

/**
 * Streams made from a pattern, as fast-check arbitraries. Events come in order of time.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { eventsFor, type EventsFor } from "sequitur/testing";
 *
 * const streams: EventsFor<{ value: number }> = eventsFor(pattern<{ value: number }>("any").begin("one"), {});
 * Object.keys(streams); // => ["matching", "nearMisses", "unrelated", "any", "arriving", "journeys"]
 */
export interface EventsFor<E> {
  /** At least one match; events of other keys, and such that may pass, stand in between. */
  readonly matching: fc.Arbitrary<Stream<E>>;
  /** No match, but one change away from one. */
  readonly nearMisses: fc.Arbitrary<AlmostStream<E>>;
  /** Events that no condition wants; empty streams where every event is wanted. */
  readonly unrelated: fc.Arbitrary<Stream<E>>;
  /** All of it mixed: runs of several keys that go on, are disturbed, come too late. For what has to hold of every stream. */
  readonly any: fc.Arbitrary<Stream<E>>;
  /** Streams as of `any` that arrive out of order, twice or too late. Needs `time`. @throws {ConfigError} `BAD_DURATION` */
  arriving(options: ArrivingOptions): fc.Arbitrary<Arriving<E>>;
  /** The same for a driven service, with restarts and silence at any point: for `play` of a driver. @throws {ConfigError} `BAD_DURATION` */
  journeys(options: ArrivingOptions): fc.Arbitrary<readonly JourneyStep<E>[]>;
}

/**
 * Arbitraries made from the conditions of a pattern and from `event` or `schema`. Use them with `fc.assert(fc.property(…))` under any
 * test runner; a report of fast-check shows seed, path and the smallest stream as a time line.
 *
 * Cost of a stream: some thousand conditions evaluated, and a run of a matcher.
 *
 * @throws {PatternError} with all problems of the pattern.
 * @throws {ConfigError} as `createMatcher`; `PLACE_NOT_GIVEN`, `SCHEMA_NOT_UNDERSTOOD`, `NO_EVENT`, `NO_KEY`. While streams are drawn:
 *   `NOT_PLACED`; `NO_STREAM` where none was found that matches, or nearly does.
 *
 * @example
 * import fc from "fast-check";
 * import { matchAll, pattern } from "sequitur";
 * import { eventsFor } from "sequitur/testing";
 *
 * type Login = { type: "failed" | "ok"; user: string; at: number };
 * const guessed = pattern<Login>("guessed")
 *   .begin("tries").on("failed").times(2)
 *   .followedBy("success").on("ok")
 *   .within("1m");
 * const streams = eventsFor(guessed, { key: (e) => e.user, time: (e) => e.at });
 * const matches = (events: readonly Login[]) => [...matchAll(guessed, events, { key: (e) => e.user, time: (e) => e.at })].length;
 *
 * fc.assert(fc.property(streams.matching, (events) => matches(events) > 0));
 * fc.assert(fc.property(streams.nearMisses, ({ events, before }) => matches(events) === 0 && matches(before) > 0));
 */
export function eventsFor<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  options: KitOptions<NoInfer<E>, M, Timed>,
): EventsFor<E> {
  const theater = theaterOf(pattern as Pattern, options as unknown as AnyKitOptions);
  const { isTimed } = theater.stage.placing;
  const show = (events: readonly Acted[]): Stream<E> => streamOf<E>(events, isTimed);
  return {
    matching: matchingIn(theater).map(show),
    nearMisses: nearMissesIn(theater).map(({ of, change, events, before }) => {
      const marks = events.map((event) => (before.includes(event) ? "" : "✗"));
      return showing(
        { events: show(events), of, change, before: show(before) },
        () => `\n${[`${of}: ${change}`, ...timeLine(events, isTimed, marks)].join("\n")}\n`,
      );
    }),
    unrelated: freeIn(theater, "unrelated").map(show),
    any: anyIn(theater).map(show),
    arriving: (how) =>
      arrivalsIn(theater, boundsOf(how)).map(({ events, arriving, late }) => {
        const marks = arriving.map((event) => (late.includes(event) ? "late" : ""));
        return showing(
          { events: show(events), arriving: show(arriving), late: show(late) },
          () => `\n${timeLine(arriving, isTimed, marks).join("\n")}\n`,
        );
      }),
    journeys: (how) => journeysIn<E>(theater, boundsOf(how)),
  };
}

function boundsOf({ outOfOrderness, twice = false, late = false }: ArrivingOptions): Bounds {
  return { boundMs: parseDuration(outOfOrderness, "outOfOrderness"), twice, late };
}
