// The engine against the enumerator on every stream up to some length. Streams form a tree, so what two of them begin
// with is done once: the matcher is saved before an event and restored for the next one in its place.
//
//                  ┌─ a ── …          at each stream: what the matcher has said on the way, and what it says at the
//          ┌─ a ───┼─ b ── …          end of time, must be what the enumerator says of that stream
//     save ┼─ b    └─ c ── …
//          └─ c
//
// If neither matcher nor enumerator has anything open after a stream, then what follows finds them as at the beginning,
// and has been or will be tried there: it is left out, unless `everyStream` is set.

import { compile } from "../../lib/automaton/compile.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, Outcome } from "../../lib/matching/matcher.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { END_OF_TIME } from "../../lib/time/instant.ts";
import { type OracleAnswer, type OracleMatch, report } from "../oracle/enumerate.ts";
import { hasDeadlines, type SharedOracle } from "./shared-oracle.ts";

export type Streams = {
  readonly alphabet: readonly string[];
  readonly length: number;
  /** Leaves nothing out. */
  readonly everyStream: boolean;
};

export type Searched = {
  /** Streams decided, those left out among them. */
  readonly streams: number;
  /** Events given to the matcher. */
  readonly events: number;
  /** The first stream found on which matcher and enumerator differ, or `null`. */
  readonly differsOn: string | null;
};

/** No stream of a search comes near these. */
export const UNLIMITED = { maxMatchesPerEvent: 1e6, maxRunsPerKey: 1e6, maxNodesPerKey: 1e6 } as const;

/** Tries one pattern on every stream. `oracle` may be that of a pattern which differs in skip and `emit`. */
export function search(
  pattern: PatternAst,
  oracle: SharedOracle,
  { alphabet, length, everyStream }: Streams,
): Searched {
  const matcher = createKeyedMatcher(compile(pattern), { timedOut: "all", limits: UNLIMITED });
  const isTimed = hasDeadlines(pattern);
  const said: Outcome[] = [];
  let events = 0;
  return { differsOn: from(""), streams: countStreams(alphabet.length, length), events };

  /** The first stream that begins with `stream` and on which they differ. The matcher has just seen `stream`. */
  function from(stream: string): string | null {
    const isLast = stream.length === length || (!everyStream && isOver(stream));
    const state = isLast ? null : matcher.save();
    // Without deadlines nothing happens after a stream, and the longer streams tell what happens in it.
    if ((isTimed || isLast) && stream !== "") {
      const atEnd = matcher.advanceTo(END_OF_TIME);
      if (!isSame([...said, ...atEnd], report(pattern, oracle.survey(stream)))) return stream;
    }
    if (state === null) return null;
    for (const [index, letter] of alphabet.entries()) {
      if (index > 0 || isTimed) matcher.restore(state);
      const found = after(stream, letter);
      if (found !== null) return found;
    }
    return null;
  }

  function after(stream: string, letter: string): string | null {
    const before = said.length;
    said.push(...give(matcher, letter, stream.length + 1));
    events += 1;
    const found = from(stream + letter);
    said.length = before;
    return found;
  }

  function isOver(stream: string): boolean {
    return stream !== "" && matcher.stats().keys === 0 && !oracle.isAnyOpen(stream);
  }
}

function give(matcher: KeyedMatcher, type: string, position: number): readonly Outcome[] {
  const origin = { topic: "", partition: 0, offset: BigInt(position) };
  return matcher.onEvent("k", { value: { type }, at: position, origin });
}

/** How many streams there are with 1 to `length` letters. */
export function countStreams(letters: number, length: number): number {
  let count = 0;
  for (let each = 1; each <= length; each += 1) count += letters ** each;
  return count;
}

/** Whether the matcher said just that: matches and time-outs, each in order, and nothing else. */
function isSame(said: readonly Outcome[], { matches, timedOut }: OracleAnswer): boolean {
  let match = 0;
  let lapsed = 0;
  for (const outcome of said) {
    if (outcome.kind !== "match" && outcome.kind !== "timedOut") return false;
    const expected = outcome.kind === "match" ? matches[match++] : timedOut[lapsed++];
    if (expected === undefined || !isEqual(outcome, expected)) return false;
  }
  return match === matches.length && lapsed === timedOut.length;
}

function isEqual(found: Extract<Outcome, { kind: "match" | "timedOut" }>, { at, taken }: OracleMatch): boolean {
  return (
    found.at === at &&
    found.taken.length === taken.length &&
    found.taken.every(({ step, origin }, index) => {
      const expected = taken[index];
      return expected !== undefined && step === expected.step && Number(origin.offset) === expected.position;
    })
  );
}
