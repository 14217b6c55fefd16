// Makes one event that a run is to meet: an event of the palette, with key and time written into it, and those fields
// changed that conditions look at.

import type { Automaton, Test, TestId } from "../automaton/automaton.ts";
import { type Ask, takes, type Waiting } from "../automaton/waiting.ts";
import { unreachable } from "../core/errors.ts";
import type { Key } from "../event/key.ts";
import { fieldOf, type Taken } from "../pattern/expression/evaluate.ts";
import type { Instant } from "../time/instant.ts";
import { asked } from "./example.ts";
import { type Making, type Palette, tagOf } from "./palette.ts";
import type { Placing } from "./placing.ts";
import { type Field, fieldsOf, lookedBackAt, solutions, withField } from "./solve.ts";

/** What an event is to be; choices are taken modulo what there is to choose from. */
export type Wish = {
  /** What its run has taken before. */
  readonly taken: Taken;
  /** Which event of the palette. */
  readonly event: number;
  /** Which values of the fields that are changed. */
  readonly values: readonly number[];
} & (Next | { readonly kind: "forbidden"; readonly test: TestId } | { readonly kind: "unrelated" | "asItIs" });

/** The next event that a wait takes, or almost. */
type Next = { readonly kind: "advance" | "almost"; readonly wait: Waiting; readonly step: string };

export interface EventMaker {
  /** `null`: no such event was found. Cost: a few hundred events that are tried. */
  make(palette: Palette, wish: Wish, key: Key, at: Instant): object | null;
  /** The fields of `event` that tests look at and that may be changed, with what they may be. */
  fields(
    palette: Palette,
    event: object,
    tests: readonly Test[],
    taken: Taken,
    values: readonly number[],
    step?: string | null,
  ): readonly Field[];
}

/** Events of the palette that are tried in turn, and what is tried with each. */
const MAX_BASES = 3;
const MAX_TRIES = 250;
/** Values of a field that are taken from elsewhere where the palette has but one. */
const MAX_THERE = 4;

