// A pattern or group while it is being said: what builder.ts changes, one immutable copy per word. Mistakes that the
// AST cannot show, such as a second quantifier, are noted as problems; those it can show are left to checks.ts.

import type { Problem } from "../../core/errors.ts";
import { type AbsenceNode, type Contiguity, type Element, ONCE, type PatternAst, type Quantifier } from "../ast.ts";
import type { Condition } from "../expression/expression.ts";
import { type Arity, shapeOf } from "../shape.ts";
import { nameOf } from "../walk.ts";
import type { BuildCode } from "./build-codes.ts";
import { joinConditions } from "./words.ts";
import type { Place } from "./writing.ts";

/** What has been said so far. The last element is the one that words such as `where` and `times` belong to. */
export type Draft = {
  readonly kind: "pattern" | "group";
  readonly ast: PatternAst;
  readonly problems: readonly Problem[];
  /** The words that may be said once per pattern, and were. */
  readonly said: readonly string[];
  readonly selector: ((match: never) => unknown) | null;
  /** Of a group that is said in place: what is known of the steps before it. */
  readonly before: (step: string) => Arity | undefined;
};

/** A problem as its finder knows it; where it is gets added. */
export type Finding = { readonly code: BuildCode } & Pick<Problem, "message" | "remedy">;

/** Nothing said yet. */
export function emptyDraft(
  kind: Draft["kind"],
  ast: Pick<PatternAst, "name" | "version" | "tag">,
  before: Draft["before"] = () => undefined,
): Draft {
  return {
    kind,
    ast: {
      kind: "pattern",
      ...ast,
      elements: [],
      withinMs: null,
      skip: { to: "none" },
      emit: "eager",
      oncePerMs: null,
    },
    problems: [],
    said: [],
    selector: null,
    before,
  };
}

/** The draft with a mistake noted at the last element. */
export function withProblem(draft: Draft, finding: Finding): Draft {
  const last = draft.ast.elements.at(-1);
  const path = last === undefined ? [] : [nameOf(last)];
  return { ...draft, problems: [...draft.problems, { ...finding, severity: "error", path }] };
}

/** The draft with some fields of its AST changed. */
export function withAst(draft: Draft, fields: Partial<PatternAst>): Draft {
  return { ...draft, ast: { ...draft.ast, ...fields } };
}

/** The draft with one more element. `link` is `null` for `begin`. */
export function withElement(draft: Draft, element: Element, method: string): Draft {
  const isFirst = draft.ast.elements.length === 0;
  const next = withAst(draft, { elements: [...draft.ast.elements, element] });
  if (isFirst && method !== "begin" && element.kind !== "absence") {
    return withProblem(next, {
      code: "BEGIN_MISSING",
      message: `${method} was said before begin.`,
      remedy: "Name the first element with begin.",
    });
  }
  if (isFirst || method !== "begin") return next;
  return withProblem(next, {
    code: "BEGIN_TWICE",
    message: "begin was said a second time.",
    remedy: "Say how it follows: next, followedBy or followedByAny.",
  });
}

/** A step that is only named yet. */
export function newStep(name: string, link: Contiguity | null): Element {
  return { kind: "step", name, link, on: null, condition: null, quantifier: ONCE, maxGapMs: null };
}

/** An absence that is only named yet. */
export function newAbsence(name: string, link: AbsenceNode["link"]): Element {
  return { kind: "absence", name, link, on: null, condition: null, forMs: null };
}

/** A group of what `body` says, with the problems found in it. */
export function withGroup(draft: Draft, body: Draft, link: Contiguity | null, method: string): Draft {
  const group: Element = { kind: "group", link, elements: body.ast.elements, quantifier: ONCE, maxGapMs: null };
  const inside = body.problems.map((problem) => ({ ...problem, path: [nameOf(group), ...problem.path] }));
  const next = withElement({ ...draft, problems: [...draft.problems, ...inside] }, group, method);
  if (body.ast.tag === draft.ast.tag || !usesTags(body.ast.elements)) return next;
  return withProblem(next, {
    code: "TAG_MISMATCH",
    message: `The group compares the field "${body.ast.tag}" in on, the pattern "${draft.ast.tag}".`,
    remedy: `Give both the same: sequence({ tag: "${draft.ast.tag}" }).`,
  });
}

