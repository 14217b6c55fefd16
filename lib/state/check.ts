// Whether JSON of saved state has the form it must have. What does not fit is refused with its place.

import { type Shape, shapeOf } from "../core/shape.ts";
import { damaged } from "./state-error.ts";

/** Refuses a value that has not that shape; `where` is where it stands. @throws {CheckpointError} `DAMAGED_STATE` */
export function requireShape(shape: Shape, value: unknown, where: string): void {
  const misfit = shape(value);
  if (misfit === null) return;
  const steps = misfit.path.map((step) => (typeof step === "number" ? `, at ${step}` : `, in ${step}`));
  throw damaged(where + steps.join(""), `it is not ${misfit.expected}`);
}

export const digits: Shape = shapeOf((value) => typeof value === "string" && /^\d{1,19}$/.test(value), "an offset");
