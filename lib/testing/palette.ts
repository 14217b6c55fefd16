// Whole events to begin with, some for each value of the tag, and the keys that events have: what fast-check draws before a
// stream is acted out, so that a stream that is made small keeps to few different values.

import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Automaton } from "../automaton/automaton.ts";
import { ConfigError } from "../core/errors.ts";
import { isPromise } from "../core/promise.ts";
import { encodeKey, type Key } from "../event/key.ts";
import type { StandardSchema } from "../event/schema.ts";
import { fieldOf } from "../pattern/expression/evaluate.ts";
import { jsonSchemaOf, valuesOf } from "./json-schema.ts";
import type { AnyKitOptions } from "./options.ts";
import type { Placing } from "./placing.ts";

/** What the events of one stream are made of. */
export type Palette = {
  /** Never empty. */
  readonly events: readonly object[];
  /** Never empty; no two are equal. */
  readonly keys: readonly Key[];
};

/** How events are made. */
export type Making = {
  readonly palettes: fc.Arbitrary<Palette>;
  /** Whether events are made of nothing but conditions, so that any field may be missing. */
  readonly fromNothing: boolean;
  /** Some events as they are made, whatever the palette has; empty if `fromNothing`. */
  readonly samples: readonly object[];
  /** Whether an event passes the schema. */
  readonly fits: (event: object) => boolean;
};

/** Most keys of one stream. */
const MAX_KEYS = 3;
/** Events that are looked at before anything is promised. */
const SAMPLES = 200;

/** @throws {ConfigError} `SCHEMA_NOT_UNDERSTOOD`, `NO_EVENT`, `NO_KEY` */
export function makingOf(automaton: Automaton, options: AnyKitOptions, placing: Placing): Making {
  const fits = fittingOf(options.schema);
  const events = eventsOf(options);
  const keysOf = (made: readonly object[]): readonly Key[] => {
    const found = placing.isKeyed && events !== null ? made.map(placing.keyOf).filter((key) => key !== null) : [];
    return distinct(options.keys ?? (found.length > 0 ? found : placing.keys));
  };
  if (options.keys?.length === 0) throw new ConfigError("NO_KEY", "keys is empty: give some, or leave it out.");
  if (events === null)
    return { palettes: fc.constant({ events: [{}], keys: keysOf([{}]) }), fromNothing: true, samples: [], fits };
  const samples = fc.sample(events, { numRuns: SAMPLES, seed: 1 }).filter(fits);
  if (samples.length === 0) throw noEvent(options);
  const groups = [undefined, ...tagsIn(automaton, samples)].map((tag) => {
    const isSo = (event: object): boolean => fits(event) && (tag === undefined || tagOf(automaton, event) === tag);
    return fc.array(events.filter(isSo), { minLength: 1, maxLength: MAX_KEYS });
  });
  const palettes = fc.tuple(...groups).map((made) => ({ events: made.flat(), keys: keysOf(made.flat()) }));
  return { palettes, fromNothing: false, samples, fits };
}

function eventsOf({ event, schema }: AnyKitOptions): fc.Arbitrary<object> | null {
  if (Array.isArray(event)) return fc.constantFrom(...(event as readonly object[]));
  if (event !== undefined) return event as fc.Arbitrary<object>;
  const json = schema === undefined ? null : jsonSchemaOf(schema);
  return json === null ? null : (valuesOf(json) as fc.Arbitrary<object>);
}

/** An event that a schema changes is none that can be given to a pattern and written to a topic alike. */
function fittingOf(schema: StandardSchema | undefined): (event: object) => boolean {
  if (schema === undefined) return () => true;
  return (event) => {
    const result = schema["~standard"].validate(event);
    return !isPromise(result) && "value" in result && isDeepStrictEqual(result.value, event);
  };
}

function tagsIn(automaton: Automaton, samples: readonly object[]): readonly string[] {
  const wanted = new Set(automaton.tests.flatMap(({ on }) => on ?? []));
  return [...wanted].filter((tag) => samples.some((event) => tagOf(automaton, event) === tag));
}

export function tagOf({ pattern }: Automaton, event: object): unknown {
  return fieldOf(event, [pattern.tag]);
}

function distinct(keys: readonly Key[]): readonly Key[] {
  return [...new Map(keys.map((key) => [encodeKey(key), key])).values()].slice(0, MAX_KEYS);
}

function noEvent({ event }: AnyKitOptions): ConfigError {
  const what = event === undefined ? "made from the JSON schema" : "given as event";
  return new ConfigError(
    "NO_EVENT",
    `Of ${SAMPLES} events ${what}, none passes the schema unchanged. Give event: a fast-check arbitrary of events as the schema leaves them.`,
  );
}
