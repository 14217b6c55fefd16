// Patterns of the documents: words of the builder in a row, said to the builder as they stand.
//
//     begin(a)                 a step called a that takes events of type a; digits in a name are no part of the type, so
//                              a and a2 take the same events
//     begin(a) on(b, c)        one that takes events of types b and c; on(*): any event
//     next[begin(b) next(c)]   a group
//     where(e.v.gt(m.a.v))     a condition, as it is written in TypeScript; so are orWhere, filter and until
//     until(u)                 until an event of type u
//     skip(toLast a orElse none, ordered)
//     timedOut(all)            shows timed-out matches, too; said last

import { type Pattern, pattern, sequence } from "../../lib/index.ts";

/** What events of time lines are. */
export type Letter = { readonly type: string; readonly at: number; readonly v?: number };

/** A pattern that was read, and whether its time-outs are to be shown. */
export type Said = { readonly pattern: Pattern<Letter, unknown, unknown, true>; readonly asksForTimedOut: boolean };

/** A stage of the builder, without its types: the words come from a text. */
type Stage = { readonly [word: string]: (...given: readonly unknown[]) => Stage };

/** @throws {Error} if the words cannot be read. */
export function readPattern(text: string): Said {
  const asksForTimedOut = text.includes("timedOut(all)");
  const stage = say(pattern<Letter>("shown") as unknown as Stage, text.replace("timedOut(all)", "").trim());
  return { pattern: stage as unknown as Said["pattern"], asksForTimedOut };
}

const ELEMENTS = new Set(["begin", "next", "followedBy", "followedByAny", "notNext", "notFollowedBy"]);
const CONDITIONS = new Set(["where", "orWhere", "filter", "until"]);

function say(start: Stage, text: string): Stage {
  let stage = start;
  let rest = text;
  while (rest !== "") {
    const [whole, word = "", open] = /^(\w+)([([])/.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`"${rest}" does not begin with a word and its brackets`);
    const end = closing(rest, whole.length - 1);
    const given = rest.slice(whole.length, end).trim();
    rest = rest.slice(end + 1).trim();
    if (open === "[") stage = call(stage, word, [say(sequence<Letter>() as unknown as Stage, given)]);
    else if (ELEMENTS.has(word)) {
      const on = /^on\(([^)]*)\)\s*/.exec(rest);
      stage = sayElement(stage, word, given, on?.[1] ?? given.replace(/\d+$/, ""));
      rest = rest.slice(on?.[0].length ?? 0);
    } else stage = sayWord(stage, word, given);
  }
  return stage;
}

function sayElement(stage: Stage, link: string, name: string, on: string): Stage {
  const element = call(stage, link, [name]);
  return on === "*" ? element : call(element, "on", split(on));
}

function sayWord(stage: Stage, word: string, given: string): Stage {
  if (word === "until" && /^[a-z]+$/.test(given)) {
    return call(stage, word, [(e: { type: { eq(type: string): unknown } }) => e.type.eq(given)]);
  }
  // The text is that of the documents, which stand in this repository.
  if (CONDITIONS.has(word)) return call(stage, word, [new Function("e", "m", `return ${given};`)]);
  if (word === "skip") return call(stage, word, readSkip(given));
  return call(stage, word, given === "" ? [] : split(given).map(Number));
}

/** `pastLast`, `toLast b`, `toLast b orElse toNext`, and `, ordered` behind it. */
function readSkip(given: string): readonly unknown[] {
  const [to = "", emit = "eager"] = split(given);
  const [how = "", step, , orElse] = to.split(" ");
  const target = { [how]: step, ...(orElse === undefined ? {} : { orElse }) };
  return [step === undefined ? how : target, { emit }];
}

function split(list: string): readonly string[] {
  return list.split(",").map((part) => part.trim());
}

function call(stage: Stage, word: string, given: readonly unknown[]): Stage {
  const method = stage[word];
  if (typeof method !== "function") throw new Error(`the builder has no word "${word}"`);
  return method.apply(stage, given as unknown[]);
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if ("([".includes(text[at] ?? "")) depth += 1;
    if (")]".includes(text[at] ?? "")) depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`"${text}" has a bracket that is not closed`);
}
