// Everything that can be tried of a pattern without knowing what it is for, and then with the tests of those who do.
//
//     matches   misses   parts              can it match, can it be missed, does every part count
//     reference restart  company            the same found in another way, on many streams
//     tests     changes                     what its author says of it, and what he forgot to say

import fc from "fast-check";
import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { saidBy } from "../event/bad-record.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { everyElement, everyPart } from "../pattern/walk.ts";
import { describeBoth, linesOf } from "./distinction.ts";
import { type Side, sideOf, tellApart } from "./distinguish.ts";
import { exampleOf } from "./example.ts";
import { type Finder, finderOf, identityOf, type StreamEvent } from "./finder.ts";
import { materialOfEvents, together } from "./material.ts";
import { describeMissed, placeOf } from "./mutant-report.ts";
import { mutants } from "./mutants.ts";
import { nearMissesOf } from "./near-miss.ts";
import type { PatternTest } from "./pattern-test.ts";
import { shortest } from "./shortest.ts";
import { type StreamLaw, streamLawsOf } from "./stream-laws.ts";
import { streamsNear } from "./streams-near.ts";
import { tryMutants } from "./try-mutants.ts";

/** What came of one check. */
export type CheckResult = {
  readonly check: "matches" | "misses" | "parts" | StreamLaw["name"] | "tests" | "changes";
  /** `unknown`: nothing was found, which proves nothing. `missed`: the tests let wrong patterns pass. */
  readonly verdict: "passed" | "failed" | "unknown" | "missed";
  /** In a sentence without its end. */
  readonly text: string;
  /** What there is to show, line by line. */
  readonly details: readonly string[];
};

export type CheckupOptions = {
  /** Random streams for each law. */
  readonly runs: number;
  readonly seed: number;
  readonly tests: readonly PatternTest[];
  /** Events to use beside those that are made from the conditions. */
  readonly events: readonly object[];
  readonly signal: AbortSignal;
  /** Is told what is being done, and how far it is. */
  readonly onProgress: (what: string, done: number, all: number) => void;
  /** Is awaited now and then, so that others have their turn. */
  readonly breathe: () => Promise<void>;
};

/** Streams, or changed patterns, that are tried between two breaths. */
const STREAMS_AT_ONCE = 25;

/** Checks a pattern; ends early, between two breaths, if it is told to stop. @throws {PatternError} if it does not compile */
export async function* checkup(
  pattern: Pattern,
  options: CheckupOptions,
): AsyncGenerator<CheckResult, void, undefined> {
  const { signal, tests } = options;
  const automaton = compile(pattern);
  const checks: readonly (() => Promise<CheckResult | null> | CheckResult)[] = [
    () => canMatch(automaton, options),
    () => canBeMissed(automaton),
    () => everyPartCounts(pattern, sideOf(automaton), options),
    ...streamLawsOf(automaton).map((law) => () => holds(law, automaton, options)),
    ...tests.map((test) => () => passes(pattern, test)),
    ...(tests.length > 0 ? [() => notice(pattern, options)] : []),
  ];
  for (const check of checks) {
    await options.breathe();
    if (signal.aborted) return;
    const result = await check();
    if (result !== null) yield result;
  }
}

function canMatch(automaton: Automaton, { events }: CheckupOptions): CheckResult {
  const example = exampleOf(automaton);
  if (example !== null) {
    const enough = example.length === 1 ? "1 event is enough" : `${example.length} events are enough`;
    return { check: "matches", verdict: "passed", text: `can match: ${enough}`, details: [] };
  }
  const find = finderOf(automaton);
  if (materialOfEvents(events).bases.some((base) => find(base).length > 0))
    return { check: "matches", verdict: "passed", text: "can match: some of the given events do", details: [] };
  const why = hasFunctions(automaton)
    ? "functions given to filter say nothing of the events they want"
    : "its conditions may contradict each other";
  return { check: "matches", verdict: "unknown", text: `no stream was found that matches: ${why}`, details: [] };
}

function hasFunctions({ tests }: Automaton): boolean {
  return tests.some(
    ({ condition }) => condition && [...everyPart(condition)].some(({ part }) => part.kind === "opaque"),
  );
}

function canBeMissed(automaton: Automaton): CheckResult {
  const missed = new Set(nearMissesOf(automaton).map(({ of }) => of));
  const names = [...everyElement(automaton.pattern.elements)].flatMap(({ element }) =>
    element.kind === "group" ? [] : [element.name],
  );
  const never = names.filter((name) => !missed.has(name));
  const details = never.map((name) => `of "${name}" none was found: it may not be needed, or only a function decides`);
  if (missed.size === 0) return { check: "misses", verdict: "unknown", text: "no near miss was found", details };
  const text = `no longer matches if one thing is wrong with ${[...missed].join(", ")}`;
  return { check: "misses", verdict: "passed", text, details };
}

