// Where key and time stand in events. `key: (e) => e.card` is data, so what it reads can be written, too; what cannot
// be written so is written by the user's `place`. What was written is read again: a stream is what it says it is.

import { ConfigError } from "../core/errors.ts";
import { type Extractor, readKey, readTime } from "../event/extractor.ts";
import { encodeKey, isKey, type Key } from "../event/key.ts";
import { fieldOf } from "../pattern/expression/evaluate.ts";
import type { ValueExpr } from "../pattern/expression/expression.ts";
import type { Instant } from "../time/instant.ts";
import type { AnyKitOptions } from "./options.ts";
import { withField } from "./solve.ts";

/** How key and time are read. */
export type Reading = {
  /** Without a key all events form one sequence; without a time instants count events. */
  readonly isKeyed: boolean;
  readonly isTimed: boolean;
  /** The key of an event; `null`: it has none. */
  keyOf(event: object): Key | null;
  /** The time of an event, the one after so many; `null`: it has none. */
  timeOf(event: object, index: number): Instant | null;
};

/** How key and time are read and written. */
export type Placing = Reading & {
  /** Keys for events that have none yet. */
  readonly keys: readonly Key[];
  /** Fields that belong to key and time, and are not for conditions to set. */
  readonly paths: readonly (readonly string[])[];
  /** The event with this key and time. @throws {ConfigError} `NOT_PLACED` if it then has others; times may be cut by less than a millisecond. */
  place(event: object, key: Key, at: Instant): object;
  /** The time that a placed event really has: that of one in seconds may be cut. */
  placedAt(event: object, at: Instant): Instant;
};

/** What the options of a matcher say of key and time. */
export function readingOf(options: AnyKitOptions): Reading {
  const { key, time } = extractorsOf(options);
  return {
    isKeyed: key !== null,
    isTimed: time !== null,
    keyOf: (event) => keyIn(key, event),
    timeOf: (event, index) => {
      if (time === null) return index + 1;
      const at = time.read(event);
      return typeof at === "number" && Number.isFinite(at) ? Math.floor(at) : null;
    },
  };
}

function extractorsOf(options: AnyKitOptions): { readonly key: Extractor | null; readonly time: Extractor | null } {
  const given = options as Parameters<typeof readKey>[0] & Parameters<typeof readTime>[0];
  return {
    key: (options.key ?? options.keyOf) ? readKey(given) : null,
    time: (options.time ?? options.timeOf) ? readTime(given) : null,
  };
}

/** @throws {ConfigError} `PLACE_NOT_GIVEN` if key or time can only be read */
export function placingOf(options: AnyKitOptions): Placing {
  const { key, time } = extractorsOf(options);
  const keyPaths = pathsOf(key);
  const timePaths = pathsOf(time);
  const { place: given } = options;
  if (given === undefined && (keyPaths === null || timePaths === null)) {
    const what = [...(keyPaths === null ? ["the key"] : []), ...(timePaths === null ? ["the time"] : [])].join(" and ");
    throw new ConfigError(
      "PLACE_NOT_GIVEN",
      `Events cannot be made: how ${what} is written into one is not known, since it is not read from fields alone. ` +
        "Give place: (event, key, at) => an event with this key and time.",
    );
  }
  const write = (event: object, to: Key, at: Instant): object => {
    if (given !== undefined) return given(event, to, at);
    return writeTime(timePaths ?? [], writeKey(keyPaths ?? [], event, to), at);
  };
  return {
    ...readingOf(options),
    keys: key === null ? [""] : ["a", "b", "c"].map((name) => keyLike(key, name)),
    paths: [...(keyPaths ?? []), ...(timePaths ?? [])],
    place: (event, to, at) => {
      const placed = write(event, to, at);
      check(placed, key, to, time, at);
      return placed;
    },
    placedAt: (event, at) => (time === null ? at : Math.floor(Number(time.read(event)))),
  };
}

/** A tuple of as many parts as are read. */
function keyLike({ expr }: Extractor, name: string): Key {
  return Array.isArray(expr) ? expr.map(() => name) : name;
}

function keyIn(key: Extractor | null, event: object): Key | null {
  if (key === null) return "";
  try {
    const found = key.read(event);
    return isKey(found) ? found : null;
  } catch {
    return null;
  }
}

function check(event: object, key: Extractor | null, to: Key, time: Extractor | null, at: Instant): void {
  const found = keyIn(key, event);
  if (key !== null && (found === null || encodeKey(found) !== encodeKey(to)))
    throw notPlaced(`the key ${JSON.stringify(to)}`, found);
  const when = time?.read(event);
  if (time !== null && !(Number(when) > at - 1 && Number(when) < at + 1)) throw notPlaced(`the time ${at}`, when);
}

function notPlaced(wanted: string, found: unknown): ConfigError {
  return new ConfigError(
    "NOT_PLACED",
    `An event that was made to have ${wanted} has ${String(found)} instead. Give place: (event, key, at) => an event with this key and time, ` +
      "or an event or schema whose fields for them are of the right type.",
  );
}

/** The fields that are read; `null`: more than fields. */
function pathsOf(extractor: Extractor | null): readonly (readonly string[])[] | null {
  if (extractor === null) return [];
  if (extractor.expr === null) return null;
  const exprs = Array.isArray(extractor.expr)
    ? (extractor.expr as readonly ValueExpr[])
    : [extractor.expr as ValueExpr];
  const paths = exprs.flatMap((expr) =>
    expr.kind === "field" && expr.of.kind === "candidate" && expr.path.length > 0 ? [expr.path] : [],
  );
  return paths.length === exprs.length ? paths : null;
}

function writeKey(paths: readonly (readonly string[])[], event: object, key: Key): object {
  const parts = typeof key === "object" ? key : paths.map(() => key);
  return paths.reduce((written, path, index) => withField(written, path, parts[index]), event);
}

/** A time that is a text stays one. */
function writeTime(paths: readonly (readonly string[])[], event: object, at: Instant): object {
  return paths.reduce((written, path) => {
    const isText = typeof fieldOf(written, path) === "string";
    return withField(written, path, isText ? new Date(at).toISOString() : at);
  }, event);
}
