// The options of an input topic, checked and filled in.

import { ConfigError } from "../core/errors.ts";
import { saidBy } from "../event/bad-record.ts";
import { readKey, readTime } from "../event/extractor.ts";
import type { KeySource, TimeSource } from "../event/read.ts";
import type { StandardSchema } from "../event/schema.ts";
import type { InputDefinition, InputTopic } from "./definition.ts";
import { isRecord, type Notes, type Options, readOptions, show } from "./options.ts";

const INPUT_OPTIONS = [
  "key",
  "keyOf",
  "time",
  "timeOf",
  "outOfOrderness",
  "schema",
  "validate",
  "decode",
  "maxAhead",
  "onBadRecord",
] as const;

const HOUR_MS = 3_600_000;

/** How the records of `input` are read. `path` is where it stands. */
export function defineInput(input: InputTopic, path: readonly string[], notes: Notes): InputDefinition {
  const options = readOptions(input.options, path, INPUT_OPTIONS, notes);
  const time = timeSource(options, notes);
  return {
    name: input.name,
    key: keySource(options, notes),
    time,
    reading: readingOf(options),
    outOfOrdernessMs: outOfOrderness(options, time, notes),
    maxAheadMs: options.durationMs("maxAhead", HOUR_MS, 0),
    schema: schemaOf(options, notes),
    validate: options.oneOf("validate", ["all", "concerned"], "all"),
    decode: options.func("decode"),
    onBadRecord: options.oneOf("onBadRecord", ["deadLetter", "fail", "skip"], "deadLetter"),
  };
}

function keySource(options: Options, notes: Notes): KeySource {
  const { key, keyOf } = pair(options, "key", "keyOf", notes);
  if (keyOf === undefined && (key === undefined || key === "record")) return { from: "record" };
  const remedy =
    'Write key: (e) => e.card, key: (e) => [e.shop, e.card], key: "record", or keyOf with a plain function.';
  const read = attempt(
    () => readKey((keyOf === undefined ? { key } : { keyOf }) as never),
    options,
    key,
    "key",
    remedy,
    notes,
  );
  return read === null ? { from: "record" } : { from: "event", ...read };
}

function timeSource(options: Options, notes: Notes): TimeSource {
  const { time, timeOf } = pair(options, "time", "timeOf", notes);
  if (timeOf === undefined && (time === undefined || time === "record" || time === "arrival"))
    return { from: time ?? "record" };
  const remedy = 'Write time: (e) => e.at, time: "record", time: "arrival", or timeOf with a plain function.';
  const read = attempt(
    () => readTime((timeOf === undefined ? { time } : { timeOf }) as never),
    options,
    time,
    "time",
    remedy,
    notes,
  );
  return read === null ? { from: "record" } : { from: "event", ...read };
}

function readingOf(options: Options): InputDefinition["reading"] {
  const names = ["key", "keyOf", "time", "timeOf"] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const given = options.raw(name);
      return typeof given === "function" ? [[name, given as (event: never) => unknown]] : [];
    }),
  );
}

/** Two ways to say one thing, of which at most one may be used. */
function pair<A extends string, B extends string>(
  options: Options,
  one: A,
  other: B,
  notes: Notes,
): Record<A | B, unknown> {
  const found = { [one]: options.raw(one), [other]: options.raw(other) } as Record<A | B, unknown>;
  if (found[one] !== undefined && found[other] !== undefined) {
    notes.add("BAD_OPTION", [...options.path, other], `It stands beside ${one}.`, `Give one of ${one} and ${other}.`);
  }
  return found;
}

/** Reads an expression; a mistake in it is written down with the reason that the expression gives. */
function attempt<T>(
  act: () => T,
  { path }: Options,
  given: unknown,
  name: string,
  remedy: string,
  notes: Notes,
): T | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      notes.add("BAD_OPTION", [...path, name], `It threw: ${saidBy(error)}.`, remedy);
    } else if (error.code.endsWith("_NOT_GIVEN")) {
      notes.add("BAD_OPTION", [...path, name], `It is ${show(given)}.`, remedy);
    } else {
      notes.add(error.code, [...path, name], error.message, remedy);
    }
    return null;
  }
}

function outOfOrderness(options: Options, time: TimeSource, notes: Notes): number {
  const ms = options.durationMs("outOfOrderness", 0, 0);
  if (ms === 0 || time.from !== "arrival") return ms;
  const remedy = 'Leave it out, or give the input another time than "arrival".';
  notes.add("BAD_OPTION", [...options.path, "outOfOrderness"], "Times of arrival are never out of order.", remedy);
  return 0;
}

function schemaOf(options: Options, notes: Notes): StandardSchema | null {
  const schema = options.raw("schema");
  if (schema === undefined) return null;
  const standard: unknown = (schema as { readonly "~standard"?: unknown } | null)?.["~standard"];
  if (isRecord(standard) && "validate" in standard && typeof standard.validate === "function")
    return schema as StandardSchema;
  const remedy =
    "Give a validator that follows Standard Schema, such as one made with zod or valibot, or leave it out.";
  notes.add("BAD_OPTION", [...options.path, "schema"], `It is ${show(schema)} without "~standard".`, remedy);
  return null;
}
