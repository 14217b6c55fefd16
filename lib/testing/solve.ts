// Finds events that a test accepts. Conditions are data, so the values worth trying stand in them: constants, what
// earlier events hold, and their neighbours. A search over these, field by field; no cleverness, but checked at the end.

import type { Test } from "../automaton/automaton.ts";
import { evaluate, type Taken } from "../pattern/expression/evaluate.ts";
import type { Condition, ValueExpr } from "../pattern/expression/expression.ts";
import { everyPart } from "../pattern/walk.ts";

/** A field that may be set, with the values worth trying, best first. */
export type Field = { readonly path: readonly string[]; readonly values: readonly unknown[] };

/** Most events that are tried before it gives up. */
const MAX_TRIES = 3_000;

/**
 * The fields that `tests` look at, with values at which their answers may change, given what was taken; and those of `step`
 * that other conditions will compare with. `tag` is the field of `on`; it comes last.
 */
export function fieldsOf(
  tests: readonly Test[],
  tag: string,
  taken: Taken,
  step: string | null = null,
): readonly Field[] {
  const values = new Map<string, Set<unknown>>();
  const offer = (path: readonly string[], offered: readonly unknown[]): void => {
    const key = JSON.stringify(path);
    const known = values.get(key) ?? new Set();
    for (const value of offered) known.add(value);
    values.set(key, known);
  };
  for (const { condition } of tests) {
    if (condition === null) continue;
    const parts = [...everyPart(condition)].map(({ part }) => part);
    if (step !== null) for (const path of pathsOf(step, parts)) offer(path, ANY);
    const numbers = parts.flatMap((part) =>
      part.kind === "literal" && typeof part.value === "number" ? near(part.value) : [],
    );
    for (const part of parts) {
      for (const path of pathsIn(part)) offer(path, [...besides(part, taken), ...(isNested(part) ? numbers : [])]);
    }
  }
  const tags = tests.flatMap(({ on }) => on ?? []);
  if (tags.length > 0) offer([tag], [...tags, "other"]);
  return [...values].map(([path, found]) => ({ path: JSON.parse(path) as string[], values: [...found, undefined] }));
}

/** Events that `accepts`, made of `from` and the values of `fields`, best first. Cost: at most `maxTries` events are tried, 3,000 unless said otherwise. */
export function* solutions(
  fields: readonly Field[],
  accepts: (event: object) => boolean,
  from: object = {},
  maxTries: number = MAX_TRIES,
): Generator<object, void, undefined> {
  let tries = 0;
  yield* search(0, from);

  function* search(index: number, event: object): Generator<object, void, undefined> {
    const field = fields[index];
    if (field === undefined) {
      tries += 1;
      if (accepts(event)) yield event;
      return;
    }
    for (const value of field.values) {
      if (tries >= maxTries) return;
      yield* search(index + 1, withField(event, field.path, value));
    }
  }
}

/** The first solution; `null`: none was found. */
export function solve(fields: readonly Field[], accepts: (event: object) => boolean): object | null {
  for (const event of solutions(fields, accepts)) return event;
  return null;
}

/** The event with one field set; `undefined` leaves it out. */
export function withField(event: object, path: readonly string[], value: unknown): object {
  const [name, ...inner] = path as readonly [string, ...string[]];
  const { [name]: before, ...rest } = event as Record<string, unknown>;
  if (inner.length > 0)
    return { ...event, [name]: withField(typeof before === "object" && before !== null ? before : {}, inner, value) };
  return value === undefined ? rest : { ...event, [name]: value };
}

/** Fields of a step's events that conditions of `tests` look back at, with a few values each. */
export function lookedBackAt(tests: readonly Test[], step: string): readonly Field[] {
  const paths = tests.flatMap(({ condition }) =>
    condition === null
      ? []
      : pathsOf(
          step,
          [...everyPart(condition)].map(({ part }) => part),
        ),
  );
  const distinct = new Map(paths.map((path) => [JSON.stringify(path), path]));
  return [...distinct.values()].map((path) => ({ path, values: ANY }));
}

/** For fields of which no more is known than that a later condition compares with them. */
const ANY: readonly unknown[] = [1, 2, 3, "a", "b"];

/** Paths of the fields of a step's events that conditions look back at. */
function pathsOf(step: string, parts: readonly ValueExpr[]): readonly (readonly string[])[] {
  const fields = (part: ValueExpr, kind: "taken" | "item"): readonly (readonly string[])[] =>
    [...everyPart(part)].flatMap(({ part: inner }) =>
      inner.kind === "field" &&
      inner.of.kind === kind &&
      (inner.of.kind === "item" || inner.of.step === step) &&
      inner.path.length > 0
        ? [inner.path]
        : [],
    );
  return parts.flatMap((part) => {
    if (part.kind === "aggregate") return part.step === step ? fields(part.value, "item") : [];
    return part.kind === "field" ? fields(part, "taken") : [];
  });
}

/** Paths of the candidate's fields that a comparison looks at. */
function pathsIn(part: ValueExpr): readonly (readonly string[])[] {
  if (!isTest(part)) return [];
  return [...everyPart(part)].flatMap(({ part: inner }) =>
    inner.kind === "field" && inner.of.kind === "candidate" && inner.path.length > 0 ? [inner.path] : [],
  );
}

function isTest(part: ValueExpr): part is Condition {
  return ["compare", "between", "oneOf", "text", "exists", "isTrue"].includes(part.kind);
}

/** Whether a comparison does arithmetic, so that the values beside it are only a start. */
function isNested(part: ValueExpr): boolean {
  return [...everyPart(part)].some(({ part: inner }) => inner.kind === "arithmetic" || inner.kind === "aggregate");
}

/** What stands beside a field in a comparison, as values, with their neighbours. */
function besides(part: ValueExpr, taken: Taken): readonly unknown[] {
  const valuesOf = (expr: ValueExpr): readonly unknown[] => near(evaluate(expr, {}, taken));
  switch (part.kind) {
    case "compare":
      return [...valuesOf(part.right), ...valuesOf(part.left)];
    case "between":
      return [...valuesOf(part.low), ...valuesOf(part.high), ...valuesOf(part.value)];
    case "oneOf":
      return [...part.options, ...valuesOf(part.value)];
    case "text":
      return valuesOf(part.text);
    case "exists":
      return [1];
    default:
      return [true, false];
  }
}

/** A value and those next to it. */
function near(value: unknown): readonly unknown[] {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? [value, value + 1, value - 1] : [];
    case "bigint":
      return [value, value + 1n, value - 1n];
    case "string":
      return [value, `${value}~`, ""];
    case "boolean":
      return [value, !value];
    default:
      return [];
  }
}
