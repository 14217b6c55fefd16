// Events as JSON that gives them back as they were. JSON has no bigints, dates, maps or sets, and drops what is undefined; a schema or a
// decoder may make all of these. What has no plain form at all is refused when it is saved, not found out after a crash.
//
//     12n                    {"$":"bigint","of":"12"}
//     { $: 1 }               {"$":"object","of":[["$",1]]}        whatever looks like one of ours

import { ConfigError } from "../core/errors.ts";
import { damaged } from "./state-error.ts";

/**
 * Writes plain data, with bigints, dates, maps, sets, bytes and all numbers in it. A field that is `undefined` is left out.
 *
 * @throws {ConfigError} `UNSAVABLE_EVENT` for functions, symbols, instances of classes, and what holds itself.
 */
export function toValueJson(value: unknown): string {
  return isPlain(value, []) ? JSON.stringify(value) : toTaggedJson(value);
}

function toTaggedJson(value: unknown): string {
  try {
    return JSON.stringify(value, function (this: unknown, name: string) {
      // What the replacer is given went through `toJSON` already, so it looks itself.
      return encode((this as Readonly<Record<string, unknown>>)[name], name, Array.isArray(this));
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw unsavable(`something that has no JSON form (${error.message})`, "");
  }
}

/** Whether JSON alone gives it back: nearly all is, and a replacer takes four times as long. `around`: what holds it. */
function isPlain(value: unknown, around: object[]): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value);
    case "object":
      return value === null || (!around.includes(value) && !("toJSON" in value) && holdsPlain(value, around));
    default:
      return false;
  }
}

function holdsPlain(value: object, around: object[]): boolean {
  around.push(value);
  const isPlainSoFar = Array.isArray(value) ? isPlainList(value, around) : isPlainObject(value, around);
  around.pop();
  return isPlainSoFar;
}

function isPlainList(list: readonly unknown[], around: object[]): boolean {
  for (let index = 0; index < list.length; index += 1) if (!isPlain(list[index], around)) return false;
  return true;
}

function isPlainObject(value: object, around: object[]): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) {
    const field = (value as Readonly<Record<string, unknown>>)[name];
    if (name === "$" || !(field === undefined || isPlain(field, around))) return false;
  }
  return true;
}

/** Reads what `toValueJson` wrote. `where` says in errors where it stands. @throws {CheckpointError} `DAMAGED_STATE` */
export function fromValueJson(json: string, where: string): unknown {
  try {
    return json.includes('"$"') ? JSON.parse(json, (_, value: unknown) => decode(value)) : JSON.parse(json);
  } catch (error) {
    throw damaged(where, `it is not the JSON that was written (${(error as Error).message})`);
  }
}

type Tagged = { readonly $: unknown; readonly of?: unknown };

function encode(value: unknown, name: string, isInList: boolean): unknown {
  switch (typeof value) {
    case "bigint":
      return { $: "bigint", of: `${value}` };
    case "number":
      return Number.isFinite(value) ? value : { $: "number", of: `${value}` };
    case "undefined":
      return isInList ? { $: "undefined" } : value;
    case "object":
      return value === null ? null : encodeObject(value, name);
    case "function":
    case "symbol":
      throw unsavable(`a ${typeof value}`, name);
    default:
      return value;
  }
}

function encodeObject(value: object, name: string): unknown {
  if (Array.isArray(value)) return value;
  if (value instanceof Date) return { $: "date", of: value.getTime() };
  if (value instanceof Map) return { $: "map", of: [...value] };
  if (value instanceof Set) return { $: "set", of: [...value] };
  if (value instanceof Uint8Array) return { $: "bytes", of: Buffer.from(value).toString("base64") };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw unsavable(`an instance of ${value.constructor?.name || "a class"}`, name);
  }
  return Object.hasOwn(value, "$") ? { $: "object", of: Object.entries(value) } : value;
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value); // A reviver that returns `undefined` leaves a hole.
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "$")) return value;
  const { $: kind, of } = value as Tagged;
  switch (kind) {
    case "bigint":
      return BigInt(of as string);
    case "number":
      return Number(of);
    case "undefined":
      return undefined;
    case "date":
      return new Date(of as number);
    case "map":
      return new Map(of as [unknown, unknown][]);
    case "set":
      return new Set(of as unknown[]);
    case "bytes":
      return new Uint8Array(Buffer.from(of as string, "base64"));
    case "object":
      return Object.fromEntries(of as [string, unknown][]);
    default:
      throw new Error(`there is no ${JSON.stringify(kind)}`);
  }
}

function unsavable(what: string, name: string): ConfigError {
  const where = name === "" ? "An event" : `The field "${name}" of an event`;
  return new ConfigError(
    "UNSAVABLE_EVENT",
    `${where} holds ${what}, which cannot be saved and restored. Let decode and schema make plain data: texts, numbers, bigints, ` +
      "booleans, dates, bytes, lists, maps, sets and objects of these.",
  );
}
