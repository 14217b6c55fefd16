// Whether plain data has the shape it must have, wherever it comes from. A shape looks and says what does not fit; whoever asked
// makes an error of it, in words of its own.
//
//     record({ rows: listOf(count) })   of   { rows: [1, "x"] }   ─▶   path ["rows", 1], expected "a whole number from 0"

/** What does not fit: where it stands in the value, from the outside in, and what was expected there. */
export type Misfit = { readonly path: readonly (string | number)[]; readonly expected: string };

/** Looks at a value; `null`: it fits. Only what does not fit costs more than looking. */
export type Shape = (value: unknown) => Misfit | null;

/** What fits; `expected` says what that is. */
export function shapeOf(fits: (value: unknown) => boolean, expected: string): Shape {
  const misfit: Misfit = { path: [], expected };
  return (value) => (fits(value) ? null : misfit);
}

export const anything: Shape = () => null;
export const text: Shape = shapeOf((value) => typeof value === "string", "a text");

/** A whole number from `least` to below `end`. */
export function indexFrom(least: number, end: number = Number.POSITIVE_INFINITY): Shape {
  return shapeOf(
    (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) < end,
    end === Number.POSITIVE_INFINITY ? `a whole number from ${least}` : `one of ${end - least} numbers from ${least}`,
  );
}

export function orNull(of: Shape): Shape {
  return (value) => (value === null ? null : of(value));
}

/** A list of values of one kind. */
export function listOf(of: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return { path: [], expected: "a list" };
    for (let index = 0; index < value.length; index += 1) {
      const misfit = of(value[index]);
      if (misfit !== null) return within(index, misfit);
    }
    return null;
  };
}

/** A list that has each of `parts` in its place. */
export function tuple(...parts: readonly Shape[]): Shape {
  return (value) => {
    if (!Array.isArray(value) || value.length !== parts.length)
      return { path: [], expected: `a list of ${parts.length}` };
    for (let index = 0; index < parts.length; index += 1) {
      const misfit = (parts[index] as Shape)(value[index]);
      if (misfit !== null) return within(index, misfit);
    }
    return null;
  };
}

/** An object that has all `fields`, of its own. */
export function record(fields: Readonly<Record<string, Shape>>): Shape {
  const shapes = Object.entries(fields);
  return (value) => {
    if (typeof value !== "object" || value === null) return { path: [], expected: "an object" };
    for (const [name, shape] of shapes) {
      const own = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
      const misfit = shape(own);
      if (misfit !== null) return within(name, misfit);
    }
    return null;
  };
}

function within(step: string | number, { path, expected }: Misfit): Misfit {
  return { path: [step, ...path], expected };
}