/** Compares it with each mutant: where no difference is found, a part may do nothing. */
async function everyPartCounts(pattern: Pattern, side: Side, options: CheckupOptions): Promise<CheckResult | null> {
  const { signal, onProgress, breathe, seed, events } = options;
  const all = mutants(pattern);
  const alike: string[] = [];
  for (const [index, { pattern: changed, of, change }] of all.entries()) {
    await breathe();
    if (signal.aborted) return null;
    onProgress("small changes", index, all.length);
    if (tellApart(side, sideOf(compile(changed)), { seed, events }).kind === "noneFound")
      alike.push(`${placeOf(of)}${change}`);
  }
  const differ = `${all.length - alike.length} of ${all.length} small changes`;
  if (alike.length === all.length)
    return {
      check: "parts",
      verdict: "unknown",
      text: "no small change was seen to make a difference",
      details: alike,
    };
  return {
    check: "parts",
    verdict: "passed",
    text:
      alike.length === 0
        ? `every part counts: each of ${all.length} small changes finds something else`
        : `${differ} find something else; no stream was found on which these do`,
    details: alike,
  };
}

async function holds(law: StreamLaw, automaton: Automaton, options: CheckupOptions): Promise<CheckResult | null> {
  const { runs, seed, signal, onProgress, breathe } = options;
  const { material: made, find } = sideOf(automaton);
  const material = together([made, materialOfEvents(options.events)]);
  const streams = [...material.bases, ...fc.sample(streamsNear(material), { numRuns: runs, seed })];
  for (let from = 0; from < streams.length; from += STREAMS_AT_ONCE) {
    await breathe();
    if (signal.aborted) return null;
    onProgress(law.claim, from, streams.length);
    const broken = streams.slice(from, from + STREAMS_AT_ONCE).find((stream) => differ(find, law.find, stream));
    if (broken !== undefined)
      return breach(
        law,
        find,
        shortest(broken, (less) => differ(find, law.find, less)),
      );
  }
  const text = `${law.claim}, on ${streams.length.toLocaleString("en-US")} streams`;
  return { check: law.name, verdict: "passed", text, details: [] };
}

function differ(one: Finder, other: Finder, stream: readonly StreamEvent[]): boolean {
  return identityOf(one(stream)) !== identityOf(other(stream));
}

function breach(law: StreamLaw, find: Finder, stream: readonly StreamEvent[]): CheckResult {
  const [usual, other] = [find(stream), law.find(stream)];
  const isSame = identityOf(usual) === identityOf(other);
  return {
    check: law.name,
    verdict: "failed",
    text: `should be so, and is not: ${law.claim}`,
    details: [
      ...linesOf(stream),
      ...(isSame
        ? ["asked once more, both ways find the same"]
        : describeBoth(["the usual way", usual], ["the other way", other])),
      "A function given to filter must answer the same each time it is asked. If yours does, this is a bug in sequitur.",
    ],
  };
}

async function passes(pattern: Pattern, { test, name }: PatternTest): Promise<CheckResult> {
  const its = name === "" ? "its test" : `its test "${name}"`;
  try {
    await test(pattern as Pattern<never>);
    return { check: "tests", verdict: "passed", text: `passes ${its}`, details: [] };
  } catch (error) {
    const details = saidBy(error).split("\n");
    return { check: "tests", verdict: "failed", text: `does not pass ${its}`, details };
  }
}

/** Tries its tests together on mutants; `null` if the pattern itself does not pass them, or it was stopped. */
async function notice(pattern: Pattern, options: CheckupOptions): Promise<CheckResult | null> {
  const { tests, signal, onProgress, breathe, seed, events } = options;
  const allTests = async (each: Pattern): Promise<void> => {
    for (const { test } of tests) {
      await breathe();
      await test(each as Pattern<never>);
    }
  };
  for (const test of tests) if ((await passes(pattern, test)).verdict === "failed") return null;
  const report = await tryMutants(pattern as Pattern<object>, allTests as (each: Pattern<object>) => Promise<void>, {
    seed,
    events,
    signal,
    onProgress: (tried, all) => onProgress("its tests on small changes", tried, all),
  });
  if (signal.aborted) return null;
  const [caught, missed] = [report.caught.length, report.missed.length];
  const notices = tests.length === 1 ? "its test notices" : "its tests notice";
  const doesNot = tests.length === 1 ? "it does not notice" : "none of them notices";
  if (missed === 0) {
    const text = `${notices} each of ${caught} small changes that make a difference`;
    return { check: "changes", verdict: "passed", text, details: [] };
  }
  const text = `${notices} ${caught} of ${caught + missed} small changes; ${doesNot}`;
  return { check: "changes", verdict: "missed", text, details: report.missed.flatMap(describeMissed) };
}
