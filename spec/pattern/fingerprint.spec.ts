import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { fingerprintOf } from "../../lib/pattern/fingerprint.ts";
import { fromJson, toJson } from "../../lib/pattern/json/json.ts";
import { astArbitrary, ODD } from "./arbitraries.ts";
import { and, begin, is, next, opaque, pattern } from "./ast-builders.ts";

const it = suite("pattern/fingerprint");

/** The same data with the fields of every object in another order. */
function reordered<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reordered) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, reordered(part)]),
  ) as T;
}

it("is 32 hex digits that do not change between versions of this code", () => {
  const ast = pattern([begin("a", { condition: is("v", "lt", 2) }), next("b", { on: ["x"] })], { withinMs: 60_000 });
  assert.is(fingerprintOf(ast), "31bcaf6930445f40c138b1eec1728c4c");
});

it("is the same whatever the order of fields, and after JSON", () =>
  fc.assert(
    fc.property(astArbitrary(ODD), (ast) => {
      assert.is(fingerprintOf(reordered(ast)), fingerprintOf(ast));
      assert.is(fingerprintOf(fromJson(JSON.parse(JSON.stringify(toJson(ast))))), fingerprintOf(ast));
    }),
    { numRuns: 1_000 },
  ));

it("is different for different patterns", () =>
  fc.assert(
    fc.property(astArbitrary(), astArbitrary(), (one, other) => {
      assert.is(fingerprintOf(one) === fingerprintOf(other), isDeepStrictEqual(one, other));
    }),
    { numRuns: 1_000 },
  ));

/** What a field may be changed to, so that it stays writable. */
function otherThan(name: string, value: unknown): unknown {
  if (typeof value === "string") return `${value}!`;
  if (typeof value === "number") return Number.isNaN(value) ? 1 : -value + 0.5;
  if (typeof value === "boolean") return !value;
  if (typeof value === "bigint") return value + 1n;
  if (name === "condition" || name === "until") return is("v", "eq", 1);
  if (name === "on") return ["x"];
  return name === "link" || name === "orElse" ? "next" : 7;
}

/** Copies of `value` in which one field or item differs, for each that is no object itself. `kind` says what the fields are, so it stays. */
function* changedOnce(value: unknown, name: string): Generator<unknown> {
  if (typeof value !== "object" || value === null) {
    if (name !== "kind") yield otherThan(name, value);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const changed of changedOnce(item, name)) yield value.with(index, changed);
    }
  } else {
    for (const [field, part] of Object.entries(value)) {
      for (const changed of changedOnce(part, field)) yield { ...value, [field]: changed };
    }
  }
}

it("changes with every single field", () =>
  fc.assert(
    fc.property(astArbitrary(ODD), (ast) => {
      const changed = [...changedOnce(ast, "pattern")] as PatternAst[];
      const fingerprints = new Set([ast, ...changed].map(fingerprintOf));
      assert.is(fingerprints.size, changed.length + 1);
    }),
    { numRuns: 1_000 },
  ));

it("sees of functions the place and the version, not the text", () => {
  const at = (place: "a" | "b", version: number, call: () => boolean) =>
    fingerprintOf(
      pattern([
        begin("a", place === "a" ? { condition: opaque(call, version) } : {}),
        next("b", place === "b" ? { condition: opaque(call, version) } : {}),
      ]),
    );
  assert.is(
    at("a", 1, () => true),
    at("a", 1, () => false),
  );
  const different = [at("a", 1, () => true), at("a", 2, () => true), at("b", 1, () => true)];
  assert.is(new Set(different).size, 3);
  const parts = (...conditions: readonly Condition[]) =>
    fingerprintOf(pattern([begin("a", { condition: and(...conditions) })]));
  assert.is.not(parts(opaque(), is("v", "eq", 1)), parts(is("v", "eq", 1), opaque()));
});

it.run();
