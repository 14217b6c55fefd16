// The patterns of a search: shapes with letters, as far as the checks accept them.

import type { PatternAst } from "../../lib/pattern/ast.ts";
import { parsePattern } from "../oracle/notation.ts";
import { Dice } from "../oracle/random.ts";
import { alphabetOf, fill, letterings, placesOf } from "./letters.ts";
import { shapes } from "./shapes.ts";
import { windows } from "./variants.ts";

/** A pattern, with and without a window as far as it may have one, and the letters of its streams. */
export type Subject = { readonly windows: readonly PatternAst[]; readonly alphabet: readonly string[] };

export type Range = { readonly operators: number; readonly rare: boolean };

/** All patterns with so many operators, one of those that differ in the names of letters only. */
export function* subjects(range: Range): Generator<Subject> {
  for (const shape of shapes(range.operators, range)) {
    for (let index = 0; index < countOf(shape); index += 1) yield* subject(shape, index);
  }
}

/** How many patterns there are, before the checks are asked. */
export function countSubjects(range: Range): number {
  let count = 0;
  for (const shape of shapes(range.operators, range)) count += countOf(shape);
  return count;
}

/** So many of the patterns, or all if there are fewer; each as likely as any other. The same seed gives the same ones. */
export function* sampleSubjects(range: Range, size: number, seed: number): Generator<Subject> {
  const all = [...shapes(range.operators, range)];
  const ends: number[] = [];
  for (const shape of all) ends.push((ends.at(-1) ?? 0) + countOf(shape));
  const total = ends.at(-1) ?? 0;
  const dice = new Dice(seed);
  const seen = new Set<number>();
  for (let found = 0; found < size && seen.size < total; ) {
    const chosen = dice.between(0, total - 1);
    if (seen.has(chosen)) continue;
    seen.add(chosen);
    const place = firstAbove(ends, chosen);
    for (const each of subject(all[place] ?? "", chosen - (ends[place - 1] ?? 0))) {
      yield each;
      found += 1;
    }
  }
}

function countOf(shape: string): number {
  return letterings(placesOf(shape)).length;
}

/** None if the checks refuse it with and without a window. */
function* subject(shape: string, index: number): Generator<Subject> {
  const lettering = letterings(placesOf(shape))[index] ?? [];
  const accepted = windows(parsePattern(fill(shape, lettering)));
  if (accepted.length > 0) yield { windows: accepted, alphabet: alphabetOf(lettering) };
}

/** Where the first number greater than `value` stands in a sorted list. */
function firstAbove(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
