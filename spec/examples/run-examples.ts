// A program: imports the example files it is given, one after the other, and prints one line of JSON for each.
import { pathToFileURL } from "node:url";
import { inspect, isDeepStrictEqual } from "node:util";
import { CHECK } from "./checks.ts";

/** How one example ended; `line` is a line of the example, 0 when the place is not known. */
export type Outcome = { readonly file: string; readonly problem?: string; readonly line?: number };

class Wrong extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

Object.assign(globalThis, {
  [CHECK]: (actual: unknown, expected: unknown, line: number): void => {
    if (isDeepStrictEqual(plain(actual), plain(expected))) return;
    throw new Wrong(`gives ${inspect(actual, { depth: 9 })}, not ${inspect(expected, { depth: 9 })}`, line);
  },
});

/** Records by user-given names have no prototype; a literal has one. That difference is none here. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

for (const file of process.argv.slice(2)) {
  tell({ file, problem: "ended the process, or never ended" });
  try {
    await import(pathToFileURL(file).href);
    tell({ file });
  } catch (error) {
    tell(toOutcome(file, error));
  }
}

/** To a channel of its own: examples print to stdout what they like. */
function tell(outcome: Outcome): void {
  process.send?.(outcome);
}

function toOutcome(file: string, error: unknown): Outcome {
  if (error instanceof Wrong) return { file, problem: error.message, line: error.line };
  if (!(error instanceof Error)) return { file, problem: `throws ${inspect(error)}`, line: 0 };
  const line = Number((error.stack ?? "").split(`${file}:`)[1]?.split(":")[0] ?? 0);
  return { file, problem: `throws ${error.name}: ${error.message.replaceAll(`${file}:`, "line ")}`, line };
}
