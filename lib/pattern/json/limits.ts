/**
 * How much JSON one pattern may be. Raise one by name, where it is read.
 *
 * @example
 * import { fromJSON, type JsonLimits, PatternError } from "sequitur";
 *
 * const limits: Partial<JsonLimits> = { maxJsonNodes: 3 };
 * let code = "";
 * try {
 *   fromJSON({ sequitur: 1, name: "paid", elements: [{ kind: "step", name: "payment" }] }, { limits });
 * } catch (error) {
 *   code = error instanceof PatternError ? error.code : "";
 * }
 * code; // => "JSON_TOO_LARGE"
 */
export type JsonLimits = {
  /** Objects and arrays inside each other. Default 256. */
  readonly maxJsonDepth: number;
  /** Values of any kind. Default 100,000. */
  readonly maxJsonNodes: number;
  /** Characters in all texts and names of fields together. Default 1,000,000. */
  readonly maxJsonCharacters: number;
};

export const DEFAULT_JSON_LIMITS: JsonLimits = Object.freeze({
  maxJsonDepth: 256,
  maxJsonNodes: 100_000,
  maxJsonCharacters: 1_000_000,
});

type Excess = { readonly message: string; readonly remedy: string };

type Waiting = {
  readonly value: unknown;
  readonly depth: number;
  readonly name: string | number;
  readonly in: Waiting | null;
};

/**
 * What is too large about `value`, or `null`. Looks without calling itself, so that no depth is too much to be told,
 * and stops at the first limit that is passed, so that a cycle is merely too deep.
 * Cost: one visit per value, up to the limits.
 */
export function checkSize(value: unknown, limits: JsonLimits): Excess | null {
  const waiting: Waiting[] = [{ value, depth: 0, name: "$", in: null }];
  let nodes = 1;
  let characters = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next.value === "string") characters += next.value.length;
    if (typeof next.value === "object" && next.value !== null) {
      if (next.depth >= limits.maxJsonDepth) return excess("maxJsonDepth", "levels deep", limits, next);
      nodes += Array.isArray(next.value) ? next.value.length : Object.keys(next.value).length;
      if (nodes > limits.maxJsonNodes) return excess("maxJsonNodes", "values large", limits, next);
      for (const part of partsIn(next)) {
        if (typeof part.name === "string") characters += part.name.length;
        waiting.push(part);
      }
    }
    if (characters > limits.maxJsonCharacters) return excess("maxJsonCharacters", "characters long", limits, next);
  }
  return null;
}

function partsIn(container: Waiting): readonly Waiting[] {
  const depth = container.depth + 1;
  const toPart = ([name, value]: readonly [string | number, unknown]): Waiting => ({
    value,
    depth,
    name,
    in: container,
  });
  const { value } = container;
  return Array.isArray(value) ? Array.from(value.entries(), toPart) : Object.entries(value as object).map(toPart);
}

function excess(limit: keyof JsonLimits, unit: string, limits: JsonLimits, at: Waiting): Excess {
  const max = limits[limit];
  return {
    message: `${placeOf(at)}: here the JSON becomes more than ${max.toLocaleString("en-US")} ${unit}, the limit ${limit}.`,
    remedy: `Make the pattern smaller, or raise the limit: fromJSON(json, { limits: { ${limit}: ${max * 2} } }).`,
  };
}

/** Where a value stands, such as `$.elements[2].name`; of a deep one only the ends of the way. */
function placeOf(at: Waiting): string {
  const names: string[] = [];
  for (let each: Waiting | null = at; each !== null; each = each.in) {
    const name = typeof each.name === "number" ? `[${each.name}]` : each.name.slice(0, 40);
    names.unshift(each.in === null || typeof each.name === "number" ? name : `.${name}`);
  }
  return names.length > 12 ? `${names.slice(0, 8).join("")}…${names.slice(-3).join("")}` : names.join("");
}
