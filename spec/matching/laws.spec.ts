// How matches change when a pattern or a stream is changed: laws that follow from the definition, on random cases.

import { suite } from "uvu";
import { type Contiguity, type Element, ONCE, type PatternAst, type Quantifier } from "../../lib/pattern/ast.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { everyElement } from "../../lib/pattern/walk.ts";
import type { Case } from "../oracle/random.ts";
import { allowMs } from "../run/ask.ts";
import { holdsFor } from "./law.ts";
import { run } from "./whole.ts";

const it = suite("laws of matching");

const RUNS = 1_000;

allowMs(120_000);

const elementsOf = ({ pattern }: Case): readonly Element[] =>
  [...everyElement(pattern.elements)].map(({ element }) => element);
const has = (each: Case, is: (element: Element) => boolean): boolean => elementsOf(each).some(is);
const quantified = (is: (quantifier: Quantifier) => boolean) => (element: Element) =>
  element.kind !== "absence" && is(element.quantifier);

/** Absences, greed, `until` and skip strategies take matches away, so wider patterns need not have more of them. */
const isMonotone = (each: Case): boolean =>
  each.pattern.skip.to === "none" &&
  each.pattern.emit === "eager" &&
  each.pattern.oncePerMs === null &&
  !has(each, (element) => element.kind === "absence") &&
  !has(
    each,
    quantified(({ greedy, until }) => greedy || until !== null),
  );

/** Matches without their report times, as a sorted set. */
const setOf = (each: Case): readonly string[] =>
  run(each)
    .matches.map((match) => match.replace(/@.*/, ""))
    .sort();
const missingFrom = (larger: readonly string[], smaller: readonly string[]): readonly string[] =>
  smaller.filter((match) => !larger.includes(match));
const withPattern = (each: Case, changes: Partial<PatternAst>): Case => ({
  ...each,
  pattern: { ...each.pattern, ...changes },
});

/** The pattern with every element changed, groups from the inside out. */
function mapElements(elements: readonly Element[], change: (element: Element) => Element): readonly Element[] {
  return elements.map((element) =>
    change(element.kind === "group" ? { ...element, elements: mapElements(element.elements, change) } : element),
  );
}

const looser: Readonly<Record<Contiguity, Contiguity>> = {
  next: "followedBy",
  followedBy: "followedByAny",
  followedByAny: "followedByAny",
};

it("times may be measured in another unit", () => {
  holdsFor(RUNS, (each) => {
    const scale = (ms: number): number => ms * 1_000;
    const scaled = (ms: number | null): number | null => (ms === null ? null : scale(ms));
    const elements = mapElements(each.pattern.elements, (element) =>
      element.kind === "absence"
        ? { ...element, forMs: scaled(element.forMs) }
        : { ...element, maxGapMs: scaled(element.maxGapMs) },
    );
    const { withinMs, oncePerMs } = each.pattern;
    const slower: Case = {
      pattern: { ...each.pattern, elements, withinMs: scaled(withinMs), oncePerMs: scaled(oncePerMs) },
      events: each.events.map(({ value, at }) => ({ value, at: scale(at) })),
      until: scale(each.until),
    };
    const faster = (said: readonly string[]) =>
      said.map((text) => text.replace(/@(.*)$/, (_, at: string) => `@${Number(at) / 1_000}`));
    const { matches, timedOut } = run(slower);
    return [{ matches: faster(matches), timedOut: faster(timedOut) }, run(each)];
  });
});

it("a pattern without strict links does not see events that none of its conditions is about", () => {
  const isStrict = (each: Case): boolean =>
    has(each, (element) => element.link === "next" || element.link === "notNext") ||
    has(
      each,
      quantified(({ inner }) => inner === "next"),
    );
  const onAnyTag = (each: Case): boolean => has(each, (element) => element.kind !== "group" && element.on === null);
  const hasUntil = (each: Case): boolean =>
    has(
      each,
      quantified(({ until }) => until !== null),
    );
  holdsFor(
    RUNS,
    (each) => {
      const noise = { type: "noise" };
      const noisy = each.events.flatMap((event) => [event, { value: noise, at: event.at }]);
      const halved = (said: readonly string[]) =>
        said.map((text) => text.replace(/:(\d+)/g, (_, number: string) => `:${(Number(number) + 1) / 2}`));
      const { matches, timedOut } = run({ ...each, events: noisy });
      return [{ matches: halved(matches), timedOut: halved(timedOut) }, run(each)];
    },
    (each) => !isStrict(each) && !onAnyTag(each) && !hasUntil(each),
  );
});

