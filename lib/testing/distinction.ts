// Whether two versions of a pattern were told apart, for programs and in words.

import { formatDuration } from "../time/duration.ts";
import { type Found, type StreamEvent, without } from "./finder.ts";
import { textOf } from "./material.ts";

/**
 * A stream on which two versions of a pattern differ, with what each finds there.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type Difference, distinguish } from "sequitur/testing";
 *
 * const before = pattern<{ n: number }>("two").begin("one").next("two");
 * const after = pattern<{ n: number }>("two").begin("one").followedBy("two").within("1m");
 * const found = distinguish(before, after);
 * const differs: Difference | null = found.kind === "differs" ? found : null;
 * differs?.describe().split("\n").slice(-2); // => ["  2  +1m   {}", "only before finds {one 1, two 2} at +1m"]
 */
export type Difference = {
  readonly kind: "differs";
  /** The stream: as few events as were found to do. */
  readonly events: readonly StreamEvent[];
  /** What the first finds there. */
  readonly before: readonly Found[];
  /** What the second finds there. */
  readonly after: readonly Found[];
  /** The stream as a time line, and what only one of the two finds. */
  describe(): string;
};

/**
 * No difference was found, and how far it was looked for.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { distinguish, type NoDifference } from "sequitur/testing";
 *
 * const one = pattern<{ n: number }>("low").begin("it").where((e) => e.n.lt(3));
 * const other = pattern<{ n: number }>("low").begin("it").where((e) => e.n.lt(3).and(e.n.lt(4)));
 * const found = distinguish(one, other, { streams: 200 });
 * const none: NoDifference | null = found.kind === "noneFound" ? found : null;
 * none?.streams; // => 200
 */
export type NoDifference = {
  readonly kind: "noneFound";
  /** How many streams were tried. */
  readonly streams: number;
  /** The most events that one of them had. */
  readonly longest: number;
  /** How many different events there were to choose from, before changes. */
  readonly events: number;
  /** The same in a sentence. */
  describe(): string;
};

/**
 * What `distinguish` answers.
 *
 * @example
 * import { type Distinction, distinguish } from "sequitur/testing";
 * import { pattern } from "sequitur";
 *
 * const any = pattern<{ n: number }>("any").begin("it");
 * const answer: Distinction = distinguish(any, any, { streams: 10 });
 * answer.kind; // => "noneFound"
 */
export type Distinction = Difference | NoDifference;

/** A difference, with its words. */
export function difference(
  pattern: string,
  events: readonly StreamEvent[],
  before: readonly Found[],
  after: readonly Found[],
): Difference {
  const describe = (): string =>
    [
      `Two versions of "${pattern}" differ on ${events.length === 1 ? "this event" : `these ${events.length} events`}:`,
      ...linesOf(events).map((line) => `  ${line}`),
      ...describeBoth(["before", before], ["after", after]),
    ].join("\n");
  return { kind: "differs", events, before, after, describe };
}

/** That none was found. */
export function noDifference(
  pattern: string,
  tried: { readonly streams: number; readonly longest: number; readonly events: number },
): NoDifference {
  const describe = (): string =>
    `No difference between two versions of "${pattern}" was found in ${tried.streams} streams of up to ${tried.longest} events, ` +
    `made of ${tried.events} different events near what both find. That is no proof: nothing else was tried.`;
  return { kind: "noneFound", ...tried, describe };
}

/** A stream, one event a line, numbered from 1. */
export function linesOf(events: readonly StreamEvent[]): readonly string[] {
  const times = events.map(({ at }) => `+${formatDuration(at)}`);
  const width = Math.max(0, ...times.map((time) => time.length));
  const digits = String(events.length).length;
  return events.map(
    ({ value }, index) =>
      `${String(index + 1).padStart(digits)}  ${(times[index] as string).padEnd(width)}  ${textOf(value)}`,
  );
}

/** Most matches that are listed. */
const MAX_LISTED = 3;

type Named = readonly [name: string, found: readonly Found[]];

/** What only one of two finds, a line for each; events go by their numbers in the stream. */
export function describeBoth([one, first]: Named, [other, second]: Named): readonly string[] {
  const lines = [...describeOwn(one, without(first, second)), ...describeOwn(other, without(second, first))];
  return lines.length > 0 ? lines : ["both find the same, in another order"];
}

function describeOwn(name: string, own: readonly Found[]): readonly string[] {
  if (own.length === 0) return [];
  const more = own.length > MAX_LISTED ? [`and ${own.length - MAX_LISTED} more`] : [];
  return [`only ${name} finds ${[...own.slice(0, MAX_LISTED).map(describeOne), ...more].join(", ")}`];
}

function describeOne({ at, taken }: Found): string {
  const steps = new Map<string, number[]>();
  for (const { step, index } of taken) steps.set(step, [...(steps.get(step) ?? []), index + 1]);
  const roles = [...steps].map(([step, indexes]) => `${step} ${indexes.join(" ")}`).join(", ");
  return `{${roles}} at +${formatDuration(at)}`;
}
