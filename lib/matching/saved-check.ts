// Whether saved state is whole. It may come from a disk, a message, another version or a hand that meant well: what does not
// fit is refused with its place, before anything of the matcher is touched.

import { CheckpointError } from "../core/errors.ts";
import { isEncodedKey } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";

/** Looks at a value of saved state. @throws {CheckpointError} `BROKEN_STATE` */
export type Check = (value: unknown, place: string) => void;

function broken(place: string, expected: string): CheckpointError {
  return new CheckpointError(
    "BROKEN_STATE",
    `The saved state is damaged: ${place} is not ${expected}. Restore an earlier one, or start empty.`,
  );
}

/** What fits; `expected` says what that is. */
export function check(fits: (value: unknown) => boolean, expected: string): Check {
  return (value, place) => {
    if (!fits(value)) throw broken(place, expected);
  };
}

/** A whole number from `least` to below `end`. */
export function indexFrom(least: number, end: number): Check {
  return check(
    (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) < end,
    end === Number.POSITIVE_INFINITY ? `a whole number from ${least}` : `one of ${end - least} numbers from ${least}`,
  );
}

export const anything: Check = () => undefined;
export const flag: Check = check((value) => typeof value === "boolean", "true or false");
export const text: Check = check((value) => typeof value === "string", "a text");
export const digits: Check = check(
  (value) => typeof value === "string" && /^\d{1,19}$/.test(value) && BigInt(value) < 2n ** 63n,
  "an offset as text",
);
export const instant: Check = check((value) => Number.isFinite(value), "an instant");
export const encodedKey: Check = check(isEncodedKey, "a key");

/** One of some texts or numbers. */
export function oneOf(...values: readonly unknown[]): Check {
  return check((value) => values.includes(value), `one of ${values.join(", ")}`);
}

/** An instant, or an end of time. */
export const savedInstant: Check = check(
  (value) => Number.isFinite(value) || value === "beginning" || value === "end",
  "an instant",
);

export function after(least: Instant): Check {
  return check((value) => (value as Instant) > least, "an instant that is still to come");
}

export function orNull(of: Check): Check {
  return (value, place) => {
    if (value !== null) of(value, place);
  };
}

/** A list of values of one kind. */
export function listOf(of: Check): Check {
  return (value, place) => {
    if (!Array.isArray(value)) throw broken(place, "a list");
    for (const [index, each] of value.entries()) of(each, `${place}[${index}]`);
  };
}

/** Refuses a list that has something twice. */
export function noneTwice(values: readonly unknown[], place: string): void {
  if (new Set(values).size < values.length) throw broken(place, "a list in which each is there once");
}

/** A list that has each of `parts` in its place. */
export function tuple(...parts: readonly Check[]): Check {
  return (value, place) => {
    if (!Array.isArray(value) || value.length !== parts.length) throw broken(place, `a list of ${parts.length}`);
    for (const [index, part] of parts.entries()) part(value[index], `${place}[${index}]`);
  };
}

/** An object that has all `fields`, of its own. */
export function record(fields: Readonly<Record<string, Check>>): Check {
  return (value, place) => {
    if (typeof value !== "object" || value === null) throw broken(place, "an object");
    for (const [name, field] of Object.entries(fields)) {
      field(
        Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
        `${place}.${name}`,
      );
    }
  };
}
