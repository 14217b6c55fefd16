// Whether saved state is whole. It may come from a disk, a message, another version or a hand that meant well: what does not
// fit is refused with its place, before anything of the matcher is touched.

import { CheckpointError } from "../core/errors.ts";
import { type Shape, shapeOf } from "../core/shape.ts";
import { isEncodedKey } from "../event/key.ts";
import type { Instant } from "../time/instant.ts";

/** Refuses a value of saved state that has not that shape; `place` is where it stands. @throws {CheckpointError} `BROKEN_STATE` */
export function requireShape(shape: Shape, value: unknown, place: string): void {
  const misfit = shape(value);
  if (misfit === null) return;
  const steps = misfit.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
  throw broken(place + steps.join(""), misfit.expected);
}

/** What rows are not, if a key has two. */
export const EACH_ONCE = "a list in which each key is there once";

export function broken(place: string, expected: string): CheckpointError {
  return new CheckpointError(
    "BROKEN_STATE",
    `The saved state is damaged: ${place} is not ${expected}. Restore an earlier one, or start empty.`,
  );
}

export const digits: Shape = shapeOf(
  (value) => typeof value === "string" && /^\d{1,19}$/.test(value) && (value.length < 19 || BigInt(value) < 2n ** 63n),
  "an offset as text",
);
export const instant: Shape = shapeOf(Number.isSafeInteger, "an instant");
export const encodedKey: Shape = shapeOf(isEncodedKey, "a key");

export function after(least: Instant): Shape {
  return shapeOf((value) => (value as Instant) > least, "an instant that is still to come");
}
