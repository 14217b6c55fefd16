// Random conditions of the whole language, well-formed or not in what they mention, and random events that nobody would
// send: for laws about ways of evaluating.

import * as fc from "fast-check";
import type { Taken } from "../../lib/pattern/expression/evaluate.ts";
import type { Condition, EventRef, Literal, OpaqueCall, ValueExpr } from "../../lib/pattern/expression/expression.ts";

const NAMES = ["a", "b", "length", "0", "__proto__", "constructor", ""];

const path = fc.oneof(
  { arbitrary: fc.constantFrom(...NAMES).map((name) => [name]), weight: 4 },
  { arbitrary: fc.array(fc.constantFrom(...NAMES), { maxLength: 3 }), weight: 1 },
);

const text = fc.constantFrom("", "a", "ab", "b", "1", "\ud800", "__proto__");
const number = fc.oneof(
  fc.integer({ min: -2, max: 2 }),
  fc.constantFrom(-0, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53),
);

const literal: fc.Arbitrary<Literal> = fc.oneof(number, text, fc.boolean(), fc.bigInt({ min: -1n, max: 2n }));

const CALLS: readonly OpaqueCall[] = [
  () => true,
  (event: unknown) => typeof event === "object" && event !== null && Object.hasOwn(event, "a"),
  (_: unknown, taken: object) => Object.hasOwn(taken, "s"),
  () => {
    throw new RangeError("a function that throws");
  },
  () => "no verdict" as never,
];

/** Steps that conditions mention; `of` a step that is not there gives no events. */
const STEPS = ["s", "t", "constructor"];

const ref: fc.Arbitrary<EventRef> = fc.oneof(
  { arbitrary: fc.constant<EventRef>({ kind: "candidate" }), weight: 4 },
  fc.constant<EventRef>({ kind: "item" }),
  fc.record({
    kind: fc.constant("taken" as const),
    step: fc.constantFrom(...STEPS),
    at: fc.constantFrom("only" as const, "first" as const, "last" as const, 0, 1, -1, -3),
  }),
);

const { value, condition } = fc.letrec<{ value: ValueExpr; condition: Condition }>((tie) => {
  const two = { left: tie("value"), right: tie("value") };
  return {
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { arbitrary: fc.record({ kind: fc.constant("literal" as const), value: literal }), weight: 3 },
      { arbitrary: fc.record({ kind: fc.constant("field" as const), of: ref, path }), weight: 6 },
      fc.record({ kind: fc.constant("count" as const), step: fc.constantFrom(...STEPS) }),
      fc.record({
        kind: fc.constant("aggregate" as const),
        op: fc.constantFrom("sum", "avg", "min", "max"),
        step: fc.constantFrom(...STEPS),
        value: tie("value"),
      }),
      fc.record({
        kind: fc.constant("arithmetic" as const),
        op: fc.constantFrom("plus", "minus", "times", "dividedBy", "modulo"),
        ...two,
      }),
      tie("condition"),
    ) as fc.Arbitrary<ValueExpr>,
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      {
        arbitrary: fc.record({
          kind: fc.constant("compare" as const),
          op: fc.constantFrom("eq", "ne", "lt", "lte", "gt", "gte"),
          ...two,
        }),
        weight: 6,
      },
      fc.record({ kind: fc.constantFrom("exists", "isTrue"), value: tie("value") }),
      fc.record({ kind: fc.constant("oneOf" as const), value: tie("value"), options: fc.array(literal) }),
      fc.record({
        kind: fc.constant("text" as const),
        op: fc.constantFrom("startsWith", "endsWith", "includes"),
        value: tie("value"),
        text: tie("value"),
      }),
      fc.record({ kind: fc.constant("between" as const), value: tie("value"), low: tie("value"), high: tie("value") }),
      fc.record({ kind: fc.constant("not" as const), part: tie("condition") }),
      fc.record({ kind: fc.constantFrom("and", "or"), parts: fc.array(tie("condition"), { maxLength: 5 }) }),
      fc.record({ kind: fc.constant("opaque" as const), call: fc.constantFrom(...CALLS), version: fc.constant(1) }),
    ) as fc.Arbitrary<Condition>,
  };
});

/** Any condition, whatever it mentions. */
export const anyCondition: fc.Arbitrary<Condition> = condition;

/** Any value of a condition. */
export const anyValue: fc.Arbitrary<ValueExpr> = value;

/** Notes which getters of events were asked, in order. */
export const asked: string[] = [];

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  number,
  text,
  fc.boolean(),
  fc.bigInt({ min: -1n, max: 2n }),
  fc.constantFrom(null, undefined, Symbol("s"), () => "a function"),
);

const { thing } = fc.letrec<{ thing: unknown }>((tie) => ({
  thing: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: leaf, weight: 4 },
    fc.array(tie("thing"), { maxLength: 2 }),
    fc
      .record({
        fields: fc.array(
          fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom("value", "value", "getter", "throws"), tie("thing")),
          { maxLength: 5 },
        ),
        made: fc.constantFrom("plain", "plain", "bare", "heir", "proxy"),
      })
      .map(({ fields, made }) => toObject(fields, made)),
  ),
}));

type Field = readonly [name: string, as: "value" | "getter" | "throws", value: unknown];

/** Own fields, inherited ones, getters of both sorts, no prototype, or a proxy that shows what it has not. */
function toObject(fields: readonly Field[], made: "plain" | "bare" | "heir" | "proxy"): object {
  const object: object = made === "bare" ? Object.create(null) : {};
  for (const [name, as, value] of fields) {
    const get = (): unknown => {
      asked.push(name);
      if (as === "throws") throw new RangeError(`a getter of ${name} that throws`);
      return value;
    };
    const field = as === "value" ? { value, writable: true } : { get };
    Object.defineProperty(object, name, { ...field, enumerable: true, configurable: true });
  }
  if (made === "heir") return Object.create(object);
  if (made === "proxy") return new Proxy(object, { get: (_, name) => `not ${String(name)}` });
  return object;
}

/** Any value at all as an event, mostly objects. */
export const anyEvent: fc.Arbitrary<unknown> = thing;

/** What a match may have taken: some events of each step. */
export const anyTaken: fc.Arbitrary<Taken> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...STEPS), fc.array(thing, { maxLength: 3 })), { selector: ([step]) => step })
  .map((steps) => {
    const lists = new Map(steps);
    return { of: (step) => lists.get(step) ?? [], match: Object.freeze(Object.fromEntries(steps)) };
  });

/** What comes of asking: the answer or what was thrown, and which getters were asked for it, in order. */
export function outcomeOf(ask: () => unknown): readonly unknown[] {
  asked.length = 0;
  let answer: unknown;
  try {
    answer = ask();
  } catch (error) {
    answer = String(error);
  }
  return [answer, ...asked];
}
