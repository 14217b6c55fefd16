// What streams of one pattern are made with, and the arbitraries of what is acted out.
//
// What a stream is said to be is decided by a matcher at the end. One that failed to become that gives way to the plainest
// stream that is so; shrinking leads there, too.

import fc from "fast-check";
import type { Wait } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { ConfigError } from "../core/errors.ts";
import { createMatcher } from "../matching/create-matcher.ts";
import type { MatcherOptions } from "../matching/process.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { type Acted, actOut, actOutToEnd, type Move, type MoveKind, type Stage } from "./act.ts";
import { hasMatch, waysThrough } from "./example.ts";
import { createEventMaker } from "./make-event.ts";
import { type AnyKitOptions, matcherOptions } from "./options.ts";
import { type Making, makingOf, type Palette } from "./palette.ts";
import { placingOf } from "./placing.ts";
import { type Canvas, type Spoilt, spoilAbsence, spoilGaps, spoilStep, spoilWindow } from "./spoil.ts";

/** What streams of one pattern are made with. */
export type Theater = {
  readonly stage: Stage;
  readonly making: Making;
  /** The shortest ways to a match. */
  readonly ways: readonly (readonly Wait[])[];
};

const MAX_WAYS = 24;
const MAX_MOVES = 12;
/** Spoilt streams that are tried of each kind. */
const MAX_SPOILT = 12;
/** Palettes with which the plainest stream is looked for. */
const PALETTES = 20;

export function theaterOf(pattern: Pattern, options: AnyKitOptions): Theater {
  createMatcher(pattern, matcherOptions(options) as MatcherOptions<never, unknown, boolean>);
  const automaton = compile(pattern);
  const placing = placingOf(options);
  const making = makingOf(automaton, options, placing);
  const maker = createEventMaker(automaton, placing, making);
  const ways: (readonly Wait[])[] = [];
  for (const way of waysThrough(automaton, null)) if (ways.push(way) === MAX_WAYS) break;
  return { stage: { automaton, placing, maker, startAt: options.startAt ?? 0 }, making, ways };
}

const KINDS: readonly MoveKind[] = [
  ...["advance", "advance", "advance", "advance"],
  ...["unrelated", "asItIs", "almost", "forbidden"],
] as readonly MoveKind[];

const choice: fc.Arbitrary<number> = fc.nat({ max: 11 });

const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    key: fc.constantFrom(0, 0, 0, 1, 2),
    wait: choice,
    moment: choice,
    event: choice,
    values: fc.array(choice, { maxLength: 4 }),
  }),
  { maxLength: MAX_MOVES },
);

/** No key is led anywhere. */
export function freeIn({ stage, making }: Theater, kind: MoveKind | null): fc.Arbitrary<readonly Acted[]> {
  return fc
    .tuple(making.palettes, moves)
    .map(([palette, all]) =>
      actOut(stage, { palette, way: null, moves: kind === null ? all : all.map((move) => ({ ...move, kind })) }),
    );
}

/** Free, led to a match if that is possible, or led to one that is then spoilt. */
export function anyIn(theater: Theater): fc.Arbitrary<readonly Acted[]> {
  const { stage, making } = theater;
  const led = fc
    .tuple(making.palettes, choice, moves, fc.option(choice, { freq: 1 }))
    .map(([palette, way, all, how]) => {
      const events = ledTo(theater, palette, way, all);
      if (events === null) return actOut(stage, { palette, way: null, moves: all });
      return (how === null ? null : missOf(theater, palette, events, how)?.events) ?? events;
    });
  return fc.oneof(freeIn(theater, null), led);
}

export function matchingIn(theater: Theater): fc.Arbitrary<readonly Acted[]> {
  const plainest = once(() => plainestOf(theater));
  return fc
    .tuple(theater.making.palettes, choice, moves)
    .map(([palette, way, all]) => ledTo(theater, palette, way, all) ?? plainest().events);
}

export type Almost = Spoilt<Acted> & { readonly before: readonly Acted[] };

