// Random patterns that the checks accept: all operators, groups to depth 2, conditions on earlier events.
//
//     shapes      elements without names, generated and shrunk by fast-check
//     toAst       gives them names in the order in which they are written, lets conditions pick from what they may
//                 mention, and mends what would be refused most often
//     filter      what is still refused is thrown away

import * as fc from "fast-check";
import {
  type Contiguity,
  type Element,
  type GroupNode,
  ONCE,
  type PatternAst,
  type Quantifier,
  type Skip,
} from "../../lib/pattern/ast.ts";
import { checkPattern } from "../../lib/pattern/checks/checks.ts";
import type { Condition, Literal, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import { everyElement, outwards } from "../../lib/pattern/walk.ts";

/** What the patterns may be made of. */
export type AstOptions = {
  /** Values for `on`. */
  readonly tags?: readonly string[];
  /** The name of the element with a number, counted as written; must differ for different numbers. */
  readonly nameOf?: (index: number) => string;
  /** Fields that conditions read. */
  readonly paths?: readonly (readonly string[])[];
  /** Constants in conditions. */
  readonly literals?: fc.Arbitrary<Literal>;
  /** Whether conditions may look at events taken before. */
  readonly earlier?: boolean;
  readonly maxElements?: number;
};

/** Everything: constants of all types, odd numbers, odd names. For laws about patterns as data. */
export const ODD: AstOptions = {
  tags: ["a", "b", "", "constructor", "ü\n😀"],
  nameOf: (index) => ["constructor", "toString", "hasOwnProperty", "a b", "ä😀", "0"][index] ?? `s${index}`,
  paths: [["v"], ["__proto__"], ["a", "b.c", ""], [], ["constructor", "name"]],
  literals: fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE),
    fc.string({ unit: "binary", maxLength: 5 }),
    fc.constantFrom("__proto__", "\ud800", ""),
    fc.boolean(),
    fc.bigInt(),
  ),
};

/** A pattern without errors. */
export function astArbitrary(options: AstOptions = {}): fc.Arbitrary<PatternAst> {
  const words = { ...PLAIN, ...options };
  const elements = fc.array(elementShape(words, 2), { minLength: 1, maxLength: words.maxElements });
  return fc
    .record({ elements, report: reportShape })
    .map(({ elements: shapes, report }) => toAst(shapes, report, words))
    .filter((ast) => checkPattern(ast).every(({ severity }) => severity === "warning"));
}

/** A condition on one event. */
export function conditionArbitrary(options: Omit<AstOptions, "earlier"> = {}): fc.Arbitrary<Condition> {
  return conditionRecipe({ ...PLAIN, ...options, earlier: false }).map((recipe) => recipe([]));
}

const PLAIN: Required<AstOptions> = {
  tags: ["a", "b", "c", "d"],
  nameOf: (index) => `s${index}`,
  paths: [["v"], ["w"], ["type"]],
  literals: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom("a", "b"), fc.boolean()),
  earlier: true,
  maxElements: 4,
};

// ---- shapes

type QuantifierShape = Omit<Quantifier, "until"> & { readonly until: Recipe<Condition> | null };

type Common = {
  readonly link: Contiguity;
  readonly on: readonly string[] | null;
  readonly condition: Recipe<Condition> | null;
  readonly quantifier: QuantifierShape;
  readonly gap: number | null;
};

type Shape =
  | (Common & { readonly kind: "step" })
  | (Common & { readonly kind: "absence"; readonly strict: boolean })
  | (Common & { readonly kind: "group"; readonly elements: readonly Shape[] });

/** Something `odds` times as often as `null`, to which it shrinks. */
function maybe<T>(odds: number, something: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  const none = { arbitrary: fc.constant(null), weight: 10 };
  return fc.oneof({ withCrossShrink: true }, none, { arbitrary: something, weight: Math.round(10 * odds) });
}

const seldom = fc.integer({ min: 0, max: 4 }).map((number) => number === 4);

const contiguity = fc.constantFrom<Contiguity>("followedBy", "next", "followedByAny");

function elementShape(words: Required<AstOptions>, groups: number): fc.Arbitrary<Shape> {
  const common = {
    link: contiguity,
    on: maybe(3, fc.uniqueArray(fc.constantFrom(...words.tags), { minLength: 1, maxLength: 2 })),
    condition: maybe(1, conditionRecipe(words)),
    quantifier: quantifierShape(words),
    gap: maybe(0.2, fc.integer({ min: 1, max: 20 })),
  };
  const step: fc.Arbitrary<Shape> = fc.record({ kind: fc.constant("step"), ...common });
  const absence: fc.Arbitrary<Shape> = fc.record({ kind: fc.constant("absence"), strict: fc.boolean(), ...common });
  const choices = [
    { arbitrary: step, weight: 5 },
    { arbitrary: absence, weight: 2 },
  ];
  if (groups === 0) return fc.oneof(...choices);
  const elements = fc.array(elementShape(words, groups - 1), { minLength: 1, maxLength: 3 });
  const group: fc.Arbitrary<Shape> = fc.record({ kind: fc.constant("group"), elements, ...common });
  return fc.oneof(...choices, { arbitrary: group, weight: 1 });
}

