// What the words of a case mean, said once more, independently of the builder: it must come to the same.

import {
  type AbsenceNode,
  type Element,
  ONCE,
  type PatternAst,
  type Quantifier,
  type Skip,
} from "../../lib/pattern/ast.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { throwsOnBoom } from "../oracle/notation.ts";
import { toCondition } from "./to-condition.ts";
import type { ElementWord, OtherWord, Word } from "./words.ts";

const EMPTY: PatternAst = {
  kind: "pattern",
  name: "p",
  version: 1,
  tag: "type",
  elements: [],
  withinMs: null,
  skip: { to: "none" },
  emit: "eager",
  oncePerMs: null,
};

/** Only for words that the builder accepts: of a word that is said twice, the last one counts. */
export function toAst(words: readonly Word[]): PatternAst {
  let ast = EMPTY;
  for (const word of words) ast = withWordOfPattern(ast, word);
  return ast;
}

function withWordOfPattern(ast: PatternAst, word: Word): PatternAst {
  if (word.kind === "number" && word.word === "within") return { ...ast, withinMs: word.given[0] ?? 0 };
  if (word.kind === "number" && word.word === "oncePer") return { ...ast, oncePerMs: word.given[0] ?? 0 };
  if (word.kind === "tag") return { ...ast, tag: word.field };
  if (word.kind === "skip") return { ...ast, skip: toSkip(word), emit: word.ordered ? "ordered" : "eager" };
  return { ...ast, elements: withWord(ast.elements, word) };
}

function withWord(elements: readonly Element[], word: Word): readonly Element[] {
  if (word.kind === "element") return [...elements, toElement(word)];
  const last = elements.at(-1);
  if (last === undefined) return elements;
  return elements.with(-1, said(last, word));
}

function toElement({ word, of, on }: ElementWord): Element {
  if (word === "notNext" || word === "notFollowedBy") {
    const name = "name" in of ? of.name : "";
    return { kind: "absence", name, link: word, on, condition: null, forMs: null };
  }
  const link = word === "begin" ? null : word;
  if ("name" in of) {
    return { kind: "step", name: of.name, link, on, condition: null, quantifier: ONCE, maxGapMs: null };
  }
  const elements = of.body.reduce(withWord, []);
  return { kind: "group", link, elements, quantifier: ONCE, maxGapMs: null };
}

/** The element with one more word said of it. */
function said(element: Element, word: OtherWord): Element {
  switch (word.kind) {
    case "condition":
      return word.word === "until"
        ? withQuantifier(element, { until: toCondition(word.written) })
        : withCondition(element, word.word === "where" ? "and" : "or", toCondition(word.written));
    case "filter":
      return withCondition(element, "and", { kind: "opaque", call: throwsOnBoom, version: 1 });
    case "plain":
      return withQuantifier(element, PLAIN[word.word]);
    case "number":
      return withNumbers(element, word);
    case "on":
      return element.kind === "group" ? element : { ...element, on: word.types };
    // Said of no element; what is selected, and what is refused, has no place in a pattern.
    case "skip":
    case "tag":
    case "select":
    case "mistake":
      return element;
  }
}

const PLAIN: Readonly<Record<Extract<OtherWord, { kind: "plain" }>["word"], Partial<Quantifier>>> = {
  oneOrMore: { max: null, counted: true },
  optional: { optional: true },
  greedy: { greedy: true },
  consecutive: { inner: "next" },
  allowCombinations: { inner: "followedByAny" },
};

function withNumbers(element: Element, { word, given }: Extract<OtherWord, { kind: "number" }>): Element {
  const [first = 0, second = first] = given;
  switch (word) {
    case "times": {
      // From none to some: optional.
      const isFromNone = first === 0 && second > 0;
      return withQuantifier(element, {
        min: isFromNone ? 1 : first,
        max: second,
        counted: true,
        ...(isFromNone ? { optional: true } : {}),
      });
    }
    case "timesOrMore":
      return withQuantifier(element, { min: first, max: null, counted: true });
    case "maxGap":
      return element.kind === "absence" ? element : { ...element, maxGapMs: first };
    case "for":
      return element.kind === "absence" ? { ...element, forMs: first } : element;
    default:
      return element;
  }
}

function withQuantifier(element: Element, change: Partial<Quantifier>): Element {
  if (element.kind === "absence") return element;
  return { ...element, quantifier: { ...element.quantifier, ...change } };
}

function withCondition(element: Element, kind: "and" | "or", more: Condition): Element {
  if (element.kind === "group") return element;
  const before: AbsenceNode["condition"] = element.condition;
  if (before === null) return { ...element, condition: more };
  const parts = [before, more].flatMap((part) => (part.kind === kind ? part.parts : [part]));
  return { ...element, condition: { kind, parts } };
}

function toSkip({ to, step, orElse }: Extract<OtherWord, { kind: "skip" }>): Skip {
  if (to === "none" || to === "pastLast") return { to };
  if (to === "toNext") return { to: "next" };
  return { to: to === "toFirst" ? "first" : "last", step, orElse: orElse === "toNext" ? "next" : orElse };
}