it("strict finds no more than relaxed, relaxed no more than any", () => {
  holdsFor(
    RUNS,
    (each) => {
      const elements = mapElements(each.pattern.elements, (element) => {
        if (element.kind === "absence") return element;
        const { quantifier } = element;
        const inner = quantifier.counted ? looser[quantifier.inner] : quantifier.inner;
        return {
          ...element,
          link: element.link === null ? null : looser[element.link],
          quantifier: { ...quantifier, inner },
        };
      });
      return [missingFrom(setOf(withPattern(each, { elements })), setOf(each)), []];
    },
    isMonotone,
  );
});

it("a wider window loses no match", () => {
  holdsFor(
    RUNS,
    (each) => [missingFrom(setOf(withPattern(each, { withinMs: (each.pattern.withinMs ?? 0) * 2 })), setOf(each)), []],
    (each) => isMonotone(each) && each.pattern.withinMs !== null,
  );
});

it("a weaker condition loses no match where any event may pass", () => {
  const anyMayPass = (each: Case): boolean =>
    elementsOf(each).every(
      (element) =>
        (element.link === null || element.link === "followedByAny") &&
        quantified(({ inner, counted }) => !counted || inner === "followedByAny")(element),
    );
  const weaker = (condition: Condition | null): Condition | null =>
    condition === null
      ? null
      : {
          kind: "or",
          parts: [condition, { kind: "exists", value: { kind: "field", of: { kind: "candidate" }, path: ["v"] } }],
        };
  holdsFor(
    RUNS,
    (each) => {
      const elements = mapElements(each.pattern.elements, (element) =>
        element.kind === "step" ? { ...element, condition: weaker(element.condition) } : element,
      );
      return [missingFrom(setOf(withPattern(each, { elements })), setOf(each)), []];
    },
    (each) => isMonotone(each) && anyMayPass(each),
  );
});

it("a fixed count is that many steps in a row", () => {
  const isUnrollable = (element: Element): boolean =>
    element.kind === "step" &&
    element.quantifier.counted &&
    element.quantifier.min === element.quantifier.max &&
    !element.quantifier.optional;
  holdsFor(
    RUNS,
    (each) => {
      const elements = each.pattern.elements.flatMap((element): readonly Element[] => {
        if (!isUnrollable(element) || element.kind !== "step") return [element];
        const { min, inner } = element.quantifier;
        return Array.from({ length: min }, (_, index) => ({
          ...element,
          name: `${element.name}x${index}`,
          link: index === 0 ? element.link : inner,
          quantifier: ONCE,
        }));
      });
      const unrolled = setOf(withPattern(each, { elements })).map((match) => match.replaceAll(/x\d+:/g, ":"));
      return [[...unrolled].sort(), setOf(each)];
    },
    (each) => {
      const looksBack =
        has(each, (element) => element.kind !== "group" && element.condition !== null) ||
        has(
          each,
          quantified(({ until }) => until !== null),
        );
      const guarded = each.pattern.elements.some(
        (element, index) => isUnrollable(element) && each.pattern.elements[index + 1]?.kind === "absence",
      );
      return each.pattern.elements.some(isUnrollable) && each.pattern.skip.to === "none" && !looksBack && !guarded;
    },
  );
});

/** All that is found is reported. */
const reportingAll = (each: Case): Case => withPattern(each, { skip: { to: "none" }, oncePerMs: null });

/** The same without conditions, which name steps, and without `until`, which closes greedy loops. */
const withoutConditions = (each: Case): Case => {
  const elements = mapElements(each.pattern.elements, (element) => {
    const bare = element.kind === "group" ? element : { ...element, condition: null };
    if (bare.kind === "absence" || bare.quantifier.until === null) return bare;
    return { ...bare, quantifier: { ...bare.quantifier, until: null, greedy: false } };
  });
  return withPattern(each, { elements });
};

/** The first element of the pattern itself that `is` so and before no absence; -1 if there is none. */
const unguarded = ({ pattern: { elements } }: Case, is: (element: Element) => boolean): number =>
  elements.findIndex((element, index) => is(element) && elements[index + 1]?.kind !== "absence");

