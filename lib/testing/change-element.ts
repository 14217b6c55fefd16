// Small changes of an element beside its condition: how near, how often, how soon, which kinds of events.

import type { AbsenceNode, Contiguity, Element, GroupNode, Quantifier, StepNode } from "../pattern/ast.ts";
import { formatDuration } from "../time/duration.ts";
import { type Change, inside } from "./change.ts";
import { changesOfCondition } from "./change-condition.ts";

/** Everything that can be changed in an element; what stands inside a group is left to who goes through it. */
export function changesOfElement(element: Element): readonly Change<Element>[] {
  switch (element.kind) {
    case "absence":
      return changesOfAbsence(element);
    case "step":
      return [...changesOfEvents(element), ...changesOfTaking(element)];
    case "group":
      return changesOfTaking(element);
  }
}

/** Other lengths of time: half and twice as long, and "at most" where it was "less than". `word` is the call that says it. */
export function changesOfDuration(ms: number, word: string): readonly Change<number>[] {
  return [Math.floor(ms / 2), ms + 1, ms * 2]
    .filter((each) => each > 0)
    .map((value) => ({ value, change: `${inWords(word, ms)} became ${inWords(word, value)}` }));
}

function inWords(word: string, ms: number): string {
  return `${word}("${formatDuration(ms)}")`;
}

/** `ms`, or none, as it may be left out. */
export function changesOfBound(ms: number | null, word: string): readonly Change<number | null>[] {
  if (ms === null) return [];
  return [...changesOfDuration(ms, word), { value: null, change: `${inWords(word, ms)} is gone` }];
}

function changesOfAbsence(absence: AbsenceNode): readonly Change<AbsenceNode>[] {
  const link = absence.link === "notNext" ? "notFollowedBy" : "notNext";
  const { forMs } = absence;
  return [
    ...changesOfEvents(absence),
    { value: { ...absence, link, forMs: null }, change: `${absence.link} became ${link}` },
    ...inside(forMs === null ? [] : changesOfDuration(forMs, "for"), (ms) => ({ ...absence, forMs: ms })),
  ];
}

/** Which events it is about. */
function changesOfEvents<Node extends StepNode | AbsenceNode>(node: Node): readonly Change<Node>[] {
  const { on, condition } = node;
  const fewer = on === null || on.length < 2 ? [] : on;
  return [
    ...fewer.map((tag, index) => ({
      value: { ...node, on: (on as readonly string[]).toSpliced(index, 1) },
      change: `on(${JSON.stringify(tag)}) is gone`,
    })),
    ...inside(condition === null ? [] : changesOfCondition(condition), (changed) => ({ ...node, condition: changed })),
  ];
}

function changesOfTaking<Node extends StepNode | GroupNode>(node: Node): readonly Change<Node>[] {
  const { link, quantifier, maxGapMs } = node;
  return [
    ...inside(link === null ? [] : changesOfLink(link), (changed) => ({ ...node, link: changed })),
    ...inside(changesOfQuantifier(quantifier), (changed) => ({ ...node, quantifier: changed })),
    ...inside(changesOfBound(maxGapMs, "maxGap"), (changed) => ({ ...node, maxGapMs: changed })),
  ];
}

const OTHER_LINKS: Readonly<Record<Contiguity, readonly Contiguity[]>> = {
  next: ["followedBy"],
  followedBy: ["next", "followedByAny"],
  followedByAny: ["followedBy"],
};

function changesOfLink(link: Contiguity): readonly Change<Contiguity>[] {
  return OTHER_LINKS[link].map((value) => ({ value, change: `${link} became ${value}` }));
}

function changesOfQuantifier(quantifier: Quantifier): readonly Change<Quantifier>[] {
  const { min, max, optional, greedy, until, counted, inner } = quantifier;
  const counts = counted ? countsNear(min, max) : [];
  const words = countInWords(min, max);
  return [
    ...counts.map((count) => ({
      value: { ...quantifier, ...count },
      change: `${words} became ${countInWords(count.min, count.max)}`,
    })),
    ...(optional ? [{ value: { ...quantifier, optional: false }, change: "optional() is gone" }] : []),
    ...(greedy ? [{ value: { ...quantifier, greedy: false }, change: "greedy() is gone" }] : []),
    ...inside(max === 1 ? [] : changesOfInner(inner), (changed) => ({ ...quantifier, inner: changed })),
    ...inside(until === null ? [] : changesOfCondition(until), (changed) => ({ ...quantifier, until: changed })),
  ];
}

type Count = Pick<Quantifier, "min" | "max">;

/** One more, one less; a fixed count stays fixed. */
function countsNear(min: number, max: number | null): readonly Count[] {
  const counts: Count[] =
    min === max
      ? [
          { min: min - 1, max: min - 1 },
          { min: min + 1, max: min + 1 },
        ]
      : [
          { min: min - 1, max },
          { min: min + 1, max },
          ...(max === null
            ? []
            : [
                { min, max: max - 1 },
                { min, max: max + 1 },
              ]),
        ];
  return counts.filter((count) => count.min >= 1 && (count.max === null || count.max >= count.min));
}

function countInWords(min: number, max: number | null): string {
  if (max === null) return min === 1 ? "oneOrMore()" : `timesOrMore(${min})`;
  return min === max ? `times(${min})` : `times(${min}, ${max})`;
}

const INNER_WORDS: Readonly<Record<Contiguity, string | null>> = {
  next: "consecutive()",
  followedBy: null,
  followedByAny: "allowCombinations()",
};

function changesOfInner(inner: Contiguity): readonly Change<Contiguity>[] {
  const word = INNER_WORDS[inner];
  return OTHER_LINKS[inner].map((value) => {
    const other = INNER_WORDS[value];
    return { value, change: word === null ? `${other} was added` : `${word} is gone` };
  });
}
