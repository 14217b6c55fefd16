// Streams that almost match: an example with one thing changed, so that nothing matches any more.

import type { Automaton, Test } from "../automaton/automaton.ts";
import { everyElement } from "../pattern/walk.ts";
import { type ExampleEvent, exampleOf, hasMatch } from "./example.ts";
import { plainCanvas, type Spoilt, spoilAbsence, spoilStep, spoilWindow } from "./spoil.ts";

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
  return index < 0 ? null : firstMiss(automaton, example, spoilStep(plainCanvas(automaton), example, index));
}

/** Puts in a forbidden event, right after each event of the example in turn. */
function missAbsence(automaton: Automaton, examples: Examples, name: string): NearMiss | null {
  const test = automaton.tests.find(({ kind, of }) => kind === "absence" && of === name) as Test;
  for (const example of examples.values()) {
    const miss = firstMiss(automaton, example, spoilAbsence(plainCanvas(automaton), example, test));
    if (miss !== null) return miss;
  }
  return null;
}

/** Lets the last event of a longer example come when the window is over. */
function missWindow(automaton: Automaton, examples: Examples): NearMiss | null {
  for (const example of examples.values()) {
    const miss = firstMiss(automaton, example, spoilWindow(plainCanvas(automaton), example));
    if (miss !== null) return miss;
  }
  return null;
}

function firstMiss(
  automaton: Automaton,
  example: readonly ExampleEvent[],
  tries: Iterable<Spoilt<ExampleEvent>>,
): NearMiss | null {
  for (const { of, change, events } of tries) if (!hasMatch(automaton, events)) return { of, change, events, example };
  return null;
}