export function nearMissesIn(theater: Theater): fc.Arbitrary<Almost> {
  const plainest = once(() => plainestMissOf(theater));
  return fc.tuple(theater.making.palettes, choice, moves, choice).map(([palette, way, all, how]) => {
    // Other keys keep from matching, so that one change is enough.
    const quiet = all.map((move) =>
      move.kind === "advance" && move.key > 0 ? { ...move, kind: "almost" as const } : move,
    );
    const before = ledTo(theater, palette, way, quiet);
    return (before === null ? null : missOf(theater, palette, before, how)) ?? plainest();
  });
}

/** A stream in which the first key is led to a match; `null`: it got nowhere. */
function ledTo({ stage, ways }: Theater, palette: Palette, way: number, all: readonly Move[]): readonly Acted[] | null {
  const led = ways[way % Math.max(1, ways.length)] ?? null;
  for (const events of actOutToEnd(stage, { palette, way: led, moves: all }))
    if (hasMatch(stage.automaton, events)) return events;
  return null;
}

/** The stream with one change after which nothing matches; `null`: none was found. `how` says what is tried first. */
function missOf(theater: Theater, palette: Palette, before: readonly Acted[], how: number): Almost | null {
  const { stage, making } = theater;
  const ways = spoilings(canvasOf(stage, palette), before);
  for (let index = 0; index < ways.length; index += 1) {
    const spoilt = (ways[(how + index) % ways.length] as () => Iterable<Spoilt<Acted>>)();
    let tried = 0;
    for (const each of spoilt) {
      if (++tried > MAX_SPOILT) break;
      if (each.events.every(({ value }) => making.fits(value)) && !hasMatch(stage.automaton, each.events))
        return { ...each, before };
    }
  }
  return null;
}

/** Ways to spoil a stream, one for each step, absence and bound of time. */
function spoilings(canvas: Canvas<Acted>, before: readonly Acted[]): readonly (() => Iterable<Spoilt<Acted>>)[] {
  const steps = new Map(before.flatMap(({ step }, index) => (step === null ? [] : [[step, index] as const])));
  const forbidding = canvas.automaton.tests.filter(({ kind }) => kind !== "step");
  return [
    ...[...steps.values()].map((index) => () => spoilStep(canvas, before, index)),
    () => spoilWindow(canvas, before),
    ...forbidding.map((test) => () => spoilAbsence(canvas, before, test)),
    () => spoilGaps(canvas, before),
  ];
}

function canvasOf({ automaton, maker, placing }: Stage, palette: Palette): Canvas<Acted> {
  return {
    automaton,
    fields: ({ value }, tests, taken) => maker.fields(palette, value, tests, taken, []),
    like: ({ key, at }, test, taken) => {
      const value = maker.make(palette, { kind: "forbidden", test: test.id, taken, event: 0, values: [] }, key, at);
      return value === null ? null : { value, key, at, step: null };
    },
    others: ({ key, at }) => palette.events.map((other) => placing.place(other, key, at)),
    moved: (event, to) => {
      const value = placing.place(event.value, event.key, to);
      return { ...event, value, at: placing.placedAt(value, to) };
    },
  };
}

type Plainest = { readonly palette: Palette; readonly events: readonly Acted[] };

function* plainestOnes(theater: Theater): Generator<Plainest, void, undefined> {
  const palettes = fc.sample(theater.making.palettes, { numRuns: PALETTES, seed: 1 });
  for (let way = 0; way < theater.ways.length; way += 1) {
    for (const palette of palettes) {
      const events = ledTo(theater, palette, way, []);
      if (events !== null) yield { palette, events };
    }
  }
}

function plainestOf(theater: Theater): Plainest {
  for (const plainest of plainestOnes(theater)) return plainest;
  throw noStream(theater, "matches");
}

function plainestMissOf(theater: Theater): Almost {
  for (const { palette, events } of plainestOnes(theater)) {
    const miss = missOf(theater, palette, events, 0);
    if (miss !== null) return miss;
  }
  throw noStream(theater, "nearly matches");
}

function noStream({ stage: { automaton } }: Theater, does: string): ConfigError {
  return new ConfigError(
    "NO_STREAM",
    `No stream was found that ${does} the pattern "${automaton.pattern.name}". Values are tried that stand in its conditions; where functions ` +
      "given to filter decide, give event: a fast-check arbitrary of events that they accept and refuse.",
  );
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