function quantifierShape(words: Required<AstOptions>): fc.Arbitrary<QuantifierShape> {
  const once = seldom.map((optional) => ({ ...ONCE, optional, until: null }));
  const counts = fc.record({
    min: fc.integer({ min: 1, max: 3 }),
    max: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 4 })),
    optional: seldom,
    greedy: fc.boolean(),
    inner: contiguity,
    until: maybe(1, conditionRecipe(words)),
    counted: fc.constant(true),
  });
  return fc.oneof({ arbitrary: once, weight: 3 }, { arbitrary: counts.map(mendQuantifier), weight: 2 });
}

function mendQuantifier(shape: QuantifierShape): QuantifierShape {
  const max = shape.max === null ? null : Math.max(shape.min, shape.max);
  const until = max === null ? shape.until : null;
  const greedy = shape.greedy && shape.inner !== "followedByAny" && (max !== shape.min || shape.optional);
  return { ...shape, max, until, greedy };
}

type ReportShape = {
  readonly withinMs: number | null;
  readonly skip: "none" | "next" | "pastLast" | "first" | "last";
  readonly target: number;
  readonly orElse: "none" | "next" | null;
  readonly ordered: boolean;
  readonly oncePerMs: number | null;
  readonly forMs: number | null;
  readonly version: number;
};

const reportShape: fc.Arbitrary<ReportShape> = fc.record({
  withinMs: maybe(2, fc.integer({ min: 1, max: 40 })),
  skip: fc.constantFrom("none", "next", "pastLast", "first", "last"),
  target: fc.nat(20),
  orElse: fc.constantFrom(null, "none", "next"),
  ordered: fc.boolean(),
  oncePerMs: maybe(0.2, fc.integer({ min: 1, max: 40 })),
  forMs: maybe(0.5, fc.integer({ min: 1, max: 40 })),
  version: fc.integer({ min: 1, max: 3 }),
});

// ---- conditions, which know the steps they may mention only when these have names

type Visible = { readonly name: string; readonly isMany: boolean };
type Recipe<T> = (visible: readonly Visible[]) => T;

function both<A, B, T>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>, join: (a: A, b: B) => T): fc.Arbitrary<T> {
  return fc.tuple(a, b).map(([left, right]) => join(left, right));
}

function conditionRecipe(words: Required<AstOptions>): fc.Arbitrary<Recipe<Condition>> {
  const value = valueRecipe(words);
  const constant = words.literals.map(
    (literal): Recipe<ValueExpr> =>
      () => ({ kind: "literal", value: literal }),
  );
  const operand = fc.oneof(constant, value);
  const triple = fc.tuple(value, operand, operand);
  const compare = both(triple, fc.constantFrom("eq", "ne", "lt", "lte", "gt", "gte"), ([left, right], op) => {
    return ((visible) => ({ kind: "compare", op, left: left(visible), right: right(visible) })) as Recipe<Condition>;
  });
  const between = triple.map(
    ([of, low, high]): Recipe<Condition> =>
      (visible) => {
        return { kind: "between", value: of(visible), low: low(visible), high: high(visible) };
      },
  );
  const oneOf = both(value, fc.array(words.literals, { minLength: 1, maxLength: 3 }), (of, options) => {
    return ((visible) => ({ kind: "oneOf", value: of(visible), options })) as Recipe<Condition>;
  });
  const text = both(triple, fc.constantFrom("startsWith", "endsWith", "includes"), ([of, part], op) => {
    return ((visible) => ({ kind: "text", op, value: of(visible), text: part(visible) })) as Recipe<Condition>;
  });
  const plain = both(value, fc.constantFrom("exists", "isTrue"), (of, kind) => {
    return ((visible) => ({ kind, value: of(visible) })) as Recipe<Condition>;
  });
  const { condition } = fc.letrec<Record<"condition" | "joined" | "judged", Recipe<Condition>>>((tie) => ({
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      compare,
      between,
      oneOf,
      text,
      plain,
      tie("joined"),
      tie("judged"),
    ),
    joined: both(
      fc.array(tie("condition"), { minLength: 1, maxLength: 3 }),
      fc.constantFrom("and", "or", "not"),
      (parts, kind) => joined(kind, parts),
    ),
    judged: both(tie("condition"), fc.tuple(fc.constantFrom("eq", "ne"), fc.boolean()), (inner, [op, value]) => {
      return (visible) => ({ kind: "compare", op, left: inner(visible), right: { kind: "literal", value } });
    }),
  }));
  return condition;
}

function joined(kind: "and" | "or" | "not", recipes: readonly Recipe<Condition>[]): Recipe<Condition> {
  return (visible) => {
    const parts = recipes.map((recipe) => recipe(visible));
    const [first] = parts;
    return kind === "not" && first !== undefined
      ? { kind, part: first }
      : { kind: kind === "not" ? "and" : kind, parts };
  };
}

