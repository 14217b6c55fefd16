// Events come back as they were saved, or are refused when they are saved.

import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fromValueJson, toValueJson } from "../../lib/state/value-json.ts";
import { codeOf } from "./kit.ts";

const it = suite("state, values as JSON");

const again = (value: unknown): unknown => fromValueJson(toValueJson(value), "here");

const key = fc.oneof(fc.string(), fc.constantFrom("$", "of", "__proto__", "constructor", "toJSON"));
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(
      fc.string(),
      fc.double().map((each) => (Object.is(each, -0) ? 0 : each)),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt(),
    ),
    fc.oneof(fc.date({ noInvalidDate: true }), fc.uint8Array()),
    fc.array(fc.oneof(tie("value"), fc.constant(undefined))),
    fc.dictionary(key, tie("value"), { noNullPrototype: true }),
    fc.array(fc.tuple(tie("value"), tie("value"))).map((entries) => new Map(entries)),
    fc.array(tie("value")).map((each) => new Set(each)),
  ),
}));

it("gives back what JSON alone would lose", () => {
  fc.assert(
    fc.property(anything, (value) => {
      assert.ok(isDeepStrictEqual(again(value), value));
    }),
    { numRuns: 3_000 },
  );
});

it("gives back what JSON would lose inside of lists and objects, and what looks like a mark of its own", () => {
  for (const value of [[1n], [1, [Number.NaN]], [undefined, "a"], { $: "bigint", of: "5" }, { a: [{ $: 1 }] }])
    assert.ok(isDeepStrictEqual(again(value), value), String(Object.keys(value)));
});

it("writes plain data as JSON does, and leaves out what is undefined", () => {
  const plain = { a: [1, "two", null, { b: false }] };
  assert.is(toValueJson(plain), JSON.stringify(plain));
  assert.equal(again({ a: 1, b: undefined }), { a: 1 });
  assert.ok(Number.isNaN((again(new Date(Number.NaN)) as Date).getTime()));
  assert.equal(again(Object.assign(Object.create(null), { a: 1n })), { a: 1n });
});

it("refuses what has no plain form, and names it", () => {
  class Money {
    toJSON(): number {
      return 5;
    }
  }
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const refused = [{ f: () => 1 }, { s: Symbol("x") }, { price: new Money() }, { e: new Error("no") }, circle];
  assert.equal(
    refused.map((each) => codeOf(() => toValueJson(each))),
    refused.map(() => "UNSAVABLE_EVENT"),
  );
  assert.throws(() => toValueJson({ price: new Money() }), /^The field "price" of an event holds an instance of Money/);
});

it("refuses what it did not write", () => {
  for (const json of ["{", '{"$":"what"}', '{"$":"bigint","of":"x"}', '{"$":"map","of":1}'])
    assert.is(
      codeOf(() => fromValueJson(json, "here")),
      "DAMAGED_STATE",
    );
});

it.run();
