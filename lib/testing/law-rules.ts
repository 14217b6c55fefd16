// The laws: two ways to match a stream, and why they have to come to the same.

import fc from "fast-check";
import type { Automaton } from "../automaton/automaton.ts";
import { groupBy } from "../core/group-by.ts";
import { encodeKey } from "../event/key.ts";
import { fieldOf, holds, NOTHING_TAKEN } from "../pattern/expression/evaluate.ts";
import type { Condition } from "../pattern/expression/expression.ts";
import { callsFunctions, dependsOnTaken } from "../pattern/expression/looks-at.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { fromJSON } from "../pattern/pattern-value.ts";
import { conditionsOf, everyElement, everyPart } from "../pattern/walk.ts";
import { type Duration, parseDuration } from "../time/duration.ts";
import type { Acted } from "./act.ts";
import { arrivalOf } from "./arriving.ts";
import { type MakeTrial, type Rule, type Told, trialsOf } from "./law-trial.ts";
import { type AnyKitOptions, matcherOptions } from "./options.ts";
import { type Numbered, type Telling, tell, tellAll } from "./tell.ts";
import { anyIn, freeIn, type Theater } from "./theater.ts";

/** How far out of order events come where the options do not say. */
const BOUND_MS = 60_000;
/** How far a stream is shifted, at most. */
const MAX_SHIFT_DAYS = 400;
const DAY_MS = 86_400_000;

/** The laws that say something of a pattern. */
export function rulesOf(pattern: Pattern, options: AnyKitOptions, theater: Theater): readonly Rule[] {
  const { onNotice: _onNotice, ...plain } = matcherOptions(options);
  const { automaton, placing } = theater.stage;
  const streams = anyIn(theater);
  const scene: Scene = { pattern, options: plain, theater, streams, trial: trialsOf(placing.isTimed) };
  const isOpaque = everyCondition(automaton).some(callsFunctions);
  return [
    noFunctionThrows(scene),
    foundAgain(scene),
    savedAnywhere(scene),
    ...(placing.isKeyed ? [keysApart(scene)] : []),
    ...(placing.isTimed ? [anyArrival(scene)] : []),
    ...(placing.isTimed && !isOpaque && !looksAtTime(scene) ? [shifted(scene)] : []),
    ...(isPatient(automaton) && automaton.tests.length > 0 ? [nothingElse(scene)] : []),
    ...(isOpaque ? [] : [sameAsJson(scene)]),
  ];
}

type Scene = {
  readonly pattern: Pattern;
  readonly options: Readonly<Record<string, unknown>>;
  readonly theater: Theater;
  readonly streams: fc.Arbitrary<readonly Acted[]>;
  readonly trial: MakeTrial;
};

function noFunctionThrows(scene: Scene): Rule {
  return {
    name: "no function throws",
    says: "the functions given to filter and select throw at no event that may come.",
    trials: scene.streams.map((events) => {
      const telling = tellingOf(scene, events);
      return scene.trial(events, ["nobody", () => []], ["a function", () => tell(telling, numbered(events)).failures]);
    }),
  };
}

function foundAgain(scene: Scene): Rule {
  return {
    name: "found again",
    says: "the same events give the same matches, with the same ids and values.",
    trials: scene.streams.map((events) => {
      const telling = tellingOf(scene, events);
      const told = (): readonly string[] => tellAll(telling, numbered(events));
      return scene.trial(events, ["at first", told], ["again", told]);
    }),
  };
}

function savedAnywhere(scene: Scene): Rule {
  return {
    name: "saved and restored anywhere",
    says: "a matcher that is saved as JSON and restored, anywhere and any number of times, goes on as if nothing had happened.",
    trials: fc.tuple(scene.streams, fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 4 })).map(([events, at]) => {
      const cuts = new Set(at.map((index) => index % Math.max(1, events.length)));
      const telling = tellingOf(scene, events);
      const marks = events.map((_, index) => (cuts.has(index) ? "restored" : ""));
      const without: Told = ["the one that went on", () => tell(telling, numbered(events)).matches];
      return scene.trial(
        events,
        without,
        ["the restored one", () => tell(telling, numbered(events), cuts).matches],
        marks,
      );
    }),
  };
}

function keysApart(scene: Scene): Rule {
  return {
    name: "keys apart",
    says: "what is found of one key does not depend on the events of others.",
    trials: scene.streams.map((events) => {
      const telling = tellingOf(scene, events);
      const groups = [...groupBy(numbered(events), ({ key }) => encodeKey(key)).values()];
      const apart = (): readonly string[] => groups.flatMap((own) => tell(telling, own).matches).sort();
      return scene.trial(
        events,
        ["together", () => tell(telling, numbered(events)).matches],
        ["each key alone", apart],
      );
    }),
  };
}