/** The pattern with other elements in the place of one, everything reported at once and to the end of time. */
const withOther = (each: Case, index: number, others: readonly Element[]): Case => ({
  ...withPattern(each, {
    emit: "eager",
    elements: each.pattern.elements
      .toSpliced(index, 1, ...others)
      .map((element, place) => (place === 0 && element.kind !== "absence" ? { ...element, link: null } : element)),
  }),
  until: Number.POSITIVE_INFINITY,
});
const union = (sets: readonly (readonly string[])[]): readonly string[] => [...new Set(sets.flat())].sort();

it("a count from some to more is each of the counts between", () => {
  const isRange = quantified(({ min, max, greedy }) => max !== null && min < max && !greedy);
  holdsFor(
    RUNS,
    (found) => {
      const each = reportingAll(found);
      const index = unguarded(each, isRange);
      const element = each.pattern.elements[index] as Exclude<Element, { kind: "absence" }>;
      const { quantifier } = element;
      const { min, max } = quantifier;
      const counts = Array.from({ length: (max ?? min) - min + 1 }, (_, more) => min + more);
      const exactly = (count: number): Element => ({
        ...element,
        quantifier: { ...quantifier, min: count, max: count, inner: count === 1 ? "followedBy" : quantifier.inner },
      });
      return [
        union(counts.map((count) => setOf(withOther(each, index, [exactly(count)])))),
        setOf(withOther(each, index, [element])),
      ];
    },
    (each) => unguarded(each, isRange) >= 0,
  );
});

it("what is optional is there or not", () => {
  const isOptional = (element: Element): boolean => quantified(({ optional, greedy }) => optional && !greedy)(element);
  const mayGo = (each: Case): boolean => {
    const { elements } = each.pattern;
    const index = unguarded(each, isOptional);
    return index >= 0 && elements.length > 1 && !(index === 0 && elements[1]?.kind === "absence");
  };
  holdsFor(
    RUNS,
    (found) => {
      const each = withoutConditions(reportingAll(found));
      const index = unguarded(each, isOptional);
      const element = each.pattern.elements[index] as Exclude<Element, { kind: "absence" }>;
      const needed: Element = { ...element, quantifier: { ...element.quantifier, optional: false } };
      return [
        union([setOf(withOther(each, index, [needed])), setOf(withOther(each, index, []))]),
        setOf(withOther(each, index, [element])),
      ];
    },
    mayGo,
  );
});

it("a fixed count of a group is that many groups in a row", () => {
  const mayBeEmpty = (element: Element): boolean =>
    element.kind === "absence" ||
    element.quantifier.optional ||
    (element.kind === "group" && element.elements.every(mayBeEmpty));
  const isUnrollable = (element: Element): boolean => element.kind === "group" && !mayBeEmpty(element);
  const renamed = (elements: readonly Element[], suffix: string): readonly Element[] =>
    mapElements(elements, (element) =>
      element.kind === "group" ? element : { ...element, name: `${element.name}${suffix}` },
    );
  holdsFor(
    RUNS,
    (found) => {
      const each = withoutConditions(reportingAll(found));
      const index = unguarded(each, isUnrollable);
      const any = each.pattern.elements[index] as Extract<Element, { kind: "group" }>;
      const count = 2 + (each.events.length % 2);
      const group = { ...any, quantifier: { ...any.quantifier, min: count, max: count, counted: true } };
      const { inner } = group.quantifier;
      const copies = Array.from({ length: count }, (_, copy) => ({
        ...group,
        link: copy === 0 ? group.link : inner,
        elements: renamed(group.elements, `x${copy}`),
        quantifier: ONCE,
      }));
      const unrolled = setOf(withOther(each, index, copies)).map((match) => match.replaceAll(/x\d+:/g, ":"));
      // Which iteration takes what may be chosen in several ways; in a loop these are one match.
      return [union([unrolled]), setOf(withOther(each, index, [group]))];
    },
    (each) => unguarded(each, isUnrollable) >= 0,
  );
});

it("what is reported under a skip strategy or oncePer is reported without, too", () => {
  holdsFor(
    RUNS,
    (each) => {
      const all = withPattern(each, { skip: { to: "none" }, emit: "eager", oncePerMs: null });
      return [missingFrom(setOf(all), setOf(each)), []];
    },
    ({ pattern }) => pattern.skip.to !== "none" || pattern.oncePerMs !== null,
  );
});

it.run();