function valueRecipe({ paths, earlier }: Required<AstOptions>): fc.Arbitrary<Recipe<ValueExpr>> {
  const path = fc.constantFrom(...paths);
  const candidate = path.map(
    (names): Recipe<ValueExpr> =>
      () => ({ kind: "field", of: { kind: "candidate" }, path: names }),
  );
  const sum = both(
    fc.tuple(candidate, candidate),
    fc.constantFrom("plus", "minus", "times", "dividedBy", "modulo"),
    ([left, right], op) => {
      return ((visible) => ({
        kind: "arithmetic",
        op,
        left: left(visible),
        right: right(visible),
      })) as Recipe<ValueExpr>;
    },
  );
  if (!earlier) return fc.oneof(candidate, sum);
  const pick = fc.record({
    path,
    index: fc.nat(20),
    at: fc.constantFrom<"first" | "last" | number>("first", "last", 0, 1, -1),
  });
  const takenField = pick.map(
    ({ path: names, index, at }): Recipe<ValueExpr> =>
      (visible) => {
        const step = visible[index % Math.max(visible.length, 1)];
        if (step === undefined) return { kind: "field", of: { kind: "candidate" }, path: names };
        return { kind: "field", of: { kind: "taken", step: step.name, at: step.isMany ? at : "only" }, path: names };
      },
  );
  const overAll = both(pick, fc.constantFrom("sum", "avg", "min", "max", "count"), ({ path: names, index }, op) => {
    return ((visible) => {
      const step = visible[index % Math.max(visible.length, 1)];
      if (step === undefined) return { kind: "field", of: { kind: "candidate" }, path: names };
      if (op === "count") return { kind: "count", step: step.name };
      return { kind: "aggregate", op, step: step.name, value: { kind: "field", of: { kind: "item" }, path: names } };
    }) as Recipe<ValueExpr>;
  });
  return fc.oneof({ arbitrary: candidate, weight: 3 }, sum, takenField, overAll);
}

// ---- names, and mending

function toAst(shapes: readonly Shape[], report: ReportShape, words: Required<AstOptions>): PatternAst {
  const visible: Visible[] = [];
  let count = 0;
  const elements = sequence(shapes, 0);
  const steps = [...everyElement(elements)].filter(({ element }) => element.kind === "step");
  return {
    kind: "pattern",
    name: "p",
    version: report.version,
    tag: "type",
    elements,
    withinMs: report.withinMs,
    skip: toSkip(),
    emit: report.ordered && report.withinMs !== null ? "ordered" : "eager",
    oncePerMs: report.oncePerMs,
  };

  function sequence(given: readonly Shape[], depth: number): readonly Element[] {
    // Absences stand between steps, and at the end of a pattern with a deadline.
    const first = given.findIndex(({ kind }) => kind !== "absence");
    const last = given.findLastIndex(({ kind }) => kind !== "absence");
    const kept = given.slice(Math.max(first, 0), depth === 0 && report.withinMs !== null ? undefined : last + 1);
    const usable = first === -1 ? given.map(({ ...shape }): Shape => ({ ...shape, kind: "step" })) : kept;
    const trailing = usable.findLastIndex(({ kind }) => kind !== "absence");
    return usable.map((shape, index) => element(shape, index, depth, depth === 0 && index > trailing));
  }

  function element(shape: Shape, index: number, depth: number, isTrailing: boolean): Element {
    const link = index === 0 ? null : shape.link;
    const maxGapMs = shape.gap === null ? null : Math.min(shape.gap, report.withinMs ?? shape.gap);
    if (shape.kind === "group") {
      const inside = sequence(shape.elements, depth + 1);
      return { kind: "group", link, elements: inside, quantifier: toQuantifier(shape, inside), maxGapMs };
    }
    const name = words.nameOf(count++);
    if (shape.kind === "absence") {
      const kind = shape.strict ? "notNext" : "notFollowedBy";
      const forMs = isTrailing && !shape.strict ? report.forMs : null;
      return { kind: "absence", name, link: kind, on: shape.on, condition: shape.condition?.(visible) ?? null, forMs };
    }
    const isMany = depth > 0 || shape.quantifier.counted;
    if (isMany) visible.push({ name, isMany });
    const condition = shape.condition?.(visible) ?? null;
    const quantifier = toQuantifier(shape, null);
    if (!isMany) visible.push({ name, isMany });
    return { kind: "step", name, link, on: shape.on, condition, quantifier, maxGapMs };
  }

  function toQuantifier({ quantifier }: Shape, inside: GroupNode["elements"] | null): Quantifier {
    const until = quantifier.until?.(visible) ?? null;
    return { ...quantifier, until, greedy: quantifier.greedy && inside === null };
  }

  function toSkip(): Skip {
    const { skip: to, target, orElse } = report;
    if (to !== "first" && to !== "last") return { to };
    const placed = steps[target % Math.max(steps.length, 1)];
    if (placed === undefined || placed.element.kind !== "step") return { to: "none" };
    const isSure = [...outwards(placed)].every(
      (each) => each.element.kind === "absence" || !each.element.quantifier.optional,
    );
    return { to, step: placed.element.name, orElse: isSure ? orElse : (orElse ?? "next") };
  }
}