function anyArrival(scene: Scene): Rule {
  const boundMs = boundOf(scene);
  const fate = fc.record({
    delay: fc.double({ min: 0, max: 1, noNaN: true }),
    isTwice: fc.constant(false),
    isLate: fc.constant(false),
  });
  return {
    name: "any order of arrival",
    says: "events that come out of order within outOfOrderness give the same matches as in order.",
    trials: fc.tuple(scene.streams, fc.array(fate, { maxLength: 12 })).map(([events, fates]) => {
      const telling = tellingOf(scene, events, { ...scene.options, outOfOrderness: boundMs });
      const numbers = byEvent(events);
      const { arriving } = arrivalOf(events, fates, boundMs);
      const order = arriving.map((event) => numbers.get(event) as Numbered);
      const marks = events.map((event) => `came ${arriving.indexOf(event) + 1}.`);
      const inOrder: Told = ["in order", () => tell(telling, numbered(events)).matches];
      return scene.trial(events, inOrder, ["as they came", () => tell(telling, order).matches], marks);
    }),
  };
}

function shifted(scene: Scene): Rule {
  const { placing } = scene.theater.stage;
  return {
    name: "times shifted",
    says: "the same events on another day give the same matches.",
    trials: fc.tuple(scene.streams, fc.integer({ min: 1, max: MAX_SHIFT_DAYS })).map(([events, days]) => {
      const later = events.map(({ key, value, at, step }) => {
        const to = at + days * DAY_MS;
        return { key, step, at: to, value: placing.place(value, key, to) };
      });
      const matches = (all: readonly Acted[]): readonly string[] => tell(tellingOf(scene, all), numbered(all)).matches;
      return scene.trial(events, ["as it is", () => matches(events)], [`${days} days later`, () => matches(later)]);
    }),
  };
}

function nothingElse(scene: Scene): Rule {
  const { theater } = scene;
  const { automaton } = theater.stage;
  return {
    name: "unconcerned events",
    says: "events that no condition can want, put in between, change nothing.",
    trials: fc.tuple(scene.streams, freeIn(theater, "unrelated")).map(([events, more]) => {
      const foreign = more.filter(({ value }) => isForeign(automaton, value));
      const all = [...events, ...foreign].sort((left, right) => left.at - right.at);
      const known = byEvent(all);
      const own = events.map((event) => known.get(event) as Numbered);
      const telling = tellingOf(scene, all);
      const marks = all.map((event) => (foreign.includes(event) ? "put in" : ""));
      return scene.trial(
        all,
        ["without them", () => tell(telling, own).matches],
        ["with them", () => tell(telling, numbered(all)).matches],
        marks,
      );
    }),
  };
}

function sameAsJson(scene: Scene): Rule {
  const copy = fromJSON(JSON.parse(JSON.stringify(scene.pattern.toJSON())));
  return {
    name: "same as its JSON",
    says: "a pattern that has been JSON finds the same.",
    trials: scene.streams.map((events) => {
      const telling = tellingOf(scene, events);
      const read = { ...telling, pattern: copy as Pattern };
      return scene.trial(
        events,
        ["the pattern", () => tell(telling, numbered(events)).matches],
        ["its JSON", () => tell(read, numbered(events)).matches],
      );
    }),
  };
}

function tellingOf({ pattern, options, theater }: Scene, events: readonly Acted[], changed = options): Telling {
  return { pattern, options: changed, startAt: events[0]?.at ?? 0, isTimed: theater.stage.placing.isTimed };
}

function numbered(events: readonly Acted[]): readonly (Numbered & { readonly key: Acted["key"] })[] {
  return events.map(({ value, key }, index) => ({ value, key, number: index + 1 }));
}

function byEvent(events: readonly Acted[]): ReadonlyMap<Acted, Numbered> {
  const numbers = numbered(events);
  return new Map(events.map((event, index) => [event, numbers[index] as Numbered]));
}

function boundOf({ options }: Scene): number {
  const { outOfOrderness } = options;
  return outOfOrderness === undefined ? BOUND_MS : parseDuration(outOfOrderness as Duration, "outOfOrderness");
}

function everyCondition({ pattern }: Automaton): readonly Condition[] {
  return [...everyElement(pattern.elements)].flatMap(conditionsOf);
}

/** Whether some condition looks at the fields that hold key and time. */
function looksAtTime({ theater: { stage } }: Scene): boolean {
  const placed = new Set(stage.placing.paths.map((path) => JSON.stringify(path)));
  return everyCondition(stage.automaton).some((condition) =>
    [...everyPart(condition)].some(({ part }) => part.kind === "field" && placed.has(JSON.stringify(part.path))),
  );
}

/** Whether every wait lets pass what no test is about: no strict link, nothing that the very next event decides. */
function isPatient({ waits }: Automaton): boolean {
  return waits.every(
    ({ stayUnless, first, guards }) =>
      stayUnless !== null && first.length === 0 && !guards.some(({ consecutive }) => consecutive),
  );
}

/** Whether no test can hold for an event, whatever was taken before. */
function isForeign({ tests, pattern }: Automaton, event: object): boolean {
  return tests.every(({ on, condition }) => {
    if (on !== null && !on.includes(fieldOf(event, [pattern.tag]) as string)) return true;
    if (condition === null) return false;
    const parts = condition.kind === "and" ? condition.parts : [condition];
    return parts.some((part) => !dependsOnTaken(part) && !mayHold(part, event));
  });
}

function mayHold(part: Condition, event: object): boolean {
  try {
    return holds(part, event, NOTHING_TAKEN);
  } catch {
    return true;
  }
}
