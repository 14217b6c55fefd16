// What a pattern says of a stream, in lines that can be compared: which events each match took, and when it was reported.

import { createMatcher } from "../matching/create-matcher.ts";
import type { Match, MatcherState } from "../matching/matcher.ts";
import type { Matcher, MatcherOptions, Notice } from "../matching/process.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { formatDuration } from "../time/duration.ts";
import type { Instant } from "../time/instant.ts";
import { textOf } from "./stream.ts";

/** An event on its way into a matcher, and its number for people. */
export type Numbered = { readonly value: object; readonly number: number };

/** How a stream is matched. */
export type Telling = {
  readonly pattern: Pattern;
  /** Options of `createMatcher`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Reports are told relative to this. */
  readonly startAt: Instant;
  /** Whether instants are times. */
  readonly isTimed: boolean;
};

/** What was found, one line a match, sorted; and what went wrong. */
export type Told = { readonly matches: readonly string[]; readonly failures: readonly string[] };

/** Matches a stream. The matcher is saved as JSON, and another goes on, before each event whose index is in `cuts`. */
export function tell(telling: Telling, events: readonly Numbered[], cuts: ReadonlySet<number> = new Set()): Told {
  const failures: string[] = [];
  const onNotice = (notice: Notice): void => {
    if (notice.kind === "functionFailed")
      failures.push(
        `the function given to ${notice.where}${notice.step === "" ? "" : ` of "${notice.step}"`}: ${notice.message}`,
      );
  };
  const create = (): Matcher<object, unknown, unknown> =>
    createMatcher(
      telling.pattern as Pattern<object>,
      { ...telling.options, onNotice } as MatcherOptions<object, unknown, boolean>,
    );
  let matcher = create();
  const matches: Match[] = [];
  for (const [index, { value }] of events.entries()) {
    if (cuts.has(index)) matcher = goOn(matcher, create);
    matches.push(...matcher.push(value));
  }
  matches.push(...matcher.finish());
  return { matches: matches.map((match) => lineOf(telling, match, events)).sort(), failures: [...new Set(failures)] };
}

function goOn(
  matcher: Matcher<object, unknown, unknown>,
  create: () => Matcher<object, unknown, unknown>,
): Matcher<object, unknown, unknown> {
  const next = create();
  next.restore(JSON.parse(JSON.stringify(matcher.save())) as MatcherState);
  return next;
}

function lineOf({ startAt, isTimed }: Telling, { taken, at }: Match, events: readonly Numbered[]): string {
  const steps = new Map<string, number[]>();
  for (const { step, origin } of taken) {
    const number = events[Number(origin.offset)]?.number ?? 0;
    steps.set(step, [...(steps.get(step) ?? []), number]);
  }
  const roles = [...steps].map(([step, numbers]) => `${step} ${numbers.join(" ")}`).join(", ");
  return `{${roles}}${isTimed ? ` at +${formatDuration(at - startAt)}` : ""}`;
}

/** The same with ids and values: for what has to be the same to the last bit. */
export function tellAll({ pattern, options }: Telling, events: readonly Numbered[]): readonly string[] {
  const matcher = createMatcher(
    pattern as Pattern<object>,
    { ...options, onNotice: () => undefined } as MatcherOptions<object, unknown, boolean>,
  );
  const matches: Match[] = events.flatMap(({ value }) => matcher.push(value));
  return [...matches, ...matcher.finish()].map(({ id, value }) => `${id} ${textOf(value)}`);
}
