// An expectation about the matches of a stream. When it is disappointed, the error shows the events as a time line: those
// that the farthest run took, the step it missed, and why.

import { isDeepStrictEqual } from "node:util";
import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { groupBy } from "../core/group-by.ts";
import { decodeKey, encodeKey, type Key } from "../event/key.ts";
import { createMatcher } from "../matching/create-matcher.ts";
import type { Match } from "../matching/matcher.ts";
import type { MatcherOptions, Notice } from "../matching/process.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { formatDuration } from "../time/duration.ts";
import { matchesAmong } from "./example.ts";
import { type Farthest, farthestOf, type WalkedEvent } from "./farthest.ts";
import type { AnyKitOptions } from "./options.ts";
import { type Reading, readingOf } from "./placing.ts";
import { textOf, timeLine } from "./stream.ts";
import { takenByAnother, whyNot } from "./why-not.ts";

/**
 * Throws unless a pattern finds what was expected: the values that `select` makes of its matches, in the order of their reports, or
 * how many there are. The message shows the events as a time line, how far the run that came farthest got, and what the
 * step that it missed asked for. The error is a plain one, for any test runner.
 *
 * Cost: matching, and if it throws, that of every run by itself.
 *
 * @throws {Error} if anything else is found.
 * @throws as `createMatcher`.
 *
 * @example
 * import { type MatcherOptions, pattern } from "sequitur";
 * import { expectMatches } from "sequitur/testing";
 *
 * type Charge = { card: string; amount: number; at: number };
 * const cashOut = pattern<Charge>("cash-out")
 *   .begin("probe").where((e) => e.amount.lt(2))
 *   .followedBy("cashOut").where((e) => e.amount.gt(500))
 *   .within("10m")
 *   .select((m) => m.cashOut.amount);
 * const options: MatcherOptions<Charge, unknown, true> = { key: (e) => e.card, time: (e) => e.at };
 * const probe = { card: "a", amount: 1, at: 0 };
 *
 * expectMatches(cashOut, [probe, { card: "a", amount: 501, at: 60_000 }], [501], options);
 * expectMatches(cashOut, [probe, { card: "b", amount: 501, at: 60_000 }], [], options);
 *
 * let message = "";
 * try {
 *   expectMatches(cashOut, [probe, { card: "a", amount: 500, at: 60_000 }], 1, options);
 * } catch (error) {
 *   message = (error as Error).message;
 * }
 * message.split("\n").slice(-3);
 * // => [
 * //   'The run that came farthest took "probe", then waited for "cashOut".',
 * //   '  +1m is no "cashOut": amount is not above 500 (amount is 500)',
 * //   "  Then its time was over: the last event has to come less than 10m after the first.",
 * // ]
 */
export function expectMatches<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  events: Iterable<NoInfer<E>>,
  expected: readonly NoInfer<R>[] | number,
  options: MatcherOptions<E, M, Timed>,
): void {
  const list = [...events];
  const { matches, notices } = matchesOf(pattern, list, options);
  const found = matches.map(({ value }) => value);
  const isAsExpected =
    typeof expected === "number" ? found.length === expected : isDeepStrictEqual(found, [...expected]);
  if (isAsExpected) return;
  const reading = readingOf(options as unknown as AnyKitOptions);
  const placed = list.map((each, index) => {
    const value = each as object;
    return { value, at: reading.timeOf(value, index) ?? 0, index };
  });
  const late = new Set(notices.flatMap((notice) => (notice.kind === "late" ? [notice.event] : [])));
  const stage = { automaton: compile(pattern as Pattern<never>), reading, events: placed, late };
  throw new Error(messageOf(stage, expected, matches, notices.map(noticeText)));
}

/** What a pattern finds in a list of events, and what else it has to say. */
function matchesOf<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  events: readonly E[],
  options: MatcherOptions<E, M, Timed>,
): { readonly matches: readonly Match<M, R>[]; readonly notices: readonly Notice<E, M>[] } {
  const notices: Notice<E, M>[] = [];
  const onNotice = (notice: Notice<E, M>): void => {
    notices.push(notice);
    options.onNotice?.(notice);
  };
  const matcher = createMatcher(pattern, { ...options, onNotice });
  return { matches: [...events.flatMap((event) => matcher.push(event)), ...matcher.finish()], notices };
}

type Stage = {
  readonly automaton: Automaton;
  readonly reading: Reading;
  /** With their time and place; those that came too late are in `late`. */
  readonly events: readonly WalkedEvent[];
  readonly late: ReadonlySet<unknown>;
};

function messageOf(
  stage: Stage,
  expected: readonly unknown[] | number,
  matches: readonly Match[],
  notices: readonly string[],
): string {
  const { name } = stage.automaton.pattern;
  const found = matches.map(({ value }) => value);
  const count = typeof expected === "number" ? expected : expected.length;
  const missing = typeof expected === "number" ? [] : without(expected, found);
  const isSurplus = typeof expected === "number" ? found.length > count : without(found, expected).length > 0;
  const surplus = typeof expected === "number" ? (isSurplus ? found : []) : without(found, expected);
  const isOrder = typeof expected !== "number" && missing.length === 0 && !isSurplus;
  const finds = found.length !== count ? countOf(found.length) : isOrder ? "them in another order" : "others";
  const unexpected = matches.find(({ value }) => surplus.includes(value));
  return [
    `"${name}" was to find ${countOf(count)}, and finds ${finds}.`,
    ...missing.slice(0, MAX_LISTED).map((value) => `missing     ${textOf(value)}`),
    ...surplus.slice(0, MAX_LISTED).map((value) => `unexpected  ${textOf(value)}`),
    ...(isOrder ? found.map((value) => `found       ${textOf(value)}`) : []),
    ...notices.slice(0, MAX_LISTED),
    "",
    ...(unexpected === undefined && !isOrder ? missedText(stage, found.length) : foundText(stage, unexpected)),
  ].join("\n");
}

