// Whether JSON of saved state has the form it must have. What does not fit is refused with its place.

import { damaged } from "./state-error.ts";

/** Looks at a value; `place` is where it stands. @throws {CheckpointError} `DAMAGED_STATE` */
export type Check = (value: unknown, place: string) => void;

function check(fits: (value: unknown) => boolean, expected: string): Check {
  return (value, place) => {
    if (!fits(value)) throw damaged(place, `it is not ${expected}`);
  };
}

/** A whole number from `least`. */
export function indexFrom(least: number): Check {
  return check((value) => Number.isSafeInteger(value) && (value as number) >= least, `a whole number from ${least}`);
}

export const text: Check = check((value) => typeof value === "string", "a text");
export const digits: Check = check((value) => typeof value === "string" && /^\d{1,19}$/.test(value), "an offset");
export const wholeMs: Check = indexFrom(0);

/** An instant, or an end of time. */
export const savedInstant: Check = check(
  (value) => Number.isFinite(value) || value === "beginning" || value === "end",
  "an instant",
);

export function orNull(of: Check): Check {
  return (value, place) => {
    if (value !== null) of(value, place);
  };
}

/** A list of values of one kind. */
export function listOf(of: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) throw damaged(place, "it is not a list");
    for (const [index, each] of value.entries()) of(each, `${place}, at ${index}`);
  };
}

/** A list that has each of `parts` in its place. */
export function tuple(...parts: readonly Check[]): Check {
  return (value, place) => {
    if (!Array.isArray(value) || value.length !== parts.length)
      throw damaged(place, `it is not a list of ${parts.length}`);
    for (const [index, part] of parts.entries()) part(value[index], `${place}, at ${index}`);
  };
}

/** An object that has all `fields`, of its own. */
export function record(fields: Readonly<Record<string, Check>>): Check {
  return (value, place) => {
    if (typeof value !== "object" || value === null) throw damaged(place, "it is not an object");
    for (const [name, field] of Object.entries(fields)) {
      const given = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
      field(given, `${place}, in ${name}`);
    }
  };
}
