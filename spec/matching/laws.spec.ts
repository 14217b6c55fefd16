// How matches change when a pattern or a stream is changed: laws that follow from the definition, on random cases.

import { suite } from "uvu";
import { type Contiguity, type Element, ONCE, type PatternAst, type Quantifier } from "../../lib/pattern/ast.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { everyElement } from "../../lib/pattern/walk.ts";
import type { Case } from "../oracle/random.ts";
import { holdsFor } from "./law.ts";
import { run } from "./whole.ts";

const it = suite("laws of matching");

const RUNS = 1_000;

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
    300,
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
