// Everything that can be tried of a pattern without knowing what it is for, and then with the tests of those who do.
//
//     matches   misses   parts              can it match, can it be missed, does every part count
//     reference law                         the same found in other ways, on many streams
//     tests     changes                     what its author says of it, and what he forgot to say

import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { saidBy } from "../event/bad-record.ts";
import { callsFunctions } from "../pattern/expression/looks-at.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { everyElement } from "../pattern/walk.ts";
import type { CheckResult, CheckupOptions } from "./check-result.ts";
import { agrees, holds, lawsFor } from "./checkup-laws.ts";
import { type Side, sideOf, tellApart } from "./distinguish.ts";
import { exampleOf } from "./example.ts";
import { finderOf } from "./finder.ts";
import { materialOfEvents } from "./material.ts";
import { describeMissed, placeOf } from "./mutant-report.ts";
import { mutants } from "./mutants.ts";
import { nearMissesOf } from "./near-miss.ts";
import type { PatternTest } from "./pattern-test.ts";
import { tryMutants } from "./try-mutants.ts";

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
    () => agrees(automaton, options),
    ...lawsFor(pattern, options).map((law) => () => holds(law, options)),
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
  const why = automaton.tests.some(({ condition }) => condition !== null && callsFunctions(condition))
    ? "functions given to filter say nothing of the events they want"
    : "its conditions may contradict each other";
  return { check: "matches", verdict: "unknown", text: `no stream was found that matches: ${why}`, details: [] };
}

function canBeMissed(automaton: Automaton): CheckResult {
  const missed = new Set(nearMissesOf(automaton).map(({ of }) => of));
  const names = [...everyElement(automaton.pattern.elements)].flatMap(({ element }) =>
    element.kind === "group" ? [] : [element.name],
  );
  const never = names.filter((name) => !missed.has(name));
  const details = never.map(
    (name) =>
      `of "${name}" none was found: it may not be needed, another match may come instead, or only a function decides`,
  );
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
