// Values made from a JSON schema pass the validator that told it.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { ConfigError } from "../../lib/core/errors.ts";
import { jsonSchemaOf, valuesOf } from "../../lib/testing/json-schema.ts";

const it = suite("values from a JSON schema");

for (const [words, schema] of [
  ["texts of a length", z.string().min(2).max(4)],
  ["texts of a form", z.string().regex(/^[A-Z]{2}\d{3}$/)],
  ["dates", z.object({ day: z.iso.date(), at: z.iso.datetime() })],
  ["addresses", z.object({ id: z.uuid(), mail: z.email(), v4: z.ipv4(), v6: z.ipv6(), url: z.url() })],
  [
    "numbers",
    z.object({ whole: z.int(), positive: z.number().min(0), step: z.number().multipleOf(5).min(10).max(50) }),
  ],
  [
    "one of some",
    z.object({ kind: z.enum(["a", "b"]), three: z.literal(3), either: z.union([z.string(), z.boolean()]) }),
  ],
  ["nothing", z.object({ gone: z.null(), maybe: z.number().nullable(), left: z.string().optional() })],
  [
    "lists",
    z.object({ all: z.array(z.int()).min(1), pair: z.tuple([z.string(), z.number()]), any: z.array(z.any()).max(2) }),
  ],
  ["objects in objects", z.object({ venue: z.object({ code: z.string(), open: z.boolean() }) })],
] as const) {
  it(`are ${words}`, () => {
    const values = fc.sample(valuesOf(jsonSchemaOf(schema) as object as Record<string, unknown>), {
      numRuns: 50,
      seed: 1,
    });
    for (const value of values) assert.ok(schema.safeParse(value).success, JSON.stringify(value));
    assert.ok(new Set(values.map((value) => JSON.stringify(value))).size > 1);
  });
}

it("are of several types where a type is a list", () => {
  const values = fc.sample(valuesOf({ type: ["string", "null"] }), { numRuns: 50, seed: 1 });
  assert.ok(values.includes(null) && values.some((value) => typeof value === "string"));
});

it("are plain where an object says nothing of its fields", () => {
  assert.equal(fc.sample(valuesOf({ type: "object" }), { numRuns: 2, seed: 1 }), [{}, {}]);
});

it("are not made up where the schema says what is not understood, or nothing is told", () => {
  assert.throws(
    () => valuesOf({ type: "object", properties: { next: { $ref: "#" } } }),
    (error: unknown) => error instanceof ConfigError && error.message.includes("of the event, next it says"),
  );
  assert.throws(() => valuesOf({ type: "void" }), /Give event/);
  assert.is(jsonSchemaOf({ "~standard": { version: 1, vendor: "x", validate: (value) => ({ value }) } }), null);
});

it.run();