export function createEventMaker(automaton: Automaton, placing: Placing, making: Making): EventMaker {
  const { tests, pattern } = automaton;

  const fields: EventMaker["fields"] = (palette, event, about, taken, values, step = null) => {
    const own = fieldsOf(about, pattern.tag, taken);
    const unlessMade = (field: Field): Field => (making.fromNothing ? field : { ...field, values: [] });
    const isNew = ({ path }: Field): boolean => !own.some((each) => isSame(each.path, path));
    // What is only looked back at comes first: of a search the last fields change the fastest.
    const looked = step === null ? [] : lookedBackAt(tests, step).filter(isNew).map(unlessMade);
    return [...looked, ...own]
      .filter(({ path }) => !placing.paths.some((placed) => isSame(placed, path)))
      .map((field, index) => ({ ...field, values: choices(palette, event, field, values[index] ?? 0) }));
  };

  const solve = (palette: Palette, wish: Wish, key: Key, at: Instant, about: readonly Test[], accepts: Accepts) => {
    const step = "step" in wish ? wish.step : null;
    for (const base of bases(palette, wish, about)) {
      const from = placing.place(base, key, at);
      const choices = fields(palette, from, about, wish.taken, wish.values, step);
      for (const event of solutions(choices, accepts, from, MAX_TRIES)) return event;
    }
    return null;
  };

  const bases = (palette: Palette, { kind, event }: Wish, about: readonly Test[]): readonly object[] => {
    const wanted = new Set<unknown>(about.flatMap(({ on }) => on ?? []));
    const isWanted = (each: object): boolean => wanted.has(tagOf(automaton, each)) !== (kind === "unrelated");
    const rotated = rotate(palette.events, event);
    return [...rotated.filter(isWanted), ...rotated.filter((each) => !isWanted(each))].slice(0, MAX_BASES);
  };

  const choices = (palette: Palette, event: object, { path, values }: Field, by: number): readonly unknown[] => {
    if (making.fromNothing) return rotate(values, by);
    const isTag = path.length === 1 && path[0] === pattern.tag;
    return rotate(isTag ? tagsFor(palette, event) : valuesFor(palette, event, path, values), by);
  };

  /** Tags of events that have the same fields: no other can become one by its tag alone. */
  const tagsFor = (palette: Palette, event: object): readonly unknown[] => {
    const alike = palette.events.filter((each) => namesOf(each) === namesOf(event));
    return [...new Set([event, ...alike].map((each) => tagOf(automaton, each)))];
  };

  /** What conditions want, if it is of the kind that stands there in events of the same tag, and what stands there in these. */
  const valuesFor = (palette: Palette, event: object, path: readonly string[], wanted: readonly unknown[]) => {
    const tag = tagOf(automaton, event);
    const alike = [event, ...palette.events.filter((each) => tagOf(automaton, each) === tag)];
    const near = [...new Set(alike.map((each) => fieldOf(each, path)))];
    const far = making.samples.filter((each) => tagOf(automaton, each) === tag).map((each) => fieldOf(each, path));
    const there = near.length > 1 ? near : [...new Set([...near, ...far])].slice(0, MAX_THERE);
    const kinds = new Set(there.map((value) => typeof value));
    const fitting = wanted.filter((value) => value !== undefined && kinds.has(typeof value));
    // Texts that only stand beside others are made up, and needed only where there are no two to choose from.
    const spare = (value: unknown): boolean => there.length < 2 || typeof value !== "string" || !isMadeUp(value);
    return [...new Set([...fitting.filter(spare), ...there])];
  };

  const almost = (palette: Palette, event: object, wish: Wish & Next): object | null => {
    const { wait, taken, step, values } = wish;
    const own = tests.filter(({ kind, of }) => kind === "step" && of === step);
    for (const { path, values: other } of rotate(fields(palette, event, own, taken, values), values[0] ?? 0)) {
      for (const value of other) {
        const changed = withField(event, path, value);
        const isChanged = value !== fieldOf(event, path) && making.fits(changed);
        if (isChanged && !takes(wait, askOf(changed, taken))) return changed;
      }
    }
    return null;
  };

  const askOf =
    (event: object, taken: Taken): Ask =>
    (test) =>
      asked(automaton, test, event, taken);

  return {
    fields,
    make: (palette, wish, key, at) => {
      const { taken } = wish;
      switch (wish.kind) {
        case "advance":
        case "almost": {
          const accepts: Accepts = (event) => takes(wish.wait, askOf(event, taken)) && making.fits(event);
          const event = solve(palette, wish, key, at, testsOf(automaton, wish.wait), accepts);
          return event === null || wish.kind === "advance" ? event : almost(palette, event, wish);
        }
        case "forbidden": {
          const accepts: Accepts = (event) => asked(automaton, wish.test, event, taken) && making.fits(event);
          return solve(palette, wish, key, at, [tests[wish.test] as Test], accepts);
        }
        case "unrelated": {
          const accepts: Accepts = (event) =>
            !tests.some(({ id }) => asked(automaton, id, event, taken)) && making.fits(event);
          return solve(palette, wish, key, at, tests, accepts);
        }
        case "asItIs": {
          const event = placing.place(palette.events[wish.event % palette.events.length] as object, key, at);
          return making.fits(event) ? event : null;
        }
        default:
          return unreachable(wish);
      }
    },
  };
}

type Accepts = (event: object) => boolean;

/** What decides whether a wait takes an event; the test of its step comes first. */
function testsOf({ tests }: Automaton, { wait, open }: Waiting): readonly Test[] {
  const ids = [wait.take, ...wait.takeUnless, ...wait.first, ...open.map(({ take }) => take)];
  return [...new Set(ids)].flatMap((id) => (id === null ? [] : (tests[id] ?? [])));
}

function namesOf(event: object): string {
  return Object.keys(event).sort().join(" ");
}

/** A text that the solver made of another one. */
function isMadeUp(text: string): boolean {
  return text === "" || text.endsWith("~");
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}

function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % Math.max(1, items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}
