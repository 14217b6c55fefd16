// Events come back as they were saved, or are refused when they are saved.

import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { valuesFromBytes } from "../../lib/state/value-reader.ts";
import { valuesToBytes } from "../../lib/state/value-writer.ts";
import { codeOf } from "./kit.ts";

const it = suite("state, values as bytes");

const again = (value: unknown): unknown => valuesFromBytes(valuesToBytes([value]), "here")[0];

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("\ud83d", "ÿ", "Ā"));
const key = fc.oneof(text, fc.constantFrom("$", "__proto__", "constructor", "toJSON"));
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(
      text,
      fc.integer(),
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

it("gives back what was written, also what JSON would lose", () => {
  fc.assert(
    fc.property(fc.array(anything), (values) => {
      assert.ok(isDeepStrictEqual(valuesFromBytes(valuesToBytes(values), "here"), values));
    }),
    { numRuns: 1_000 },
  );
});

it("leaves out fields that are undefined, and knows texts of any length, numbers of any size and objects without a prototype", () => {
  assert.equal(again({ a: 1, b: undefined }), { a: 1 });
  assert.ok(Number.isNaN((again(new Date(Number.NaN)) as Date).getTime()));
  assert.equal(again(Object.assign(Object.create(null), { a: 1n })), { a: 1n });
  assert.equal(again([undefined, "a"]), [undefined, "a"]);
  for (const each of [0, 127, 128, 2 ** 31 - 1, 2 ** 31, -1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY])
    assert.ok(Object.is(again(each), each), `${each}`);
  for (const each of ["x".repeat(5_000), "€".repeat(5_000)]) assert.is(again(each), each);
});

it("shares no memory with what it reads", () => {
  const bytes = Buffer.from(valuesToBytes([Uint8Array.of(1, 2), "text"]));
  const read = valuesFromBytes(bytes, "here");
  bytes.fill(0);
  assert.equal(read, [Uint8Array.of(1, 2), "text"]);
});

it("writes names once, however many objects have them", () => {
  const bytesOf = (count: number): number =>
    valuesToBytes(Array.from({ length: count }, () => ({ name: "a", inner: { name: 1 } }))).length;
  const [object, textOfOne, whole] = [1, 3, 2];
  assert.is(bytesOf(100) - bytesOf(99), object + textOfOne + object + whole);
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
    refused.map((each) => codeOf(() => valuesToBytes([each]))),
    refused.map(() => "UNSAVABLE_EVENT"),
  );
  assert.throws(
    () => valuesToBytes([{ price: new Money() }]),
    /^The field "price" of an event holds an instance of Money/,
  );
});

it("what was changed at any byte is refused or is some value, and what was cut off is refused or is shorter", () => {
  const values = [{ a: [1, "two", "€", null, true] }, { b: [5n, new Date(5), new Map([[1, 2]]), new Set([1]), 0.5] }];
  const bytes = valuesToBytes([...values, new Uint8Array([1, 2]), undefined, ...values]);
  const seen = { refused: 0, taken: 0 };
  const look = (changed: Uint8Array): void => {
    const code = codeOf(() => valuesFromBytes(changed, "here"));
    assert.ok(["", "DAMAGED_STATE"].includes(code), code);
    seen[code === "" ? "taken" : "refused"] += 1;
  };
  for (let at = 0; at < bytes.length; at += 1) {
    look(bytes.subarray(0, at));
    for (let bit = 1; bit < 256; bit *= 2) look(bytes.with(at, (bytes[at] as number) ^ bit));
  }
  assert.ok(seen.refused > 100 && seen.taken > 100, JSON.stringify(seen));
});

it("refuses what holds more than there is, and what is deeper than any stack", () => {
  const damaged = ["0805", "0605", "0703", "0b02", "0901", "0960", "0f", "0e0104", "0980", "0e7f", "05ff"];
  for (const hex of [...damaged, "0801".repeat(100_000)])
    assert.is(
      codeOf(() => valuesFromBytes(Buffer.from(hex, "hex"), "here")),
      "DAMAGED_STATE",
      hex.slice(0, 10),
    );
});

it.run();
