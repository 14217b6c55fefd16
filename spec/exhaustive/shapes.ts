// All patterns with a given number of operators. An operator is one thing that is said of a pattern that is, to begin
// with, a single step. Written in the notation of spec/oracle/notation.ts:
//
//     operator           what it makes of `a`, or of `a , b`
//     ──────────────────────────────────────────────────────────────────────────────────────────
//     one more step      a , b    a ; b    a ~ b       in each of the three contiguities
//     absence            a !b     a !b..               both kinds
//     count              a+   a{2}   a{1,2}   a{2,}
//     optional           a?   a{2}?   (a , b)?
//     greedy             a+^
//     until              a+/b
//     inner contiguity   a+;   a+~                     consecutive, allowCombinations; only of what is counted
//     group              (a , b)   (a , b)+   (a+){2}  around two or more elements, or one that is more than a bare
//                                                      step; its count, if it has one, is part of this operator
//     maxGap             a , b<2                       ┐
//     for                a !b..2                       │ the rare ones
//     another event      ab                            ┘ a step or absence accepts events of two types instead of one
//
// So `a+; ~ b` has three, and `(a ~ b)+;` too. What says nothing is left out: a group around a bare step or around
// nothing but another bare group, a gap before the first event of all. What the checks refuse is left out later
// (subjects.ts), and letters are put in later (letters.ts): a shape has `_` in their place, `__` where an element accepts
// two types.

/** All shapes with exactly this many operators, each once; with the rare ones, or without. */
export function* shapes(operators: number, { rare }: { readonly rare: boolean }): Generator<string> {
  for (const shape of body(operators)) if (rare || !hasRare(shape)) yield shape;
}

function hasRare(shape: string): boolean {
  return /__|<|\.\.\d/.test(shape);
}

/** The elements of a pattern, or of a group. */
function* body(operators: number): Generator<string> {
  for (const here of upTo(operators)) {
    for (const head of taking(here, true)) {
      for (const rest of following(operators - here)) yield head + rest;
    }
  }
}

const LINKS = [",", ";", "~"] as const;

/** What comes after the first element. */
function* following(operators: number): Generator<string> {
  if (operators === 0) yield "";
  if (operators <= 0) return;
  for (const here of upTo(operators - 1)) {
    for (const element of taking(here, false)) {
      for (const rest of following(operators - 1 - here)) {
        for (const link of LINKS) yield ` ${link} ${element}${rest}`;
      }
    }
  }
  for (const here of upTo(operators - 1)) {
    for (const absence of absences(here)) {
      for (const rest of following(operators - 1 - here)) yield ` ${absence}${rest}`;
    }
  }
}

/** What may be said of an absence. */
function* absences(operators: number): Generator<string> {
  for (const [events, more] of [
    ["_", 0],
    ["__", 1],
  ] as const) {
    if (operators === more) yield* [`!${events}`, `!${events}..`];
    if (operators === more + 1) yield `!${events}..2`;
  }
}

/** Elements that take events. `isHead`: no element stands before it. */
function* taking(operators: number, isHead: boolean): Generator<string> {
  for (const quantifier of quantifiers(operators, { isStep: true, isHead })) yield `_${quantifier}`;
  for (const quantifier of quantifiers(operators - 1, { isStep: true, isHead })) yield `__${quantifier}`;
  for (const inside of upTo(operators - 1)) {
    for (const quantifier of quantifiers(operators - 1 - inside, { isStep: false, isHead })) {
      for (const elements of body(inside)) if (!isBare(elements)) yield `(${elements})${quantifier}`;
    }
  }
}

/** A single step or group of which nothing is said. */
function isBare(elements: string): boolean {
  return /^_+$/.test(elements) || (elements.startsWith("(") && closing(elements) === elements.length - 1);
}

function closing(elements: string): number {
  let depth = 0;
  for (const [index, sign] of [...elements].entries()) {
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

type Subject = { readonly isStep: boolean; readonly isHead: boolean };

/** All that may stand behind a step or group, `operators` of it. The count of a group costs nothing. */
function* quantifiers(operators: number, { isStep, isHead }: Subject): Generator<string> {
  for (const count of ["", "+", "{2}", "{1,2}", "{2,}"]) {
    const isLoop = count !== "";
    const isEndless = count === "+" || count === "{2,}";
    for (const optional of ["", "?"]) {
      for (const inner of isLoop ? ["", ";", "~"] : [""]) {
        for (const greedy of isStep && isLoop && inner !== "~" ? ["", "^"] : [""]) {
          for (const until of isEndless ? ["", "/_"] : [""]) {
            for (const gap of isHead && isStep && !isLoop ? [""] : ["", "<2"]) {
              const said = [isStep ? count : "", optional, inner, greedy, until, gap].filter((word) => word !== "");
              if (said.length === operators) yield count + optional + inner + greedy + until + gap;
            }
          }
        }
      }
    }
  }
}

/** From 0 to `most`. */
function upTo(most: number): readonly number[] {
  return Array.from({ length: Math.max(0, most + 1) }, (_, index) => index);
}
