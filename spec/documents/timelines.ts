// Time lines of the documents: a pattern in the words of the builder, streams, and what is found in them.
//
//     ```timeline
//     begin(a) followedBy(b)
//         a1 x2 b3 b4        → {a1 b3}
//     ```
//
// `begin(a)` is a step called a that takes events of type a; digits in a name are no part of the type, so a and a2 take
// the same events. `next[begin(b) next(c)]` is a group. `a1` is an event of type a at time 1, in milliseconds. A match is
// its events in braces, in the order taken, with `@time` where it is not reported at the time of its last event. The
// stream ends after the last event; `…9` says that before, time goes to 9 and no further. `timedOut(all)` shows timed-out
// matches, too, behind a semicolon.

import {
  createMatcher,
  type Duration,
  type Match,
  type Notice,
  type Pattern,
  pattern,
  sequence,
} from "../../lib/index.ts";

/** One line of a time line: what is found in a stream, as it is shown and as it is. */
export type Claim = {
  readonly line: number;
  readonly pattern: string;
  readonly stream: string;
  readonly shown: string;
  readonly found: string;
};

type Letter = { readonly type: string; readonly at: number };

const BLOCK = /^```timeline\n([\s\S]*?)^```$/gm;

/** Every claim in a document. @throws {Error} with the line if something cannot be read. */
export function claimsOf(text: string): readonly Claim[] {
  return [...text.matchAll(BLOCK)].flatMap((block) => {
    const first = text.slice(0, block.index).split("\n").length + 1;
    let words = "";
    return (block[1] ?? "").split("\n").flatMap((line, index): Claim[] => {
      if (line.trim() === "") return [];
      if (!line.startsWith(" ")) {
        words = line.trim();
        return [];
      }
      const [stream, shown] = line.split("→").map((part) => part.trim());
      if (stream === undefined || shown === undefined) throw new Error(`line ${first + index}: no "→" in "${line}"`);
      return [{ line: first + index, pattern: words, stream, shown, found: find(words, stream) }];
    });
  });
}

function find(words: string, stream: string): string {
  const timedOut: string[] = [];
  const onNotice = (notice: Notice): void => {
    if (notice.kind === "timedOut") timedOut.push(show(notice));
    else throw new Error(`a notice of kind ${notice.kind}`);
  };
  const { made, asksForTimedOut } = build(words);
  const options = { time: (e: { at: never }) => e.at, onNotice, timedOut: asksForTimedOut ? "all" : "none" } as const;
  const matcher = createMatcher(made as Pattern<Letter, unknown, unknown, true>, options as never);
  const { events, until } = readStream(stream);
  const matches = events.flatMap((event) => matcher.push(event));
  matches.push(...(until === null ? matcher.finish() : matcher.advanceTo(until)));
  const found = matches.map(show).join(" ") || "none";
  return asksForTimedOut ? `${found}; timed out ${timedOut.join(" ") || "none"}` : found;
}

function show({ taken, at, lastAt }: Pick<Match, "taken" | "at" | "lastAt">): string {
  const events = taken.map(({ value }) => `${(value as Letter).type}${(value as Letter).at}`);
  return `{${events.join(" ")}}${at === lastAt ? "" : `@${at}`}`;
}

function readStream(stream: string): { readonly events: readonly Letter[]; readonly until: number | null } {
  let until: number | null = null;
  const events = stream.split(/\s+/).flatMap((word): Letter[] => {
    const [, type, at] = /^([a-z]+|…)(\d+)$/.exec(word) ?? [];
    if (type === undefined) throw new Error(`"${word}" is no event: write a1`);
    if (type !== "…") return [{ type, at: Number(at) }];
    until = Number(at);
    return [];
  });
  return { events, until };
}

/** A stage of the builder, without its types: the words come from a text. */
type Stage = { readonly [word: string]: (...given: readonly unknown[]) => Stage };

type Built = { readonly made: unknown; readonly asksForTimedOut: boolean };

function build(words: string): Built {
  const asksForTimedOut = words.includes("timedOut(all)");
  const made = say(pattern<Letter>("shown") as unknown as Stage, words.replace("timedOut(all)", "").trim());
  return { made, asksForTimedOut };
}

const ELEMENTS = new Set(["begin", "next", "followedBy", "followedByAny", "notNext", "notFollowedBy"]);

function say(start: Stage, words: string): Stage {
  let stage = start;
  for (let rest = words; rest !== ""; ) {
    const [whole, word = "", open] = /^(\w+)([([])/.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`"${rest}" does not begin with a word and its brackets`);
    const end = closing(rest, whole.length - 1);
    const given = rest.slice(whole.length, end).trim();
    stage =
      open === "["
        ? call(stage, word, [say(sequence<Letter>() as unknown as Stage, given)])
        : sayWord(stage, word, given);
    rest = rest.slice(end + 1).trim();
  }
  return stage;
}

function sayWord(stage: Stage, word: string, given: string): Stage {
  if (ELEMENTS.has(word)) return call(call(stage, word, [given]), "on", [given.replace(/\d+$/, "")]);
  if (word === "until") return call(stage, word, [(e: { type: { eq(type: string): unknown } }) => e.type.eq(given)]);
  if (word === "skip") return call(stage, word, readSkip(given));
  return call(stage, word, given === "" ? [] : given.split(",").map((number) => Number(number) satisfies Duration));
}

/** `pastLast`, `toLast b`, and `, ordered` behind it. */
function readSkip(given: string): readonly unknown[] {
  const [to = "", emit = "eager"] = given.split(",").map((part) => part.trim());
  const [how = "", step] = to.split(" ");
  return [step === undefined ? how : { [how]: step }, { emit }];
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
