// What streams that concern a pattern are made of: streams around its matches, events that its conditions tell apart, and
// lengths of time at which it changes its mind.

import type { Automaton } from "../automaton/automaton.ts";
import { everyElement } from "../pattern/walk.ts";
import { type ExampleEvent, exampleOf, takenBefore } from "./example.ts";
import type { StreamEvent } from "./finder.ts";
import { nearMissesOf } from "./near-miss.ts";
import { type Field, fieldsOf, withField } from "./solve.ts";

export type Material = {
  /** Streams that match, and such that nearly do; the first is a shortest example, if there is one. Empty if nothing was found. */
  readonly bases: readonly (readonly StreamEvent[])[];
  /** Events of these streams, and the same with one field changed. */
  readonly events: readonly object[];
  /** Fields that conditions look at, with values at which they change. */
  readonly fields: readonly Field[];
  /** Window, gaps and the like, each once. */
  readonly durationsMs: readonly number[];
};

/** Most events that are kept to choose from. */
const MAX_EVENTS = 300;

/** What can be made from a pattern alone. Cost: an example and a near miss for each of its steps. */
export function materialOf(automaton: Automaton): Material {
  const { pattern, steps, tests } = automaton;
  const examples = [null, ...steps.map(({ name }) => name)].flatMap((step) => {
    const example = exampleOf(automaton, step);
    return example === null ? [] : [example];
  });
  const bases = [...examples, ...nearMissesOf(automaton).map(({ events }) => events)];
  const contexts = examples.flatMap((example) => example.map((_, index) => ({ example, index })));
  const fields = merged([
    ...fieldsOf(tests, pattern.tag, takenBefore(automaton, [], 0)),
    ...contexts.flatMap(({ example, index }) => fieldsOf(tests, pattern.tag, takenBefore(automaton, example, index))),
  ]);
  return together([
    { bases: bases.map(toStream), events: [], fields, durationsMs: durationsIn(automaton) },
    { bases: [], events: bases.flatMap((base) => base.map(({ value }) => value)), fields: [], durationsMs: [] },
    { bases: [], events: examples.flatMap((example) => variants(example, fields)), fields: [], durationsMs: [] },
    { bases: [], events: variants([{ value: plainEvent(fields) }], fields), fields: [], durationsMs: [] },
  ]);
}

/** Given events one after the other, so many at a time, and so many times. */
const GIVEN_AT_ONCE = 8;
const MAX_GIVEN_STREAMS = 50;

/** What can be made of events that are given: they themselves, and short pieces of their row, a second apart. */
export function materialOfEvents(events: readonly object[]): Material {
  const starts = [...events.keys()].filter((index) => index % GIVEN_AT_ONCE === 0).slice(0, MAX_GIVEN_STREAMS);
  const bases = starts.map((start) =>
    events.slice(start, start + GIVEN_AT_ONCE).map((value, index) => ({ value, at: index * 1_000 })),
  );
  return { bases, events, fields: [], durationsMs: [] };
}

/** All of it, each thing once. */
export function together(materials: readonly Material[]): Material {
  const bases = unique(materials.flatMap((each) => each.bases));
  return {
    bases,
    events: unique(materials.flatMap(({ events }) => events)).slice(0, MAX_EVENTS),
    fields: merged(materials.flatMap(({ fields }) => fields)),
    durationsMs: [...new Set(materials.flatMap(({ durationsMs }) => durationsMs))],
  };
}

function toStream(events: readonly ExampleEvent[]): readonly StreamEvent[] {
  return events.map(({ value, at }) => ({ value, at }));
}

/** The events of an example with one field changed to each of its values. */
function variants(example: readonly Pick<ExampleEvent, "value">[], fields: readonly Field[]): readonly object[] {
  return example.flatMap(({ value }) =>
    fields.flatMap(({ path, values }) => values.map((each) => withField(value, path, each))),
  );
}

/** Where functions decide there is no example to begin with. */
function plainEvent(fields: readonly Field[]): object {
  return fields.reduce<object>((event, { path, values }) => withField(event, path, values[0]), {});
}

function durationsIn({ pattern }: Automaton): readonly number[] {
  const own = [...everyElement(pattern.elements)].map(({ element }) =>
    element.kind === "absence" ? element.forMs : element.maxGapMs,
  );
  return [pattern.withinMs, pattern.oncePerMs, ...own].filter((ms) => ms !== null);
}

/** Fields of the same path become one. */
function merged(fields: readonly Field[]): readonly Field[] {
  const byPath = new Map<string, { path: readonly string[]; values: Set<unknown> }>();
  for (const { path, values } of fields) {
    const known = byPath.get(JSON.stringify(path)) ?? { path, values: new Set() };
    for (const value of values) known.values.add(value);
    byPath.set(JSON.stringify(path), known);
  }
  return [...byPath.values()].map(({ path, values }) => ({ path, values: [...values] }));
}

function unique<T>(things: readonly T[]): readonly T[] {
  const byText = new Map<string, T>();
  for (const thing of things) {
    const text = textOf(thing);
    if (!byText.has(text)) byText.set(text, thing);
  }
  return [...byText.values()];
}

/** Values that JSON would mix up are kept apart. */
export function textOf(thing: unknown): string {
  return JSON.stringify(thing, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    return typeof value === "number" && !Number.isFinite(value) ? `number ${value}` : value;
  });
}
