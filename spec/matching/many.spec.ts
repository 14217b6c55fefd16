// Many patterns over one stream say and hold what each says and holds by itself: sharing is seen in what it costs, and nowhere else.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Automaton } from "../../lib/automaton/automaton.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { interestOf } from "../../lib/automaton/interest.ts";
import { atOnce } from "../../lib/core/slices.ts";
import type { Key } from "../../lib/event/key.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import { createMany, type Said } from "../../lib/matching/many.ts";
import type {
  KeyedMatcher,
  KeyedMatcherOptions,
  MatcherCounts,
  Outcome,
  TimedEvent,
} from "../../lib/matching/matcher.ts";
import type { Element, PatternAst } from "../../lib/pattern/ast.ts";
import type { CompareOp, Condition, OpaqueCall, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { BEGINNING, END_OF_TIME, type Instant } from "../../lib/time/instant.ts";
import { type Letter, parseEvents, parsePattern } from "../oracle/notation.ts";
import { Dice, isAccepted, randomCase } from "../oracle/random.ts";
import { allowMs } from "../run/ask.ts";

allowMs(240_000);

const it = suite("many");

/** SEQUITUR_RUNS=<number> draws so many scenes. */
const RUNS = Number(process.env["SEQUITUR_RUNS"] ?? 1_000);

type Act =
  | { readonly kind: "event"; readonly key: Key; readonly event: TimedEvent }
  | { readonly kind: "time"; readonly to: Instant }
  | { readonly kind: "restart" }
  | { readonly kind: "counts" };

type Scene = {
  readonly automata: readonly Automaton[];
  readonly options: KeyedMatcherOptions;
  readonly acts: readonly Act[];
};

/** What both ways have to have in common. */
type Together = {
  onEvent(key: Key, event: TimedEvent): readonly Said[];
  advanceTo(until: Instant): readonly Said[];
  counts(): readonly MatcherCounts[];
  readonly matchers: readonly KeyedMatcher[];
};

/** The definition: every matcher is given every event. */
function eachByItself(open: () => readonly KeyedMatcher[]): Together {
  const matchers = open();
  const advanceTo = (until: Instant): readonly Said[] =>
    matchers
      .flatMap((matcher, index) => matcher.advanceTo(until).map((outcome) => ({ index, outcome })))
      .sort((one, other) => one.outcome.at - other.outcome.at || one.index - other.index);
  return {
    matchers,
    advanceTo,
    counts: () => matchers.map((matcher) => matcher.counts()),
    onEvent: (key, event) => [
      ...advanceTo(event.at - 1),
      ...matchers.flatMap((matcher, index) => matcher.onEvent(key, event).map((outcome) => ({ index, outcome }))),
    ],
  };
}

function shared(
  open: () => readonly KeyedMatcher[],
  { automata }: Scene,
): Together & { readonly missed: readonly number[]; resume(missed: readonly number[], until: Instant): void } {
  const matchers = open();
  const many = createMany(
    matchers.map((matcher, index) => ({ matcher, interest: interestOf(automata[index] as Automaton) })),
  );
  return {
    matchers,
    onEvent: (key, event) => many.onEvent(key, event),
    advanceTo: (until) => many.advanceTo(until),
    counts: () => many.counts(),
    get missed() {
      return many.missed;
    },
    resume: (missed, until) => {
      many.goOnFrom(until);
      for (const index of matchers.keys()) atOnce(many.resume(index, missed[index]));
    },
  };
}

const KEYS: readonly Key[] = ["k", "l", ["k", 1], 7, "tk"];

/** Functions of patterns were called with these: how often depends on what a matcher has learnt of its states. */
const calls = new Set<string>();

/** Conditions on the event alone, of every form, some with functions in them. */
function randomCondition(dice: Dice, depth: number): Condition {
  const v: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: [dice.one(["v", "v", "w"])] };
  const deep: ValueExpr = { kind: "field", of: { kind: "candidate" }, path: ["in", "x"] };
  const number = (): ValueExpr => ({
    kind: "literal",
    value: dice.one([0, 1, 2, 3, -0, Number.NaN, Number.POSITIVE_INFINITY]),
  });
  const literal = (): ValueExpr =>
    dice.one<ValueExpr>([number(), number(), { kind: "literal", value: dice.one(["x", true, 2n]) }]);
  const parts = (): Condition[] => Array.from({ length: dice.between(0, 3) }, () => randomCondition(dice, depth - 1));
  const op = dice.one<CompareOp>(["eq", "eq", "ne", "lt", "lte", "gt", "gte"]);
  const name = dice.between(0, 99);
  const opaque: OpaqueCall = (event: { readonly type: string; readonly boom?: boolean }) => {
    calls.add(`${name} ${event.type}`);
    if (event.boom === true) throw new Error("boom");
    return name % 2 === 0;
  };
  const leaf = dice.one<() => Condition>([
    () => ({ kind: "compare", op, left: dice.one([v, v, deep]), right: literal() }),
    () => ({ kind: "compare", op, left: dice.one([v, v, deep]), right: literal() }),
    () => ({ kind: "compare", op, left: literal(), right: v }),
    () => ({ kind: "between", value: v, low: number(), high: dice.one([number(), number(), v]) }),
    () => ({ kind: "oneOf", value: v, options: dice.one([[], [1], [1, 2, "x"], [Number.NaN, true]]) }),
    () => ({ kind: "exists", value: v }),
    () => ({ kind: "isTrue", value: dice.one<ValueExpr>([v, { kind: "isTrue", value: v }]) }),
    () => ({ kind: "text", op: "startsWith", value: v, text: { kind: "literal", value: "x" } }),
    () => ({ kind: "opaque", call: opaque, version: 1 }),
  ]);
  if (depth === 0 || dice.chance(0.4)) return leaf();
  return dice.one<() => Condition>([
    () => ({ kind: "and", parts: parts() }),
    () => ({ kind: "and", parts: parts() }),
    () => ({ kind: "or", parts: parts() }),
    () => ({ kind: "not", part: randomCondition(dice, depth - 1) }),
  ])();
}

