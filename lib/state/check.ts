// JSON of saved state: read, and looked at whether it has the form it must have. What does not fit is refused with its place.

import { type Shape, shapeOf } from "../core/shape.ts";
import { damaged } from "./state-error.ts";

const fromUtf8 = new TextDecoder("utf-8", { fatal: true });

/** What `bytes` are the JSON of; `where` is where they stand. @throws {CheckpointError} `DAMAGED_STATE` */
export function readJson(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(fromUtf8.decode(bytes));
  } catch {
    throw damaged(where, "it is no JSON in UTF-8");
  }
}

/** Refuses a value that has not that shape; `where` is where it stands. @throws {CheckpointError} `DAMAGED_STATE` */
export function requireShape(shape: Shape, value: unknown, where: string): void {
  const misfit = shape(value);
  if (misfit === null) return;
  const steps = misfit.path.map((step) => (typeof step === "number" ? `, at ${step}` : `, in ${step}`));
  throw damaged(where + steps.join(""), `it is not ${misfit.expected}`);
}

export const digits: Shape = shapeOf((value) => typeof value === "string" && /^\d{1,19}$/.test(value), "an offset");
