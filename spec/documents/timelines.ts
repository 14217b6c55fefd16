// Time lines of the documents: a pattern in the words of the builder, streams, and what is found in them.
//
//     ```timeline
//     begin(a) followedBy(b)
//         a1 x2 b3 b4        → {a1 b3}
//     ```
//
// How patterns are written is told in words.ts. `a1` is an event of type a at time 1, in milliseconds, `a1=5` one whose
// field v is 5. A match is its events in braces, in the order taken, with `@time` where it is not reported at the time
// of its last event. The stream ends after the last event; `…9` says that before, time goes to 9 and no further.
// `timedOut(all)` shows timed-out matches, too, behind a semicolon. `refused CODE` is a pattern that is refused.
//
// Behind `Flink:` stands what Flink's matcher found, if that is something else; see flink.ts.

import { createMatcher, type Match, type Notice, PatternError } from "../../lib/index.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { enumerate, type OracleMatch } from "../oracle/enumerate.ts";
import { type Letter, readPattern, type Said } from "./words.ts";

/** One line of a time line, and what is found in its stream by each of those that can be asked. */
export type Claim = {
  readonly line: number;
  readonly pattern: string;
  readonly stream: string;
  readonly shown: string;
  /** What is said of Flink; `null`: nothing. */
  readonly shownOfFlink: string | null;
  /** By the engine. */
  readonly found: string;
  /** By the enumerator; `null`: it cannot be asked, since the pattern is refused or there are too many events. */
  readonly defined: string | null;
};

/** A stream, and until when time goes on after its last event; `null`: to its end. */
export type Stream = { readonly events: readonly Letter[]; readonly until: number | null };

const BLOCK = /^```timeline\n([\s\S]*?)^```$/gm;
/** The enumerator tries every assignment, so it is asked about few events only. */
const MOST_EVENTS = 12;

/** Every claim in a document. @throws {Error} with the line if something cannot be read. */
export function claimsOf(text: string): readonly Claim[] {
  return [...text.matchAll(BLOCK)].flatMap((block) => {
    const first = text.slice(0, block.index).split("\n").length + 1;
    let pattern = "";
    return (block[1] ?? "").split("\n").flatMap((line, index): Claim[] => {
      if (line.trim() === "") return [];
      if (!line.startsWith(" ")) {
        pattern = line.trim();
        return [];
      }
      const [stream, answers] = line.split("→").map((part) => part.trim());
      if (stream === undefined || answers === undefined) throw new Error(`line ${first + index}: no "→" in "${line}"`);
      const [shown = "", shownOfFlink = null] = answers.split("Flink:").map((part) => part.trim());
      const answer = ask(readPattern(pattern), readStream(stream));
      return [{ line: first + index, pattern, stream, shown, shownOfFlink, ...answer }];
    });
  });
}

export function readStream(stream: string): Stream {
  let until: number | null = null;
  const events = stream.split(/\s+/).flatMap((word): Letter[] => {
    const [, type, at, v] = /^([a-z]+|…)(\d+)(?:=(-?[\d.]+))?$/.exec(word) ?? [];
    if (type === undefined) throw new Error(`"${word}" is no event: write a1`);
    if (type !== "…") return [{ type, at: Number(at), ...(v === undefined ? {} : { v: Number(v) }) }];
    until = Number(at);
    return [];
  });
  return { events, until };
}

function ask(said: Said, stream: Stream): Pick<Claim, "found" | "defined"> {
  try {
    const found = find(said, stream);
    const isSmall = stream.events.length <= MOST_EVENTS;
    return { found, defined: isSmall ? define(said, stream) : null };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const codes = error.problems.flatMap(({ code, severity }) => (severity === "error" ? [code] : []));
    return { found: `refused ${[...new Set(codes)].join(" ")}`, defined: null };
  }
}

function find({ pattern, asksForTimedOut }: Said, { events, until }: Stream): string {
  const timedOut: string[] = [];
  const onNotice = (notice: Notice): void => {
    if (notice.kind !== "timedOut") throw new Error(`a notice of kind ${notice.kind}`);
    timedOut.push(showMatch(notice));
  };
  const matcher = createMatcher(pattern, {
    time: (e) => e.at,
    onNotice,
    timedOut: asksForTimedOut ? "all" : "none",
  });
  const matches = events.flatMap((event) => matcher.push(event));
  matches.push(...(until === null ? matcher.finish() : matcher.advanceTo(until)));
  return showAll(matches.map(showMatch), asksForTimedOut ? timedOut : null);
}

function showMatch({ taken, at }: Pick<Match, "taken" | "at">): string {
  const events = taken.map(({ value }) => value as Letter);
  return show(events, at);
}

function define({ pattern, asksForTimedOut }: Said, { events, until }: Stream): string {
  const oracleEvents = events.map((value) => ({ value, at: value.at }));
  const ofAst: PatternAst = pattern.ast;
  const answer = enumerate(ofAst, oracleEvents, { until: until ?? Number.POSITIVE_INFINITY });
  const showDefined = ({ taken, at }: OracleMatch): string => {
    const takenEvents = taken.map(({ position }) => events[position - 1] as Letter);
    return show(takenEvents, at);
  };
  return showAll(answer.matches.map(showDefined), asksForTimedOut ? answer.timedOut.map(showDefined) : null);
}

function show(events: readonly Letter[], at: number): string {
  const names = events.map((event) => `${event.type}${event.at}`);
  return `{${names.join(" ")}}${at === events.at(-1)?.at ? "" : `@${at}`}`;
}

function showAll(matches: readonly string[], timedOut: readonly string[] | null): string {
  const found = matches.join(" ") || "none";
  return timedOut === null ? found : `${found}; timed out ${timedOut.join(" ") || "none"}`;
}