/** Some steps and absences look at more than the type. */
function withConditions(elements: readonly Element[], dice: Dice): readonly Element[] {
  return elements.map((element) => {
    if (element.kind === "group") return { ...element, elements: withConditions(element.elements, dice) };
    if (dice.chance(0.5)) return element;
    const more = randomCondition(dice, 2);
    const parts =
      element.condition === null
        ? [more]
        : dice.one([
            [more, element.condition],
            [element.condition, more],
          ]);
    return { ...element, on: dice.chance(0.2) ? null : element.on, condition: { kind: "and", parts } };
  });
}

function randomPatterns(dice: Dice, count: number): readonly PatternAst[] {
  const accepted: PatternAst[] = [];
  while (accepted.length < count) {
    const { pattern } = randomCase(dice.between(0, 1e9));
    const other = { ...pattern, name: `p${accepted.length}`, elements: withConditions(pattern.elements, dice) };
    accepted.push(isAccepted(other) ? other : { ...pattern, name: other.name });
  }
  return accepted;
}

/** `isUnreadable`: some events have fields that throw when they are read, so that nothing can be saved. */
function randomValue(dice: Dice, isUnreadable: boolean): unknown {
  const value: Record<string, unknown> = { type: dice.one(["a", "b", "c", "d", "e"]) };
  const ofV = (): unknown => dice.one<unknown>([0, 1, 2, 3, 3, -0, "x", "xy", true, null]);
  if (dice.chance(0.8)) value["v"] = ofV();
  if (dice.chance(0.5)) value["w"] = ofV();
  if (dice.chance(0.3)) value["in"] = dice.chance(0.8) ? { x: ofV() } : 3;
  if (dice.chance(0.04)) value["boom"] = true;
  if (isUnreadable && dice.chance(0.15))
    Object.defineProperty(value, dice.one(["type", "v", "w", "in"]), {
      enumerable: true,
      get() {
        throw new RangeError("unreadable");
      },
    });
  return value;
}

function randomScene(seed: number): Scene & { readonly isUnreadable: boolean } {
  const dice = new Dice(Math.imul(seed, 69_069) + 5);
  const isUnreadable = dice.chance(0.2);
  const automata = randomPatterns(dice, dice.one([1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 6, 6, 6, 12, 12, 20, 70])).map(
    (pattern) => compile(pattern),
  );
  const keys = automata.length > 40 ? ["k"] : KEYS.slice(0, dice.between(1, KEYS.length));
  const acts: Act[] = [];
  let at = dice.between(-3, 3);
  for (let offset = 1; offset <= dice.one([10, 20, 40]); offset++) {
    at += dice.one([0, 0, 1, 1, 1, 2, 3, 12]);
    const origin = { topic: "t", partition: 0, offset: BigInt(offset) };
    acts.push({ kind: "event", key: dice.one(keys), event: { value: randomValue(dice, isUnreadable), at, origin } });
    if (!isUnreadable && dice.chance(0.05)) acts.push({ kind: "restart" });
    if (dice.chance(0.05)) acts.push({ kind: "counts" });
    if (dice.chance(0.1)) {
      at += dice.between(0, 4);
      acts.push({ kind: "time", to: at - dice.between(0, 1) });
      if (dice.chance(0.5)) at += 1;
    }
  }
  acts.push({ kind: "counts" }, { kind: "time", to: END_OF_TIME }, { kind: "counts" });
  const small = { maxMatchesPerEvent: dice.between(1, 4), maxRunsPerKey: dice.between(2, 8), maxNodesPerKey: 20 };
  const limits = dice.chance(0.3) ? { ...small, onLimit: dice.one(["quarantine", "dropOldest"] as const) } : {};
  return {
    automata,
    options: { limits, timedOut: dice.one(["none", "count", "longest", "all"] as const) },
    acts,
    isUnreadable,
  };
}

