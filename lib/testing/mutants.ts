// A pattern with one thing changed, in all ways that are known: what a person might have written by mistake. Tests of the
// pattern that do not notice such a change do not say what is right.

import type { Element, PatternAst, Skip } from "../pattern/ast.ts";
import { checkPattern } from "../pattern/checks/checks.ts";
import { fingerprintOf } from "../pattern/fingerprint.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { patternFrom } from "../pattern/pattern-value.ts";
import { nameOf } from "../pattern/walk.ts";
import { type Change, inside } from "./change.ts";
import { changesOfBound, changesOfElement } from "./change-element.ts";

/**
 * A pattern with one thing changed.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type Mutant, mutants } from "sequitur/testing";
 *
 * const large = pattern<{ amount: number }>("large").begin("it").where((e) => e.amount.gt(500));
 * const [first]: readonly Mutant[] = mutants(large);
 * first?.of; // => "it"
 * first?.change; // => '"amount is above 500" became "amount is at least 500"'
 */
export type Mutant<P = Pattern<never>> = {
  /** The changed pattern; `select`, name and version are as they were. */
  readonly pattern: P;
  /** The step, absence or group that was changed; `""`: the pattern as a whole. */
  readonly of: string;
  /** What was changed, in words. */
  readonly change: string;
};

/**
 * All small changes of a pattern that leave a pattern: bounds of comparisons, constants, parts of conditions left out, links, counts, windows,
 * absences and steps left out, skip strategies. None means the same data as another or as the pattern itself; some may still
 * find the same, which `distinguish` tells. Functions given to `filter` and `select` are left as they are.
 *
 * Cost: a check for each; there are some dozens.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { mutants } from "sequitur/testing";
 *
 * const pair = pattern<{ type: string }>("pair").begin("one").on("a").next("two").on("b").within("1m");
 * mutants(pair).map(({ of, change }) => `${of}: ${change}`).slice(0, 2); // => ["two: next became followedBy", "one: the step is gone"]
 */
export function mutants<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
): readonly Mutant<Pattern<E, M, R, Timed>>[] {
  const known = new Set([pattern.fingerprint]);
  return changesOfPattern(pattern.ast).flatMap(({ value, of, change }) => {
    if (checkPattern(value).some(({ severity }) => severity === "error")) return [];
    const fingerprint = fingerprintOf(value);
    if (known.has(fingerprint)) return [];
    known.add(fingerprint);
    return [{ pattern: patternFrom<E, M, R, Timed>(value, pattern.problems, pattern.selector), of, change }];
  });
}

type PlacedChange<T> = Change<T> & { readonly of: string };

function changesOfPattern(ast: PatternAst): readonly PlacedChange<PatternAst>[] {
  const { withinMs, oncePerMs, emit, skip } = ast;
  const whole: readonly Change<PatternAst>[] = [
    ...inside(changesOfBound(withinMs, "within"), (changed) => ({ ...ast, withinMs: changed })),
    ...inside(changesOfBound(oncePerMs, "oncePer"), (changed) => ({ ...ast, oncePerMs: changed })),
    ...(emit === "ordered" ? [{ value: { ...ast, emit: "eager" as const }, change: 'emit "ordered" is gone' }] : []),
    skip.to === "none"
      ? { value: { ...ast, skip: { to: "pastLast" } }, change: 'skip("pastLast") was added' }
      : { value: { ...ast, skip: { to: "none" } }, change: `${skipInWords(skip)} is gone` },
  ];
  return [
    ...changesOfElements(ast.elements).map((each) => ({ ...each, value: { ...ast, elements: each.value } })),
    ...whole.map((each) => ({ ...each, of: "" })),
  ];
}

function skipInWords(skip: Skip): string {
  if (skip.to === "first" || skip.to === "last")
    return `skip({ ${skip.to === "first" ? "toFirst" : "toLast"}: ${JSON.stringify(skip.step)} })`;
  return `skip("${skip.to === "next" ? "toNext" : skip.to}")`;
}

/** First what is changed in each, then each left out. */
function changesOfElements(elements: readonly Element[]): readonly PlacedChange<readonly Element[]>[] {
  const changed = elements.flatMap((element, index) =>
    changesWithin(element).map((each) => ({ ...each, value: elements.with(index, each.value) })),
  );
  const dropped = elements.map((element, index) => ({
    value: unlinked(elements.toSpliced(index, 1)),
    of: nameOf(element),
    change: `the ${element.kind} is gone`,
  }));
  return [...changed, ...dropped];
}

/** An element that comes to stand first has no link. */
function unlinked([first, ...rest]: readonly Element[]): readonly Element[] {
  if (first === undefined) return [];
  return [first.kind === "absence" ? first : { ...first, link: null }, ...rest];
}

function changesWithin(element: Element): readonly PlacedChange<Element>[] {
  const own = changesOfElement(element).map((each) => ({ ...each, of: nameOf(element) }));
  if (element.kind !== "group") return own;
  return [
    ...own,
    ...changesOfElements(element.elements).map((each) => ({ ...each, value: { ...element, elements: each.value } })),
  ];
}