const MAX_LISTED = 5;

function countOf(count: number): string {
  return count === 1 ? "1 match" : count === 0 ? "none" : `${count} matches`;
}

/** The time line of the run that came farthest of all keys, and why it went no farther. */
function missedText({ automaton, reading, events, late }: Stage, found: number): readonly string[] {
  const byKey = groupBy(
    events.filter(({ value }) => !late.has(value) && reading.keyOf(value) !== null),
    ({ value }) => encodeKey(reading.keyOf(value) as Key),
  );
  const walks = [...byKey].flatMap(([key, unsorted]) => {
    const own = [...unsorted].sort((left, right) => left.at - right.at);
    const farthest = farthestOf(automaton, own);
    return farthest === null ? [] : [{ key, own, farthest }];
  });
  const [best] = walks.sort((left, right) => byProgress(left.farthest, right.farthest));
  const skipped = mayDrop(automaton) ? withoutSkip(automaton, reading, events, late) - found : 0;
  const dropped =
    skipped > 0 ? [`${skipped} more would be found without the skip strategy and oncePer of the pattern.`] : [];
  const line = (marks: readonly string[]): readonly string[] => timeLine(events, reading.isTimed, marks);
  if (best === undefined || skipped > 0) return [...line([]), "", ...dropped, ...(skipped > 0 ? [] : [NOTHING_LEFT])];
  const { key, own, farthest } = best;
  const marks = events.map(({ index, value }) => {
    if (late.has(value)) return "late";
    if (farthest.ending.by === "event" && farthest.ending.index === index) return "✗";
    return farthest.taken.find((each) => each.index === index)?.step ?? "";
  });
  const start = Math.min(...events.map(({ at }) => at));
  const nameOf = ({ at, index }: WalkedEvent): string =>
    reading.isTimed ? `+${formatDuration(at - start)}` : `${index + 1}.`;
  const others = [...byKey].flatMap(([other, theirs]) => (other === key ? [] : theirs));
  const another = takenByAnother(automaton, farthest, farthest.tail === null ? [] : others);
  const ofAnother = another && [
    `  ${nameOf(another.event)} would be "${another.step}", but its key is ${textOf(reading.keyOf(another.event.value))}, not ${textOf(decodeKey(key))}.`,
  ];
  return [...line(marks), "", ...whyNot(automaton, own, farthest, nameOf), ...(ofAnother ?? [])];
}

const NOTHING_LEFT = "Every run that began became a match.";

function byProgress(left: Farthest, right: Farthest): number {
  const stepOf = ({ tail }: Farthest): number => tail?.step ?? -1;
  return stepOf(right) - stepOf(left) || right.taken.length - left.taken.length;
}

function mayDrop({ pattern }: Automaton): boolean {
  return pattern.skip.to !== "none" || pattern.oncePerMs !== null;
}

/** How many matches there are before any is dropped. */
function withoutSkip(
  { pattern }: Automaton,
  reading: Reading,
  events: readonly WalkedEvent[],
  late: ReadonlySet<unknown>,
): number {
  const automaton = compile({ ...pattern, skip: { to: "none" }, emit: "eager", oncePerMs: null });
  const sorted = events.filter(({ value }) => !late.has(value) && reading.keyOf(value) !== null);
  return matchesAmong(
    automaton,
    [...sorted]
      .sort((left, right) => left.at - right.at)
      .map((each) => ({ ...each, key: reading.keyOf(each.value) as Key })),
  );
}

/** The time line of a match that nobody expected. */
function foundText({ reading, events }: Stage, match: Match | undefined): readonly string[] {
  const steps = new Map((match?.taken ?? []).map(({ step, origin }) => [Number(origin.offset), step]));
  return timeLine(
    events,
    reading.isTimed,
    events.map(({ index }) => steps.get(index) ?? ""),
  );
}

/** The values of which there are more than among others. */
function without(values: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  const left = [...others];
  return values.filter((value) => {
    const index = left.findIndex((other) => isDeepStrictEqual(other, value));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** What may explain why something is missing. */
function noticeText(notice: Notice): string {
  switch (notice.kind) {
    case "late":
      return `too late    ${textOf(notice.event)}`;
    case "noKey":
    case "noTime":
      return `${notice.kind === "noKey" ? "without key " : "without time"} ${textOf(notice.event)}`;
    case "functionFailed":
      return `threw       the function given to ${notice.where}${notice.step === "" ? "" : ` of "${notice.step}"`}: ${notice.message}`;
    case "limitReached":
      return `limit       ${notice.limit} of ${notice.max} was reached: ${notice.action} ${notice.count}`;
    default:
      return `timed out   ${textOf(notice.events)}`;
  }
}