/** What was said, without what cannot be read or is not the same twice. */
function show(said: readonly Said[]): string {
  const each = said.map(({ index, outcome }) => {
    const { kind, at, key } = outcome;
    if (kind === "functionFailed")
      return [index, kind, at, key, outcome.where, outcome.step, outcome.message, `${outcome.origin.offset}`];
    if (kind === "limitReached") return [index, kind, at, key, outcome.limit, outcome.action, outcome.count];
    return [index, kind, at, key, outcome.id, ...outcome.taken.map(({ step, origin }) => `${step} ${origin.offset}`)];
  });
  return JSON.stringify(each);
}

function differenceIn(scene: Scene & { readonly isUnreadable: boolean }): string | null {
  const open = (): readonly KeyedMatcher[] =>
    scene.automata.map((automaton) => createKeyedMatcher(automaton, scene.options));
  let alone = eachByItself(open);
  let together = shared(open, scene);
  let now = BEGINNING;
  // Not the saved form: in what order rows lie in it, and which dead runs, is the matcher's own affair.
  const runsOf = (matcher: KeyedMatcher, key: Key): readonly unknown[] =>
    matcher
      .inspect(key)
      .map(({ firstAt, deadline, taken, waitsFor }) => [
        firstAt,
        deadline,
        waitsFor,
        taken.map(({ step, origin }) => `${step} ${origin.offset}`),
      ]);
  const stateOf = ({ matchers }: Together): string =>
    JSON.stringify(matchers.map((matcher) => [matcher.counts(), KEYS.map((key) => runsOf(matcher, key))]));
  const told = (way: Together, act: Act): string => {
    calls.clear();
    if (act.kind === "event") return `${show(way.onEvent(act.key, act.event))} ${[...calls]}`;
    if (act.kind === "time") return `${show(way.advanceTo(act.to))} ${[...calls]}`;
    return act.kind === "counts" ? `${JSON.stringify(way.counts())} ${stateOf(way)}` : stateOf(way);
  };
  const restore = (from: Together, to: Together): void => {
    for (const [index, matcher] of to.matchers.entries())
      matcher.restore(JSON.parse(JSON.stringify((from.matchers[index] as KeyedMatcher).save())));
  };
  for (const [index, act] of scene.acts.entries()) {
    if (act.kind === "event") now = Math.max(now, act.event.at);
    if (act.kind === "time") now = Math.max(now, act.to);
    // What it was not told of is not in it yet, so before a restart nothing is asked of it.
    const isLooked = act.kind !== "restart";
    const [left, right] = isLooked ? [told(alone, act), told(together, act)] : ["", ""];
    if (left !== right) return `act ${index}: ${act.kind}\n  alone    ${left}\n  together ${right}`;
    if (act.kind === "restart") {
      const [old, others] = [alone, together];
      alone = eachByItself(open);
      restore(old, alone);
      const { missed } = together;
      together = shared(open, scene);
      restore(others, together);
      together.resume(missed, now);
    }
  }
  return null;
}

it("says and holds what each pattern says and holds by itself, whatever happens", () => {
  let broken = "";
  const property = fc.property(fc.nat(), (seed) => {
    const scene = randomScene(seed);
    const difference = differenceIn(scene);
    if (difference === null) return true;
    broken = `scene ${seed}: ${difference}`;
    return false;
  });
  const { failed, errorInstance } = fc.check(property, { numRuns: RUNS, endOnFailure: true });
  assert.not(failed, `${broken}${errorInstance === null ? "" : String(errorInstance)}`);
});

it("takes up thousands of keys in slices, and knows each of them", () => {
  const automaton = compile(parsePattern("a b"));
  const before = createKeyedMatcher(automaton);
  const event = (type: string, offset: number): TimedEvent => ({
    value: { type },
    at: 1,
    origin: { topic: "t", partition: 0, offset: BigInt(offset) },
  });
  const keys = Array.from({ length: 3_000 }, (_, index) => index);
  for (const key of keys) before.onEvent(key, event("a", key));
  const matcher = createKeyedMatcher(automaton);
  matcher.restore(before.save());
  const many = createMany([{ matcher, interest: interestOf(automaton) }]);
  const slices = [...many.resume(0)].length;
  assert.is(slices, 2);
  for (const key of keys) assert.is(many.onEvent(key, event("b", 3_000 + key)).length, 1, `${key}`);
});

