// Streams that almost match: an example with one thing changed, so that nothing matches any more.

import type { Automaton, Test } from "../automaton/automaton.ts";
import { testHolds } from "../automaton/test.ts";
import { fieldOf } from "../pattern/expression/evaluate.ts";
import { everyElement } from "../pattern/walk.ts";
import { formatDuration } from "../time/duration.ts";
import { type ExampleEvent, exampleOf, hasMatch, takenBefore } from "./example.ts";
import { fieldsOf, solve, withField } from "./solve.ts";

/**
 * A stream that does not match, and what would have to be different.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { nearMisses, type NearMiss } from "sequitur/testing";
 *
 * const [miss]: readonly NearMiss[] = nearMisses(pattern<{ value: number }>("high").begin("peak").where((e) => e.value.gt(90)));
 * miss?.events.map(({ value }) => value); // => [{ value: 90 }]
 * miss?.example.map(({ value }) => value); // => [{ value: 91 }]
 */
export type NearMiss = {
  /** The step or absence that is missed, or `within`. */
  readonly of: string;
  /** What was changed, such as `amount is 2 instead of 1`. */
  readonly change: string;
  readonly events: readonly ExampleEvent[];
  /** The stream before the change, which matches; events that were not changed are the same objects. */
  readonly example: readonly ExampleEvent[];
};

/**
 * A near miss for each step and absence, in the order of the pattern, and one that is too slow. Left out where none was found,
 * as for a step that a match can do without. Cost: an example for each, and some dozen runs of a matcher.
 */
export function nearMissesOf(automaton: Automaton): readonly NearMiss[] {
  const steps = [null, ...automaton.steps.map(({ name }) => name)];
  const examples: Examples = new Map(steps.map((step) => [step, exampleOf(automaton, step) ?? []]));
  const misses = [...everyElement(automaton.pattern.elements)].map(({ element }) => {
    if (element.kind === "group") return null;
    return element.kind === "step"
      ? missStep(automaton, examples, element.name)
      : missAbsence(automaton, examples, element.name);
  });
  return [...misses, missWindow(automaton, examples)].filter((miss) => miss !== null);
}

/** By the step that an example has to hold; `null`: the shortest. Empty where none was found. */
type Examples = ReadonlyMap<string | null, readonly ExampleEvent[]>;

/** Changes one field of the step's event, as little as possible; if that is not enough, leaves the event out. */
function missStep(automaton: Automaton, examples: Examples, step: string): NearMiss | null {
  const example = examples.get(step) as readonly ExampleEvent[];
  const index = example.findIndex((event) => event.step === step);
  const event = example[index];
  if (event === undefined) return null;
  const tests = automaton.tests.filter(({ kind, of }) => kind === "step" && of === step);
  for (const { path, values } of fieldsOf(tests, automaton.pattern.tag, takenBefore(automaton, example, index))) {
    const before = fieldOf(event.value, path);
    for (const value of values) {
      if (value === before) continue;
      const changed = { ...event, value: withField(event.value, path, value), step: null };
      const events = example.with(index, changed);
      const change = `${path.join(".")} is ${show(value)} instead of ${show(before)}`;
      if (!hasMatch(automaton, events)) return { of: step, change, events, example };
    }
  }
  const events = example.filter((_, at) => at !== index);
  return events.length > 0 && !hasMatch(automaton, events)
    ? { of: step, change: "its event is missing", events, example }
    : null;
}

/** Puts in a forbidden event, right after each event of the example in turn. */
function missAbsence(automaton: Automaton, examples: Examples, name: string): NearMiss | null {
  const test = automaton.tests.find(({ kind, of }) => kind === "absence" && of === name) as Test;
  const { tag } = automaton.pattern;
  for (const events of examples.values()) {
    for (const [index, { at }] of events.entries()) {
      const taken = takenBefore(automaton, events, index + 1);
      const value = solve(fieldsOf([test], tag, taken), (event) => accepts(test, tag, event, taken));
      if (value === null) continue;
      const spoilt = [...events.slice(0, index + 1), { value, at, step: null }, ...events.slice(index + 1)];
      if (!hasMatch(automaton, spoilt))
        return { of: name, change: "a forbidden event comes in between", events: spoilt, example: events };
    }
  }
  return null;
}

/** Lets the last event of a longer example come when the window is over. */
function missWindow(automaton: Automaton, examples: Examples): NearMiss | null {
  const { withinMs } = automaton.pattern;
  for (const example of examples.values()) {
    const last = example.findLastIndex(({ step }) => step !== null);
    if (withinMs === null || last < 1) continue;
    const events = example.map((event, index) => (index < last ? event : { ...event, at: withinMs }));
    if (!hasMatch(automaton, events)) {
      return {
        of: "within",
        change: `the last event comes ${formatDuration(withinMs)} after the first`,
        events,
        example,
      };
    }
  }
  return null;
}

function accepts(test: Test, tag: string, event: object, taken: Parameters<typeof testHolds>[3]): boolean {
  try {
    return testHolds(test, tag, event, taken);
  } catch {
    return false;
  }
}

function show(value: unknown): string {
  if (value === undefined) return "missing";
  return typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
}
