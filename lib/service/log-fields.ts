// Fields of a log line, made harmless: whatever they hold, the line is JSON of bounded length, and no secret is in it. Who
// logs is to leave secrets and events out; this is for the day when somebody forgets.

import { saidBy } from "../event/bad-record.ts";

/** Names that every line has already. */
const TAKEN: ReadonlySet<string> = new Set(["level", "time", "app", "instance", "msg"]);
const SECRET = /passw|passphrase|secret|token|authorization|credential|private/i;

const MAX_TEXT_CHARACTERS = 1_000;
const MAX_ITEMS = 16;
const MAX_DEPTH = 3;

/** The same fields as data that has a JSON form. A name that the line itself needs gets an underscore. */
export function logFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    const entries = Object.entries(fields).map(
      ([name, value]) => [TAKEN.has(name) ? `${name}_` : name, value] as const,
    );
    return plainObject(entries, MAX_DEPTH);
  } catch (error) {
    return { unreadable: saidBy(error) }; // a getter of a stranger
  }
}

function plainObject(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
  const shown = entries.slice(0, MAX_ITEMS).map(([name, value]) => [name, fieldOf(name, value, depth)] as const);
  return Object.fromEntries(shown);
}

function fieldOf(name: string, value: unknown, depth: number): unknown {
  return SECRET.test(name) && typeof value !== "number" ? "[not shown]" : plain(value, depth);
}

function plain(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return value.length > MAX_TEXT_CHARACTERS ? `${value.slice(0, MAX_TEXT_CHARACTERS)}…` : value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
    case "undefined":
      return value;
    case "object":
      return value === null ? null : plainOf(value, depth);
    case "function":
      return "a function";
    default:
      return String(value);
  }
}

function plainOf(value: object, depth: number): unknown {
  if (value instanceof Error) return errorOf(value, depth);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
  if (depth === 0) return Array.isArray(value) ? `${value.length} items` : "…";
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => plain(item, depth - 1));
  if (value instanceof Set) return plainOf([...value], depth);
  const entries = value instanceof Map ? [...value].map(([name, each]) => [String(name), each] as const) : null;
  return plainObject(entries ?? Object.entries(value), depth - 1);
}

function errorOf(error: Error, depth: number): unknown {
  const { cause } = error;
  return {
    name: plain(error.name, 0),
    code: "code" in error ? plain(error.code, 0) : undefined,
    message: plain(error.message, 0),
    ...(cause === undefined || depth === 0 ? {} : { cause: plain(cause, depth - 1) }),
  };
}
