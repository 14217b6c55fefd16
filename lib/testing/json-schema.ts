// Values that fit a JSON schema, as fast-check arbitraries. Validators that follow Standard JSON Schema tell one (zod from
// 4.2 on); only what data of events is made of is understood. What comes out is validated, so this may be generous.

import fc from "fast-check";
import { ConfigError } from "../core/errors.ts";
import type { StandardSchema } from "../event/schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** The JSON schema of what a validator takes; `null`: it does not tell. */
export function jsonSchemaOf(schema: StandardSchema): Json | null {
  const { jsonSchema } = schema["~standard"] as {
    readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => Json };
  };
  return jsonSchema?.input?.({ target: "draft-2020-12" }) ?? null;
}

/**
 * Values that fit `schema`.
 *
 * @throws {ConfigError} `SCHEMA_NOT_UNDERSTOOD` for references, and for what is no JSON schema
 */
export function valuesOf(schema: Json, path = "the event"): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices)) return fc.oneof(...choices.map((each) => valuesOf(each as Json, path)));
  const type = schema["type"];
  if (Array.isArray(type)) return fc.oneof(...type.map((each) => valuesOf({ ...schema, type: each }, path)));
  switch (type) {
    case "object":
      return objects(schema, path);
    case "array":
      return lists(schema, path);
    case "string":
      return texts(schema);
    case "integer":
    case "number":
      return numbers(schema, type === "integer");
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case undefined:
      if (Object.keys(schema).every((name) => ANNOTATIONS.includes(name))) return fc.constantFrom(1, "a", true, null);
      break;
    default:
  }
  throw new ConfigError(
    "SCHEMA_NOT_UNDERSTOOD",
    `Events cannot be made from the schema: of ${path} it says ${JSON.stringify(schema).slice(0, 120)}. Give event: a fast-check arbitrary of whole events.`,
  );
}

const ANNOTATIONS: readonly string[] = ["$schema", "title", "description", "default", "examples"];

function objects(schema: Json, path: string): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, Json>>);
  const required = (schema["required"] ?? []) as readonly string[];
  const model = Object.fromEntries(properties.map(([name, inner]) => [name, valuesOf(inner, `${path}, ${name}`)]));
  return fc.record(model, {
    requiredKeys: properties.map(([name]) => name).filter((name) => required.includes(name)),
    noNullPrototype: true,
  });
}

function lists(schema: Json, path: string): fc.Arbitrary<unknown> {
  const first = schema["prefixItems"];
  if (Array.isArray(first)) return fc.tuple(...first.map((each) => valuesOf(each as Json, path)));
  return fc.array(valuesOf((schema["items"] ?? {}) as Json, `${path}, an item`), {
    minLength: count(schema["minItems"], 0),
    maxLength: count(schema["maxItems"], count(schema["minItems"], 0) + 3),
  });
}

const FORMATS: ReadonlyMap<unknown, () => fc.Arbitrary<unknown>> = new Map<unknown, () => fc.Arbitrary<unknown>>([
  [
    "date-time",
    () => fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
  ],
  [
    "date",
    () =>
      fc
        .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
  ],
  ["uuid", () => fc.uuid()],
  ["email", () => word().map((name) => `${name}@example.com`)],
  ["uri", () => word().map((name) => `https://example.com/${name}`)],
  ["ipv4", () => fc.ipV4()],
  ["ipv6", () => fc.ipV6()],
]);

function word(minLength = 1, maxLength = minLength + 6): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"), minLength, maxLength });
}

function texts(schema: Json): fc.Arbitrary<unknown> {
  const format = FORMATS.get(schema["format"]);
  if (format !== undefined) return format();
  const minLength = count(schema["minLength"], 0);
  const { pattern } = schema;
  if (typeof pattern === "string") return fc.stringMatching(new RegExp(pattern, "u"));
  return word(minLength, count(schema["maxLength"], minLength + 6));
}

function numbers(schema: Json, isWhole: boolean): fc.Arbitrary<unknown> {
  const least = Number(schema["minimum"] ?? schema["exclusiveMinimum"] ?? -1_000);
  const most = Math.max(
    least,
    Number(schema["maximum"] ?? schema["exclusiveMaximum"] ?? Math.max(1_000, least + 1_000)),
  );
  const step = Number(schema["multipleOf"] ?? 1);
  const whole = fc
    .integer({
      min: Math.ceil(Math.max(least, -1e9) / step),
      max: Math.floor(Math.min(most, Math.max(1e9, least + 1e3)) / step),
    })
    .map((value) => value * step);
  if (isWhole || schema["multipleOf"] !== undefined) return whole;
  return fc.oneof(
    whole,
    fc
      .integer({ min: Math.ceil(least * 100), max: Math.floor(Math.min(most, 1e12) * 100) })
      .map((cents) => cents / 100),
  );
}

function count(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