/** What each of many matchers was given, as `0a`: the place of the pattern in the list, and the type. */
function givenTo(
  patterns: readonly string[],
  stream: string,
  keyOf: (index: number) => Key = () => "k",
): readonly string[] {
  const given: string[] = [];
  const sharing = patterns.map((text, index) => {
    const automaton = compile(parsePattern(text));
    const matcher = createKeyedMatcher(automaton);
    const onEvent = (key: Key, event: TimedEvent): readonly Outcome[] => {
      given.push(`${index}${(event.value as Letter).type}`);
      return matcher.onEvent(key, event);
    };
    const watched: KeyedMatcher = new Proxy(matcher, {
      get: (_, name) => {
        const found: unknown = name === "onEvent" ? onEvent : Reflect.get(matcher, name);
        return typeof found === "function" ? found.bind(matcher) : found;
      },
    });
    return { matcher: watched, interest: interestOf(automaton) };
  });
  const many = createMany(sharing);
  for (const [index, { value, at }] of parseEvents(stream).entries())
    many.onEvent(keyOf(index), { value, at, origin: { topic: "t", partition: 0, offset: BigInt(index) } });
  return given;
}

it("asks runs whose value cannot be read, each time that they would be asked", () => {
  const patterns = ["a b[v>a.v & v<a.w & w=1] c", "x y"].map(parsePattern);
  const value = Object.defineProperty({ type: "a", w: 1 }, "v", {
    get() {
      throw new RangeError("unreadable");
    },
  });
  const values = [value, { type: "b", v: 3, w: 2 }, { type: "d" }, { type: "b", v: 3, w: 1 }];
  const acts = values.map((each, at): Act => {
    const event = { value: each, at, origin: { topic: "t", partition: 0, offset: BigInt(at) } };
    return { kind: "event", key: "k", event };
  });
  const automata = patterns.map((pattern) => compile(pattern));
  assert.is(differenceIn({ automata, options: {}, acts, isUnreadable: true }), null);
});

it("gives an event to those that it concerns, and to no others", () => {
  assert.equal(givenTo(["a b", "x b", "a ; b"], "a x y b"), ["0a", "2a", "1x", "2x", "0b", "1b"]);
  const twenty = Array.from({ length: 20 }, (_, index) => (index === 7 ? "a ; b" : "a b"));
  const none = Array.from({ length: 20 }, () => "x b");
  for (const others of [none, [...none, ...none]]) {
    const all = ["a b", "x ; b", ...others, "a ; b"];
    const last = all.length - 1;
    assert.equal(givenTo(all, "a y b"), ["0a", `${last}a`, `${last}y`, "0b"], "only those that have begun");
    assert.equal(
      givenTo(all, "a y b", (index) => index),
      ["0a", `${last}a`],
      "only of the key",
    );
  }
  const byStart = [...twenty.keys()].map((index) => `${index}a`);
  const byNext = [...twenty.keys()].flatMap((index) => (index === 7 ? [] : [`${index}b`]));
  assert.equal(givenTo(twenty, "a y b"), [...byStart, "7y", ...byNext]);
  const sixty = [...twenty, ...twenty, ...twenty];
  const [first, then, last] = ["a", "y", "b"].map((type) => {
    const isGiven = (index: number): boolean => type === "a" || (type === "y") === (index % 20 === 7);
    return [...sixty.keys()].filter(isGiven).map((index) => `${index}${type}`);
  });
  for (const all of [sixty, [...sixty, ...none]])
    assert.equal(givenTo(all, "a y b"), [first, then, last].flat(), "when many wait");
});

it("costs little per event for those that it does not concern", () => {
  const calls = givenTo(
    Array.from({ length: 300 }, (_, index) => `s:a[v=${index}] b | within 9`),
    "a=3 b a=299 b x x a=3 b",
  );
  assert.equal(calls, ["3a", "3b", "299a", "299b", "3a", "3b"]);
});

it("counts what nobody is given, for all that missed it", () => {
  const automata = ["a b", "c d"].map((text) => compile(parsePattern(text)));
  const many = createMany(
    automata.map((automaton) => ({ matcher: createKeyedMatcher(automaton), interest: interestOf(automaton) })),
  );
  many.pass();
  many.pass();
  assert.equal(many.missed, [2, 2]);
  assert.equal(
    many.counts().map(({ events }) => events),
    [2, 2],
  );
  assert.equal(many.missed, [0, 0]);
});

it.run();