/** The draft with its last element replaced by what `change` makes of it, or with the problem that it finds. */
export function changeLast(draft: Draft, method: string, change: (last: Element) => Element | Finding): Draft {
  const last = draft.ast.elements.at(-1);
  if (last === undefined) {
    return withProblem(draft, {
      code: "BEGIN_MISSING",
      message: `${method} was said before begin.`,
      remedy: "Name the first element with begin, then say more about it.",
    });
  }
  const changed = change(last);
  if ("code" in changed) return withProblem(draft, changed);
  return withAst(draft, { elements: [...draft.ast.elements.slice(0, -1), changed] });
}

/** Changes the quantifier of a step or group. */
export function changeQuantifier(
  draft: Draft,
  method: string,
  change: (quantifier: Quantifier) => Quantifier | Finding,
): Draft {
  return changeLast(draft, method, (last) => {
    if (last.kind === "absence") {
      return {
        code: "QUANTIFIER_ON_ABSENCE",
        message: `${method} was said of an absence, which takes no events.`,
        remedy: `Leave ${method} out, or say it of the step before.`,
      };
    }
    const quantifier = change(last.quantifier);
    return "code" in quantifier ? quantifier : { ...last, quantifier };
  });
}

/** The quantifier with a count, given once and before `optional`. From 0 means: optional. */
export function count(quantifier: Quantifier, method: string, min: number, max: number | null): Quantifier | Finding {
  if (quantifier.counted) {
    return {
      code: "QUANTIFIER_TWICE",
      message: `${method} is a second quantifier of the same element.`,
      remedy: "Keep one of times, timesOrMore and oneOrMore.",
    };
  }
  if (quantifier.optional) {
    return {
      code: "OPTIONAL_BEFORE_QUANTIFIER",
      message: `optional was said before ${method}.`,
      remedy: `Say it after: ${method}(…).optional().`,
    };
  }
  const fromNone = min === 0 && max !== 0 && max !== null;
  return { ...quantifier, min: fromNone ? 1 : min, max, optional: fromNone, counted: true };
}

/** Changes what a step takes or an absence forbids. */
export function changeCondition(
  draft: Draft,
  method: string,
  change: (last: Exclude<Element, { kind: "group" }>) => Element | Finding,
): Draft {
  return changeLast(draft, method, (last) =>
    last.kind === "group"
      ? {
          code: "CONDITION_ON_GROUP",
          message: `${method} was said of a group.`,
          remedy: `Say ${method} of the steps of the group.`,
        }
      : change(last),
  );
}

/** The draft with one more condition on its last element. */
export function addCondition(draft: Draft, method: string, join: "and" | "or", condition: Condition): Draft {
  return changeCondition(draft, method, (last) => ({
    ...last,
    condition: last.condition === null ? condition : joinConditions(join, [last.condition, condition]),
  }));
}

/**
 * Where the next condition stands. While the last step is `open`, it is known only once it has a count: until then it may become one
 * event or many.
 */
export function placeIn(draft: Draft, method: string, last: "open" | "closed" = "open"): Place {
  const element = draft.ast.elements.at(-1);
  const shape = shapeOf(draft.ast);
  const isUnknown = last === "open" && element?.kind === "step" && !element.quantifier.counted;
  const open = isUnknown ? element.name : undefined;
  const arityOf = (step: string): Arity | undefined => {
    if (step === open) return undefined;
    const arity = shape.get(step);
    return arity === undefined ? draft.before(step) : draft.kind === "group" ? "many" : arity;
  };
  return { pattern: draft.ast.name, path: element === undefined ? [] : [nameOf(element)], method, arityOf };
}

/** Says something about the pattern as a whole, once. */
export function sayOnce(draft: Draft, word: keyof typeof TWICE, change: (draft: Draft) => Draft): Draft {
  const finding = draft.kind === "group" ? inGroup(word) : draft.said.includes(word) ? twice(word) : undefined;
  if (finding !== undefined)
    return { ...draft, problems: [...draft.problems, { ...finding, severity: "error", path: [] }] };
  return { ...change(draft), said: [...draft.said, word] };
}

function usesTags(elements: readonly Element[]): boolean {
  return elements.some((element) => (element.kind === "group" ? usesTags(element.elements) : element.on !== null));
}

const TWICE = {
  within: "WITHIN_TWICE",
  skip: "SKIP_TWICE",
  oncePer: "ONCE_PER_TWICE",
  select: "SELECT_TWICE",
} as const;

function twice(word: keyof typeof TWICE): Finding {
  return { code: TWICE[word], message: `${word} was said a second time.`, remedy: "Say it once." };
}

function inGroup(word: string): Finding {
  return {
    code: "END_IN_GROUP",
    message: `${word} was said in a group.`,
    remedy: `Say ${word} at the end of the pattern.`,
  };
}
