// What a run of sequitur test has to do: whose tests, how many streams, which seed.

import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { PatternTest } from "../testing/pattern-test.ts";
import { patternTestsOf } from "./exports.ts";
import { loadModule } from "./load.ts";
import { shortPath } from "./place.ts";
import type { Subject } from "./subject.ts";
import { eventsIn } from "./test-events.ts";

export type TestPlanOptions = {
  /** As they were written; `null`: the default. */
  readonly runs: string | null;
  readonly seed: string | null;
  /** Files with tests, beside those of the subject. */
  readonly tests: readonly string[];
  /** A file of events; `null`: none. */
  readonly events: string | null;
};

export type TestPlan = {
  /** Random streams for each law. */
  readonly runs: number;
  readonly seed: number;
  readonly tests: readonly PatternTest[];
  readonly events: readonly object[];
};

const DEFAULT_RUNS = 200;
const MAX_RUNS = 1_000_000;
const MAX_SEED = 2_147_483_647;

/** @throws {ConfigError} `BAD_OPTION`, `NO_TESTS`, `NO_EVENTS`, `UNKNOWN_PATTERN`, and whatever loading a file throws */
export async function planOf(
  subject: Subject,
  patterns: readonly Pattern[],
  { runs, seed, tests, events }: TestPlanOptions,
): Promise<TestPlan> {
  return {
    runs: wholeNumber("--runs", runs, DEFAULT_RUNS, MAX_RUNS, "the random streams that are tried for each check"),
    seed: wholeNumber("--seed", seed, 1, MAX_SEED, "with the same seed the same streams are tried"),
    tests: (await testsOf(subject, tests)).filter(({ pattern }) => patterns.some(({ name }) => name === pattern.name)),
    events: events === null ? [] : await eventsIn(subject.service?.inputs[0]?.name ?? "events", events),
  };
}

function wholeNumber(option: string, given: string | null, byDefault: number, max: number, meaning: string): number {
  if (given === null) return byDefault;
  const value = /^\d{1,10}$/.test(given) ? Number(given) : 0;
  if (value >= 1 && value <= max) return value;
  throw new ConfigError("BAD_OPTION", `${option} ${given}: give a whole number from 1 to ${max}: ${meaning}.`);
}

/** Those of the subject and of the files, each about a pattern of the subject. */
async function testsOf(subject: Subject, files: readonly string[]): Promise<readonly PatternTest[]> {
  const found: PatternTest[] = [];
  demandKnown(subject, subject.path, subject.tests);
  found.push(...subject.tests);
  for (const file of files) {
    const module = await loadModule(file);
    const tests = patternTestsOf(module);
    if (tests.length === 0) throw withoutTests(module.path);
    demandKnown(subject, module.path, tests);
    found.push(...tests);
  }
  return found;
}

function withoutTests(path: string): ConfigError {
  const message = `${shortPath(path)} exports no test of a pattern. Write "export const myTest = patternTest(myPattern, (each) => …)" with patternTest from "sequitur/testing".`;
  return new ConfigError("NO_TESTS", message);
}

function demandKnown({ path, patterns }: Subject, file: string, tests: readonly PatternTest[]): void {
  const names = patterns.map(({ name }) => name);
  const stray = tests.find(({ pattern }) => !names.includes(pattern.name));
  if (stray === undefined) return;
  const near = nearest(stray.pattern.name, names);
  const remedy = near ? `Did you mean "${near}"?` : `It has ${names.map((name) => `"${name}"`).join(", ")}.`;
  const message = `${shortPath(file)} tests the pattern "${stray.pattern.name}", which ${shortPath(path)} does not have. ${remedy}`;
  throw new ConfigError("UNKNOWN_PATTERN", message);
}
