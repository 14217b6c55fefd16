// What a condition means, read from its JSON form as the reference of the language says it, sharing nothing with the
// evaluator: a comparison holds between two values of one type that are there; only own fields are fields.

/** Thrown for JSON that is no condition. */
export class NoCondition extends Error {}

type Ask<T> = (event: unknown) => T;
type Node = Readonly<Record<string, unknown>>;

/** Reads a whole condition. @throws {NoCondition} */
export function readCondition(json: unknown): Ask<boolean> {
  const node = nodeOf(json);
  switch (node["kind"]) {
    case "compare": {
      const [op, left, right] = [orderOf(node["op"]), readValue(node["left"]), readValue(node["right"])];
      fieldsAre(node, "kind", "op", "left", "right");
      return (event) => op(orderIn(left(event), right(event)));
    }
    case "between": {
      const [value, low, high] = [readValue(node["value"]), readValue(node["low"]), readValue(node["high"])];
      fieldsAre(node, "kind", "value", "low", "high");
      const [least, most] = [orderOf("gte"), orderOf("lte")];
      return (event) => least(orderIn(value(event), low(event))) && most(orderIn(value(event), high(event)));
    }
    case "oneOf": {
      const [value, options] = [readValue(node["value"]), listOf(node["options"]).map(readLiteral)];
      fieldsAre(node, "kind", "value", "options");
      const same = orderOf("eq");
      return (event) => options.some((option) => same(orderIn(value(event), option)));
    }
    case "text": {
      const [op, value, text] = [node["op"], readValue(node["value"]), readValue(node["text"])];
      fieldsAre(node, "kind", "op", "value", "text");
      must(op === "startsWith" || op === "endsWith" || op === "includes");
      return (event) => textHolds(op as string, value(event), text(event));
    }
    case "exists":
    case "isTrue": {
      const value = readValue(node["value"]);
      fieldsAre(node, "kind", "value");
      return node["kind"] === "isTrue"
        ? (event) => value(event) === true
        : (event) => ![undefined, null].includes(value(event) as null);
    }
    case "and":
    case "or": {
      const parts = listOf(node["parts"]).map(readCondition);
      fieldsAre(node, "kind", "parts");
      const stops = node["kind"] === "or";
      return (event) => parts.map((part) => part(event)).includes(stops) === stops;
    }
    case "not": {
      const part = readCondition(node["part"]);
      fieldsAre(node, "kind", "part");
      return (event) => !part(event);
    }
    default:
      throw new NoCondition();
  }
}

function readValue(json: unknown): Ask<unknown> {
  const node = nodeOf(json);
  switch (node["kind"]) {
    case "literal": {
      const value = readLiteral(node["value"]);
      fieldsAre(node, "kind", "value");
      return () => value;
    }
    case "field": {
      const path = listOf(node["path"]);
      fieldsAre(node, "kind", "path");
      must(path.every((name) => typeof name === "string"));
      return (event) => (path as string[]).reduce(ownOf, event);
    }
    case "arithmetic": {
      const [op, left, right] = [calculation(node["op"]), readValue(node["left"]), readValue(node["right"])];
      fieldsAre(node, "kind", "op", "left", "right");
      return (event) => {
        const [a, b] = [left(event), right(event)];
        return typeof a === "number" && typeof b === "number" ? op(a, b) : undefined;
      };
    }
    default:
      return readCondition(json);
  }
}

function readLiteral(json: unknown): unknown {
  if (typeof json === "string" || typeof json === "boolean" || Number.isFinite(json)) return json;
  const [[name, text] = [], more] = Object.entries(nodeOf(json));
  must(more === undefined && typeof text === "string");
  if (name === "bigint" && /^-?[0-9]+$/.test(text as string)) return BigInt(text as string);
  must(name === "number" && ["NaN", "Infinity", "-Infinity", "-0"].includes(text as string));
  return Number(text);
}

function nodeOf(json: unknown): Node {
  must(typeof json === "object" && json !== null && !Array.isArray(json));
  return Object.assign(Object.create(null), json);
}

function listOf(json: unknown): readonly unknown[] {
  must(Array.isArray(json));
  return json as unknown[];
}

export function fieldsAre(node: object, ...names: readonly string[]): void {
  must(Object.keys(node).sort().join() === [...names].sort().join());
}

export function must(holds: boolean): void {
  if (!holds) throw new NoCondition();
}

function ownOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** Below, equal, above; of booleans, which have no order, whether they are the same; `undefined` where nothing compares. */
function orderIn(left: unknown, right: unknown): -1 | 0 | 1 | "same" | "other" | undefined {
  if (typeof left !== typeof right || Number.isNaN(left) || Number.isNaN(right)) return undefined;
  if (typeof left === "boolean") return left === right ? "same" : "other";
  if (!["string", "number", "bigint"].includes(typeof left)) return undefined;
  const [a, b] = [left as string, right as string];
  return a < b ? -1 : a > b ? 1 : 0;
}

function orderOf(op: unknown): (order: ReturnType<typeof orderIn>) => boolean {
  const orders = new Map<unknown, readonly ReturnType<typeof orderIn>[]>([
    ["eq", [0, "same"]],
    ["ne", [-1, 1, "other"]],
    ["lt", [-1]],
    ["lte", [-1, 0]],
    ["gt", [1]],
    ["gte", [1, 0]],
  ]).get(op);
  if (orders === undefined) throw new NoCondition();
  return (order) => orders.includes(order);
}

function textHolds(op: string, value: unknown, text: unknown): boolean {
  if (typeof value !== "string" || typeof text !== "string") return false;
  if (op === "includes") return value.indexOf(text) >= 0;
  return op === "startsWith"
    ? value.slice(0, text.length) === text
    : text.length <= value.length && value.slice(value.length - text.length) === text;
}

function calculation(op: unknown): (a: number, b: number) => number {
  if (op === "plus") return (a, b) => a + b;
  if (op === "minus") return (a, b) => a - b;
  if (op === "times") return (a, b) => a * b;
  if (op === "dividedBy") return (a, b) => a / b;
  if (op === "modulo") return (a, b) => a % b;
  throw new NoCondition();
}
